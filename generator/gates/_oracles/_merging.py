"""Two schemas that hold together, as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]
TIGHTER: Mapping[str, Callable[..., Any]] = {
    "minimum": max,
    "maximum": min,
    "exclusiveMinimum": max,
    "exclusiveMaximum": min,
    "minLength": max,
    "maxLength": min,
    "minItems": max,
    "maxItems": min,
    "minProperties": max,
    "maxProperties": min,
}


class Contradiction(Exception):
    """Nothing is allowed by both."""


def merged(one: Schema, other: Schema) -> dict[str, Any]:
    """Return a schema that allows what both allow, as far as samples need it. Raises Contradiction."""
    found = {**one, **other}
    for key in one.keys() & other.keys():
        found[key] = _both(key, one[key], other[key])
    return found


def _both(key: str, one: Any, other: Any) -> Any:
    if key in TIGHTER:
        return TIGHTER[key](one, other)
    if key == "properties":
        shared = {name: {"allOf": [one[name], other[name]]} for name in one if name in other}
        return {**one, **other, **shared}
    if key == "required":
        return list(dict.fromkeys([*one, *other]))
    if key == "enum":
        return _shared([value for value in one if value in other])
    if key == "type":
        return _types(one, other)
    if key in ("items", "additionalProperties") and one != other:
        return {"allOf": [one, other]}
    return other


def _types(one: Any, other: Any) -> Any:
    """Return the types of both; an integer is a number."""
    mine, yours = (told if isinstance(told, list) else [told] for told in (one, other))
    both = [kind for kind in mine if kind in yours or (kind == "integer" and "number" in yours)]
    both += [kind for kind in yours if kind == "integer" and "number" in mine and kind not in both]
    return _shared(both) if len(both) != 1 else both[0]


def _shared(found: list[Any]) -> list[Any]:
    if not found:
        raise Contradiction
    return found
