"""The cascade through the real caller, litellm and a provider on loopback: both keep the same books."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generator.subtasks.caller import ATTEMPTS, Caller
from generator.subtasks.cascade import ask
from generator.subtasks.exchange import Given, Model
from generator.subtasks.ledger import Budget, Ledger
from generator.subtasks.providers import models

from .questions import CODE, question
from .scripted import (
    BAD_JSON,
    BLANK,
    DOWN,
    FILTERED,
    HUGE,
    NOTHING,
    REFUSED,
    RETIRED,
    TRUNCATED,
    Answer,
    Scripted,
    fenced,
    say,
    scripted,
)

GOOD = {"GET /a": "Get it."}
WRONG = {"GET /b": "No."}
PRICE = Decimal(2)


def acme(server: Scripted, **facts: Any) -> tuple[Model, ...]:
    prices = {"input_usd": 2.0, "output_usd": 2.0, "secret": "ACME_KEY"}
    return models(
        ["acme"], {"acme": {"base_url": server.url, "model": "m", "strong": "m2", **prices, **facts}}
    )


def caller(root: Path | None = None, **budget: Decimal) -> Caller:
    ledger = Ledger(root, Budget(**budget))
    return Caller(ledger, root, environ={"ACME_KEY": "not-a-real-one"}, sleep=lambda seconds: None)


def known(value: Any) -> Sequence[str]:
    return [f"there is no {key}" for key in value if key != "GET /a"]


def booked(asks: Caller) -> Decimal:
    total: Decimal = asks.ledger.summary()["total_cost"]
    return total


def outcomes(given: Given) -> list[str]:
    return [attempt.outcome for attempt in given.attempts]


def test_faults_are_mended_and_the_ledger_is_what_the_provider_bills() -> None:
    with scripted([BLANK, say(WRONG), fenced(json.dumps(GOOD))]) as server:
        asks = caller()
        given = ask(question(check=known), asks, acme(server))
    assert given.value == GOOD
    assert outcomes(given) == ["blank", "check", "accepted"]
    assert server.by_model() == {"m": 3}
    assert given.cost == booked(asks) == server.dollars(PRICE, PRICE, PRICE) > 0


FAULTS = {
    "blank": BLANK,
    "null": NOTHING,
    "truncated": TRUNCATED,
    "refused": REFUSED,
    "filtered": FILTERED,
    "bad JSON": BAD_JSON,
    "ten megabytes": HUGE,
}
NAMES = {"null": "blank", "refused": "refusal", "filtered": "refusal", "bad JSON": "not json"}


@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_of_a_model_costs_one_request_more(kind: str) -> None:
    with scripted([FAULTS[kind], say(GOOD)]) as server:
        given = ask(question(check=known), caller(), acme(server))
    expected = "truncated" if kind == "ten megabytes" else NAMES.get(kind, kind)
    assert outcomes(given) == [expected, "accepted"]
    assert server.requests == 2
    repair = server.asked[1].body["messages"]
    assert repair[:2] == server.asked[0].body["messages"]
    assert [message["role"] for message in repair] == ["system", "user", "assistant", "user"]
    assert all(message["content"] for message in repair)
    assert len(json.dumps(repair)) < 12_000


def test_the_strong_model_is_asked_after_three_answers_of_the_cheap_one() -> None:
    with scripted([say(WRONG)] * 3 + [say(GOOD)]) as server:
        given = ask(question(check=known), caller(), acme(server))
    assert server.by_model() == {"m": 3, "m2": 1}
    assert given.model == "acme/m2"
    assert {json.dumps(asked.body["messages"][0]) for asked in server.asked} == {
        json.dumps(server.asked[0].body["messages"][0])
    }


def test_code_comes_as_a_block_and_no_form_is_told() -> None:
    with scripted([fenced("return 1", "python")]) as server:
        given = ask(question(subtask=CODE), caller(), acme(server))
    assert given.value == "return 1\n"
    assert "response_format" not in server.asked[0].body


def test_a_budget_for_one_call_allows_one_call() -> None:
    with scripted([say(WRONG, completion=1000)]) as server:
        asks = caller(subtask=Decimal("0.005"))
        given = ask(question(check=known), asks, acme(server))
    assert outcomes(given) == ["check", "budget"]
    assert (given.value, given.why) == (None, "budget")
    assert server.by_model() == {"m": 1}
    assert 0 < booked(asks) == server.dollars(PRICE, PRICE, PRICE) < Decimal("0.005")


def test_an_outage_is_retried_by_the_caller_alone_and_ends_unavailable() -> None:
    with scripted([DOWN]) as server:
        asks = caller()
        given = ask(question(check=known), asks, acme(server))
    assert server.by_model() == {"m": ATTEMPTS, "m2": ATTEMPTS}
    assert (given.value, given.why) == (None, "unavailable")
    assert booked(asks) == 0


def test_a_retired_model_is_asked_once_and_the_next_one_answers() -> None:
    with scripted(lambda body: RETIRED if body["model"] == "m" else say(GOOD)) as server:
        given = ask(question(check=known), caller(), acme(server))
    assert server.by_model() == {"m": 1, "m2": 1}
    assert given.model == "acme/m2"


def test_what_was_paid_once_is_replayed_for_nothing_and_its_cost_is_still_told(tmp_path: Path) -> None:
    (tmp_path / "integrations.yaml").write_text("version: 1\n")
    with scripted([say(WRONG), say(GOOD)]) as server:
        first = ask(question(check=known), caller(tmp_path), acme(server))
        again = caller(tmp_path)
        second = ask(question(check=known), again, acme(server))
    assert second == first
    assert server.requests == 2
    assert booked(again) == 0
    assert second.cost == server.dollars(PRICE, PRICE, PRICE)


def test_a_model_on_this_machine_costs_nothing() -> None:
    with scripted([Answer(json.dumps(GOOD))]) as server:
        local = models(["mine"], {"mine": {"base_url": server.url, "model": "m"}})
        given = ask(question(check=known), caller(subtask=Decimal(0)), local)
    assert given.value == GOOD
    assert given.cost == 0
