"""Mistakes that are between the keys of a Redis entry. Each complaint ends with its mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.modelling.connection import mapping
from generator.shapes import Complaint

from . import redis_templates as templates
from .redis_names import TAKEN, methods

# What the requirements of other engines say.
FOREIGN = ("schema", "queries", "collections", "tables", "database", "region", "endpoint_url", "isolation")


def check(raw: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[Complaint]:
    """Everything wrong with a canonical entry as a whole."""
    for key in FOREIGN:
        if key in mapping(raw.get("requirements")):
            said = f"Redis has no {key}. Describe its data in keys, or remove it."
            yield Complaint(("requirements", key), said)
    requirements = entry["requirements"]
    yield from _replicas(requirements)
    yield from _same_keys(requirements["keys"])
    yield from _same_names(requirements)


def _replicas(requirements: Mapping[str, Any]) -> Iterator[Complaint]:
    asked = [name for name, told in requirements["keys"].items() if told.get("replica")]
    for name in asked if not requirements.get("replicas") else ():
        at = ("requirements", "keys", name, "replica")
        yield Complaint(
            at, "there is no replica to read from. Write replicas: [${REPLICA_URL}], or remove it."
        )


def _same_keys(keys: Mapping[str, Any]) -> Iterator[Complaint]:
    """Two templates that can make the same key."""
    made: list[tuple[str, str]] = []
    for name, told in keys.items():
        for text in _templates(told):
            for other, theirs in made:
                if other != name and templates.overlap(text, theirs):
                    mend = "Begin each with a word of its own."
                    said = f"{text!r} and {theirs!r} of {other!r} can be the same key. {mend}"
                    yield Complaint(("requirements", "keys", name, "key"), said)
        made += [(name, text) for text in _templates(told)]


def _templates(told: Mapping[str, Any]) -> list[str]:
    text = told["key"]
    if told["type"] == "stream" and told.get("group"):
        return [text, told.get("dead_letter", f"{text}:dead")]
    return [text]


def _same_names(requirements: Mapping[str, Any]) -> Iterator[Complaint]:
    """Two operations that would have the same method."""
    taken: dict[str, str] = {}
    places = [("keys", name, told) for name, told in requirements["keys"].items()]
    places += [("scripts", name, told) for name, told in requirements.get("scripts", {}).items()]
    for place, name, told in places:
        for method in methods(place, name, told, requirements.get("types", {})):
            at = ("requirements", place, name)
            if method in TAKEN:
                yield Complaint(at, f"every adapter has {method!r} already. Give it another name.")
            elif taken.get(method, name) != name:
                said = f"{taken[method]!r} has a method {method!r} too. Rename one of the two."
                yield Complaint(at, said)
            taken.setdefault(method, name)
