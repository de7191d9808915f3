"""Redis's part of the database pattern; see ``pattern.py`` for what each function is."""

from __future__ import annotations

from typing import Any

from generator.shapes import Complaint

from . import redis_checks, redis_entry

__all__ = ["read", "resolve"]


def read(raw: dict[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """The canonical entry, and every mistake in it."""
    canonical, complaints = redis_entry.read(raw)
    return canonical, [*complaints, *redis_checks.check(raw, canonical)]


def resolve(canonical: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The blueprint that the skeleton prints."""
    from . import redis_blueprint

    return redis_blueprint.resolve(canonical, given)
