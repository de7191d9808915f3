"""What a union's options are, once references and nesting are seen through, and how data tells them apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.modelling.composed import Deref, Schema, is_formed, is_object, merged
from generator.shapes import REF, without_null

MAX_OPTIONS = 400
_OBJECT = ("properties", "allOf", "additionalProperties", "type")


@dataclass(frozen=True, slots=True)
class Tags:
    """The field that names which object of a union a value is, and its value for each option, in order.

    *stated*: a constant or a mapping says so; else only the names of the schemas do.
    """

    field: str
    values: tuple[str | int, ...]
    stated: bool = True


def options(schema: Schema, listed: Sequence[Any], deref: Deref) -> list[Any]:
    """The options, those of unions inside in their place; fields that stand beside belong to each."""
    beside = {k: v for k, v in schema.items() if k not in ("oneOf", "anyOf", "discriminator")}
    flat = list(_flat(listed, deref, frozenset()))[:MAX_OPTIONS]
    if not isinstance(beside.get("properties"), Mapping) or not beside["properties"]:
        return flat
    shared: Schema = {key: beside[key] for key in ("properties", "required", "type") if key in beside}
    return [_joined(shared, option) for option in flat]


def _joined(shared: Schema, option: Any) -> Any:
    return {"allOf": [shared, option]} if isinstance(option, Mapping) else option


def _flat(listed: Sequence[Any], deref: Deref, seen: frozenset[str]) -> Iterator[Any]:
    for option in listed:
        inner, nullable = without_null(option) if isinstance(option, Mapping) else ({}, False)
        ref = str(inner.get("$ref", ""))
        found = deref(inner)
        nested = found.get("oneOf", found.get("anyOf"))
        if isinstance(nested, list) and ref not in seen and not any(word in found for word in _OBJECT):
            yield from _flat(nested, deref, seen | ({ref} if ref else set()))
            yield from ([{"type": "null"}] if nullable else [])
        else:
            yield option


def only_constrains(listed: Sequence[Any]) -> bool:
    """Do the options say nothing of a value but, like ``required``, which fields go together?"""
    return bool(listed) and not any(is_formed(option) for option in listed)


def tags(schema: Schema, listed: Sequence[Schema], deref: Deref) -> Tags | None:
    """The tag of a union of objects: declared by ``discriminator``, or a constant that every option has."""
    bodies = [merged(deref(option), deref) for option in listed]
    if len(bodies) < 2 or not all(is_object(body) for body in bodies):
        return None
    declared = schema.get("discriminator")
    if isinstance(declared, Mapping) and isinstance(declared.get("propertyName"), str):
        found = _declared(declared, listed, bodies, deref)
        if found:
            return found
    shared = set.intersection(*(set(body["properties"]) for body in bodies))
    found_here = (_constants(name, bodies, deref) for name in sorted(shared, key=str))
    return next((found for found in found_here if found), None)


def _constants(name: str, bodies: Sequence[Schema], deref: Deref) -> Tags | None:
    values = tuple(_constant(body["properties"][name], deref) for body in bodies)
    return Tags(name, values) if _are_tags(values) else None


def _are_tags(values: Sequence[Any]) -> bool:
    """Distinct, and all texts or all whole numbers: what msgspec takes."""
    return {type(value) for value in values} in ({str}, {int}) and len(set(values)) == len(values)


def _declared(
    declared: Schema, listed: Sequence[Schema], bodies: Sequence[Schema], deref: Deref
) -> Tags | None:
    name = declared["propertyName"]
    spelled = declared.get("mapping")
    pairs = [(last(ref), tag) for tag, ref in spelled.items()] if isinstance(spelled, Mapping) else []
    by_ref = dict(pairs)
    if len(by_ref) < len(pairs) or not all(name in body["properties"] for body in bodies):
        return None  # one class has several values, or none: constants, if any, tell it apart
    values, stated = [], True
    for option, body in zip(listed, bodies, strict=True):
        ref = last(option.get("$ref", ""))
        value = by_ref.get(ref) or _constant(body["properties"].get(name, {}), deref)
        stated &= value is not None
        values.append(ref if value is None else value)
    values = _typed_alike(values, bodies, name, deref)
    return Tags(name, tuple(values), stated) if all(v != "" for v in values) and _are_tags(values) else None


def _typed_alike(values: list[Any], bodies: Sequence[Schema], name: str, deref: Deref) -> list[Any]:
    """A mapping's keys are texts; where the fields are whole numbers, so are the tags."""
    kinds = {deref(body["properties"].get(name, {})).get("type") for body in bodies}
    if kinds == {"integer"} and all(isinstance(v, int) or str(v).lstrip("-").isdecimal() for v in values):
        return [int(value) for value in values]
    return values


def _constant(schema: Any, deref: Deref) -> Any:
    if not isinstance(schema, Mapping):
        return None
    found = merged(deref(schema), deref)
    enum = found.get("enum")
    value = found.get("const", enum[0] if isinstance(enum, list) and len(enum) == 1 else None)
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def children(types: Mapping[str, Schema]) -> dict[str, list[str]]:
    """For each type that has a ``discriminator`` of its own: the types that are made of it, by ``allOf``."""
    direct: dict[str, list[str]] = {}
    for name in sorted(types):
        for parent in _parents(types[name]):
            direct.setdefault(parent, []).append(name)
    return {
        name: found
        for name in types
        if _is_parent(types[name]) and (found := _descendants(name, types, direct))
    }


def _is_parent(schema: Any) -> bool:
    return (
        isinstance(schema, Mapping)
        and isinstance(schema.get("discriminator"), Mapping)
        and "oneOf" not in schema
        and "anyOf" not in schema
    )


def _parents(schema: Any) -> Iterator[str]:
    parts = schema.get("allOf") if isinstance(schema, Mapping) else None
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping) and isinstance(part.get("$ref"), str):
            yield part["$ref"].removeprefix(REF)


def _descendants(name: str, types: Mapping[str, Schema], direct: Mapping[str, list[str]]) -> list[str]:
    """What the mapping names, else children and theirs."""
    declared = types[name]["discriminator"].get("mapping")
    mapped = [last(ref) for ref in declared.values()] if isinstance(declared, Mapping) else []
    known = dict.fromkeys(ref for ref in mapped if ref in types)
    if set(known) - {name}:
        return list(known)
    found, waiting = {name}, [name]
    while waiting and len(found) < MAX_OPTIONS:
        new = [child for child in direct.get(waiting.pop(), ()) if child not in found]
        found.update(new)
        waiting += new
    return sorted(found - {name})


def last(ref: Any) -> str:
    """The name that a reference ends in, as the document writes it or as ``#/types/<name>``."""
    text = str(ref)
    if text.startswith(REF):
        return text.removeprefix(REF)
    for place in ("#/components/schemas/", "#/definitions/"):
        if text.startswith(place):
            return text.removeprefix(place).replace("~1", "/").replace("~0", "~")
    return text.rpartition("/")[2]
