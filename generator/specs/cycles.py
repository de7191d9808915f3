"""
Types that hold themselves with no property or item in between cannot be built: such circles are cut.

A base that lists its subtypes (``oneOf``), which again build on it (``allOf``), is common and sensible: the
subtype then builds on the base's own part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.specs.facts import Schema
from generator.specs.lenient import Notes

_REF = "#/types/"
_CHOICES = ("oneOf", "anyOf")


def without_circles(types: dict[str, Schema], notes: Notes) -> dict[str, Schema]:
    """The same types; where there is a circle, it is cut and noted."""
    found = {name: _on_own_part(name, schema, types) for name, schema in types.items()}
    done: set[str] = set()
    for start in found:
        _cut_from(start, found, done, notes)
    return found


def _cut_from(start: str, types: dict[str, Schema], done: set[str], notes: Notes) -> None:
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
            message = f"holds {target!r} with nothing in between, in a circle; anything is accepted there."
            notes.add(f"#/types/{name}", f"the type {name!r} {message}")
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
