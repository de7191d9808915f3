"""What the methods of a table are called, and where two would be called alike.

``jobs`` gives ``put_job``, ``get_job``, ``update_job``, ``delete_job``, ``query_jobs`` (where there is a sort
key), ``scan_jobs``, ``get_jobs`` and ``write_jobs``; its index ``by_status`` gives ``query_jobs_by_status``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.modelling.names import snake
from generator.shapes import Complaint

from . import method_names
from .method_names import Operation, nouns

STANDARD = ("put", "get", "update", "delete", "query", "scan", "get_many", "write")
TAKEN = frozenset(
    ["close", "create_tables", "from_config", "healthcheck", "metrics", "transact_get", "transact_write"]
)
_SEVERAL = {"query": "query", "scan": "scan", "get_many": "get", "write": "write"}


def operations(tables: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation: its key, table and method, and where it stands in the table."""
    for name, told in tables.items():
        if not told:
            continue
        one, many = nouns(name)
        for kind in STANDARD:
            if has(told, kind):
                method = f"{_SEVERAL[kind]}_{many}" if kind in _SEVERAL else f"{kind}_{one}"
                yield f"{name}.{kind}", name, method, ()
        for index in told.get("indexes", {}):
            yield f"{name}.indexes.{index}", name, f"query_{many}_{snake(index)}", ("indexes", index)


def has(told: Mapping[str, Any], kind: str) -> bool:
    """Does a table have a standard operation?"""
    if kind == "query":
        return "sort" in told
    return kind != "update" or bool(changeable(told))


def changeable(told: Mapping[str, Any]) -> list[str]:
    """The attributes that an update can change: neither key nor version."""
    fixed = {told["partition"], told.get("sort"), told.get("version")}
    return [name for name in told["schema"]["properties"] if name not in fixed]


def named(tables: Mapping[str, Any], kept: Mapping[str, str]) -> dict[str, str]:
    """The method of every operation; see ``method_names``."""
    return method_names.named(operations(tables), kept, TAKEN)


def clashes(tables: Mapping[str, Any]) -> list[Complaint]:
    """Operations whose methods would be called alike."""
    return method_names.clashes(operations(tables), "tables", TAKEN)
