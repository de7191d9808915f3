"""The score's table, with every sum done by hand."""

from __future__ import annotations

from typing import Any

import pytest

from generator.score import SCORE_VERSION, explain, score


def counts(
    conforming: tuple[int, int] = (10, 10),
    covered: tuple[int, int, int, int] = (90, 90, 10, 10),
    documented: tuple[int, int] = (20, 20),
    oracle: str = "document",
) -> dict[str, Any]:
    """Return counts: (conforming, operations), (covered statements, all, covered branches, all), …"""
    return {
        "conformance": {
            "oracle": oracle,
            "conforming": conforming[0],
            "operations": conforming[1],
            "requests": 3 * conforming[1],
        },
        "coverage": dict(
            zip(("covered_statements", "statements", "covered_branches", "branches"), covered, strict=True)
        ),
        "documentation": {"documented": documented[0], "public": documented[1]},
        "tests": {"executed": 5, "passed": 5, "failed": 0, "skipped": 0},
    }


@pytest.mark.parametrize(
    ("given", "total"),
    [
        (counts(), 100),  # 40 + 35 + 25
        (counts(oracle="self"), 97),  # 37 + 35 + 25
        (counts(oracle="none", conforming=(0, 0)), 60),  # 0 + 35 + 25
        (counts(conforming=(0, 0)), 60),  # 0 of 0 earns nothing
        (counts(conforming=(5, 10)), 80),  # 20 + 35 + 25
        (counts(conforming=(1, 3)), 73),  # 13.33 + 35 + 25 = 73.33
        (counts(oracle="self", conforming=(11, 12)), 93),  # 33.916… + 60 = 93.916…
        (counts(covered=(90, 100, 0, 0)), 100),  # 90 % is all that is expected
        (counts(covered=(45, 100, 0, 0)), 82),  # 35 × 0.45 / 0.9 = 17.5; 82.5
        (counts(covered=(80, 90, 1, 10)), 96),  # 81 of 100 is 0.81 / 0.9: 31.5; 96.5
        (counts(covered=(0, 0, 0, 0)), 65),  # nothing measured
        (counts(documented=(19, 20)), 98),  # 40 + 35 + 23.75
        (counts(documented=(0, 0)), 75),  # nothing public
        ({}, 0),
    ],
)
def test_the_total_is_the_exact_sum_rounded_down(given: dict[str, Any], total: int) -> None:
    assert score(given).total == total


def test_points_are_shown_in_hundredths_rounded_down() -> None:
    assert score(counts(conforming=(2, 3), oracle="self")).points == {
        "conformance": (24.66, 40.0),
        "coverage": (35.0, 35.0),
        "documentation": (25.0, 25.0),
    }


def test_a_hundred_needs_everything() -> None:
    assert score(counts(documented=(9999, 10000))).total == 99


def test_mutation_and_the_number_of_tests_change_nothing() -> None:
    more = {**counts(), "mutation": {"killed": 0, "mutants": 50}, "tests": {"executed": 0}}
    assert score(more) == score(counts())


def test_an_explanation_says_the_raw_counts_and_their_points() -> None:
    given = counts(conforming=(11, 12), oracle="self", covered=(45, 50, 5, 10), documented=(3, 4))
    assert [(row.field, row.said, row.earned, row.of) for row in explain(given)] == [
        ("conformance", "11 of 12 operations conform in 36 requests, oracle: self", 33.91, 40.0),
        ("coverage", "45 of 50 statements, 5 of 10 branches covered", 32.4, 35.0),
        ("documentation", "3 of 4 public names documented", 18.75, 25.0),
    ]


def test_an_explanation_says_what_is_missing() -> None:
    assert [row.said for row in explain({})] == [
        "no oracle: the entry declares no operations",
        "nothing measured",
        "0 of 0 public names documented",
    ]


def test_the_table_has_a_version() -> None:
    assert SCORE_VERSION == 1
