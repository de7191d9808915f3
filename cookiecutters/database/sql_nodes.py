"""What several modules ask of a parsed node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .sql_statement import MARK

SETS = ("union", "intersect", "except")


def parameter_of(node: Any) -> str:
    """The name of a bare parameter, or ""."""
    while node is not None and node.key == "paren":
        node = node.this
    return (
        str(node.this).removeprefix(MARK)
        if node is not None and node.key == "placeholder" and node.this
        else ""
    )


def column_name(node: Any) -> str:
    return str(node.name) if node is not None and node.key == "column" else ""


def offset_of(node: Any) -> int:
    """Where a node stands in the text, or -1."""
    meta: Mapping[str, Any] = getattr(node, "meta", None) or {}
    if "start" in meta:
        return int(meta["start"])
    for key in ("table", "this"):
        inner = node.args.get(key) if hasattr(node, "args") else None
        meta = getattr(inner, "meta", None) or {}
        if "start" in meta:
            return int(meta["start"])
    return -1


def column_names(node: Any) -> list[str]:
    alias = node.args.get("alias")
    return (
        [column.name for column in alias.args.get("columns") or ()]
        if alias is not None and hasattr(alias, "args")
        else []
    )


def leftmost(node: Any) -> Any:
    while node.key in SETS:
        node = node.left
    return node
