"""Operations that an answer proposes for an entry that names neither endpoints nor a document.

Nothing but the service's name speaks for them, so a package says so until a person has approved them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.shapes import Complaint

from . import checks
from .entry import BODILESS, endpoints_of, placeholders

QUESTION = "operations"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SHAPES = ("string", "integer", "number", "boolean", "date", "datetime")
_ARGUMENT = re.compile(r"([A-Za-z_][\w.\[\]-]{0,60})(\??)(?:\s*:\s*([a-z]+)(\??))?\Z", re.ASCII)
_WITHOUT_BODY = BODILESS | {"DELETE"}


def is_asked(entry: Mapping[str, Any]) -> bool:
    """Does the entry leave open which operations there are?"""
    return not entry.get("spec") and not entry["requirements"].get("endpoints")


def extended(entry: dict[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The canonical entry with the operations that are proposed for it; any other entry as it is."""
    requirements = entry["requirements"]
    found = list(_readable(_proposed(answers), requirements)) if is_asked(entry) else []
    return {**entry, "requirements": {**requirements, "endpoints": found}} if found else entry


def is_unconfirmed(answers: Mapping[str, Any]) -> bool:
    """Do the operations come from an answer that no person has approved?"""
    return bool(_proposed(answers)) and QUESTION not in answers.get("approved", ())


def faults(operation: Mapping[str, Any]) -> list[str]:
    """What keeps one proposed operation from being read, each with its mend."""
    complaints: list[Complaint] = []
    written = _written(operation, complaints)
    if written["method"] not in METHODS or not written["path"].startswith("/"):
        return [f"an operation is METHOD /path. Use {', '.join(METHODS)} and a path that begins with /."]
    endpoints = endpoints_of([written], {}, complaints)
    if not complaints:
        complaints += checks.check({"name": "proposed", "requirements": {"endpoints": endpoints}})
    return [complaint.message for complaint in complaints]


def _proposed(answers: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    told = answers.get(QUESTION)
    listed = told.get("endpoints") if isinstance(told, Mapping) else None
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []


def _readable(
    proposed: Sequence[Mapping[str, Any]], requirements: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Each operation once, in canonical form, without those that cannot be read."""
    seen: set[str] = set()
    for operation in proposed:
        if not faults(operation):
            endpoint = endpoints_of([_written(operation, [])], requirements, [])[0]
            key = f"{endpoint['method']} {re.sub('{[^{}]*}', '{}', endpoint['path'])}"
            if key not in seen:
                seen.add(key)
                yield endpoint


def _written(operation: Mapping[str, Any], complaints: list[Complaint]) -> dict[str, Any]:
    """The operation as a manifest would say it."""
    method, path = str(operation.get("method", "")), str(operation.get("path", ""))
    shapes = dict(_shapes(str(operation.get("parameters") or ""), complaints))
    inside = {name: shape.rstrip("?") for name, shape in shapes.items() if name in placeholders(path)}
    others = {name: shape for name, shape in shapes.items() if name not in inside}
    found = {"method": method, "path": path, "summary": str(operation.get("summary", ""))}
    told = {**inside, **others} if method in _WITHOUT_BODY else inside
    return {
        **found,
        **({"parameters": told} if told else {}),
        **({"body": others} if others and method not in _WITHOUT_BODY else {}),
    }


def _shapes(text: str, complaints: list[Complaint]) -> Iterator[tuple[str, str]]:
    """``state?, limit: integer?`` → names and shapes; without one, it is text."""
    for argument in filter(None, (part.strip() for part in text.split(","))):
        found = _ARGUMENT.match(argument)
        shape = (found[3] or "string") if found else ""
        if found is None or shape not in SHAPES:
            mend = f"Write 'state?, limit: integer?'; types are {', '.join(SHAPES)}."
            complaints.append(Complaint((), f"{argument[:40]!r} is no parameter. {mend}"))
            continue
        yield found[1], f"{shape}{'?' if found[2] or found[4] else ''}"
