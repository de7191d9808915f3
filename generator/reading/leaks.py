"""Credentials in the manifest's text, told at the value that holds them."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Any

from generator.errors import Problem
from generator.reading.mistakes import path
from generator.reading.positions import Positions, at
from generator.reading.secrets_lint import Leak, variable
from generator.reading.source import Source
from generator.shapes import Pointer


def leak_problems(
    source: Source, leaks: Sequence[Leak], data: dict[str, Any], positions: Positions
) -> tuple[list[Problem], set[Pointer]]:
    """A problem for each leak, and the pointers of the values that hold one."""
    places = sorted(positions.all(data)) if leaks else []
    problems, holders = [], set()
    for leak in leaks:
        line, column = source.spot(leak.offset)
        index = bisect.bisect_right(places, (line, column), key=lambda place: place[0]) - 1
        pointer = places[index][1] if index >= 0 else ()
        shown = f" ({leak.secret[: leak.shown]}…)" if leak.shown else ""
        if _holds(at(data, pointer), leak, source):
            holders.add(pointer)
            line, column = places[index][0]
            message = f"{path(pointer, data)} holds {leak.what}{shown}. {_mend(pointer, data)}"
        else:
            message = f"this line holds {leak.what}{shown}. Remove it."
        problems.append(Problem(source.name, line, column, message))
    return problems, holders


def _holds(value: Any, leak: Leak, source: Source) -> bool:
    """Is the credential a part of this value, or of a comment behind it?"""
    line = source.line(leak.offset).strip()
    return (
        isinstance(value, str)
        and leak.secret.split("\n")[0] in value
        and (not line.startswith("#") or line in value)
    )


def _mend(pointer: Pointer, data: dict[str, Any]) -> str:
    inside = pointer[:1] == ("integrations",) and len(pointer) > 2
    entry, steps = (at(data, pointer[:2]), pointer[2:]) if inside else ({}, pointer)
    name = variable(entry, steps)
    alone = str(pointer[-1]).endswith("secret")
    return f"Put the value in an environment variable and write {name if alone else f'${{{name}}}'}."
