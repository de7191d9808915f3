"""An oracle reads what the entry itself says, not the blueprint, and judges every request of the suite.

Oracles are the modules of ``_oracles``, found like gates: the highest ``RANK`` that ``applies`` judges. An
entry that says nothing of operations has none, and earns nothing here.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from generator.gates import Batch, Finding, Result, Results, Subject, _oracles

HARD = True
NEEDS = ("tests",)

MOST = 50  # violations that one package lists; all of them count


@dataclass(frozen=True, slots=True)
class Judgement:
    """*operations* by their names, those that conform, how many requests were judged, and what was wrong.

    *faults* are the document's own: they blame no package. *counts* are more raw counts.
    """

    operations: tuple[str, ...]
    conforming: frozenset[str]
    requests: int
    violations: tuple[str, ...]
    faults: tuple[str, ...] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)


class Oracle(Protocol):
    """The shape of an oracle's module. FIDELITY is how far it can be believed; it decides the points."""

    FIDELITY: str
    RANK: int

    def applies(self, subject: Subject, batch: Batch) -> bool:
        """Return whether the entry holds what this oracle reads."""

    def judge(self, subject: Subject, batch: Batch, requests: Sequence[Mapping[str, Any]]) -> Judgement:
        """Judge the requests that the package's suite made, and those that the oracle makes it make."""


def run(batch: Batch) -> Results:
    """Judge the requests of every suite that ran."""
    oracles = _discover()
    ran = [s for s in batch.subjects if s.name in batch.earlier["tests"]]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # an oracle may wait for a process of its own
        return dict(
            zip((s.name for s in ran), pool.map(lambda s: _judge(batch, s, oracles), ran), strict=True)
        )


def _discover() -> list[Oracle]:
    found = [m.name for m in pkgutil.iter_modules(_oracles.__path__) if not m.name.startswith("_")]
    modules = [cast(Oracle, importlib.import_module(f"{_oracles.__name__}.{name}")) for name in found]
    return sorted(modules, key=lambda oracle: -oracle.RANK)


def _judge(batch: Batch, subject: Subject, oracles: Sequence[Oracle]) -> Result:
    oracle = next((o for o in oracles if o.applies(subject, batch)), None)
    if oracle is None:
        return Result(counts={"oracle": "none", "operations": 0, "conforming": 0, "requests": 0})
    requests = batch.facts("tests", subject).get("requests", ())
    found = oracle.judge(subject, batch, requests)
    where = f"integrations/{subject.module}"
    return Result(
        findings=tuple(Finding("conformance", where, 0, text) for text in found.violations[:MOST]),
        warnings=tuple(Finding("conformance", str(subject.spec), 0, text) for text in found.faults[:MOST]),
        counts={
            "oracle": oracle.FIDELITY,
            "operations": len(found.operations),
            "conforming": len(found.conforming),
            "requests": found.requests,
            "violations": len(found.violations),
            "not_conforming": sorted(set(found.operations) - found.conforming),
            **found.counts,
        },
    )
