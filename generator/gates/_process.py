"""One process of a tool for a whole batch; when the process itself fails, the package that is to blame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from generator import tools
from generator.gates import Batch, Finding, Result, Subject


class Abnormal(Exception):
    """A tool's process crashed, hung or said what cannot be read. *suspect* is an entry's name, or ""."""

    def __init__(self, reason: str, suspect: str = "") -> None:
        super().__init__(reason)
        self.reason, self.suspect = reason, suspect


Attempt = Callable[[Sequence[Subject]], dict[str, Result]]
Blame = Callable[[Subject, Abnormal], Result]


def bisect(subjects: Sequence[Subject], attempt: Attempt, blame: Blame) -> dict[str, Result]:
    """Judge all subjects in one attempt; when it fails, in smaller ones, until one subject fails alone.

    A suspect is tried alone first. It is blamed only when it fails alone: the attempt may have died of a
    neighbour.
    """
    if not subjects:
        return {}
    try:
        return attempt(subjects)
    except Abnormal as failure:
        if len(subjects) == 1:
            return {subjects[0].name: blame(subjects[0], failure)}
        parts = _split(subjects, failure.suspect)
    return {name: result for part in parts for name, result in bisect(part, attempt, blame).items()}


def _split(subjects: Sequence[Subject], suspect: str) -> tuple[Sequence[Subject], Sequence[Subject]]:
    alone = [s for s in subjects if s.name == suspect]
    if alone:
        return alone, [s for s in subjects if s.name != suspect]
    middle = len(subjects) // 2
    return subjects[:middle], subjects[middle:]


def blame_on(gate: str) -> Blame:
    """Return the usual blame: one finding of *gate* on the whole package."""

    def blame(subject: Subject, failure: Abnormal) -> Result:
        return Result((Finding(gate, f"integrations/{subject.module}", 0, failure.reason),))

    return blame


def run_tool(
    batch: Batch, subjects: Sequence[Subject], command: Sequence[str], extra: Mapping[str, str] | None = None
) -> tools.Run:
    """Run a tool in the stage, with time in proportion to the packages that it judges."""
    return tools.run(
        command,
        cwd=batch.stage,
        home=batch.scratch,
        seconds=batch.limits.batch + batch.limits.package * len(subjects),
        extra=extra,
        stop=batch.stop,
    )


def run_code(
    batch: Batch,
    subjects: Sequence[Subject],
    command: Sequence[str],
    place: Path,
    extra: Mapping[str, str] | None = None,
) -> tools.Run:
    """Run what executes packages, in a sandbox where a model wrote code of one; *place* is its own folder."""
    return tools.run(
        command,
        cwd=batch.stage,
        home=place,
        seconds=batch.limits.batch + batch.limits.package * len(subjects),
        extra=extra,
        stop=batch.stop,
        sandboxed=any(s.sandboxed for s in subjects),
    )


def by_module(subjects: Sequence[Subject]) -> dict[str, Subject]:
    """Return the subjects by the folder that a path names them with."""
    return {s.module: s for s in subjects}


def module_of(path: str) -> str:
    """Return the package's folder in ``integrations/<module>/…``, or "" for any other path."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "integrations" else ""
