"""An estimate is honest: what a question really costs lies within it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from generator.subtasks.caller import Caller
from generator.subtasks.cascade import REPAIRS, SAMPLES, ask
from generator.subtasks.contracts import Subtask
from generator.subtasks.estimate import estimate
from generator.subtasks.exchange import Model, Tier
from generator.subtasks.ledger import Budget, Ledger
from generator.subtasks.prompts import messages
from generator.subtasks.providers import models
from tests.models.made import KEY, model
from tests.models.questions import CODE, DATA, question
from tests.models.scripted import Answer, Script, Scripted, fenced, say, scripted

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


def both(server: Scripted) -> tuple[Model, ...]:
    """A cheap and a strong model at their listed prices."""
    return models(["openai"], {"openai": {"base_url": server.url}})


def real_cost(server: Scripted, task: Subtask) -> Decimal:
    wide = Budget(Decimal(9), Decimal(9), Decimal(9))
    caller = Caller(Ledger(None, wide), None, environ={"OPENAI_API_KEY": KEY}, sleep=lambda seconds: None)
    wrong = question(subtask=task, check=lambda value: [] if "right" in str(value) else ["no " * 900])
    ask(wrong, caller, both(server))
    cost: Decimal = caller.ledger.summary()["total_cost"]
    return cost


RIGHT = {"GET /a": "right " * 100}
WRONG = {"GET /a": "wrong " * 800}
COURSES: Mapping[str, tuple[Subtask, Script]] = {
    "accepted at once": (DATA, [say(RIGHT)]),
    "mended": (DATA, [say(WRONG), say(RIGHT)]),
    "wrong to the end": (DATA, [say(WRONG)]),
    "cut off to the end": (DATA, [Answer('{"a": "' + "word " * 9_000, finish="length")]),
    "code, at once": (CODE, [fenced("return 1  # right\n" * 40, "python")]),
    "code, wrong to the end": (CODE, [fenced("return 0\n" * 400, "python")]),
}


@pytest.mark.parametrize("course", COURSES)
def test_what_a_question_really_costs_lies_within_its_estimate(course: str) -> None:
    task, said = COURSES[course]
    with scripted(said) as server:
        cost = real_cost(server, task)
        characters = sum(len(text) for _, text in messages(question(subtask=task)))
        low, high = estimate(task, characters, both(server))
    assert low <= cost <= high
