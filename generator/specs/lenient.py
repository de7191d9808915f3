"""Looks at parsed values without trusting them, and the findings that this gives.

A place in the document is written ``file#pointer``; the main document's file is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from generator.specs.facts import Finding

_NOTHING: Mapping[str, Any] = {}
_MOST = 10_000  # findings of one document: more help nobody


@dataclass(slots=True)
class Notes:
    """Findings in the order in which they come up, each once."""

    _found: dict[Finding, None] = field(default_factory=dict)

    def add(self, at: str, message: str) -> None:
        if len(self._found) < _MOST:
            self._found.setdefault(Finding(at[1:] if at.startswith("#") else at, message))

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(self._found)


def below(at: str, *tokens: object) -> str:
    """The place of something inside another."""
    escaped = [str(token).replace("~", "~0").replace("/", "~1") for token in tokens]
    return "/".join((at, *escaped))


def place(file: str, pointer: str = "") -> str:
    """The place of a pointer in a file; ``""`` is the main document."""
    return f"{quote(file, safe='/')}#{pointer}"


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def listing(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """The value as text: numbers and truth values are written out, all else is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) and len(str(value)) < 400 else ""


def texts(value: Any) -> tuple[str, ...]:
    """The non-empty texts of a list, each once, or the one text that stands where a list should."""
    found = [text(item) for item in (value if isinstance(value, list) else [value])]
    return tuple(dict.fromkeys(item for item in found if item))


def is_true(value: Any) -> bool:
    """Is it true, also as the text ``"true"``?"""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def described(node: Mapping[str, Any], key: str, at: str, notes: Notes) -> str:
    """A text of a document; one that is no text is a finding."""
    value = node.get(key)
    if value is None or isinstance(value, str):
        return value or ""
    notes.add(
        below(at, key), f"'{key}' is not text; {'it is written out' if text(value) else 'it is left out'}."
    )
    return text(value)
