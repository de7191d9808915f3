"""Ruff over a whole batch: one process, one list of findings, each with the package it belongs to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generator import tools
from generator.gates import Batch, Finding, Result, Subject
from generator.gates._process import Abnormal, bisect, blame_on, by_module, module_of, run_tool

FOUND_NOTHING, FOUND_SOMETHING = 0, 1


def ruff_findings(
    batch: Batch, gate: str, subjects: Sequence[Subject], *arguments: str, tests: bool = True
) -> dict[str, Result]:
    """Run ``ruff ARGUMENTS`` once over every managed Python file of *subjects*."""

    def attempt(some: Sequence[Subject]) -> dict[str, Result]:
        paths = [path for s in some for path in s.paths(".py", tests=tests)]
        options = [*arguments, "--output-format", "json"]
        rows = _rows(batch, gate, some, options, paths) if paths else []
        return _attributed(batch.stage, gate, some, rows)

    return bisect(subjects, attempt, blame_on(gate))


def _rows(
    batch: Batch, gate: str, subjects: Sequence[Subject], arguments: Sequence[str], paths: Sequence[str]
) -> list[dict[str, Any]]:
    files = batch.scratch / f"{gate}-{arguments[0]}.txt"
    files.write_text("\n".join(paths), encoding="utf-8")
    done = run_tool(batch, subjects, tools.ruff(*arguments, "--isolated", "--no-cache", f"@{files}"))
    if done.code not in (FOUND_NOTHING, FOUND_SOMETHING) or done.timed_out or done.too_long:
        raise Abnormal(f"ruff {done.ending}: {done.last_words}")
    try:
        rows: list[dict[str, Any]] = json.loads(done.out or b"[]")
    except ValueError as error:
        raise Abnormal(f"ruff's report cannot be read: {error}") from error
    return rows


def _attributed(
    stage: Path, gate: str, subjects: Sequence[Subject], rows: Sequence[dict[str, Any]]
) -> dict[str, Result]:
    found: dict[str, list[Finding]] = {s.name: [] for s in subjects}
    owners = by_module(subjects)
    for row in rows:
        path = Path(row["filename"]).relative_to(stage).as_posix()
        message = f"{row['code']} {row['message']}"
        found[owners[module_of(path)].name].append(Finding(gate, path, row["location"]["row"], message))
    return {name: Result(tuple(findings)) for name, findings in found.items()}
