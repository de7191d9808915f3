"""An estimate is honest: what a question really costs lies within it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from generator.subtasks.cascade import REPAIRS, SAMPLES
from generator.subtasks.contracts import Subtask
from generator.subtasks.estimate import estimate
from generator.subtasks.exchange import Tier
from generator.subtasks.providers import models
from tests.models.made import model

CHEAP = model()
STRONG = model(name="acme/big", tier=Tier.STRONG, input_price=Decimal(20), output_price=Decimal(100))


def test_without_models_a_question_costs_nothing() -> None:
    assert estimate(Subtask("summaries"), 4_000, ()) == (Decimal(0), Decimal(0))


def test_local_models_cost_nothing() -> None:
    local = models(["local"], {"local": {"base_url": "http://127.0.0.1:8080/v1", "model": "m"}})
    assert estimate(Subtask("summaries"), 4_000, local) == (Decimal(0), Decimal(0))


def test_low_is_one_short_answer_of_the_first_model() -> None:
    low, _ = estimate(Subtask("summaries", max_tokens=800), 4_000, (CHEAP, STRONG))
    assert low == CHEAP.cost(1_000, 100)


@pytest.mark.parametrize("kind", ["data", "code"])
def test_high_covers_every_sample_and_repair_of_both_tiers(kind: str) -> None:
    task = Subtask("summaries", kind=kind, max_tokens=1_024)
    _, high = estimate(task, 4_000, (CHEAP, STRONG))
    calls = SAMPLES[kind] + REPAIRS
    prompt, longer = (
        2_000,
        2 * 1_024,
    )  # two characters a token; an answer that was cut off gets twice the room
    assert high >= calls * (CHEAP.cost(prompt, longer) + STRONG.cost(prompt, longer))


def test_high_takes_the_dearest_model_of_a_tier() -> None:
    dear = model(name="other/small", input_price=Decimal(4), output_price=Decimal(20))
    task = Subtask("summaries")
    assert estimate(task, 4_000, (CHEAP, dear))[1] == estimate(task, 4_000, (dear,))[1]


def test_a_question_longer_than_the_context_is_no_dearer_than_the_context() -> None:
    task = Subtask("summaries")
    small = model(context=1_000)
    assert estimate(task, 10**9, (small,)) == estimate(task, 10**8, (small,))
