"""Mistakes and leaks as problems: located by reading once more, with every credential hidden."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generator.errors import Problem
from generator.reading.leaks import leak_problems
from generator.reading.mistakes import Mistake, located
from generator.reading.positions import Positions
from generator.reading.secrets_lint import Leak, hide, misplaced
from generator.reading.source import Source
from generator.reading.yaml_recover import Parsed, parse


def all_problems(
    source: Source, parsed: Parsed, mistakes: Sequence[Mistake], leaks: Sequence[Leak]
) -> list[Problem]:
    """Everything that is wrong, each at its place."""
    lines = [source.spot(leak.offset)[0] for leak in leaks]
    positions = Positions(_wanted(parsed, mistakes, lines))
    again = parse(source.text, source.name, positions=positions)
    leaked, places = leak_problems(source, leaks, again.data, positions)
    told = [*source.problems, *again.problems]
    spots = {(problem.line, problem.column) for problem in told}
    kept = [mistake for mistake in mistakes if mistake.pointer not in places]
    # what the reader refused has no value, which is no second mistake
    told += [p for p in located(kept, again.data, source, positions) if (p.line, p.column) not in spots]
    secrets = _secrets(again, leaks, lines)
    every = [_hidden(problem, secrets[_entry_at(again, problem.line)]) for problem in (*told, *leaked)]
    return list(dict.fromkeys(every))


def told_of(data: dict[str, Any], mistakes: Iterable[Mistake]) -> list[Problem]:
    """The problems of one entry that stands in no file: they name it instead, at 1:1."""
    name = str(data.get("name", "entry"))[:64]
    absolute = [within(mistake, 0) for mistake in mistakes]
    problems = located(absolute, {"integrations": [data]}, Source(name, ""), Positions())
    secrets = {secret for _, _, secret in misplaced(data)}
    return [_hidden(problem, secrets) for problem in problems]


def within(mistake: Mistake, index: int) -> Mistake:
    """A mistake of one entry, as one of the manifest."""
    pointer = ("integrations", index, *mistake.pointer)
    return Mistake(pointer, mistake.message, mistake.at_key, mistake.shown, mistake.verb)


def _wanted(parsed: Parsed, mistakes: Sequence[Mistake], lines: Sequence[int]) -> set[int] | None:
    """The entries to locate something in; None for all, since an alias leads from one into another."""
    if parsed.aliases:
        return None
    pointers = [mistake.pointer for mistake in mistakes if mistake.pointer[:1] == ("integrations",)]
    inside = {step for pointer in pointers for step in pointer[1:2] if isinstance(step, int)}
    return inside | {_entry_at(parsed, line) for line in lines}


def _entry_at(parsed: Parsed, line: int) -> int:
    """The entry that stands in a line; -1 before the first."""
    return bisect.bisect_right(parsed.lines, line) - 1


def _secrets(parsed: Parsed, leaks: Sequence[Leak], lines: Sequence[int]) -> Mapping[int, set[str]]:
    """What no message about an entry may show."""
    secrets: dict[int, set[str]] = {index: set() for index in range(-1, len(parsed.lines))}
    for index, entry in enumerate(parsed.entries):
        if isinstance(entry, dict):
            secrets[index].update(secret for _, _, secret in misplaced(entry))
    for leak, line in zip(leaks, lines, strict=True):
        secrets[_entry_at(parsed, line)].add(leak.secret)
    return secrets


def _hidden(problem: Problem, secrets: set[str]) -> Problem:
    """No credential, and nothing that a terminal would not show as it is."""
    message = hide(problem.message, secrets)
    if not message.isprintable():
        message = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in message)
    return Problem(problem.path, problem.line, problem.column, message)
