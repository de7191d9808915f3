"""DynamoDB's part of the database pattern; see ``pattern.py`` for what each function is."""

from __future__ import annotations

from typing import Any

from generator.shapes import Complaint

from . import dynamodb_entry

__all__ = ["check", "normalise", "read", "resolve", "stored"]


def read(raw: dict[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """The canonical entry, and every mistake in it."""
    return dynamodb_entry.read(raw)


def normalise(raw: dict[str, Any]) -> dict[str, Any]:
    """The entry in its one canonical form."""
    return read(raw)[0]


def check(raw: dict[str, Any]) -> list[Complaint]:
    """Every mistake that the JSON Schema of the requirements cannot say."""
    return read(raw)[1]


def stored(canonical: dict[str, Any]) -> dict[str, Any]:
    """What a lock stores of a canonical entry: all of it."""
    return {key: value for key, value in canonical.items() if key != "files"}


def resolve(canonical: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The blueprint that the skeleton prints."""
    from . import dynamodb_blueprint

    return dynamodb_blueprint.resolve(canonical, given)
