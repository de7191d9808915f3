"""Filters, updates and documents as Python.

In an adapter `Value` stands where a caller's value goes; in tests the value itself, as MongoDB stores it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from generator.modelling.kinds import FORMATS, code, write
from generator.shapes import REF, without_null

from .mongodb_filters import PARAMETER

Schema = Mapping[str, Any]
Write = Callable[[str], str]  # the name of a parameter → its expression
DOCUMENT_ID = "_id"


def declared(template: Any, schemas: Mapping[str, Schema]) -> str:
    """A filter or update of the manifest, as the adapter's constants say it."""

    def value(name: str) -> str:
        inner = schemas[name]
        inner = inner.get("items", inner) if inner.get("type") == "array" else inner
        return (
            f"Value({code(name)}, id=True)" if inner.get("format") == "objectid" else f"Value({code(name)})"
        )

    return _written(template, value)


def given(template: Any, values: Mapping[str, str]) -> str:
    """The same with callers' values in it; *values* are expressions by parameter."""
    return _written(template, lambda name: values[name])


def _written(template: Any, value: Write) -> str:
    if isinstance(template, Mapping):
        pairs = (f"{code(key_of(key))}: {_written(inner, value)}" for key, inner in template.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(template, list):
        return f"[{', '.join(_written(inner, value) for inner in template)}]"
    found = PARAMETER.match(template) if isinstance(template, str) else None
    return value(found[1]) if found else code(template)


def key_of(path: Any) -> str:
    """What MongoDB calls a field."""
    text = str(path)
    return DOCUMENT_ID + text[2:] if text == "id" or text.startswith("id.") else text


def stored(value: Any, schema: Schema, types: Mapping[str, Schema]) -> str:
    """A JSON value as Python writes what MongoDB stores: times and bytes are values of their own."""
    schema = without_null(schema)[0]
    if "$ref" in schema:
        return stored(value, types.get(str(schema["$ref"]).removeprefix(REF), {}), types)
    if isinstance(value, list):
        return f"[{', '.join(stored(one, schema.get('items', {}), types) for one in value)}]"
    if isinstance(value, Mapping):
        parts = schema.get("properties", {})
        other = schema.get("additionalProperties")
        other = other if isinstance(other, Mapping) else {}
        pairs = (f"{code(k)}: {stored(v, parts.get(k, other), types)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    form = schema.get("format")
    if isinstance(value, str) and form == "date-time":
        return write(FORMATS["date-time"], value, _no_struct, _first)
    if isinstance(value, str) and form == "byte":
        return repr(base64.b64decode(value))
    return code(value)


def document(value: Mapping[str, Any], schema: Schema, types: Mapping[str, Schema]) -> str:
    """A whole document as MongoDB stores it, its id first."""
    parts = schema["properties"]
    pairs = [f"{code(key_of(k))}: {stored(v, parts.get(k, {}), types)}" for k, v in value.items()]
    return "{" + ", ".join(pairs) + "}"


def _no_struct(name: str, value: Mapping[str, Any]) -> str:
    return code(value)


def _first(kinds: Any, value: Any) -> Any:
    return kinds[0]
