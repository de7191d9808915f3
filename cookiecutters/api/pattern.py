"""The API pattern's functions; each is pure and lives in the module that its import names.

A plan reads and checks entries and no more, so what answers, judges and renders is imported where it is used.
"""

from __future__ import annotations

from typing import Any

from generator.shapes import Complaint

from . import checks, entry, proposed

__all__ = [
    "answer",
    "asked",
    "check",
    "context",
    "extended",
    "normalise",
    "posed",
    "read",
    "resolve",
    "signature",
    "stored",
    "verify",
]


def normalise(raw: dict[str, Any]) -> dict[str, Any]:
    """The entry in its one canonical form (see ``entry``)."""
    return entry.read(raw)[0]


def check(raw: dict[str, Any]) -> list[Complaint]:
    """Every mistake that the JSON Schema of the requirements cannot say."""
    return read(raw)[1]


def read(raw: dict[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """``normalise`` and ``check``, at the price of one reading."""
    canonical, complaints = entry.read(raw)
    return canonical, [*complaints, *checks.check(canonical)]


def stored(canonical: dict[str, Any]) -> dict[str, Any]:
    """What a lock stores: of a document's operations their digests."""
    kept: dict[str, Any] = entry.stored(canonical)
    return kept


def asked(canonical: dict[str, Any], ids: list[str]) -> list[str]:
    """The questions that an entry leaves open: which operations there are only where nothing says so."""
    return [name for name in ids if name != proposed.QUESTION or proposed.is_asked(canonical)]


def extended(canonical: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The entry with the operations that an answer proposes for it, as other questions are about them."""
    return proposed.extended(canonical, given)


def resolve(canonical: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The blueprint that the skeleton prints, from a canonical entry and the accepted answers."""
    from . import blueprint

    return blueprint.resolve(extended(canonical, given), given)


def answer(subtask: str, inputs: dict[str, Any]) -> Any:
    """The offline answer of one subtask; there is none about a method that is described in words."""
    from . import answers

    return answers.ANSWERERS[subtask](inputs) if subtask in answers.ANSWERERS else {}


def verify(subtask: str, inputs: dict[str, Any], given: Any) -> list[str]:
    """What is wrong with an answer beyond its schema: each fault ends with its mend."""
    from . import cases
    from . import verify as verifying

    about_method = subtask.partition(":")[0] in (cases.CASES, cases.METHOD)
    return (cases if about_method else verifying).verify(subtask, inputs, given)


def context(subtask: str, canonical: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What a question shows besides its inputs, made from earlier answers."""
    from . import questions

    return questions.context(subtask, canonical, given)


def signature(canonical: dict[str, Any], given: dict[str, Any], name: str) -> str:
    """The line that the code of a described method begins with."""
    from . import questions

    return questions.signature(canonical, given, name)


def posed(
    subtask: str, inputs: dict[str, Any], schema: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What of a question a model is shown, and the schema that holds its answer; None: nothing is open."""
    from . import posed as posing
    from . import questions

    shown = questions.shown(subtask, inputs)
    return None if shown is None else posing.posed(subtask, shown, schema)
