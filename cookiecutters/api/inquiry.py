"""What the inputs of a question show: operations, arguments, named values. Answers are held against it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling.examples import Examples
from generator.modelling.names import snake
from generator.shapes import without_null

from .entry import placeholders
from .flat import flattened, has_default

Inputs = Mapping[str, Any]
SCALARS = frozenset({"string", "integer", "number", "boolean"})
MOST, DEEPEST = 5_000, 6  # named values that are looked at, and how deep they lie
TEXT: Mapping[str, Any] = {"type": "string"}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an operation. *is_given* says whether a plain value can be one of it."""

    schema: Mapping[str, Any]
    required: bool
    is_given: bool


def endpoints(inputs: Inputs) -> list[dict[str, Any]]:
    """The endpoints of a slice, whichever of their fields it shows."""
    found = (value for key, value in inputs.items() if key.startswith("requirements.endpoints[]"))
    return [item for item in next(found, None) or [] if isinstance(item, dict)]


def operations(inputs: Inputs) -> dict[str, dict[str, Any]]:
    """``METHOD /path`` → endpoint."""
    return {f"{endpoint.get('method')} {endpoint.get('path')}": endpoint for endpoint in endpoints(inputs)}


def types(inputs: Inputs) -> Mapping[str, Any]:
    """The named types that schemas refer to."""
    return inputs.get("requirements.types") or {}


def words(inputs: Inputs) -> frozenset[str]:
    """Every identifier that the inputs say."""
    return frozenset(re.findall(r"\w+", json.dumps(inputs, ensure_ascii=False)))


def paths(inputs: Inputs) -> frozenset[str]:
    """The paths of all operations."""
    return frozenset(str(endpoint.get("path")) for endpoint in endpoints(inputs))


def arguments(endpoint: Mapping[str, Any], types: Mapping[str, Any]) -> dict[str, Argument]:
    """Name, as the inputs say it or on the wire, → argument: parameters before fields of the body."""
    declared = endpoint.get("parameters") or {}
    found: dict[str, Argument] = {}
    for name in placeholders(str(endpoint.get("path", ""))):
        found[name] = Argument(TEXT, True, True)
    for key, told in declared.items():
        schema = told.get("schema") or {}
        required = bool(told.get("required")) and "default" not in schema
        argument = _argument(schema, required or told.get("in") == "path", types)
        found |= {str(told.get("name", key)): argument, key: argument}
    body = flattened(endpoint.get("body"), types)
    must = body.get("required")
    for name, schema in (body.get("properties") or {}).items():
        if isinstance(schema, Mapping) and schema.get("readOnly") is not True:
            inner, nullable = without_null(schema)
            needed = isinstance(must, list) and name in must and not nullable and not has_default(inner)
            found.setdefault(name, _argument(schema, needed, types))
    return found


def _argument(schema: Mapping[str, Any], required: bool, types: Mapping[str, Any]) -> Argument:
    kind = flattened(schema, types).get("type")
    return Argument(schema, required, kind in SCALARS)


def named(inputs: Inputs) -> dict[str, list[Mapping[str, Any]]]:
    """Name of a parameter or field, wherever it lies, → the schemas that have it."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for count, (name, schema) in enumerate(_named(inputs)):
        if count > MOST:
            break
        if isinstance(schema, Mapping):
            found.setdefault(name, []).append(schema)
    return found


def _named(inputs: Inputs) -> Iterator[tuple[str, Any]]:
    for endpoint in endpoints(inputs):
        for name in placeholders(str(endpoint.get("path", ""))):
            yield from ((name, TEXT), (snake(name), TEXT))
        for key, told in (endpoint.get("parameters") or {}).items():
            yield from ((key, told.get("schema")), (str(told.get("name", key)), told.get("schema")))
            yield from _inside(told.get("schema"), 0)
        yield from _inside(endpoint.get("body"), 0)
    for schema in types(inputs).values():
        yield from _inside(schema, 0)


def _inside(schema: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """The fields of a schema and of what lies in it; what it refers to is listed by itself."""
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return
    properties = schema.get("properties")
    for name, inner in (properties if isinstance(properties, Mapping) else {}).items():
        yield name, inner
        yield from _inside(inner, depth + 1)
    parts = [schema.get("items"), schema.get("additionalProperties")]
    for word in ("allOf", "oneOf", "anyOf"):
        listed = schema.get(word)
        parts += listed if isinstance(listed, list) else []
    for part in parts:
        yield from _inside(part, depth + 1)


def plain(inputs: Inputs, schema: Any) -> dict[str, Any]:
    """The schema with references followed, ``allOf`` folded and null put aside."""
    return Examples(types(inputs)).plain(schema)
