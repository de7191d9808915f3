"""A pytest plugin (``-p generator.suites``): after the run, one line a system that was tested.

The line says what stood for the system: the real server, an emulator (``integrations.runtime.testing.server``
notes which it gave to which test file), or ``scripted``: the test kit's own double, which answers what the
manifest declares and compares every call with it. What did not run is counted, with its reason.
``--require-servers`` makes a missing server a failure.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from generator.report import columns

HEAD = ("system", "version", "fidelity", "score", "suites", "tests", "failed", "not run", "")
SCRIPTED = "scripted"
NONE = "–"
NOTES = "JACKFIELD_SERVERS_USED"
REQUIRE = "JACKFIELD_REQUIRE_SERVERS"
OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


@dataclass(slots=True)
class System:
    """What one run told about one system."""

    versions: set[str] = field(default_factory=set)
    fidelities: set[str] = field(default_factory=set)
    scores: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    reasons: set[str] = field(default_factory=set)

    def row(self, title: str) -> tuple[str, ...]:
        fidelity = _join(self.fidelities) if self.fidelities else SCRIPTED
        numbers = (len(self.files), self.counts["tests"], self.counts["failed"], self.counts["not run"])
        told = (title, _join(self.versions), fidelity, _join(self.scores))
        return (*told, *map(str, numbers), "; ".join(sorted(self.reasons)))


@dataclass(frozen=True, slots=True)
class Note:
    """One test file's question for a server, and what it got."""

    system: str
    title: str
    version: str
    fidelity: str
    missing: str
    file: str


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require-servers", action="store_true", help="fail where a test's server is missing")


def pytest_configure(config: pytest.Config) -> None:
    """Say where to note the use of servers; the workers of pytest-xdist inherit it."""
    if config.getoption("--require-servers"):
        os.environ[REQUIRE] = "1"
    if not hasattr(config, "workerinput"):
        handle, os.environ[NOTES] = tempfile.mkstemp(prefix="jackfield-notes-")
        os.close(handle)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and (path := os.environ.pop(NOTES, "")):
        Path(path).unlink(missing_ok=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table, where any system was tested."""
    notes = _notes(config.rootpath)
    systems: dict[str, System] = defaultdict(System)
    others = System()
    for node, outcome, reason, number in _outcomes(terminalreporter.stats, config.rootpath):
        for system in _systems(node, notes, config.rootpath, systems) or [others]:
            _count(system, node, outcome, reason, number)
    if systems:
        terminalreporter.write_sep("=", "systems")
        rows = [systems[title].row(title) for title in sorted(systems, key=str.casefold)]
        terminalreporter.write_line(columns([HEAD, *rows]))
        terminalreporter.write_line(_total(systems, others))


def _notes(root: Path) -> list[Note]:
    try:
        lines = Path(os.environ[NOTES]).read_text(encoding="utf-8").splitlines()
    except (KeyError, OSError):
        return []
    told = [json.loads(line) for line in dict.fromkeys(lines)]
    return [Note(**{**note, "file": _relative(note["file"], root)}) for note in told]


def _outcomes(stats: Mapping[str, Any], root: Path) -> Iterable[tuple[str, str, str, int]]:
    """Return (node, outcome, reason, number of tests): one a test, one a module that was skipped whole."""
    seen: dict[str, tuple[str, str, int]] = {}
    for outcome in OUTCOMES:
        for report in stats.get(outcome, []):
            node = str(getattr(report, "nodeid", ""))
            number = 1 if "::" in node else _tests(root / node)
            if node and seen.get(node, ("",))[0] not in ("failed", "error"):
                seen[node] = (outcome, _reason(report) if outcome == "skipped" else "", number)
    return [(node, *told) for node, told in seen.items()]


def _systems(node: str, notes: list[Note], root: Path, systems: dict[str, System]) -> list[System]:
    """Return the systems that a test is about: its package's, and those whose servers its file asked for.

    Where a file outside of the packages asked for several, the test's own parameters say which one it is.
    """
    file = node.partition("::")[0]
    module = _module(file)
    asked = [note for note in notes if note.file == file]
    found: dict[str, System] = {}
    if module:
        titles = {note.title for note in notes if _module(note.file) == module}
        title, score = _lock(root / "integrations" / module, titles)
        found[title] = systems[title]
        found[title].scores.add(score)
    for note in asked if module or len({note.system for note in asked}) == 1 else _named(node, asked):
        system = found.setdefault(note.title, systems[note.title])
        if note.missing:
            system.reasons.add(note.missing)
        else:
            system.versions.add(note.version)
            system.fidelities.add(note.fidelity)
    return list(found.values())


def _named(node: str, asked: list[Note]) -> list[Note]:
    """Return the notes of the systems that a test's parameters name; those in this process need no server."""
    words = set(re.split(r"[^a-z0-9]+", node.partition("[")[2]))
    named = [note for note in asked if note.system in words]
    return named or [note for note in (_in_process() if asked else ()) if note.system in words]


@cache
def _in_process() -> tuple[Note, ...]:
    from integrations.runtime.testing.servers import names, system

    kinds = [kind for kind in map(system, names()) if kind.in_process]
    found = [(kind, kind.installed()) for kind in kinds]
    return tuple(
        Note(kind.name, kind.title, server.version, server.fidelity, "", "")
        for kind, server in found
        if server
    )


def _count(system: System, node: str, outcome: str, reason: str, number: int) -> None:
    system.files.add(node.partition("::")[0])
    kind = "not run" if outcome == "skipped" else "tests"
    system.counts[kind] += number
    system.counts["failed"] += number if outcome in ("failed", "error") else 0
    if reason:
        system.reasons.add(reason)


def _total(systems: Mapping[str, System], others: System) -> str:
    total: Counter[str] = sum((system.counts for system in systems.values()), Counter())
    waiting = [title for title in sorted(systems, key=str.casefold) if systems[title].counts["not run"]]
    many = "system" if len(systems) == 1 else "systems"
    text = f"{len(systems)} {many}: {_counts(total)}" + (f" ({', '.join(waiting)})" if waiting else "")
    return text + (f" · besides, of no system: {_counts(others.counts)}" if others.files else "")


def _counts(counts: Mapping[str, int]) -> str:
    return f"{counts['tests']:,} tests, {counts['failed']} failed, {counts['not run']} not run"


def _reason(report: Any) -> str:
    """Return why a test was skipped, without pytest's own words."""
    told = getattr(report, "longrepr", "")
    text = str(told[2]) if isinstance(told, tuple) and len(told) == 3 else str(told)
    return text.removeprefix("Skipped: ").strip().partition("\n")[0]


def _tests(file: Path) -> int:
    """Count the test functions of a module that was skipped before any was collected."""
    try:
        return (
            len(re.findall(r"^\s*(?:async )?def test_", file.read_text(encoding="utf-8"), re.MULTILINE)) or 1
        )
    except (OSError, UnicodeDecodeError):
        return 1


def _module(file: str) -> str:
    parts = file.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "integrations" and parts[1] != "runtime" else ""


def _lock(folder: Path, asked: set[str]) -> tuple[str, str]:
    """Return the system that a package is for, and its score: from its servers and its lock."""
    try:
        lock = json.loads((folder / "metadata.json").read_bytes())
        score = str(lock["evidence"]["build_metrics"]["validation_score"])
        service = str(lock["reproducible"]["entry"]["service"])
    except (OSError, ValueError, KeyError, TypeError):
        service, score = folder.name, NONE
    return (asked.pop() if len(asked) == 1 else service), score


def _relative(file: str, root: Path) -> str:
    path = Path(file)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file


def _join(words: set[str]) -> str:
    return ", ".join(sorted(words)) or NONE
