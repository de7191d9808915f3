"""JSON Schema as requests are judged by it: what is not declared is refused, and text stands for values."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, relevance

Schema = Mapping[str, Any]
PARTS = ("properties", "$defs", "patternProperties")
CHOICES = ("anyOf", "oneOf")
INTEGER = re.compile(r"-?(0|[1-9]\d*)\Z")
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\Z")
WORDS = {"true": True, "false": False}

FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_datetime(value: object) -> bool:
    """RFC 3339: a time without its offset means nothing to a service."""
    if not isinstance(value, str):
        return True
    return bool(re.match(r"\d{4}-\d\d-\d\d[Tt ]", value)) and datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or date.fromisoformat(value).isoformat() == value


@FORMATS.checks("byte", raises=(ValueError, binascii.Error))
def _is_base64(value: object) -> bool:
    return not isinstance(value, str) or base64.b64decode(value, validate=True) is not None


class Types:
    """The named types of one entry, ``#/types/…``: closed, and open for use in ``allOf``."""

    def __init__(self, types: Mapping[str, Schema]) -> None:
        self._types = types

    @cached_property
    def _root(self) -> dict[str, Any]:
        return {
            "types": {name: closed(schema) for name, schema in self._types.items()},
            "open": {name: _open(schema) for name, schema in self._types.items()},
        }

    def validator(self, schema: Schema) -> Draft202012Validator:
        """Return a validator that refuses what *schema* does not declare."""
        return Draft202012Validator({**closed(schema), **self._root}, format_checker=FORMATS)

    def resolved(self, schema: Schema) -> Schema:
        """Follow references to a type."""
        for _ in range(len(self._types) + 1):
            if "$ref" not in schema:
                break
            schema = self._types.get(str(schema["$ref"]).rpartition("/")[2], {})
        return schema


def closed(schema: Any) -> dict[str, Any]:
    """Return *schema* with every object in it refusing fields that it does not name."""
    found = _open(schema)
    names = "properties" in found or "allOf" in found
    if names and not {"additionalProperties", "unevaluatedProperties", "patternProperties"} & set(found):
        found["unevaluatedProperties" if "allOf" in found else "additionalProperties"] = False
    return found


def _open(schema: Any) -> dict[str, Any]:
    """Close what is inside *schema*, but not itself: it may be one part of a whole."""
    if not isinstance(schema, Mapping):
        return {} if schema is True else {"not": {}}
    found = dict(schema)
    for key in PARTS:
        if isinstance(found.get(key), Mapping):
            found[key] = {name: closed(inner) for name, inner in found[key].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), Mapping):
            found[key] = closed(found[key])
    for key in CHOICES:
        if key in found:
            found[key] = [closed(inner) for inner in found[key]]
    if "allOf" in found:
        found["allOf"] = [_part(inner) for inner in found["allOf"]]
    return _sendable(found)


def _part(schema: Any) -> dict[str, Any]:
    if isinstance(schema, Mapping) and "$ref" in schema:
        return {**schema, "$ref": str(schema["$ref"]).replace("#/types/", "#/open/")}
    return _open(schema)


def _sendable(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a request never holds (read-only fields), and ask for no field that has a default."""
    fields = schema.get("properties")
    if not isinstance(fields, Mapping):
        return schema
    kept = {name: field for name, field in fields.items() if field.get("readOnly") is not True}
    given = {name for name, field in kept.items() if "default" not in field}
    required = [name for name in schema.get("required", ()) if name in given or name not in fields]
    return {**schema, "properties": kept, "required": required}


def overlaps(error: ValidationError) -> bool:
    """Return whether a value is only wrong for being right twice: alternatives of oneOf that overlap."""
    if error.validator == "oneOf" and not error.context:
        return True
    branches: dict[Any, bool] = {}
    for inner in error.context or ():
        branch = inner.schema_path[0]
        branches[branch] = branches.get(branch, True) and overlaps(inner)
    return any(branches.values())


def complaint(validator: Draft202012Validator, value: Any, *, strict: bool = True) -> str:
    """Return the most telling thing that is wrong with *value*, or ""; overlaps only when *strict*."""
    found = [error for error in validator.iter_errors(value) if strict or not overlaps(error)]
    errors = sorted(found, key=relevance)
    if not errors:
        return ""
    error = errors[-1]
    where = error.json_path.removeprefix("$").lstrip(".")
    return (f"{where}: {error.message}" if where else error.message)[:300]


class Lookup(Protocol):
    """What follows references, and validates."""

    def resolved(self, schema: Schema) -> Schema:
        """Follow references."""

    def validator(self, schema: Schema) -> Draft202012Validator:
        """Return what judges values of *schema*."""


def lifted(value: Any, schema: Schema, types: Lookup, depth: int = 0) -> Any:
    """Return text, or a tree of text, as the JSON value that *schema* means by it, or comes nearest to it."""
    candidates = list(_candidates(value, types.resolved(schema), types, depth))
    validator = types.validator(schema)
    valid = [candidate for candidate in candidates if validator.is_valid(candidate)]
    if valid:
        return valid[0]
    kind = Draft202012Validator({"type": types.resolved(schema).get("type", [])})
    return next((candidate for candidate in candidates if kind.is_valid(candidate)), candidates[0])


def _candidates(value: Any, schema: Schema, types: Lookup, depth: int) -> Iterator[Any]:
    for choice in [inner for key in (*CHOICES, "allOf") for inner in schema.get(key, ())]:
        if depth < 16:
            yield from _candidates(value, types.resolved(choice), types, depth + 1)
    if isinstance(value, str):
        yield from _scalars(value)
    elif isinstance(value, list):
        yield [lifted(item, schema.get("items", {}), types, depth + 1) for item in value]
    else:
        yield from _trees(value, schema, types, depth)


def _scalars(text: str) -> Iterator[Any]:
    yield text
    if text == "":
        yield None
    if text in WORDS:
        yield WORDS[text]
    if INTEGER.match(text):
        yield int(text)
    elif NUMBER.match(text):
        yield float(text)


def _trees(value: Mapping[str, Any], schema: Schema, types: Lookup, depth: int) -> Iterator[Any]:
    fields, rest = schema.get("properties", {}), schema.get("additionalProperties", {})
    rest = rest if isinstance(rest, Mapping) else {}
    yield {key: lifted(item, fields.get(key, rest), types, depth + 1) for key, item in value.items()}
    if value and list(value) == [str(number) for number in range(len(value))]:
        yield [lifted(item, schema.get("items", {}), types, depth + 1) for item in value.values()]


def tree(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return pairs as nested data: ``a[b]=1`` is a field of a field, a key that comes twice is a list."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        head, *inner = re.findall(r"[^\[\]]+", key) or [key]
        place = found
        for name, following in zip([head, *inner], inner, strict=False):
            deeper = place.setdefault(name, {})
            place = deeper if isinstance(deeper, dict) else place.setdefault(f"{name}[{following}]", {})
        last = inner[-1] if inner else head
        if last in place:
            before = place[last]
            place[last] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            place[last] = value
    return found
