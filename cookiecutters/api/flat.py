"""A schema as what it comes down to: references followed, ``allOf`` folded, null put aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.modelling.composed import merged
from generator.modelling.examples import fits
from generator.shapes import REF, without_null

MOST = 8  # references in a row


def flattened(schema: Any, types: Mapping[str, Any]) -> dict[str, Any]:
    """The plain schema; ``{}`` for what is none."""

    def deref(inner: Mapping[str, Any]) -> Mapping[str, Any]:
        for _ in range(MOST):
            target = types.get(str(inner.get("$ref", "")).removeprefix(REF)) if "$ref" in inner else None
            if not isinstance(target, Mapping):
                break
            inner = without_null(target)[0]
        return inner

    return merged(deref(without_null(schema)[0]), deref) if isinstance(schema, Mapping) else {}


def has_default(schema: Mapping[str, Any]) -> bool:
    """Does a plain schema have a default that it admits itself? Some say ``inf`` for an integer."""
    if "default" not in schema or not fits(schema["default"], schema):
        return False
    listed = schema.get("enum")
    return not isinstance(listed, list) or schema["default"] in listed
