"""Reads a manifest to its end, also behind syntax errors: what follows a broken entry is read by itself."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from generator.errors import Problem
from generator.positions import Positions
from generator.yaml_source import BOUNDS, Bounds, Reader, Stopped

_MOST_ATTEMPTS = 50


@dataclass(frozen=True, slots=True)
class Parsed:
    """A manifest's data. ``complete``: no syntax error hides a part of it."""

    data: dict[str, Any]
    entries: list[Any]
    lines: list[int]  # where each entry starts
    problems: list[Problem]
    complete: bool
    doubtful: set[int]  # entries that a syntax error directly follows: they may go on behind it


def parse(text: str, name: str, *, bounds: Bounds = BOUNDS, positions: Positions | None = None) -> Parsed:
    """Read a whole manifest; never raises on any text."""
    reader = Reader(text, name, bounds=bounds, positions=positions)
    complete = _read(reader.manifest)
    attempts, whole, doubtful = 0, complete, _doubtful(reader, complete)
    while not whole and attempts < _MOST_ATTEMPTS:
        attempts += 1
        start, rest = _behind(text, reader.entry_lines)
        if not rest:
            break
        tail = Reader(rest, name, first_line=start, bounds=bounds, positions=positions)
        whole = _read(tail.rest)
        doubtful |= {len(reader.entries) + index for index in _doubtful(tail, whole)}
        _append(reader, tail, positions)
    return Parsed(reader.data, reader.entries, reader.entry_lines, reader.problems, complete, doubtful)


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


def _append(reader: Reader, tail: Reader, positions: Positions | None) -> None:
    if positions is not None:
        positions.extend(reader.entries, tail.entries)
    # an entry that could not be read to its end has a line, but is not among the entries
    del reader.entry_lines[len(reader.entries) :]
    reader.entries += tail.entries
    reader.entry_lines += tail.entry_lines
    reader.problems += tail.problems
    reader.data.setdefault("integrations", reader.entries)


def _behind(text: str, lines: list[int]) -> tuple[int, str]:
    """The text from the entry after the last one that was begun, up to the next top-level key; its line."""
    head = re.compile(r"^integrations:[ \t]*(?:#.*)?$", re.MULTILINE).search(text)
    begun = _offset(text, lines[-1]) if lines else head.end() if head else len(text)
    indent = re.compile(r"^ *(?=- )", re.MULTILINE).search(text, _offset(text, lines[0]) if lines else begun)
    if indent is None:
        return 0, ""
    dash = re.compile(rf"^{indent[0]}- ", re.MULTILINE).search(text, begun + (1 if lines else 0))
    if dash is None:
        return 0, ""
    end = re.compile(r"^[^\s#-]", re.MULTILINE).search(text, dash.start())
    return text.count("\n", 0, dash.start()) + 1, text[dash.start() : end.start() if end else len(text)]


def _offset(text: str, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = text.find("\n", offset) + 1
    return offset
