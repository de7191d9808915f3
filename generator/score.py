"""The score of a package: 0 to 100 points, from the raw counts of its gates and from nothing else.

    field           of    earned
    conformance     40    × conforming / operations; an oracle that has only the entry's own word ("self")
                          gives at most 37; no operations, no points
    coverage        35    × min(1, covered / (9/10 × all)), over statements and branches together, as
                          coverage.py counts them with branches; nothing measured, no points
    documentation   25    × documented / public names; nothing public, no points

Hard gates are no part of it: a package that fails one has no score. Mutation is a field of its own (counts
``mutation`` {"killed", "mutants"}, by ``score --mutation``) and no part of the total.

Points are exact fractions until the end. The total is their sum rounded down, so 100 means all of it; each
field is shown rounded down to hundredths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

SCORE_VERSION = 1
CONFORMANCE, COVERAGE, DOCUMENTATION = 40, 35, 25
EXPECTED = Fraction(9, 10)  # of all statements and branches
MOST_BY_ORACLE: Mapping[str, int] = {"self": 37, "none": 0}


@dataclass(frozen=True, slots=True)
class Score:
    """*points* maps each field to (earned, of)."""

    total: int
    points: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an explanation: the raw counts in words, and the points they earn."""

    field: str
    said: str
    earned: float
    of: float


def score(counts: Mapping[str, Any]) -> Score:
    """Return the score of a verdict's counts."""
    fields = _fields(counts)
    total = sum((earned for earned, _ in fields.values()), Fraction(0))
    points = {name: (_shown(earned), float(of)) for name, (earned, of) in fields.items()}
    return Score(int(total), points)


def explain(counts: Mapping[str, Any]) -> tuple[Row, ...]:
    """Return the raw counts with the points that each field earns, in the order of the table above."""
    said = {
        "conformance": _said_of_conformance(counts.get("conformance", {})),
        "coverage": _said_of_coverage(counts.get("coverage", {})),
        "documentation": "{documented} of {public} public names documented".format_map(
            {"documented": 0, "public": 0, **counts.get("documentation", {})}
        ),
    }
    return tuple(Row(name, said[name], *points) for name, points in score(counts).points.items())


def _fields(counts: Mapping[str, Any]) -> dict[str, tuple[Fraction, int]]:
    conformance = counts.get("conformance", {})
    most = MOST_BY_ORACLE.get(conformance.get("oracle", "none"), CONFORMANCE)
    conforming = _share(conformance, "conforming", "operations")
    documented = _share(counts.get("documentation", {}), "documented", "public")
    covered, measured = _covered(counts.get("coverage", {}))
    reached = min(Fraction(1), Fraction(covered, measured) / EXPECTED) if measured else Fraction(0)
    return {
        "conformance": (most * conforming, CONFORMANCE),
        "coverage": (COVERAGE * reached, COVERAGE),
        "documentation": (DOCUMENTATION * documented, DOCUMENTATION),
    }


def _share(counts: Mapping[str, Any], part: str, whole: str) -> Fraction:
    total = counts.get(whole, 0)
    return Fraction(counts.get(part, 0), total) if total else Fraction(0)


def _covered(counts: Mapping[str, Any]) -> tuple[int, int]:
    covered = counts.get("covered_statements", 0) + counts.get("covered_branches", 0)
    return covered, counts.get("statements", 0) + counts.get("branches", 0)


def _shown(points: Fraction) -> float:
    return int(points * 100) / 100


def _said_of_conformance(counts: Mapping[str, Any]) -> str:
    oracle = counts.get("oracle", "none")
    if oracle == "none":
        return "no oracle: the entry declares no operations"
    of = f"{counts.get('conforming', 0)} of {counts.get('operations', 0)} operations conform"
    return f"{of} in {counts.get('requests', 0)} requests, oracle: {oracle}"


def _said_of_coverage(counts: Mapping[str, Any]) -> str:
    if not _covered(counts)[1]:
        return "nothing measured"
    statements = f"{counts['covered_statements']} of {counts['statements']} statements"
    return f"{statements}, {counts['covered_branches']} of {counts['branches']} branches covered"
