"""SQL's part of the database pattern: PostgreSQL, MySQL, SQLite and DuckDB; see ``pattern.py``."""

from __future__ import annotations

from typing import Any

from generator.shapes import Complaint

from . import sql_entry

__all__ = ["check", "normalise", "read", "resolve", "stored"]


def normalise(raw: dict[str, Any]) -> dict[str, Any]:
    """The entry in its one canonical form; no statement is parsed."""
    return sql_entry.read(raw)[0]


def check(raw: dict[str, Any]) -> list[Complaint]:
    """Every mistake that the JSON Schema of the requirements cannot say."""
    return read(raw)[1]


def read(raw: dict[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """``normalise`` and ``check``; statements are parsed, and held against the schema."""
    canonical, complaints = sql_entry.read(raw)
    if not canonical["requirements"].keys() & {"queries", "schema"}:
        return canonical, complaints
    from .sql_package import understand

    return canonical, [*complaints, *understand(canonical).complaints]


def stored(canonical: dict[str, Any]) -> dict[str, Any]:
    """What a lock stores: of files their digests."""
    return sql_entry.stored(canonical)


def resolve(canonical: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The blueprint that the skeleton prints."""
    from . import sql_blueprint

    return sql_blueprint.resolve(canonical, given)
