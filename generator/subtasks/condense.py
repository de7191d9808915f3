"""Diagnostics, as many as a model can use: the telling ones first, each once, within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from generator.reading.secrets_lint import hide
from generator.subtasks.hygiene import inert, shortened, visible

LINES = 12
CHARACTERS = 1_500
LINE = 300
_READ = 2_000  # lines that are looked at

_RULER = re.compile(r"[\s=_~^*.\-]*\Z")
_TELLING = re.compile(
    r"^E\b|\w(?:Error|Exception)\b|\berror\b|\b(?:assert|expected|must|unknown|missing|not|no)\b", re.I
)
_PARTICULAR = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\d+|(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \S+")


def condense(diagnostics: Iterable[str]) -> tuple[str, ...]:
    """Return at most ``LINES`` lines of ``CHARACTERS`` together, of what *diagnostics* say.

    What is said twice is said once, with its count. Where there are too many, lines that differ only in names
    and numbers are counted as one. Lines that name an error or what was expected come before others. What is
    left out is counted in the last line.
    """
    lines = list(_lines(diagnostics))
    groups = _grouped(lines, lambda line: line)
    if len(groups) > LINES:
        groups = _grouped(lines, lambda line: _PARTICULAR.sub("·", line))
    told = sorted(map(_folded, groups), key=lambda line: not _TELLING.search(line))
    return _bounded(told)


def _grouped(lines: Iterable[str], like: Callable[[str], str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for line in lines:
        groups.setdefault(like(line), []).append(line)
    return list(groups.values())


def _lines(diagnostics: Iterable[str]) -> Iterator[str]:
    left = _READ
    for diagnostic in diagnostics:
        for line in visible(hide(diagnostic[: LINE * _READ], ())).split("\n"):
            words = " ".join(line.split())
            if not left:
                return
            if not _RULER.match(words):
                left -= 1
                yield shortened(inert(words), LINE)


def _folded(lines: list[str]) -> str:
    others = len(lines) - 1
    if not others:
        return lines[0]
    same = all(line == lines[0] for line in lines)
    return f"{lines[0]} (×{others + 1})" if same else f"{lines[0]} (and {others} more like it)"


def _bounded(lines: list[str]) -> tuple[str, ...]:
    kept: list[str] = []
    room = CHARACTERS - len("… and 9,999 more.")
    for line in lines[: LINES if len(lines) <= LINES else LINES - 1]:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    missing = len(lines) - len(kept)
    return (*kept, f"… and {missing:,} more.") if missing else tuple(kept)
