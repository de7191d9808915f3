"""Believable example values: valid for their schema, the same on every run, chosen by name, then format.

They stand in generated tests, examples and documentation, so nothing here is random.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from generator.modelling import composed
from generator.modelling.believable import ANY_TEXT, FORMATS, LOOKS, NUMBERS, STRINGS
from generator.modelling.names import singular, snake
from generator.shapes import REF, without_null

Schema = Mapping[str, Any]
Inside = tuple[str, ...]  # the references that lead to a value: where one repeats, it recurs
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples for the schemas of one entry; *hints* maps a field's name to a value, used where it fits."""

    types: Mapping[str, Schema]
    hints: Mapping[str, Any] = field(default_factory=dict)

    def of(self, schema: Any, name: str = "", inside: Inside = ()) -> Any:
        """An example of *schema*, valid wherever a valid value can be told without search."""
        if not isinstance(schema, Mapping) or len(inside) > MAX_DEPTH:
            return None
        try:
            return self._of(schema, name, inside)
        except (TypeError, ValueError, KeyError, AttributeError):  # real documents hold real nonsense
            return None

    def _of(self, schema: Schema, name: str, inside: Inside) -> Any:
        inside = (*inside, str(without_null(schema)[0].get("$ref", "")))
        inner = self.plain(schema)
        for value in self._stated(inner, name):
            return value
        for word in ("oneOf", "anyOf"):
            if isinstance(inner.get(word), list) and inner[word]:
                return self.of({**_without(inner, word), **self.plain(inner[word][0])}, name, inside)
        return self._typed(inner, name, inside)

    def plain(self, schema: Any) -> dict[str, Any]:
        """The schema with references followed, ``allOf`` folded and null put aside."""
        if not isinstance(schema, Mapping):
            return {}
        schema = without_null(schema)[0]
        for _ in range(3):  # a reference to an optional reference to an allOf
            if "$ref" not in schema and "allOf" not in schema:
                break
            schema = without_null(composed.merged(self._deref(schema), self._deref))[0]
        return dict(schema)

    def _stated(self, schema: Schema, name: str) -> list[Any]:
        """Values that the schema, a hint or an enum already gives, best first."""
        if "const" in schema:
            return [schema["const"]]
        examples = schema.get("examples")
        given = [
            *(examples if isinstance(examples, list) else []),
            schema.get("example"),
            self.hints.get(name),
        ]
        listed = schema.get("enum")
        options = [value for value in listed if value is not None] if isinstance(listed, list) else []
        plain = [value for value in given if value is not None and fits(value, schema)]
        return [
            v for v in plain if not options or (type(v), v) in [(type(o), o) for o in options]
        ] or options[:1]

    def _typed(self, schema: Schema, name: str, inside: Inside) -> Any:
        kind = schema.get("type")
        kind = next((k for k in kind if k != "null"), None) if isinstance(kind, list) else kind
        if kind == "object" or (kind is None and "properties" in schema):
            return self._object(schema, inside)
        if kind == "array" or (kind is None and "items" in schema):
            return self._array(schema, name, inside)
        if kind == "boolean":
            return True
        if kind in ("integer", "number"):
            return _number(schema, name, whole=kind == "integer")
        return _string(schema, name) if kind == "string" else None if kind == "null" else {"key": "value"}

    def _object(self, schema: Schema, inside: Inside) -> dict[str, Any]:
        properties = schema.get("properties")
        if isinstance(properties, Mapping) and properties:
            must = schema.get("required")
            names = [
                name
                for name in sorted(properties)
                if name in (must or ()) or not self._recurs(properties[name], inside)
            ]
            return {name: self.of(properties[name], name, inside) for name in names}
        values = schema.get("additionalProperties", {})
        kept = values if isinstance(values, Mapping) and values else {"type": "string"}
        return {} if self._recurs(kept, inside) else {"key": self.of(kept, "value", inside)}

    def _array(self, schema: Schema, name: str, inside: Inside) -> list[Any]:
        least = schema.get("minItems", 0)
        items = schema.get("items", {"type": "string"})
        if not least and self._recurs(items, inside):
            return []
        return [self.of(items, singular(name), inside)] * (max(1, min(least, 20)) if least else 1)

    def _recurs(self, schema: Any, inside: Inside) -> bool:
        """Would the value hold another of what it is part of?"""
        if not isinstance(schema, Mapping) or len(inside) > MAX_DEPTH:
            return True
        inner = without_null(schema)[0]
        items = inner.get("items")
        return inner.get("$ref", " ") in inside or (
            isinstance(items, Mapping) and self._recurs(items, inside)
        )

    def _deref(self, schema: Schema) -> Schema:
        seen = 0
        while "$ref" in schema and seen < MAX_DEPTH:
            target = self.types.get(str(schema["$ref"]).removeprefix(REF))
            notes = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**target, **notes} if isinstance(target, Mapping) else notes
            seen += 1
        return schema


def example(schema: Any, types: Mapping[str, Schema], name: str = "") -> Any:
    """A valid, believable value of *schema*; *name* is the field or parameter that it is for."""
    return Examples(types).of(schema, name)


def fits(value: Any, schema: Schema) -> bool:
    """Is *value* of the schema's type and within its plain bounds? It looks one level deep."""
    kinds = schema.get("type", composed.implied_type(schema))
    kinds = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    if kinds and not any(isinstance(value, _PYTHON.get(kind, object)) for kind in kinds):
        return False
    if isinstance(value, bool):
        return not kinds or "boolean" in kinds
    if isinstance(value, str):
        return _fits_text(value, schema)
    return _bounded(value, schema) == value if isinstance(value, int | float) else True


_PYTHON: Mapping[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": Mapping,
}


def _fits_text(value: str, schema: Schema) -> bool:
    look = LOOKS.get(schema.get("format", ""))
    if look and not re.fullmatch(look, value):
        return False
    low, high = schema.get("minLength", 0), schema.get("maxLength", len(value))
    if not low <= len(value) <= high:
        return False
    pattern = schema.get("pattern")
    try:
        return not isinstance(pattern, str) or bool(re.search(pattern, value))
    except (re.error, RecursionError):
        return True


def _string(schema: Schema, name: str) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    words = snake(name) or "value"
    numbered = f"{words.removesuffix('_id').replace('_', '-') or 'value'}-1"
    named = _by_name(STRINGS, words) or numbered
    first = (numbered, named) if words.endswith("id") else (named, numbered)
    fitting = (text for text in (*first, *ANY_TEXT) if _fits_text(text, schema))
    return next(fitting, _padded(schema))


def _padded(schema: Schema) -> str:
    """A text of the length that the schema asks for."""
    low = schema.get("minLength", 0)
    return str(("example-" * (low // 8 + 1))[: max(low, min(8, schema.get("maxLength", 8)))])


def _number(schema: Schema, name: str, *, whole: bool) -> float:
    named = _by_name(NUMBERS, snake(name))
    value = named if named is not None and not (whole and isinstance(named, float)) else 42 if whole else 12.5
    return _bounded(value, schema)


def _bounded(value: float, schema: Schema) -> float:
    """The number nearest to *value* that the schema's bounds and step allow."""
    step = schema.get("multipleOf")
    step = step if _is_number(step) and step > 0 else 0
    gap = step or 1
    for word, by in (("minimum", 0), ("exclusiveMinimum", gap), ("maximum", 0), ("exclusiveMaximum", -gap)):
        limit = schema.get(word)
        if _is_number(limit):
            beyond = value < limit if "inimum" in word else value > limit
            value = limit + by if beyond or (by and value == limit) else value
    return -(-value // step) * step if step and value % step else value


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _by_name(table: tuple[tuple[str, Any], ...], words: str) -> Any:
    """The value of the first row that names the last word, or the last two, of *words*."""
    parts = words.split("_")
    ends = {parts[-1], parts[-1].removesuffix("s"), "_".join(parts[-2:])}
    return next((value for names, value in table if ends & set(names.split("|"))), None)


def _without(schema: Schema, word: str) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != word}
