"""The rules for names of entries, each broken one with a name that would do."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.reading.mistakes import Mistake

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
LONGEST = 64
# Folders of integrations/ that are Jackfield's own.
RESERVED = frozenset({"runtime", "tests"})
_RULE = "a name is lower-case words and digits, joined by single hyphens"


def name_fault(name: Any) -> str:
    """What is wrong with a name, continuing "'Name' …"; "" when it is fine or the schema tells it."""
    if isinstance(name, bool | int | float):
        read = "true or false" if isinstance(name, bool) else "a number"
        return f"is read as {read}, not text. Put quotes round it."
    if not isinstance(name, str):
        return ""
    if len(name) > LONGEST:
        return f"is over {LONGEST} characters long. Shorten it."
    if not NAME.match(name):
        return f"is no name: {_RULE}. Write '{_proposal(name)}'."
    if keyword.iskeyword(name.replace("-", "_")):
        return f"is a Python keyword, and no package can be called that. Write '{name}-api'."
    return f"is a folder of Jackfield's own. Write '{name}-api'." if name in RESERVED else ""


def name_mistakes(entries: Sequence[Any], lines: Sequence[int]) -> Iterator[Mistake]:
    """Broken names, names that share a package, and moves that lead nowhere, in all entries together."""
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, dict) else None
        fault = name_fault(name)
        if isinstance(name, str):
            folder = name.lower().replace("-", "_")
            if (before := first.setdefault(folder, index)) != index:
                fault = _collision(name, entries[before]["name"], lines[before])
        if fault:
            yield Mistake(("integrations", index, "name"), fault, shown=True)
    yield from _moves(entries, lines, first)


def _collision(name: str, other: str, line: int) -> str:
    if name == other:
        return f"is already the name of the entry in line {line}. Rename one of them."
    return f"shares its folder with '{other}' in line {line}. Rename it: {_RULE}."


def _moves(entries: Sequence[Any], lines: Sequence[int], names: Mapping[str, int]) -> Iterator[Mistake]:
    moved: dict[str, int] = {}
    for index, entry in enumerate(entries):
        old = entry.get("moved_from") if isinstance(entry, dict) else None
        if old is None:
            continue
        fault = name_fault(old)
        if isinstance(old, str) and not fault:
            fault = _move_fault(old, index, lines, names, moved)
            moved.setdefault(old, index)
        if fault:
            yield Mistake(("integrations", index, "moved_from"), fault, shown=True)


def _move_fault(
    old: str, index: int, lines: Sequence[int], names: Mapping[str, int], moved: Mapping[str, int]
) -> str:
    holder = names.get(old.replace("-", "_"))
    if holder == index:
        return "is the entry's own name. Remove the line."
    if holder is not None:
        return f"is still an entry, in line {lines[holder]}. Remove that entry, or this line."
    return f"was moved already, in line {lines[moved[old]]}. Keep one of the two." if old in moved else ""


def _proposal(name: str) -> str:
    """A valid name as near as possible: ``My_API 2`` → ``my-api-2``."""
    joined = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[: LONGEST - 8].strip("-") or "service"
    return joined if joined[0].isalpha() else f"service-{joined}"
