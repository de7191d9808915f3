"""Statements and branches of the managed files (no tests, no examples) that their own suite reached."""

from __future__ import annotations

from generator.gates import Batch, Result, Results

HARD = False
NEEDS = ("tests",)


def run(batch: Batch) -> Results:
    """Return what the tests gate measured; a package whose tests did not run has no counts."""
    return {s.name: Result(counts=batch.facts("tests", s).get("coverage", {})) for s in batch.subjects}
