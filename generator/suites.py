"""A pytest plugin (``-p generator.suites``): after the run, one line a generated suite.

The table says what each suite was held against: ``scripted`` is the test kit's own service, which answers
what the manifest declares and compares every request with it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from generator.report import columns

FIDELITY = "scripted"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table, where any generated suite ran."""
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            if module := _module(str(getattr(report, "nodeid", ""))):
                outcomes[module][outcome] += 1
    if outcomes:
        rows = [
            _row(config.rootpath / "integrations" / module, seen) for module, seen in sorted(outcomes.items())
        ]
        terminalreporter.write_sep("=", "generated suites")
        head = ("system", "suite", "fidelity", "score", "passed", "failed", "not run")
        terminalreporter.write_line(columns([head, *rows]))


def _module(nodeid: str) -> str:
    parts = nodeid.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "integrations" and parts[1] != "runtime" else ""


def _row(folder: Path, seen: Counter[str]) -> tuple[str, ...]:
    service, score = _lock(folder)
    failed = seen["failed"] + seen["error"]
    numbers: Iterable[int] = (seen["passed"], failed, seen["skipped"])
    return (service, folder.name, FIDELITY, score, *map(str, numbers))


def _lock(folder: Path) -> tuple[str, str]:
    """Return the service's name and its score, from the lock."""
    try:
        lock = json.loads((folder / "metadata.json").read_bytes())
        score = lock["evidence"]["build_metrics"]["validation_score"]
        return str(lock["reproducible"]["entry"]["service"]), str(score)
    except (OSError, ValueError, KeyError, TypeError):
        return folder.name, "–"
