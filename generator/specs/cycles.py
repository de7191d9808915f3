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
_HELD = ("allOf", *_CHOICES)
_SCHEMAS = (*_HELD, "prefixItems", "items", "not", "additionalProperties")
_NAMED = ("properties", "patternProperties")


def without_circles(
    types: Mapping[str, Schema], places: Mapping[str, str], notes: Notes
) -> dict[str, Schema]:
    """The same types; where there is a circle, it is cut and noted. *places* are those of the types."""
    choices = {name: frozenset(_choices(schema)) for name, schema in types.items()}
    found = {name: _on_own_part(name, schema, types, choices) for name, schema in types.items()}
    done: set[str] = set()
    cuts: dict[str, set[str]] = {}
    for start in found:
        for name, target in _back_from(start, found, done):
            cuts.setdefault(name, set()).add(target)
            notes.add(
                places[name], f"holds {target[:80]!r} directly, in a circle; anything is accepted there."
            )
    return {name: _cut(schema, cuts[name]) if name in cuts else schema for name, schema in found.items()}


def reached(roots: Iterable[Schema], types: Mapping[str, Schema]) -> set[str]:
    """The names of all types that some schemas lead to."""
    todo, seen = list(roots), set[str]()
    while todo:
        following = {name for name in _mentioned(todo.pop()) if name in types} - seen
        seen |= following
        todo += [types[name] for name in following]
    return seen


def _mentioned(schema: Any) -> Iterator[str]:
    """Every type that a schema refers to anywhere."""
    todo: list[Any] = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo += node
        elif isinstance(node, dict):
            if "$ref" in node:
                yield _target(node)
            for target in node.get("discriminator", {}).get("mapping", {}).values():
                yield target.removeprefix(_REF)
            todo += [node[key] for key in _SCHEMAS if key in node]
            todo += [child for key in _NAMED if key in node for child in node[key].values()]


def _back_from(start: str, types: Mapping[str, Schema], done: set[str]) -> Iterator[tuple[str, str]]:
    """Walk in depth from one type, without recursion: each reference back to a type on the way."""
    if start in done:
        return
    path = {start: _held(types[start])}
    while path:
        name, following = next(reversed(path.items()))
        target = next(following, None)
        if target is None:
            done.add(name)
            del path[name]
        elif target in path:
            yield name, target
        elif target not in done and target in types:
            path[target] = _held(types[target])


def _held(schema: Any) -> Iterator[str]:
    """The types that a schema holds directly."""
    todo = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if "$ref" in node:
                yield _target(node)
            for key in _HELD:
                todo += reversed(node.get(key, ()))


def _cut(schema: Any, targets: set[str]) -> dict[str, Any]:
    """The schema with anything where it held one of the targets directly."""
    if _target(schema) in targets:
        return {key: value for key, value in schema.items() if key != "$ref"}
    held = {key: [_cut(node, targets) for node in schema[key]] for key in _HELD if key in schema}
    return {**schema, **held}


def _choices(schema: Schema) -> Iterator[str]:
    for key in _CHOICES:
        yield from map(_target, schema.get(key, ()))


def _on_own_part(
    name: str, schema: Schema, types: Mapping[str, Schema], choices: Mapping[str, frozenset[str]]
) -> Schema:
    """The schema; where it builds on a base that lists it as a choice, it builds on that one's own part."""
    held = [{"$ref": schema["$ref"]}] if "$ref" in schema else schema.get("allOf", ())
    if not any(name in choices.get(_target(branch), ()) for branch in held):
        return schema
    parts = [
        _own(types[_target(branch)]) if name in choices.get(_target(branch), ()) else branch
        for branch in held
    ]
    rest = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
    kept = [part for part in parts if part.keys() - {"description", "title", "type"}]
    if len(kept) == 1 and not rest:
        return kept[0]
    return {"allOf": kept, **rest} if kept else rest


def _own(base: Schema) -> Schema:
    """A base without its choices."""
    return {key: value for key, value in base.items() if key not in (*_CHOICES, "discriminator")}


def _target(schema: Any) -> str:
    target: str = schema.get("$ref", "")
    return target.removeprefix(_REF)
