"""Text and numbers that a schema allows: plain ones, and ones that break careless encoders."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random
from typing import Any

from generator.gates._oracles._patterns import NoText, matching

Schema = Mapping[str, Any]
FORMATS: Mapping[str, tuple[str, ...]] = {
    "date-time": ("2024-02-29T12:30:45Z", "1999-12-31T23:59:59.250+05:30", "2024-01-02T03:04:05.678901Z"),
    "date": ("2024-02-29", "1999-12-31"),
    "time": ("12:30:45Z", "23:59:59+02:00"),
    "duration": ("PT1H30M", "P1D"),
    "email": ("ada@example.com", "a+b@example.org"),
    "idn-email": ("ada@example.com",),
    "hostname": ("example.com",),
    "ipv4": ("192.0.2.1", "255.255.255.255"),
    "ipv6": ("2001:db8::1", "::1"),
    "uri": ("https://example.com/a?b=c&d=%20#e", "https://example.org/"),
    "url": ("https://example.com/a?b=c",),
    "uri-reference": ("/a/b?c=d",),
    "uuid": ("3f2b8c1e-5d6a-4e7f-8a9b-0c1d2e3f4a5b", "00000000-0000-4000-8000-000000000000"),
    "byte": ("aGVsbG8=", "AP/+", ""),
    "json-pointer": ("/a~1b/0",),
    "regex": ("^a+$",),
}
PLAIN = ("text", "Another", "third-value", "x_1")
HOSTILE = (
    "a,b|c d/e%2F100%&f=g",
    "ä/ö=50%&c[d]=e#f?g, h;v=1.5",
    "q\"u'o`t{e}s/\\ +1%,&日本語🙂 x",
    "line\nbreak\ttab/ %41,&\u202eright to left",
    "true",
    "0",
)
# What one place, or one style, cannot carry, or cannot tell from its own delimiters.
HEADER = ("plain", "two words", 'q="1"; x', "~!$&'()*", "a:b")
COOKIE = ("plain", "a.b-c_d", "value~1")
SIMPLE = ("plain", "two", "x-1")
LARGEST = 200  # characters that a maximum is tried with


def text(schema: Schema, rng: Random, wild: bool, least: bool, place: str) -> str:
    """Return text for *schema*; it may still break it, and is checked by whoever asks.

    *place* is ``json``, ``query``, ``path``, ``header``, ``cookie``, or ``items`` of a delimited list.
    """
    if "pattern" in schema:
        try:
            return _of_pattern(schema, rng, least and "minLength" not in schema, place)
        except NoText:
            pass
    known = FORMATS.get(str(schema.get("format", "")), ())
    if known:
        return rng.choice(known) if wild else known[0]
    return _fitted(_drawn(rng, wild, place), schema, rng, wild, place)


def _of_pattern(schema: Schema, rng: Random, least: bool, place: str) -> str:
    """A path's own dots mean another place (RFC 3986 §5.2.4), so no value of a path is one."""
    found = _stretched(matching(schema["pattern"], rng, least), schema)
    for _ in range(8):
        if place != "path" or found not in (".", ".."):
            break
        found = _stretched(matching(schema["pattern"], rng, False), schema)
    return found


def _drawn(rng: Random, wild: bool, place: str) -> str:
    if not wild:
        return rng.choice(PLAIN)
    if place == "header":
        return rng.choice(HEADER)
    if place == "cookie":
        return rng.choice(COOKIE)
    if place == "items":
        return rng.choice(SIMPLE)
    return rng.choice(HOSTILE)


def _fitted(found: str, schema: Schema, rng: Random, wild: bool, place: str) -> str:
    low, high = schema.get("minLength", 0), schema.get("maxLength", math.inf)
    if wild and place == "json" and low == 0 and rng.random() < 0.1:
        return ""
    if wild and high <= LARGEST and rng.random() < 0.3:
        found = (found * (int(high) // len(found) + 1))[: int(high)]
    if len(found) < low:
        found = (found * (low // len(found) + 1))[:low]
    cut = found[: int(high)] if high < len(found) else found
    return cut.strip() if place in ("header", "path") and len(cut.strip()) >= low else cut


def _stretched(found: str, schema: Schema) -> str:
    """Lengthen what a pattern gave by its last character, where the schema asks for more."""
    missing = schema.get("minLength", 0) - len(found)
    return found + found[-1:] * missing if missing > 0 else found


def number(schema: Schema, rng: Random, wild: bool, whole: bool) -> int | float:
    """Return a number within the bounds: a plain one, or when *wild* one at their edges."""
    low, high = _bounds(schema, whole)
    step = schema.get("multipleOf")
    if not wild:
        found = min(max(1, low), high)
        found = found if whole or not float(found).is_integer() else float(found)
    else:
        inner = (0, -1, 2, 7) if whole else (0.5, -1.25, 1e-7, 1e20, 3.0)
        edges = [bound for bound in (low, high) if math.isfinite(bound)]
        found = rng.choice([*(n for n in inner if low <= n <= high), *edges] or [low])
    if step:
        found = math.ceil(found / step) * step
        found = found if found <= high else found - step
    if whole and math.isfinite(found):
        return int(found)
    return found if whole else float(found)  # an adapter writes the number 0 as 0.0


def _bounds(schema: Schema, whole: bool) -> tuple[Any, Any]:
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    if whole:
        small = schema.get("format") == "int32"
        low = max(low, -(2**31) if small else -(2**53 - 1))
        high = min(high, 2**31 - 1 if small else 2**53 - 1)
    for key, step in (("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
        if key in schema:
            inside = _next(schema[key], step, whole)
            low, high = (max(low, inside), high) if step > 0 else (low, min(high, inside))
    return (math.ceil(low), math.floor(high)) if whole else (low, high)


def _next(bound: float, step: int, whole: bool) -> float:
    if whole:
        return math.floor(bound) + 1 if step > 0 else math.ceil(bound) - 1
    return bound + step * 0.5
