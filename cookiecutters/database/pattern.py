"""The database pattern's functions; each family of engines has its own, in ``<family>_family.py``.

A family is a skeleton: four engines share ``sql``. A plan reads and checks entries and no more, so what
renders is imported where it is used.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from generator.shapes import Complaint

__all__ = ["answer", "check", "normalise", "read", "resolve", "stored", "verify"]

FAMILIES = {"postgresql": "sql", "mysql": "sql", "sqlite": "sql", "duckdb": "sql"}  # others: as the variant


def family(entry: dict[str, Any]) -> ModuleType:
    """The module that knows the entry's engine."""
    variant = entry.get("variant", "postgresql")
    return import_module(f".{FAMILIES.get(variant, variant)}_family", __package__)


def read(raw: dict[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """``normalise`` and ``check``, at the price of one reading."""
    both: tuple[dict[str, Any], list[Complaint]] = family(raw).read(raw)
    return both


def normalise(raw: dict[str, Any]) -> dict[str, Any]:
    """The entry in its one canonical form."""
    return read(raw)[0]


def check(raw: dict[str, Any]) -> list[Complaint]:
    """Every mistake that the JSON Schema of the requirements cannot say."""
    return read(raw)[1]


def stored(canonical: dict[str, Any]) -> dict[str, Any]:
    """What a lock stores: of files their digests, where the family reads any."""
    keep = getattr(family(canonical), "stored", None)
    kept: dict[str, Any] | None = keep(canonical) if keep else None
    return {key: value for key, value in canonical.items() if key != "files"} if kept is None else kept


def resolve(canonical: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The blueprint that the skeleton prints, from a canonical entry and the accepted answers."""
    blueprint: dict[str, Any] = family(canonical).resolve(canonical, given)
    return blueprint


def answer(subtask: str, inputs: dict[str, Any]) -> Any:
    """The offline answer: none of its own, since the pattern words what nobody else does."""
    return {}


def verify(subtask: str, inputs: dict[str, Any], given: Any) -> list[str]:
    """What is wrong with an answer beyond its schema: each fault ends with its mend."""
    faults: list[str] = import_module(".answers", __package__).verify(subtask, inputs, given)
    return faults
