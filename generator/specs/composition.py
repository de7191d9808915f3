"""``allOf``, ``oneOf`` and ``anyOf``: without null among the branches, and without needless wrapping."""

from __future__ import annotations

from typing import Any

NULL = {"type": "null"}
NOTES = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"}
    | {"x-enum-varnames", "x-enum-descriptions"}
)
_MOST_COMPARED = 100
_LISTS = ("oneOf", "anyOf", "allOf")


def composed(core: dict[str, Any], null: bool) -> tuple[dict[str, Any], bool]:
    """The schema without null branches, and whether it accepts null; a lone branch stands for itself."""
    for key in _LISTS:
        branches = core.get(key)
        if branches is None:
            continue
        kept = _distinct(branches)
        if key != "allOf":
            others = [branch for branch in kept if not _is_null(branch)]
            null, kept = null or len(others) < len(kept), others
        core = {**core, key: kept}
        if not kept:
            del core[key]
            if null and not core.keys() - {"type"}:
                return dict(NULL), False
        elif len(kept) == 1:
            core = _lone(core, key, kept[0])
    return core, null


def _lone(core: dict[str, Any], key: str, branch: dict[str, Any]) -> dict[str, Any]:
    others = {name: value for name, value in core.items() if name not in (key, "discriminator")}
    if not others or (others.keys() == {"type"} and others["type"] in (branch.get("type"), "object")):
        return branch
    if key == "allOf":
        return core
    return {**others, "allOf": [*others.get("allOf", ()), branch]}


def _distinct(branches: list[Any]) -> list[Any]:
    if len(branches) > _MOST_COMPARED:
        return branches
    kept: list[Any] = []
    for branch in branches:
        if branch not in kept:
            kept.append(branch)
    return kept


def _is_null(branch: Any) -> bool:
    return branch.get("type") == "null" and not branch.keys() - NOTES - {"type"}


def assemble(core: dict[str, Any], null: bool, notes: dict[str, Any]) -> dict[str, Any]:
    """The whole schema: null allowed in the canonical form, the notes on the outside."""
    if not null or not core or core == NULL or NULL in core.get("anyOf", ()):
        return {**core, **notes} if notes else core
    inner = {key: value for key, value in core.items() if key not in NOTES}
    outer = {key: value for key, value in core.items() if key in NOTES}
    return {"anyOf": [inner, NULL], **outer, **notes} if inner else {**outer, **notes}
