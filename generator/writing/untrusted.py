"""Read JSON that may have been merged, cut short or made up: each reader gives the value or refuses it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from generator.errors import TreeError

T = TypeVar("T")

MAX_BYTES = 8 << 20
MAX_DEPTH = 64
MAX_TEXT = 400

_CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7})(?: |\r?$)", re.MULTILINE)


class LockUnreadable(TreeError):
    """The lock cannot be read, so its package counts as stale. ``reason`` says why in a few words."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the lock cannot be read: {reason}")


def refuse(reason: str) -> NoReturn:
    """Say why this cannot be believed."""
    raise LockUnreadable(reason)


_DECODER = json.JSONDecoder(parse_constant=refuse)


def parse(data: bytes) -> dict[str, Any]:
    """Return a JSON object of bounded size and depth."""
    if len(data) > MAX_BYTES:
        refuse(f"it is larger than {MAX_BYTES >> 20} MiB")
    try:
        value = _DECODER.decode(data.decode(json.detect_encoding(data), "surrogatepass"))
    except LockUnreadable:
        refuse("it is not JSON (NaN or Infinity)")
    except RecursionError:
        refuse("it is nested too deeply")
    except ValueError as error:
        marked = _CONFLICT.search(data)
        refuse("it holds merge-conflict markers" if marked else f"it is not JSON ({str(error)[:80]!a})")
    document = mapping(value, "lock")
    _bounded(document)
    return document


def _bounded(document: dict[str, Any]) -> None:
    """Refuse data nested deeper than MAX_DEPTH, so that every later walk over it may recurse."""
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for node in level
            for item in (node.values() if node.__class__ is dict else node)
            if item.__class__ is dict or item.__class__ is list
        ]
        if not level:
            return
    refuse("it is nested too deeply")


def mapping(value: Any, where: str) -> dict[str, Any]:
    """Return a mapping."""
    return value if isinstance(value, dict) else refuse(f"{where} is not a mapping")


def printable(value: Any, where: str) -> str:
    """Return a short line that is safe to show."""
    if isinstance(value, str) and len(value) <= MAX_TEXT and value.isprintable():
        return value
    refuse(f"{where} is not a short line of text")


def text(fields: dict[str, Any], key: str) -> str:
    """Return the field's short line."""
    return printable(fields.get(key), key)


def texts(fields: dict[str, Any], key: str) -> tuple[str, ...]:
    """Return the field's list of short lines."""
    value = fields.get(key)
    if not isinstance(value, list):
        refuse(f"{key} is not a list")
    return tuple(printable(item, key) for item in value)


def whole(fields: dict[str, Any], key: str) -> int:
    """Return the field's whole number."""
    value = fields.get(key)
    return value if type(value) is int else refuse(f"{key} is not a whole number")


def each(fields: dict[str, Any], key: str, read: Callable[[Any, str], T]) -> dict[str, T]:
    """Return the field's mapping, every value read by *read*."""
    items = mapping(fields.get(key), key)
    return {printable(name, key): read(value, key) for name, value in items.items()}
