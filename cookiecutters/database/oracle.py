"""The oracle of databases: it reads the entry itself, and judges what a package's own suite had sent.

Each family of engines has its rules, in ``<family>_oracle.py``, with the same one function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

FAMILIES = {"postgresql": "sql", "mysql": "sql", "sqlite": "sql", "duckdb": "sql"}  # others: as the variant


def judge(
    entry: Mapping[str, Any], requests: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> dict[str, Any]:
    """Judge calls against an entry: ``operations`` that it declares, those ``conforming``, ``violations``."""
    variant = str(entry.get("variant") or "postgresql")
    family = import_module(f".{FAMILIES.get(variant, variant)}_oracle", __package__)
    judgement: dict[str, Any] = family.judge(entry, requests, names)
    return judgement
