"""
Schemas of any dialect in the one form that ``facts`` names.

Each named schema is read once, when something reaches it. A schema that says nothing sensible is ``{}``; what
had to be passed over is a finding. The results never hold a circle without a property or an item in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from generator.specs import discriminators
from generator.specs.composition import assemble, composed
from generator.specs.cycles import reached, without_circles
from generator.specs.facts import Schema
from generator.specs.keywords import READERS, settle
from generator.specs.lenient import Notes, below, is_true, mapping
from generator.specs.references import MOST_HOPS, BrokenError, References
from generator.specs.schema_kinds import KINDS, Kinds, fits, kinds
from generator.specs.schema_parts import enumerated, inferred, kept_notes
from generator.specs.type_names import TypeNames

REF = "#/types/"
_MOST_LEVELS = 64
_BESIDE = frozenset({"$ref", "nullable", "x-nullable", "type"})


class Schemas:
    """The schemas of one document, and the types that were reached."""

    def __init__(self, document: Any, references: References, notes: Notes, dialect: str) -> None:
        self.notes, self.references, self.dialect = notes, references, dialect
        self.subtypes = discriminators.Subtypes(document)
        self._names = TypeNames(document)
        self._types: dict[str, Schema] = {}
        self._wanted: dict[str, tuple[Any, str]] = {}  # name → what is still to be read
        self._kept: dict[str, Schema] = {}
        self._known: dict[tuple[str, str], str | None] = {}
        for at in self._names.own:
            target = references.elsewhere(at)
            if target:
                self._names.pointed(at, target)

    def types(self, roots: Iterable[Schema]) -> dict[str, Schema]:
        """Every type that the roots reach, in the document's order; those without an own name last."""
        while self._wanted:
            name = next(iter(self._wanted))
            node, at = self._wanted.pop(name)
            self._types[name] = {}
            self._types[name] = self.read(node, at)
        order = {name: place for place, name in enumerate(self._names.own.values())}
        ranked = sorted(self._types, key=lambda name: (order.get(name, len(order)), name))
        found = {name: self._types[name] for name in ranked}
        found = without_circles(found, self._names.places(), self.notes)
        kept = reached(roots, found)
        return {name: schema for name, schema in found.items() if name in kept}

    def read(self, node: Any, at: str, depth: int = 0) -> Schema:
        """The normal form of a schema that stands at a place; one that is no part of another is kept."""
        if depth:
            return self._read(node, at, depth)
        if at not in self._kept:
            self._kept[at] = self._read(node, at, depth)
        return self._kept[at]

    def _read(self, node: Any, at: str, depth: int) -> Schema:
        if not isinstance(node, dict):
            return self._no_mapping(node, at)
        if depth > _MOST_LEVELS:
            self.notes.add(
                at, f"schemas are nested over {_MOST_LEVELS} levels deep; anything is accepted here."
            )
            return {}
        if isinstance(node.get("$ref"), str):
            return self._reference(node, at, depth)
        found = kinds(node["type"]) if "type" in node else Kinds()
        if found.odd and self.named(node["type"], at):
            rest = {key: value for key, value in node.items() if key != "type"}
            return self._read({**rest, "$ref": node["type"]}, at, depth)
        for message in found.odd:
            self.notes.add(below(at, "type"), message)
        core = self._core(node, at, depth, found)
        null = found.null or is_true(node.get("nullable")) or is_true(node.get("x-nullable"))
        return assemble(*composed(core, null), kept_notes(node, at, self.notes))

    def named(self, ref: Any, at: str) -> str | None:
        """The name of the type that a reference (or a bare name) means; None where there is none."""
        if not isinstance(ref, str) or ref.lower() in KINDS:
            return None
        try:
            self.references.target(ref, at)
        except BrokenError:
            return None
        return self.type(ref, at)

    def type(self, ref: str, at: str) -> str | None:
        """The name of the type that a reference leads to, to be read in its turn; else None and a finding."""
        key = (at.partition("#")[0], ref)
        if key not in self._known:
            self._known[key] = self._lead(ref, at)
        return self._known[key]

    def _lead(self, ref: str, at: str) -> str | None:
        """References that point to nothing but another reference are followed to their end."""
        start = at
        seen: set[str] = set()
        while True:
            try:
                node, at = self.references.target(ref, at)
                if at in seen or len(seen) > MOST_HOPS:
                    raise BrokenError("'$ref' leads in a circle")
            except BrokenError as error:
                self.notes.add(start, f"{error}; anything is accepted here.")
                return None
            seen.add(at)
            if not (isinstance(node, dict) and len(node) == 1 and isinstance(node.get("$ref"), str)):
                break
            ref = node["$ref"]
        name = self._names.of(at)
        if name not in self._types:
            self._wanted.setdefault(name, (node, at))
        return name

    def _no_mapping(self, node: Any, at: str) -> Schema:
        if node is False:
            return {"not": {}}
        if node is not True:
            self.notes.add(at, "is no schema; anything is accepted here.")
        return {}

    def _reference(self, node: Mapping[str, Any], at: str, depth: int) -> Schema:
        """A reference and what stands beside it: 3.1 adds it, before only notes and null counted."""
        name = self.type(node["$ref"], at)
        core: dict[str, Any] = {"$ref": REF + name} if name is not None else {}
        if len(node) == 1:
            return core
        null = is_true(node.get("nullable")) or is_true(node.get("x-nullable"))
        beside = {key: value for key, value in node.items() if key not in _BESIDE}
        if self.dialect == "3.1" and any(key in READERS for key in beside):
            more = self._core(beside, at, depth, Kinds())
            more.pop("type", None)
            if more:
                core = {"allOf": [core, more]} if core else more
        return assemble(core, null, kept_notes(node, at, self.notes))

    def _core(self, node: Mapping[str, Any], at: str, depth: int, found: Kinds) -> dict[str, Any]:
        core: dict[str, Any] = {}
        for key, value in node.items():
            reader = READERS.get(key)
            if reader is not None:
                reader(self, core, key, value, at, depth)
        if found.format:
            core.setdefault("format", found.format)
        settle(core)
        discriminators.add(self, core, node, at)
        names = found.names or inferred(core, node, null=found.null)
        enumerated(core, names, found, at, self.notes)
        if len(names) == 1:
            return {"type": names[0], **{key: value for key, value in core.items() if fits(key, names[0])}}
        return _split(core, names) if names else _bare(core, found)


def _split(core: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Several types: one alternative each, with the keywords that concern it. Values say their type."""
    if "enum" in core or "const" in core:
        return {key: value for key, value in core.items() if key in _SHARED}
    branches: list[Any] = []
    for name in names:
        part = {key: value for key, value in core.items() if fits(key, name) and key not in _SHARED}
        branches.append({"type": name, **part})
    shared = {key: core[key] for key in _SHARED if key in core}
    return {"anyOf": branches} if not shared else {"allOf": [{"anyOf": branches}, shared]}


_SHARED = ("enum", "const", "allOf", "oneOf", "anyOf", "not")


def _bare(core: dict[str, Any], found: Kinds) -> dict[str, Any]:
    """No type but perhaps null: what remains is only null if nothing else is said."""
    return {"type": "null"} if found.null and not mapping(core) else core
