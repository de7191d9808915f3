"""Parts of documents and items that get a name of their own, so that fields and arguments share one class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.modelling.names import article, pascal, phrase, singular
from generator.shapes import REF, optional, without_null

Schema = Mapping[str, Any]


def named_parts(schema: Schema, owner: str, types: dict[str, Schema]) -> dict[str, Any]:
    """The schema of *owner*, its inner objects and enums moved into *types*."""
    parts = {name: _named(part, owner, name, types) for name, part in schema["properties"].items()}
    return {**schema, "properties": parts}


def _named(schema: Schema, owner: str, field: str, types: dict[str, Schema]) -> dict[str, Any]:
    inner, nullable = without_null(schema)
    if inner.get("type") == "array" and _has_name(inner.get("items", {})):
        inner = {**inner, "items": _moved(inner["items"], owner, singular(field), types)}
    elif _has_name(inner):
        inner = _moved(inner, owner, field, types)
    else:
        return dict(schema)
    return optional(inner) if nullable else inner


def _has_name(schema: Any) -> bool:
    return isinstance(schema, Mapping) and ("properties" in schema or "enum" in schema)


def _moved(schema: Schema, owner: str, field: str, types: dict[str, Schema]) -> dict[str, Any]:
    name = pascal(f"{owner}_{field}")
    if name in types:
        return dict(schema)
    types[name] = {"description": f"The {phrase(field)} of {article(phrase(owner))}.", **schema}
    return {"$ref": f"{REF}{name}"}


def referring(schema: Schema, types: Mapping[str, Schema]) -> dict[str, Any]:
    """The schema of an argument, by the name of the type that is the same."""
    if schema.get("type") == "array" and "items" in schema:
        return {**schema, "items": referring(schema["items"], types)}
    if not _has_name(schema):
        return dict(schema)
    name = next((name for name, known in types.items() if _bare(known) == _bare(schema)), None)
    return {"$ref": f"{REF}{name}"} if name else dict(schema)


def _bare(schema: Schema) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "description"}
