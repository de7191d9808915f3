"""
``discriminator`` in OpenAPI's form, its mapping naming types.

A base that names its property only (always so in Swagger 2.0) has as subtypes the named schemas whose
``allOf`` refers to it, and theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from generator.specs.lenient import below, listing, mapping, text
from generator.specs.references import HOMES

if TYPE_CHECKING:
    from generator.specs.schemas import Schemas

_MOST = 1_000  # subtypes of one base
_REF = "#/types/"


class Subtypes:
    """Which named schemas build on which others; found when first asked for."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._below: dict[str, list[tuple[str, str]]] | None = None

    def of(self, at: str) -> dict[str, str]:
        """Value of the discriminator to reference, of everything that builds on the schema at a place."""
        if self._below is None:
            self._below = self._index()
        found: dict[str, str] = {}
        todo, seen = [at], {at}
        while todo and len(found) < _MOST:
            for value, place in self._below.get(todo.pop(0), ()):
                if place not in seen:
                    seen.add(place)
                    found.setdefault(value, place)
                    todo.append(place)
        return found

    def _index(self) -> dict[str, list[tuple[str, str]]]:
        index: dict[str, list[tuple[str, str]]] = {}
        for home in HOMES:
            node = self._document
            for token in home.split("/"):
                node = mapping(mapping(node).get(token))
            for name, schema in node.items():
                value = text(mapping(schema).get("x-ms-discriminator-value")) or name
                for branch in listing(mapping(schema).get("allOf")):
                    base = mapping(branch).get("$ref")
                    if isinstance(base, str):
                        index.setdefault(base, []).append((value, below(f"#/{home}", name)))
        return index


def add(schemas: Schemas, core: dict[str, Any], node: Mapping[str, Any], at: str) -> None:
    """Enter the discriminator of a schema, if it has a sound one."""
    said = node.get("discriminator")
    if said is None:
        return
    said = {"propertyName": said} if isinstance(said, str) else said
    name = mapping(said).get("propertyName")
    if not isinstance(name, str) or not name:
        schemas.notes.add(below(at, "discriminator"), "names no property; it is passed over.")
        return
    mapped = _mapped(schemas, mapping(said).get("mapping"), below(at, "discriminator", "mapping"))
    if not mapped and "oneOf" not in core and "anyOf" not in core:
        mapped = _named(schemas, schemas.subtypes.of(at), at)
    core["discriminator"] = {"propertyName": name, **({"mapping": mapped} if mapped else {})}


def _mapped(schemas: Schemas, said: Any, at: str) -> dict[str, str]:
    """A mapping holds names of schemas or references to them."""
    wanted = {}
    for value, target in mapping(said).items():
        name = schemas.named(target, at)
        if name is None:
            schemas.notes.add(below(at, value), f"{text(target)[:80]!r} names no schema; it is left out.")
        else:
            wanted[value] = _REF + name
    return wanted


def _named(schemas: Schemas, places: Mapping[str, str], at: str) -> dict[str, str]:
    found = {value: schemas.type(place, "#") for value, place in places.items()}
    return {value: _REF + name for value, name in found.items() if name is not None}
