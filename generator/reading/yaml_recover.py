"""Reads a manifest to its end, also behind syntax errors: what follows a broken entry is read by itself."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from generator.errors import Problem
from generator.reading.bounds import BOUNDS, Bounds
from generator.reading.positions import Positions
from generator.reading.yaml_faults import Stopped
from generator.reading.yaml_source import Reader

_MOST_ATTEMPTS = 50
_HEAD = re.compile(r"^integrations:[ \t]*(?:#.*)?$", re.MULTILINE)
_INDENT = re.compile(r"^ *(?=- )", re.MULTILINE)
_TOP_LEVEL_KEY = re.compile(r"^[^\s#-]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A manifest's data. ``complete``: no syntax error hides a part of it."""

    data: dict[str, Any]
    entries: list[Any]
    lines: list[int]  # where each entry starts
    problems: list[Problem]
    complete: bool
    doubtful: set[int]  # entries that a syntax error directly follows: they may go on behind it
    aliases: int  # how many there are


def parse(text: str, name: str, *, bounds: Bounds = BOUNDS, positions: Positions | None = None) -> Parsed:
    """Read a whole manifest; never raises on any text."""
    reader = Reader(text, name, bounds=bounds, positions=positions)
    complete = _read(reader.manifest)
    doubtful = _doubtful(reader, complete)
    if not complete:
        doubtful |= _resume(reader, text, name, bounds, positions)
    return Parsed(
        reader.data, reader.entries, reader.entry_lines, reader.problems, complete, doubtful, reader.aliases
    )


@contextmanager
def without_collector() -> Iterator[None]:
    """Reading makes no cycles, and with 10,000 entries alive each search for some costs much."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _read(step: Any) -> bool:
    try:
        step()
    except Stopped:
        return False
    return True


def _doubtful(reader: Reader, whole: bool) -> set[int]:
    last = len(reader.entries) - 1
    return {last} if not whole and last >= 0 and last == len(reader.entry_lines) - 1 else set()


def _resume(reader: Reader, text: str, name: str, bounds: Bounds, positions: Positions | None) -> set[int]:
    """Read what stands behind the entry that broke, again and again; gives the doubtful entries."""
    doubtful: set[int] = set()
    cursor, dash = _broken(text, reader.entry_lines)
    for _ in range(_MOST_ATTEMPTS):
        start = dash.search(text, cursor) if dash else None
        if start is None:
            break
        line = text.count("\n", 0, start.start()) + 1
        end = _TOP_LEVEL_KEY.search(text, start.start())
        rest = text[start.start() : end.start() if end else len(text)]
        first = len(reader.entries)
        tail = Reader(rest, name, first_line=line, first_entry=first, bounds=bounds, positions=positions)
        whole = _read(tail.rest)
        doubtful |= {first + index for index in _doubtful(tail, whole)}
        _append(reader, tail, positions)
        if whole:
            break
        cursor = _offset(text, max([line, *tail.entry_lines])) + 1
    return doubtful


def _broken(text: str, lines: list[int]) -> tuple[int, re.Pattern[str] | None]:
    """Where the last entry was begun, or where the list begins; what begins an entry."""
    head = _HEAD.search(text)
    cursor = _offset(text, lines[-1]) + 1 if lines else head.end() if head else len(text)
    indent = _INDENT.search(text, _offset(text, lines[0]) if lines else cursor)
    return cursor, re.compile(rf"^{indent[0]}- ", re.MULTILINE) if indent else None


def _append(reader: Reader, tail: Reader, positions: Positions | None) -> None:
    if positions is not None:
        positions.extend(reader.entries, tail.entries)
    # an entry that could not be read to its end has a line, but is not among the entries
    del reader.entry_lines[len(reader.entries) :]
    reader.entries += tail.entries
    reader.entry_lines += tail.entry_lines
    reader.problems += tail.problems
    reader.aliases += tail.aliases
    reader.data.setdefault("integrations", reader.entries)


def _offset(text: str, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = text.find("\n", offset) + 1
    return offset
