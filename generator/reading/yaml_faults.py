"""Collects what is wrong with a YAML text while it is being read."""

from __future__ import annotations

from typing import Any, NoReturn

from generator.errors import Problem
from generator.reading.yaml_scalars import TAG, short


class Stopped(Exception):
    """Reading cannot go on here; the problem that says why has been recorded."""


class Faults:
    """Problems with their places, as many as are worth telling."""

    def __init__(self, name: str, first_line: int, most: int) -> None:
        self.problems: list[Problem] = []
        self._name, self._first_line, self._most = name, first_line, most

    def add(self, mark: Any, message: str) -> None:
        """Record a problem and go on."""
        line, column = (0, 0) if mark is None else (mark.line, mark.column)
        self.problems.append(Problem(self._name, line + self._first_line, column + 1, message))
        if len(self.problems) >= self._most:
            raise Stopped

    def stop(self, mark: Any, message: str) -> NoReturn:
        """Record a problem behind which nothing can be read."""
        self.add(mark, message)
        raise Stopped

    def tag(self, event: Any) -> None:
        """Record a tag that would build something else than plain data."""
        tag = short(event.tag.replace(TAG, "!!", 1))
        self.add(event.start_mark, f"the tag {tag} builds an object; a manifest is plain data. Remove it.")
