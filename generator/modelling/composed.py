"""One schema out of ``allOf``, and what a schema without words for it can only mean.

Parts are folded in order: properties and ``required`` are united, of two claims the later wins; a part that
only narrows a field (an enum, a description) narrows it. A named part lends its fields, not its words: it
keeps its description, examples and discriminator for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from generator.modelling.kinds import FORMATS
from generator.shapes import without_null

MAX_DEPTH = 16
MAX_PARTS = 500
Schema = Mapping[str, Any]
Deref = Callable[[Schema], Schema]
_WORDS = "title description $comment default example examples deprecated discriminator xml externalDocs"
OWN = frozenset({*_WORDS.split(), "readOnly", "writeOnly"})
# What says nothing of a value's form.
_FORMLESS = OWN | {"nullable", "required", "minProperties", "maxProperties", "not", "if", "then", "else"}
_UNREAD = ("not", "if", "patternProperties", "dependentRequired", "dependentSchemas", "prefixItems")


def merged(
    schema: Schema, deref: Deref, depth: int = 0, left: list[int] | None = None, odd: list[str] | None = None
) -> dict[str, Any]:
    """``allOf`` folded into one schema. *left* bounds the parts; *odd* collects fields of two types."""
    own = {key: value for key, value in schema.items() if key != "allOf"}
    parts, left = schema.get("allOf"), left if left is not None else [MAX_PARTS]
    if parts is None or depth > MAX_DEPTH:
        return own
    total: dict[str, Any] = {}
    for part in [*parts, own]:
        if isinstance(part, Mapping) and left[0] > 0:
            left[0] -= 1
            bare = without_null(part)[0]
            folded = merged(without_null(deref(bare))[0], deref, depth + 1, left, odd)
            folded.pop("nullable", None)
            lent = {k: v for k, v in folded.items() if k not in OWN} if "$ref" in bare else folded
            total = _united(total, lent, odd)
    return total


def _united(first: Schema, second: Schema, odd: list[str] | None) -> dict[str, Any]:
    both = {**first, **second}
    mine, yours = first.get("properties"), second.get("properties")
    if isinstance(mine, Mapping) and isinstance(yours, Mapping):
        narrowed = {name: _narrowed(mine[name], yours[name], name, odd) for name in mine if name in yours}
        both["properties"] = {**mine, **yours, **narrowed}
    required = [
        listed for listed in (first.get("required"), second.get("required")) if isinstance(listed, list)
    ]
    if len(required) > 1:
        both["required"] = sorted({*required[0], *required[1]})
    return both


def _narrowed(first: Any, second: Any, name: str, odd: list[str] | None) -> Any:
    """One field that two parts declare."""
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return second
    if not is_formed(second) or ("enum" in second and "type" not in second and "$ref" not in first):
        return {**first, **second}
    kinds = [without_null(schema)[0].get("type") for schema in (first, second)]
    if odd is not None and all(kinds) and kinds[0] != kinds[1]:
        odd.append(name)
    return second


def is_formed(schema: Any) -> bool:
    """Does the schema say what a value is, rather than only something about it?"""
    return isinstance(schema, Mapping) and any(key not in _FORMLESS and key[:2] != "x-" for key in schema)


def is_object(schema: Schema) -> bool:
    """Does the schema name fields, so that it becomes a class?"""
    kind = schema.get("type", "object")
    fields = schema.get("properties")
    return kind in ("object", ["object"]) and isinstance(fields, Mapping) and bool(fields)


def implied_type(schema: Schema) -> str | None:
    """The type that a schema without ``type`` can only mean."""
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    return "array" if "items" in schema else "string" if schema.get("format") in FORMATS else None


def is_list(schema: Any) -> bool:
    """Is it a list, or a list or null?"""
    return isinstance(schema, Mapping) and without_null(schema)[0].get("type") == "array"


def unread(schema: Schema) -> str:
    """The keyword whose meaning no annotation can carry; "" for none."""
    return next((word for word in _UNREAD if schema.get(word)), "")


def is_plain_object(schema: Any) -> bool:
    """Is it a class for certain, whatever its fields are?"""
    other = {"$ref", "enum", "const", "oneOf", "anyOf", "allOf", "nullable"}
    return isinstance(schema, Mapping) and is_object(schema) and not other & schema.keys()


def values_of(schema: Schema) -> Any:
    """The schema of the values of an object whose keys are data."""
    patterns, values = schema.get("patternProperties"), schema.get("additionalProperties")
    if isinstance(patterns, Mapping) and len(patterns) == 1 and not isinstance(values, Mapping):
        return next(iter(patterns.values()))
    return {} if values is None or isinstance(values, bool) else values


def nullness(schema: Any) -> tuple[Any, bool]:
    """The schema without null, however often it is said, and whether it is said."""
    nullable = False
    for _ in range(MAX_DEPTH):
        if not isinstance(schema, Mapping):
            break
        inner, more = without_null(schema)
        if not more:
            break
        schema, nullable = inner, True
    return schema, nullable
