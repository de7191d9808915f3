"""Does a value of an answer fit what its question declares, and what would?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.modelling import enums
from generator.modelling.examples import Examples
from generator.modelling.fitting import fits_deeply

from . import harmless

LONGEST = 300  # characters of a value
_FORMATS = {
    "email": r"[^@\s]+@[^@\s]+",
    "uri": r"[a-z][a-z0-9+.-]*:\S+",
    "url": r"[a-z][a-z0-9+.-]*:\S+",
    "uuid": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "ipv4": r"\d{1,3}(?:\.\d{1,3}){3}",
    "hostname": r"[\w-]+(?:\.[\w-]+)*",
}
_SHOWN = {
    "date-time": "a time like 2026-01-02T03:04:05Z",
    "date": "a date like 2026-01-02",
    "duration": "a duration like PT30S",
    "byte": "base64 like aGVsbG8=",
    "email": "a mail address under example.com",
    "uri": "a URL under https://www.example.com",
    "url": "a URL under https://www.example.com",
    "uuid": "a UUID like 7d444840-9dc0-11d1-b245-5ffdce74fad2",
}
_BOUNDS = (
    ("minimum", "at least {}"),
    ("exclusiveMinimum", "more than {}"),
    ("maximum", "at most {}"),
    ("exclusiveMaximum", "less than {}"),
    ("multipleOf", "a multiple of {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("pattern", "like {}"),
)


def faults(
    value: Any, name: str, schemas: Sequence[Mapping[str, Any]], types: Mapping[str, Any]
) -> Iterator[str]:
    """What is wrong with *value* where any of *schemas* would do, each with its mend."""
    if isinstance(value, str) and len(value) > LONGEST:
        yield f"it has {len(value)} characters. Write a short text."
        return
    plain = Examples(types).plain
    if not any(_fits(value, schema, types) for schema in schemas):
        words = list(dict.fromkeys(wanted(plain(schema)) for schema in schemas))
        yield f"{str(value)[:40]!r} does not fit. Write {' or '.join(words[:3])}."
    elif not any(_is_stated(value, plain(schema)) for schema in schemas):
        shaped = any("pattern" in plain(schema) for schema in schemas)
        yield from harmless.faults(value, name, shaped=shaped)


def _fits(value: Any, schema: Mapping[str, Any], types: Mapping[str, Any]) -> bool:
    plain = Examples(types).plain
    look = _FORMATS.get(str(plain(schema).get("format")))
    if look and isinstance(value, str) and not re.fullmatch(look, value):
        return False
    return fits_deeply(value, schema, plain)


def _is_stated(value: Any, schema: Mapping[str, Any]) -> bool:
    """Is it a value that the question itself says?"""
    examples = schema.get("examples")
    stated = [schema.get("example"), schema.get("default"), *(examples if isinstance(examples, list) else [])]
    return value in [*(enums.listed(schema) or ()), *stated]


def wanted(schema: Mapping[str, Any]) -> str:
    """What would fit a plain schema, in words."""
    listed = enums.listed(schema)
    if listed is not None:
        return f"one of {', '.join(str(value)[:30] for value in listed[:12])}"
    kind = schema.get("type", "value")
    kind = next((one for one in kind if one != "null"), "value") if isinstance(kind, list) else str(kind)
    if kind in ("array", "object"):
        return f"nothing: a {'list' if kind == 'array' else kind} is left out"
    shown = _SHOWN.get(str(schema.get("format")))
    bounds = [words.format(str(schema[key])[:40]) for key, words in _BOUNDS if key in schema]
    return ", ".join([shown or f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}", *bounds])
