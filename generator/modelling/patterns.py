"""A text for a regular expression: small ones, as documents have them, and never for certain.

``texts`` reads literals, classes, groups, alternatives, repetition and anchors, and proposes texts; whoever
asks checks them with ``re``. What it cannot read (look-around, back-references, properties) gives nothing.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAX_PATTERN = 500
MAX_TEXT = 2_000
_EXTRA = (0, 1, 3, 7, 15, 31, 63)  # repetitions beyond the fewest
_DIGITS, _WORD = string.digits, string.ascii_lowercase + string.digits + string.ascii_uppercase + "_"
_PRINTED = _WORD + " -.,:;/@+=#"
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": " ", "D": "abc", "W": "-", "S": _WORD}
_CONTROL = {"t": "\t", "n": "\n", "r": "\r"}
Writer = Callable[[int], str]  # extra repetitions → text


def texts(pattern: str) -> Iterator[str]:
    """Texts that *pattern* probably matches, short ones first."""
    if len(pattern) > MAX_PATTERN:
        return
    try:
        write = _Reader(pattern).whole()
        for extra in _EXTRA:
            text = write(extra)
            if len(text) <= MAX_TEXT:
                yield text
    except (ValueError, IndexError, RecursionError, OverflowError):
        return


@dataclass(slots=True)
class _Reader:
    """Reads a pattern from left to right."""

    pattern: str
    at: int = 0
    drawn: int = 0  # characters taken from classes so far, so that a text is not one letter over and over
    spent: int = 0  # repetitions made so far

    def whole(self) -> Writer:
        found = self._alternatives()
        if self.at < len(self.pattern):
            raise ValueError(self.pattern)

        def write(extra: int) -> str:
            self.drawn = self.spent = 0
            return found(extra)

        return write

    def _alternatives(self) -> Writer:
        first = self._sequence()
        while self._next("|"):
            self._sequence()
        return first

    def _sequence(self) -> Writer:
        parts: list[Writer] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            parts.append(self._repeated(self._one()))
        return lambda extra: "".join(part(extra) for part in parts)

    def _repeated(self, one: Writer) -> Writer:
        low, high = 1, 1
        found = re.compile(r"\{(\d{0,4})(,?)(\d{0,4})\}").match(self.pattern, self.at)
        mark = self.pattern[self.at : self.at + 1]
        if found and (found[1] or found[3]):
            self.at, low = found.end(), int(found[1] or 0)
            high = low if not found[2] else int(found[3] or MAX_TEXT)
        elif mark and mark in "?*+":
            self.at += 1
            low, high = {"?": (0, 1), "*": (0, MAX_TEXT), "+": (1, MAX_TEXT)}[mark]
        else:
            return one
        if not self._next("?"):
            self._next("+")
        return lambda extra: "".join(self._spend(one(extra)) for _ in range(min(high, low + extra)))

    def _spend(self, text: str) -> str:
        self.spent += 1
        if self.spent > MAX_TEXT:
            raise OverflowError(self.pattern)
        return text

    def _one(self) -> Writer:
        char = self.pattern[self.at]
        self.at += 1
        if char == "(":
            return self._group()
        if char == "[":
            return self._drawn(self._class())
        if char in "^$":
            return lambda _: ""
        if char == "\\":
            return self._escaped()
        return self._drawn(_WORD) if char == "." else lambda _: char

    def _group(self) -> Writer:
        if self._next("?"):
            named = re.compile(r"P?<[A-Za-z]\w*>|:").match(self.pattern, self.at)
            if not named:
                raise ValueError(self.pattern)
            self.at = named.end()
        inner = self._alternatives()
        if not self._next(")"):
            raise ValueError(self.pattern)
        return inner

    def _escaped(self) -> Writer:
        char = self.pattern[self.at]
        self.at += 1
        if char in "bBAZz":
            return lambda _: ""
        if char in _CLASSES:
            return self._drawn(_CLASSES[char])
        literal = self._literal(char)
        return lambda _: literal

    def _literal(self, char: str) -> str:
        if char in "ux":
            digits = 4 if char == "u" else 2
            self.at += digits
            return chr(int(self.pattern[self.at - digits : self.at], 16))
        if char.isalnum() and char not in _CONTROL:
            raise ValueError(self.pattern)
        return _CONTROL.get(char, char)

    def _class(self) -> str:
        negated, chars = self._next("^"), ""
        first = True
        while first or self.pattern[self.at] != "]":
            first = False
            chars += self._range()
        self.at += 1
        return "".join(c for c in _PRINTED if c not in chars) if negated else chars

    def _range(self) -> str:
        low = self._member()
        ahead = self.pattern[self.at : self.at + 2]
        if len(low) != 1 or len(ahead) < 2 or ahead[0] != "-" or ahead[1] == "]":
            return low
        self.at += 1
        high = self._member()
        codes = range(ord(low), min(ord(high), ord(low) + 128) + 1)
        return "".join(map(chr, codes))

    def _member(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        if char != "\\":
            return char
        char = self.pattern[self.at]
        self.at += 1
        return _CLASSES[char] if char in _CLASSES else self._literal(char)

    def _drawn(self, chars: str) -> Writer:
        liked = [c for c in chars if c.isalnum() and c.isascii()] or [c for c in chars if c.isprintable()]
        if not chars:
            raise ValueError(self.pattern)

        def draw(_: int) -> str:
            self.drawn += 1
            return (liked or list(chars))[(self.drawn - 1) % len(liked or chars)]

        return draw

    def _next(self, char: str) -> bool:
        found = self.pattern.startswith(char, self.at)
        self.at += found
        return found
