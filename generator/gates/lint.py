"""Ruff's lint rules and its formatter over every managed file; no project's configuration changes them."""

from __future__ import annotations

from generator.gates import Batch, Result, Results
from generator.gates._ruff import ruff_findings
from generator.render import FORMAT

HARD = True
NEEDS = ("parses",)

RULES = "E,W,F,I,B,UP,SIM,RUF,C4,PT,RET,PIE"
# A line that the formatter left long holds one long literal, and text in any script is data: both are a
# service's words, which nobody can mend in its entry.
# So are names: a service's method test_package() with defaults is no test with fixtures.
EXCEPT = "E501,PT028,RUF001,RUF002,RUF003"
STYLE = tuple(option for option in FORMAT if option not in ("--isolated", "--no-cache", "--quiet"))


def run(batch: Batch) -> Results:
    """Return what ``ruff check`` and ``ruff format --check`` find."""
    subjects = batch.passed("parses")
    rules = ("check", "--select", RULES, "--ignore", EXCEPT, "--ignore-noqa", *STYLE)
    checked = ruff_findings(batch, "lint", subjects, *rules)
    formatted = ruff_findings(batch, "lint", subjects, "format", "--check", *STYLE)
    return {
        s.name: Result(
            checked[s.name].findings + formatted[s.name].findings, counts={"files": len(s.paths(".py"))}
        )
        for s in subjects
    }
