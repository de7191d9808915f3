"""Regular expressions of a document: which of them are safe to run, and text that one matches."""

from __future__ import annotations

import importlib
import re
from functools import lru_cache
from random import Random
from typing import Any

LONGEST = 1000  # characters of a pattern
WIDEST = 2000  # characters that a match must have
MOST = 64  # repetitions that a sample makes
ALPHABET = "abcXYZ019-_ .,%/é"
_parser: Any = importlib.import_module("re._parser")


class NoText(Exception):
    """The pattern uses what a sample cannot be made for."""


@lru_cache(maxsize=4096)
def usable(pattern: str) -> bool:
    """Return whether *pattern* compiles, and cannot take exponential time: no repetition in a repetition."""
    if len(pattern) > LONGEST:
        return False
    try:
        re.compile(pattern)
        tree = _parser.parse(pattern)
        return bool(tree.getwidth()[0] <= WIDEST) and _calm(tree, False)
    except (re.error, RecursionError, OverflowError, ValueError):
        return False


def _calm(tree: Any, repeated: bool) -> bool:
    return all(_calm_node(str(op), argument, repeated) for op, argument in tree)


def _calm_node(op: str, argument: Any, repeated: bool) -> bool:
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, inner = argument
        endless = high > 20 and low != high
        return not (endless and repeated) and _calm(inner, repeated or endless)
    if op == "SUBPATTERN":
        return _calm(argument[3], repeated)
    if op == "BRANCH":
        return all(_calm(branch, repeated) for branch in argument[1])
    if op in ("ASSERT", "ASSERT_NOT"):
        return _calm(argument[1], repeated)
    return op not in ("GROUPREF_EXISTS", "ATOMIC_GROUP")


def matching(pattern: str, rng: Random, shortest: bool) -> str:
    """Return text in which *pattern* is found. Raises NoText."""
    for _ in range(8):
        text = _written(_parser.parse(pattern), rng, shortest, {})
        if re.search(pattern, text):
            return text
    raise NoText(pattern)


def _written(tree: Any, rng: Random, shortest: bool, groups: dict[int, str]) -> str:
    return "".join(_one(str(op), argument, rng, shortest, groups) for op, argument in tree)


def _one(op: str, argument: Any, rng: Random, shortest: bool, groups: dict[int, str]) -> str:
    if op == "LITERAL":
        return chr(argument)
    if op == "ANY":
        return rng.choice("a0 -")
    if op == "NOT_LITERAL":
        return next(c for c in ALPHABET if ord(c) != argument)
    if op == "IN":
        return _of_class(argument, rng)
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, inner = argument
        count = low if shortest else rng.randint(low, max(low, min(high, low + 3, MOST)))
        return "".join(_written(inner, rng, shortest, groups) for _ in range(count))
    if op == "SUBPATTERN":
        text = _written(argument[3], rng, shortest, groups)
        if argument[0] is not None:
            groups[argument[0]] = text
        return text
    if op == "BRANCH":
        return _written(argument[1][0] if shortest else rng.choice(argument[1]), rng, shortest, groups)
    if op == "GROUPREF":
        return groups.get(argument, "")
    return ""  # anchors and assertions: the search says whether they hold


def _of_class(items: Any, rng: Random) -> str:
    plain = [(str(op), argument) for op, argument in items]
    if plain and plain[0][0] == "NEGATE":
        return next((c for c in ALPHABET if not any(_holds(c, *item) for item in plain[1:])), "~")
    op, argument = rng.choice(plain)
    if op == "LITERAL":
        return chr(argument)
    if op == "RANGE":
        return chr(rng.randint(argument[0], argument[1]))
    return next((c for c in ALPHABET if _holds(c, op, argument)), "a")


def _holds(character: str, op: str, argument: Any) -> bool:
    if op == "LITERAL":
        return ord(character) == int(argument)
    if op == "RANGE":
        return bool(argument[0] <= ord(character) <= argument[1])
    kinds = {
        "CATEGORY_DIGIT": character.isdigit(),
        "CATEGORY_SPACE": character.isspace(),
        "CATEGORY_WORD": character.isalnum() or character == "_",
    }
    name = str(argument)
    holds = kinds.get(name.replace("_NOT", ""), False)
    return not holds if "_NOT" in name else holds
