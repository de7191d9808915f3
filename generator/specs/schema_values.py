"""Values inside schemas (defaults, enums, examples, patterns): kept where they are sound and bounded."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

_DEPTH = 32
_SIZE = 100_000
_MOST_TEXT = 2_000
_NAMED_GROUP = re.compile(r"\(\?<(?![=!])")
_CLASS_DASH = re.compile(r"(\\[wsdWSD])-")  # elsewhere a literal dash in a set
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}\Z")

MISSING = object()


def sound(value: Any) -> bool:
    """Is it JSON of sensible depth and size? (An enum may be of any size: it is judged item by item.)"""
    todo, seen = [(value, 0)], 0
    while todo:
        item, depth = todo.pop()
        seen += 1 + (len(item) // 64 if isinstance(item, str) else 0)
        if depth > _DEPTH or seen > _SIZE:
            return False
        if isinstance(item, dict):
            todo += [(child, depth + 1) for child in item.values()]
        elif isinstance(item, list):
            todo += [(child, depth + 1) for child in item]
        elif isinstance(item, float) and not math.isfinite(item):
            return False
    return True


def distinct(values: Iterable[Any]) -> list[Any]:
    """The values in their order, each once; JSON tells ``1`` from ``true`` and from ``"1"``."""
    seen: dict[Any, Any] = {}
    for value in values:
        seen.setdefault(_identity(value), value)
    return list(seen.values())


def _identity(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return (type(value).__name__, repr(value))


def written(value: Any) -> str | None:
    """A scalar as the text that was probably meant: ``true`` for True; None for anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def coerced(values: Sequence[Any], kind: str) -> list[Any]:
    """Enum values as their declared type wants them; what cannot be is left out."""
    found = (_as(value, kind) for value in values)
    return [value for value in found if value is not MISSING]


def _as(value: Any, kind: str) -> Any:
    if kind == "string":
        text = written(value)
        return MISSING if text is None else text
    if kind == "boolean":
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value), MISSING)
    if isinstance(value, str) and _INTEGER.match(value):
        return int(value)
    fits = {"integer": _is_whole, "number": _is_number}.get(kind)
    return value if fits is None or fits(value) else MISSING


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == int(value)


@lru_cache(maxsize=4096)
def pattern(text: str) -> str | None:
    """A pattern as Python's ``re`` reads it, or None where it cannot."""
    if len(text) > _MOST_TEXT:
        return None
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        text = text[1:-1]
    other = _NAMED_GROUP.sub("(?P<", text.replace(r"\/", "/").replace(r"\z", r"\Z"))
    for candidate in (text, other, _CLASS_DASH.sub(r"\1\-", other)):
        if _compiles(candidate):
            return candidate
    return None


def _compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text)
    except (re.error, OverflowError, RecursionError, ValueError, MemoryError):
        return False
    return True
