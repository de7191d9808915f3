"""The message queue pattern's functions; each is pure and lives in the module that its import names.

A plan reads and checks entries and no more, so what answers, judges and renders is imported where it is used.
"""

from __future__ import annotations

from typing import Any

from generator.shapes import Complaint

from . import checks, entry

__all__ = ["answer", "check", "normalise", "read", "resolve", "stored", "verify"]


def read(raw: dict[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """``normalise`` and ``check``, at the price of one reading."""
    canonical, complaints = entry.read(raw)
    return canonical, [*complaints, *checks.check(canonical)]


def normalise(raw: dict[str, Any]) -> dict[str, Any]:
    """The entry in its one canonical form (see ``entry``)."""
    return entry.read(raw)[0]


def check(raw: dict[str, Any]) -> list[Complaint]:
    """Every mistake that the JSON Schema of the requirements cannot say."""
    return read(raw)[1]


def stored(canonical: dict[str, Any]) -> dict[str, Any]:
    """What a lock stores: of files and documents their digests."""
    kept: dict[str, Any] = entry.stored(canonical)
    return kept


def resolve(canonical: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The blueprint that the skeleton prints, from a canonical entry and the accepted answers."""
    from . import blueprint

    return blueprint.resolve(canonical, given)


def answer(subtask: str, inputs: dict[str, Any]) -> Any:
    """The offline answer: none of its own, since the pattern words what nobody else does."""
    return {}


def verify(subtask: str, inputs: dict[str, Any], given: Any) -> list[str]:
    """What is wrong with an answer beyond its schema: each fault ends with its mend."""
    from . import answers

    return answers.verify(subtask, inputs, given)
