"""Ruff's security rules (flake8-bandit) over every managed file but the tests."""

from __future__ import annotations

from dataclasses import replace

from generator.gates import Batch, Results
from generator.gates._ruff import ruff_findings

HARD = True
NEEDS = ("parses",)

# These three judge names, not values: a service whose parameter is called "token" would be refused. Values
# are looked at where they come in, in the manifest.
EXCEPT = "S105,S106,S107"


def run(batch: Batch) -> Results:
    """Return what ruff's S rules find."""
    subjects = batch.passed("parses")
    rules = (
        "check",
        "--select",
        "S",
        "--ignore",
        EXCEPT,
        "--ignore-noqa",
        "--config",
        'target-version="py311"',
    )
    found = ruff_findings(batch, "security", subjects, *rules, tests=False)
    return {
        s.name: replace(found[s.name], counts={"files": len(s.paths(".py", tests=False))}) for s in subjects
    }
