"""The tag of each named type that some union tells apart by one, wherever in the types the union stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.modelling import unions
from generator.modelling.composed import Deref
from generator.shapes import REF

MAX_SEEN = 200_000
Schema = Mapping[str, Any]


def by_type(types: Mapping[str, Schema], deref: Deref) -> dict[str, tuple[str, str | int]]:
    """Type name → the field and the value that a ``discriminator`` gives it."""
    found: dict[str, tuple[str, str | int]] = {}
    families = ((types[name], children) for name, children in unions.children(types).items())
    listed: list[tuple[Schema, list[Schema]]] = [
        (schema, [{"$ref": f"{REF}{child}"} for child in children]) for schema, children in families
    ]
    for schema, options in [*listed, *_unions(types)]:
        tags = unions.tags(schema, options, deref)
        for option, value in zip(options, tags.values, strict=True) if tags else ():
            if tags and "$ref" in option:
                found.setdefault(str(option["$ref"]).removeprefix(REF), (tags.field, value))
    return found


def _unions(types: Mapping[str, Schema]) -> Iterator[tuple[Schema, list[Schema]]]:
    waiting: list[Any] = [types[name] for name in sorted(types, reverse=True)]
    for _ in range(MAX_SEEN):
        if not waiting:
            return
        schema = waiting.pop()
        inner = schema.values() if isinstance(schema, Mapping) else schema if isinstance(schema, list) else ()
        waiting += inner
        if isinstance(schema, Mapping) and isinstance(schema.get("discriminator"), Mapping):
            options = schema.get("oneOf", schema.get("anyOf"))
            if isinstance(options, list) and all(isinstance(option, Mapping) for option in options):
                yield schema, options
