"""Whom to ask first."""

from __future__ import annotations

import datetime
from decimal import Decimal

from generator.subtasks.contracts import Subtask
from generator.subtasks.exchange import Model, Tier
from generator.subtasks.selection import order
from generator.subtasks.spending import Record
from tests.models.made import model

PLAIN = model(name="a/plain")
THRIFTY = model(name="b/thrifty", input_price=Decimal(1), output_price=Decimal(5))
STRONG = model(name="a/strong", tier=Tier.STRONG, input_price=Decimal(9), output_price=Decimal(30))
EASY = Subtask("summaries")


def names(models: tuple[Model, ...]) -> list[str]:
    return [found.name for found in models]


def records(
    who: Model, dollars: str, passed: int, failed: int = 0, subtask: str = "summaries"
) -> list[Record]:
    verdicts = [True] * passed + [False] * failed
    return [Record(subtask, who.name, Decimal(dollars), verdict) for verdict in verdicts]


def test_an_easy_question_goes_to_the_cheapest_of_the_cheap_tier_first() -> None:
    assert names(order([PLAIN, THRIFTY, STRONG], EASY)) == ["b/thrifty", "a/plain", "a/strong"]


def test_a_hard_question_goes_to_the_strong_tier_first() -> None:
    hard = Subtask("operations", difficulty="hard")
    assert names(order([PLAIN, THRIFTY, STRONG], hard)) == ["a/strong", "b/thrifty", "a/plain"]


def test_models_of_one_price_stay_in_the_order_of_the_providers() -> None:
    twin = model(name="z/twin")
    assert names(order([twin, PLAIN], EASY)) == ["z/twin", "a/plain"]
    assert names(order([PLAIN, twin], EASY)) == ["a/plain", "z/twin"]


def test_a_cheap_model_that_often_fails_is_asked_after_a_dearer_one_that_passes() -> None:
    known = records(THRIFTY, "0.002", passed=1, failed=4) + records(PLAIN, "0.004", passed=5)
    assert names(order([THRIFTY, PLAIN], EASY, known)) == ["a/plain", "b/thrifty"]


def test_four_judged_answers_are_too_few_to_overrule_the_list() -> None:
    known = records(THRIFTY, "0.002", passed=0, failed=4)
    assert names(order([THRIFTY, PLAIN], EASY, known)) == ["b/thrifty", "a/plain"]


def test_a_model_that_never_passed_is_the_last_of_its_tier_but_before_the_next_one() -> None:
    known = records(THRIFTY, "0.0001", passed=0, failed=5)
    assert names(order([THRIFTY, PLAIN, STRONG], EASY, known)) == ["a/plain", "b/thrifty", "a/strong"]


def test_failures_at_another_kind_of_question_do_not_count() -> None:
    known = records(THRIFTY, "0.002", passed=0, failed=9, subtask="errors")
    assert names(order([THRIFTY, PLAIN], EASY, known)) == ["b/thrifty", "a/plain"]


def test_described_methods_are_one_kind_of_question_whatever_they_are_called() -> None:
    known = [
        record
        for n in range(5)
        for record in records(THRIFTY, "0.002", passed=0, failed=1, subtask=f"method:m{n}")
    ]
    assert names(order([THRIFTY, PLAIN], Subtask("method:refund"), known)) == ["a/plain", "b/thrifty"]


def test_a_model_that_its_provider_has_no_more_is_left_out() -> None:
    old = model(name="a/old", retires="2026-11-24", input_price=Decimal("0.1"))
    day = datetime.date(2026, 11, 24)
    assert names(order([old, PLAIN], EASY, today=lambda: day)) == ["a/plain"]
    assert names(order([old, PLAIN], EASY, today=lambda: day - datetime.timedelta(days=1)))[0] == "a/old"
