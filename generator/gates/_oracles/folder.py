"""The oracle that a pattern brings along in its folder: ``oracle.py``, which reads the entry by itself.

It has one pure function, ``judge(entry, requests, names)``: the normalised entry, what the suite's scripted
engines were asked (a mapping each, in order), and operation → public name. It returns ``operations`` and
``conforming`` (names), and ``violations`` (texts). What it knows is the entry's own word, hence "self".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.gates import Batch, Subject
from generator.gates.conformance import Judgement

FIDELITY = "self"
RANK = 20


def applies(subject: Subject, batch: Batch) -> bool:
    """Return whether the package's pattern has an oracle."""
    return subject.oracle is not None


def judge(subject: Subject, batch: Batch, requests: Sequence[Mapping[str, Any]]) -> Judgement:
    """Judge what the suite asked of its scripted engines."""
    found = subject.oracle(subject.entry, requests, subject.operations) if subject.oracle else {}
    operations = tuple(found.get("operations", ()))
    conforming = frozenset(found.get("conforming", ())) & frozenset(operations)
    violations = tuple(sorted(set(found.get("violations", ()))))
    return Judgement(operations, conforming, len(requests), violations)
