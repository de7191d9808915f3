"""Schemas made of schemas: one object out of ``allOf``, and the tag that tells a union's objects apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.modelling.kinds import FORMATS
from generator.shapes import without_null

MAX_DEPTH = 16
Schema = Mapping[str, Any]
Deref = Callable[[Schema], Schema]


@dataclass(frozen=True, slots=True)
class Tags:
    """The field that names which object of a union a value is, and its value for each option, in order."""

    field: str
    values: tuple[str, ...]


def merged(schema: Schema, deref: Deref, depth: int = 0) -> dict[str, Any]:
    """``allOf`` folded into one schema: properties united, ``required`` united, later notes win."""
    if "allOf" not in schema or depth > MAX_DEPTH:
        return {key: value for key, value in schema.items() if key != "allOf"}
    total: dict[str, Any] = {}
    own = {key: value for key, value in schema.items() if key != "allOf"}
    for part in [*schema["allOf"], own]:
        if isinstance(part, Mapping):
            total = _united(total, merged(deref(part), deref, depth + 1))
    return total


def _united(first: Schema, second: Schema) -> dict[str, Any]:
    both = {**first, **second}
    if "properties" in first and "properties" in second:
        both["properties"] = {**first["properties"], **second["properties"]}
    if "required" in first and "required" in second:
        both["required"] = sorted({*first["required"], *second["required"]})
    return both


def is_object(schema: Schema) -> bool:
    """Does the schema name fields, so that it becomes a class?"""
    kind = schema.get("type", "object")
    fields = schema.get("properties")
    return kind in ("object", ["object"]) and isinstance(fields, Mapping) and bool(fields)


def tags(schema: Schema, options: Sequence[Schema], deref: Deref) -> Tags | None:
    """The tag of a union of objects: declared by ``discriminator``, or a constant that every option has."""
    bodies = [merged(deref(option), deref) for option in options]
    if not all(is_object(body) for body in bodies):
        return None
    declared = schema.get("discriminator")
    if isinstance(declared, Mapping) and isinstance(declared.get("propertyName"), str):
        return _declared(declared, options, bodies)
    shared = set.intersection(*(set(body["properties"]) for body in bodies))
    for name in sorted(shared):
        values = [_constant(body["properties"][name], deref) for body in bodies]
        if all(isinstance(value, str) for value in values) and len(set(values)) == len(values):
            return Tags(name, tuple(str(value) for value in values))
    return None


def _declared(declared: Schema, options: Sequence[Schema], bodies: Sequence[Schema]) -> Tags | None:
    name = declared["propertyName"]
    spelled = declared.get("mapping")
    by_ref = {_last(ref): tag for tag, ref in spelled.items()} if isinstance(spelled, Mapping) else {}
    values = []
    for option, body in zip(options, bodies, strict=True):
        ref = _last(option.get("$ref", ""))
        value = by_ref.get(ref) or _constant(body["properties"].get(name, {}), lambda s: s) or ref
        values.append(str(value))
    return Tags(name, tuple(values)) if all(values) and len(set(values)) == len(values) else None


def _constant(schema: Any, deref: Deref) -> Any:
    if not isinstance(schema, Mapping):
        return None
    found = deref(schema)
    enum = found.get("enum")
    return found.get("const", enum[0] if isinstance(enum, list) and len(enum) == 1 else None)


def _last(ref: Any) -> str:
    return str(ref).rpartition("/")[2]


def implied_type(schema: Schema) -> str | None:
    """The type that a schema without ``type`` can only mean."""
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    return "array" if "items" in schema else "string" if schema.get("format") in FORMATS else None


def is_list(schema: Any) -> bool:
    """Is it a list, or a list or null?"""
    return isinstance(schema, Mapping) and without_null(schema)[0].get("type") == "array"
