"""Texts and numbers that are believable, and others like them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from generator.modelling.believable import ANY_TEXT, FORMATS, NUMBERS, STRINGS
from generator.modelling.fitting import fits, fits_number, fits_text, is_number
from generator.modelling.names import snake
from generator.modelling.patterns import texts

Schema = Mapping[str, Any]
MAX_PADDED = 10_000
_TELLING = ("format", "pattern", "minLength", "maxLength")


def text(schema: Schema, name: str) -> str:
    """A text for *name*: as its format says, else as its name suggests, else of its pattern and length."""
    told = (schema.get(word) for word in _TELLING)
    return _text(snake(name) or "value", *(tell if isinstance(tell, str | int) else None for tell in told))


@lru_cache(maxsize=4096)
def _text(words: str, *told: str | int | None) -> str:
    schema = {word: tell for word, tell in zip(_TELLING, told, strict=True) if tell is not None}
    form = FORMATS.get(str(schema.get("format")))
    if form is not None and fits_text(form, schema):
        return form
    numbered = f"{words.removesuffix('_id').replace('_', '-') or 'value'}-1"
    named = _by_name(STRINGS, words) or numbered
    first = (numbered, named) if words.endswith("id") else (named, numbered)
    fitting = (found for found in (*first, *ANY_TEXT, *_patterned(schema)) if fits_text(found, schema))
    return next(fitting, form or _padded(schema))


def _patterned(schema: Schema) -> Iterator[str]:
    pattern = schema.get("pattern")
    return texts(pattern) if isinstance(pattern, str) else iter(())


def _padded(schema: Schema) -> str:
    """A text of the length that the schema asks for."""
    low = min(schema.get("minLength", 0), MAX_PADDED)
    return str(("example-" * (low // 8 + 1))[: max(low, min(8, schema.get("maxLength", 8)))])


def number(schema: Schema, name: str, *, whole: bool) -> float:
    """A number for *name* within the schema's bounds."""
    named = _by_name(NUMBERS, snake(name))
    value = named if named is not None and not (whole and isinstance(named, float)) else 42 if whole else 12.5
    return next((v for v in _near(value, schema, whole) if fits_number(v, schema)), value)


def _near(value: float, schema: Schema, whole: bool) -> Iterator[float]:
    """*value*, the bounds, and what lies next to and between them; each as a multiple too."""
    words = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
    found = [schema[word] for word in words if is_number(schema.get(word))]
    middle = [sum(found) / len(found)] if len(found) > 1 else []
    step = schema.get("multipleOf")
    gap = step if is_number(step) and step > 0 else 1
    for near in (value, *found, *(f + gap for f in found), *(f - gap for f in found), *middle, 1, 0):
        for candidate in (near, *_multiples(near, gap)) if gap != 1 or whole else (near,):
            yield int(candidate) if whole or (_is_whole(candidate) and isinstance(near, int)) else candidate


def _multiples(value: float, step: float) -> Iterator[float]:
    below = math.floor(Decimal(str(value)) / Decimal(str(step)))
    for count in (below + 1, below):
        exact = Decimal(str(step)) * count
        yield int(exact) if exact == int(exact) else float(exact)


def _is_whole(value: float) -> bool:
    return value == int(value)


def another(value: Any, turn: int, schema: Schema) -> Any:
    """The *turn*-th other value like *value* that fits as well; *value* itself where there is none."""
    found: list[Any]
    if isinstance(value, bool) or value is None:
        return value if turn % 2 == 0 else not value
    if isinstance(value, str):
        found = [f"{value}-{turn + 1}", *(t for t in _turned(value, turn)), *_patterned(schema)]
    elif isinstance(value, int | float):
        step = schema.get("multipleOf")
        by = turn * (step if is_number(step) and step > 0 else 1)
        found = [value + by, value - by]
    elif isinstance(value, Mapping):
        name = next((key for key in sorted(value) if isinstance(value[key], str | int)), None)
        inner = schema.get("properties", {}).get(name, {}) if name is not None else {}
        return {**value, name: another(value[name], turn, inner)} if name is not None else value
    else:
        found = []
    return next((other for other in found if other != value and fits(other, schema)), value)


def _turned(value: str, turn: int) -> Iterator[str]:
    """The same text with its last letters or digits moved on: of the same length and, mostly, pattern."""
    for at in range(len(value) - 1, -1, -1):
        char = value[at]
        for first, count in (("0", 10), ("a", 6), ("A", 6)):
            if 0 <= ord(char) - ord(first) < count:
                moved = chr(ord(first) + (ord(char) - ord(first) + turn) % count)
                yield value[:at] + moved + value[at + 1 :]


def _by_name(table: tuple[tuple[str, Any], ...], words: str) -> Any:
    """The value of the first row that names the last word, or the last two, of *words*."""
    parts = words.split("_")
    ends = {parts[-1], parts[-1].removesuffix("s"), "_".join(parts[-2:])}
    return next((value for names, value in table if ends & set(names.split("|"))), None)
