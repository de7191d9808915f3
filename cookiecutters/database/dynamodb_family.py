"""DynamoDB's part of the database pattern; see ``pattern.py`` for what each function is."""

from __future__ import annotations

from typing import Any

from generator.shapes import Complaint

from . import dynamodb_entry

__all__ = ["read", "resolve"]


def read(raw: dict[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """The canonical entry, and every mistake in it."""
    return dynamodb_entry.read(raw)


def resolve(canonical: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The blueprint that the skeleton prints."""
    from . import dynamodb_blueprint

    return dynamodb_blueprint.resolve(canonical, given)
