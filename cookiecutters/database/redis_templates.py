"""Key templates: their parameters, and whether two of them could ever make the same key.

A template is written like Python's format: ``session:{user_id}``, and ``{{`` for a brace itself. The runtime
writes a parameter's value percent-encoded, so all that stands for a parameter is of ``[A-Za-z0-9._~%-]+``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from string import Formatter

Parts = tuple[tuple[str, str], ...]  # (literal, the parameter behind it or "")
_SAFE = re.compile(r"[A-Za-z0-9._~%-]")
ANY = ""  # one token of a pattern: a character, or this for a parameter


def parts(text: str) -> Parts:
    """The template, taken apart.

    Raises:
        ValueError: it is no template.
    """
    found = []
    for literal, name, spec, conversion in Formatter().parse(text):
        if name == "" or spec or conversion or (name is not None and not name.isidentifier()):
            raise ValueError(name or "")
        found.append((literal, name or ""))
    return tuple(found)


def names(text: str) -> list[str]:
    """The parameters, in order."""
    return [name for _, name in parts(text) if name]


def crowded(text: str) -> tuple[str, str] | None:
    """Two parameters with nothing between them that a value cannot hold; None where there are none."""
    before = ""
    for literal, name in parts(text):
        if before and name and all(map(_SAFE.match, literal)):
            return before, name
        before = name or before
    return None


def filled(text: str, values: dict[str, str]) -> str:
    """The key that plain values make."""
    return "".join(literal + values.get(name, "") for literal, name in parts(text))


def pattern(text: str) -> str:
    """A regular expression of every key that the template makes."""
    return "".join(
        re.escape(literal) + (r"[A-Za-z0-9._~%-]+" if name else "") for literal, name in parts(text)
    )


def overlap(one: str, other: str) -> bool:
    """Could both make the same key?"""
    return _meet(tuple(_tokens(one)), tuple(_tokens(other)))


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    for literal, name in parts(text):
        found += [*literal, *([ANY] if name else [])]
    return found


def _meet(one: Sequence[str], other: Sequence[str]) -> bool:
    @cache
    def meet(i: int, j: int) -> bool:
        """Have the rests from *i* and *j* a text in common?"""
        if i == len(one) or j == len(other):
            return i == len(one) and j == len(other)
        a, b = one[i], other[j]
        if a == ANY and b == ANY:
            return meet(i + 1, j + 1) or ate(i, j + 1) or eaten(i + 1, j)
        if a == ANY:
            return bool(_SAFE.match(b)) and (meet(i + 1, j + 1) or ate(i, j + 1))
        if b == ANY:
            return bool(_SAFE.match(a)) and (meet(i + 1, j + 1) or eaten(i + 1, j))
        return a == b and meet(i + 1, j + 1)

    @cache
    def ate(i: int, j: int) -> bool:
        """The same, where the parameter at *i* has something already."""
        if j == len(other):
            return i + 1 == len(one)
        more = other[j] == ANY or bool(_SAFE.match(other[j]))
        return meet(i + 1, j) or (more and (meet(i + 1, j + 1) or ate(i, j + 1)))

    @cache
    def eaten(i: int, j: int) -> bool:
        """The same, where the parameter at *j* has something already."""
        if i == len(one):
            return j + 1 == len(other)
        more = one[i] == ANY or bool(_SAFE.match(one[i]))
        return meet(i, j + 1) or (more and (meet(i + 1, j + 1) or eaten(i + 1, j)))

    return meet(0, 0)
