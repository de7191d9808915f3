"""
A JSON document as plain data: fast where it is JSON, lenient where it nearly is.

What JSON does not know but programs write (``NaN``, control characters in text, halves of surrogate pairs)
is mended and noted.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec

from generator.errors import SpecError
from generator.specs.bounds import BOUNDS, Bounds

_PATH = re.compile(r'"(/[^"\\]*)"\s*:')


class NotJsonError(Exception):
    """The text is not JSON (it may be YAML); the message says where and why, and ends with the mend."""


def read_json(text: str, name: str, bounds: Bounds = BOUNDS) -> tuple[Any, list[tuple[str, str]]]:
    """The document's value, and what was mended: (pointer, message). Raises NotJsonError and SpecError."""
    if sum(map(text.count, ",[{")) > bounds.nodes:
        raise SpecError(f"{name}:1:1  the document holds too many values. Split it, or cut it down.")
    try:
        value = msgspec.json.decode(text)
        return (value, []) if not _paths_twice(text) else _together(text)
    except RecursionError:
        raise _too_deep(name) from None
    except (msgspec.MsgspecError, ValueError):
        return _leniently(text, name)


def _paths_twice(text: str) -> bool:
    """May a path stand twice among the paths? JSON's own readers would lose the first one's operations."""
    found = _PATH.findall(text)
    return len(set(found)) < len(found)


def _together(text: str) -> tuple[Any, list[tuple[str, str]]]:
    """The value, mappings under one key taken together; slower, so only where keys look suspicious."""
    twice: dict[str, None] = {}

    def mapped(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            found.clear()
            for key, value in pairs:
                if key in found:
                    twice.setdefault(key)
                    both = isinstance(value, dict) and isinstance(found[key], dict)
                    value = {**found[key], **value} if both else value
                found[key] = value
        return found

    value = json.loads(text, object_pairs_hook=mapped)
    return value, [("", f"the key {key[:80]!r} stands twice; mappings are taken together.") for key in twice]


def _leniently(text: str, name: str) -> tuple[Any, list[tuple[str, str]]]:
    try:
        value = json.loads(
            text, strict=False, parse_constant=_nothing, parse_float=_float, parse_int=_integer
        )
        value = _encodable(value)
    except RecursionError:
        raise _too_deep(name) from None
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}. Mend the document there."
        raise NotJsonError(f"{name}:{error.lineno}:{error.colno}  {message}") from None
    note = (
        "holds what JSON does not know (NaN, a huge number or a broken character); it is read as null or '?'."
    )
    return value, [("", note)]


def _too_deep(name: str) -> SpecError:
    return SpecError(f"{name}:1:1  the document is nested too deep. Flatten it.")


def _nothing(_: str) -> None:
    return None


def _float(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _integer(text: str) -> int | None:
    return int(text) if len(text) <= 300 else None


def _encodable(value: Any) -> Any:
    """The same value, each text with nothing in it that UTF-8 cannot hold."""
    holder = [value]
    todo: list[Any] = [holder]
    while todo:
        into = todo.pop()
        for key, item in list(into.items() if isinstance(into, dict) else enumerate(into)):
            if isinstance(item, str):
                into[key] = _mended(item)
            elif isinstance(item, dict | list):
                todo.append(item)
        if isinstance(into, dict):
            items = [(_mended(key), item) for key, item in into.items()]
            into.clear()
            into.update(items)
    return holder[0]


def _mended(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
