"""``mypy --strict`` over every Python file, the user's own among them (where it only warns)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from generator import tools
from generator.gates import Batch, Finding, Result, Results, Subject, is_own
from generator.gates._process import Abnormal, bisect, blame_on, by_module, module_of, run_tool

HARD = True
NEEDS = ("parses",)

OPTIONS = (
    "--strict",
    "--python-version=3.11",
    "--explicit-package-bases",
    "--namespace-packages",
    "--follow-imports=silent",  # the runtime is typed, not judged
    "--no-color-output",
    "--no-error-summary",
    "--hide-error-context",
    "--output=json",
    "--config-file=",
)
JUDGED = (0, 1)  # 2: mypy stopped before it had judged anything


def run(batch: Batch) -> Results:
    """Return what mypy finds; a cache that mypy cannot use costs time, never a verdict."""
    subjects = batch.passed("parses")
    fresh = batch.scratch / "mypy"
    try:
        cache = batch.cache / "mypy" if batch.cache else fresh
        return _attempt(batch, cache, subjects)
    except Abnormal:
        return bisect(subjects, partial(_attempt, batch, fresh), blame_on("types"))


def _attempt(batch: Batch, cache: Path, subjects: Sequence[Subject]) -> dict[str, Result]:
    paths = [path for s in subjects for path in s.paths(".py", own=True)]
    if not paths:
        return {s.name: Result(counts={"files": 0}) for s in subjects}
    files = batch.scratch / "mypy-files.txt"
    files.write_text("\n".join(paths), encoding="utf-8")
    command = tools.python("mypy", *OPTIONS, f"--cache-dir={cache}", f"@{files}")
    done = run_tool(batch, subjects, command, {"MYPYPATH": str(batch.stage)})
    rows = _rows(done, subjects)
    return {s.name: _result(s, rows) for s in subjects}


def _rows(done: tools.Run, subjects: Sequence[Subject]) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(line) for line in done.out.decode().splitlines() if line.startswith("{")]
    except ValueError as error:
        raise Abnormal(f"mypy's report cannot be read: {error}") from error
    if done.code not in JUDGED or done.timed_out or done.too_long:
        raise _stopped(done, rows, subjects)
    return rows


def _stopped(done: tools.Run, rows: Sequence[dict[str, Any]], subjects: Sequence[Subject]) -> Abnormal:
    if not rows:
        return Abnormal(f"mypy {done.ending}: {done.last_words}")
    last = rows[-1]
    owner = by_module(subjects).get(module_of(last["file"]))
    reason = f"mypy stopped at {last['file']}:{last['line']}: {last['message']}"
    return Abnormal(reason, owner.name if owner else "")


def _result(subject: Subject, rows: Sequence[dict[str, Any]]) -> Result:
    mine = [_finding(row) for row in rows if module_of(row["file"]) == subject.module]
    return Result(
        findings=tuple(f for f in mine if not is_own(f.path)),
        warnings=tuple(f for f in mine if is_own(f.path)),
        counts={"files": len(subject.paths(".py", own=True))},
    )


def _finding(row: dict[str, Any]) -> Finding:
    code = f" [{row['code']}]" if row.get("code") else ""
    return Finding("types", row["file"], max(row["line"], 0), f"{row['message']}{code}")
