"""Does a value fit its schema? Plain bounds for candidates, a deep look at what documents give as examples.

This is no validator: what it cannot judge it lets pass at the surface and refuses in the depth, where a
made-up value stands ready.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeGuard

from generator.modelling import composed, enums
from generator.modelling.believable import LOOKS
from generator.shapes import without_null

Schema = Mapping[str, Any]
Plain = Callable[[Any], Schema]  # a schema with references followed and allOf folded
MAX_DEPTH = 6
MAX_SHOWN = 300  # characters of a document's text, more is no example
_PYTHON: Mapping[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": Mapping,
    "null": type(None),
}
_SECRET = re.compile(
    r"(?i)(sk|pk|rk)_(live|test)_|\b(AKIA|ASIA|AIza|gh[pousr]_|glpat-|xox[abeprs]-|SG\.)\w|-----BEGIN|\beyJ\w{8,}\."
    r"|\b(bearer|basic)\s+\S{12,}"
)
_EMAIL = re.compile(r"[\w.+-]+@([\w-]+\.)*(?!example\.)[\w-]+\.[a-z]+", re.I)


def fits(value: Any, schema: Schema) -> bool:
    """Is *value* of the schema's type and within its plain bounds? It looks one level deep."""
    kinds = schema.get("type", composed.implied_type(schema))
    kinds = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    if kinds and not any(isinstance(value, _PYTHON.get(kind, object)) for kind in kinds):
        return False
    if isinstance(value, bool):
        return not kinds or "boolean" in kinds
    if isinstance(value, str):
        return fits_text(value, schema)
    return fits_number(value, schema) if isinstance(value, int | float) else True


def fits_text(value: str, schema: Schema) -> bool:
    """Is it of the length, look and pattern that the schema asks for?"""
    form = str(schema.get("format", ""))
    if form in LOOKS and not (re.fullmatch(LOOKS[form], value) and _is_moment(form, value)):
        return False
    low, high = schema.get("minLength", 0), schema.get("maxLength", len(value))
    if not low <= len(value) <= high:
        return False
    pattern = schema.get("pattern")
    try:
        return not isinstance(pattern, str) or bool(re.search(pattern, value))
    except (re.error, RecursionError, OverflowError):
        return True


def _is_moment(form: str, value: str) -> bool:
    readers: dict[str, Callable[[str], Any]] = {
        "date-time": dt.datetime.fromisoformat,
        "date": dt.date.fromisoformat,
    }
    try:
        readers.get(form, str)(value)
    except ValueError:
        return False
    return True


def fits_number(value: float, schema: Schema) -> bool:
    """Is it within the bounds, and a multiple where one is asked for?"""
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    step = schema.get("multipleOf")
    return (
        not (is_number(low) and value < low)
        and not (is_number(high) and value > high)
        and not (is_number(above) and value <= above)
        and not (is_number(below) and value >= below)
        and not (is_number(step) and step > 0 and Decimal(str(value)) % Decimal(str(step)))
    )


def is_number(value: Any) -> TypeGuard[float]:
    """Is it a number, and no truth value?"""
    return isinstance(value, int | float) and not isinstance(value, bool)


def shows(value: Any) -> bool:
    """May a document's example be shown: short, printable, no secret, nobody's address?"""
    return all(
        len(text) <= MAX_SHOWN and text.isprintable() and not _SECRET.search(text) and not _EMAIL.search(text)
        for text in _texts(value, 0)
    )


def _texts(value: Any, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        yield "\n"  # too deep to be shown
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        inner = [*value, *value.values()] if isinstance(value, Mapping) else value
        for item in inner[:100]:
            yield from _texts(item, depth + 1)


def fits_deeply(value: Any, schema: Any, plain: Plain, depth: int = 0) -> bool:
    """Does *value* fit all the way down, with no field that the schema does not declare?"""
    if schema is True or schema == {}:
        return True
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
        return False
    if value is None:
        return without_null(schema)[1]
    inner = plain(schema)
    options = inner.get("oneOf", inner.get("anyOf"))
    if isinstance(options, list) and not any(fits_deeply(value, o, plain, depth + 1) for o in options):
        return False
    listed = enums.listed(inner)
    if listed is not None and (type(value), value) not in [(type(v), v) for v in listed]:
        return False
    if isinstance(value, Mapping):
        return fits(value, inner) and _fits_object(value, inner, plain, depth)
    if isinstance(value, list):
        items = inner.get("items", {})
        long = inner.get("minItems", 0) <= len(value) <= inner.get("maxItems", 50)
        return fits(value, inner) and long and all(fits_deeply(v, items, plain, depth + 1) for v in value)
    return fits(value, inner)


def _fits_object(value: Mapping[str, Any], schema: Schema, plain: Plain, depth: int) -> bool:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        others = schema.get("additionalProperties", {})
        others = {} if isinstance(others, bool) else others
        return all(fits_deeply(inner, others, plain, depth + 1) for inner in value.values())
    required = schema.get("required") or ()
    return all(name in value for name in required) and all(
        name in properties
        and (inner is not None or name in required)  # null comes back as left out
        and fits_deeply(inner, properties[name], plain, depth + 1)
        for name, inner in value.items()
    )
