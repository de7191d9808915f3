"""
Types that hold themselves with no property or item in between cannot be built: such circles are cut.

A base that lists its subtypes (``oneOf``), which again build on it (``allOf``), is common and sensible: the
subtype then builds on the base's own part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from generator.specs.facts import Schema
from generator.specs.lenient import Notes

_REF = "#/types/"
_CHOICES = ("oneOf", "anyOf")
_SCHEMAS = ("allOf", *_CHOICES, "prefixItems", "items", "not", "additionalProperties")
_NAMED = ("properties", "patternProperties")


def without_circles(types: dict[str, Schema], places: Mapping[str, str], notes: Notes) -> dict[str, Schema]:
    """The same types; where there is a circle, it is cut and noted. *places* are those of the types."""
    found = {name: _on_own_part(name, schema, types) for name, schema in types.items()}
    done: set[str] = set()
    for start in found:
        for name, target in _cut_from(start, found, done):
            message = (
                f"holds {target[:80]!r} with nothing in between, in a circle; anything is accepted there."
            )
            notes.add(places[name], message)
    return found


def reached(roots: Iterable[str], types: Mapping[str, Schema]) -> set[str]:
    """The names of all types that some types lead to, themselves included."""
    todo, seen = list(roots), set(roots)
    while todo:
        following = {name for name in _named(types[todo.pop()]) if name in types} - seen
        seen |= following
        todo += following
    return seen


def _named(schema: Any) -> Iterator[str]:
    """Every type that a schema refers to anywhere."""
    todo: list[Any] = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo += node
        elif isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"].removeprefix(_REF)
            for target in node.get("discriminator", {}).get("mapping", {}).values():
                yield target.removeprefix(_REF)
            todo += [node[key] for key in _SCHEMAS if key in node]
            todo += [child for key in _NAMED if key in node for child in node[key].values()]


def _cut_from(start: str, types: dict[str, Schema], done: set[str]) -> Iterator[tuple[str, str]]:
    """Walk in depth from one type, without recursion, and cut each reference back to a type on the way."""
    if start in done:
        return
    path = {start: _next(types[start])}
    while path:
        name, following = next(reversed(path.items()))
        target = next(following, None)
        if target is None:
            done.add(name)
            del path[name]
        elif target in path:
            types[name] = _cut(types[name], target)
            yield name, target
        elif target not in done and target in types:
            path[target] = _next(types[target])


def _next(schema: Any) -> Iterator[str]:
    """The types that a schema holds directly."""
    todo = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"].removeprefix(_REF)
            for key in ("allOf", *_CHOICES):
                todo += reversed(node.get(key, ()))


def _cut(schema: Any, target: str) -> dict[str, Any]:
    """The schema with anything where it held the target directly."""
    if schema.get("$ref") == _REF + target:
        return {key: value for key, value in schema.items() if key != "$ref"}
    held = {
        key: [_cut(node, target) for node in schema[key]] for key in ("allOf", *_CHOICES) if key in schema
    }
    return {**schema, **held}


def _on_own_part(name: str, schema: Schema, types: Mapping[str, Schema]) -> Schema:
    branches = schema.get("allOf")
    if "$ref" in schema:
        own = _own_part(name, {"$ref": schema["$ref"]}, types)
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**(own[0] if own else {}), **rest}
    if not branches:
        return schema
    kept = [part for branch in branches for part in _own_part(name, branch, types)]
    return {**schema, "allOf": kept} if kept else {key: schema[key] for key in schema if key != "allOf"}


def _own_part(name: str, branch: Schema, types: Mapping[str, Schema]) -> list[Schema]:
    """The branch; where it is a base that lists this type among its choices, the base without the choices."""
    base = types.get(branch.get("$ref", "").removeprefix(_REF), {})
    if not any(item.get("$ref") == _REF + name for key in _CHOICES for item in base.get(key, ())):
        return [branch]
    own = {key: value for key, value in base.items() if key not in (*_CHOICES, "discriminator")}
    return [own] if own.keys() - {"description", "title", "type"} else []
