"""The fault matrix, through litellm's real HTTP path: what comes of each, for how many requests and dollars.

The provider's own count is the measure: the ledger says the same, or where no count came back, not less.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generator.errors import BudgetError, JackfieldError, UnavailableError
from generator.subtasks import providers
from generator.subtasks.caller import Caller
from generator.subtasks.exchange import Model, Request
from generator.subtasks.ledger import Budget, Ledger, history
from tests.models import scripted as script
from tests.models.made import KEY, request
from tests.models.scripted import Answer, Fault, Script, Scripted, refusing_json_schema, scripted

GOOD = script.say({"title": "Billing"})
WIDE = Budget(subtask=Decimal(9), entry=Decimal(9), run=Decimal(9))
PROTOCOLS = ("deepseek", "openai", "mistral")


@dataclass
class Outcome:
    """How one question ended: the reply's finish, or the error."""

    end: str
    text: str
    ledger: Ledger
    waited: list[float]


def caller(root: Path | None, waited: list[float], budget: Budget = WIDE) -> Caller:
    environ = {f"{name.upper()}_API_KEY": KEY for name in PROTOCOLS}
    ledger = Ledger(root, budget)
    return Caller(ledger, root, environ=environ, sleep=waited.append, random=lambda: 1.0)


def at(server: Scripted, provider: str) -> Model:
    return providers.models([provider], {provider: {"base_url": server.url}})[0]


def ask(server: Scripted, provider: str, root: Path | None = None, **facts: Any) -> Outcome:
    waited: list[float] = []
    asking = caller(root, waited, facts.pop("budget", WIDE))
    what: Request = request(**({"timeout": 0.2} | facts))
    try:
        reply = asking.ask(at(server, provider), what, entry="github", subtask="summaries")
    except JackfieldError as error:
        return Outcome(type(error).__name__, str(error), asking.ledger, waited)
    return Outcome(reply.finish, reply.text, asking.ledger, waited)


def billed(server: Scripted, provider: str) -> Decimal:
    one = at(server, provider)
    return server.dollars(one.input_price, one.output_price, one.cached_price)


GONE = "UnavailableError"
# What is scripted · how it ends · requests · waits. In all of these the provider says what it counted.
COUNTED: dict[str, tuple[Script, str, int, list[float]]] = {
    "good": ([GOOD], "stop", 1, []),
    "cached tokens": ([script.say({}, prompt=500, completion=9, cached=400)], "stop", 1, []),
    "blank": ([script.BLANK], "stop", 1, []),
    "no content": ([script.NOTHING], "stop", 1, []),
    "cut off": ([script.TRUNCATED], "length", 1, []),
    "refusal": ([script.REFUSED], "refusal", 1, []),
    "filtered": ([script.FILTERED], "refusal", 1, []),
    "bad json": ([script.BAD_JSON], "stop", 1, []),
    "fenced": ([script.fenced("{}")], "stop", 1, []),
    "wrong schema": ([script.WRONG_SCHEMA], "stop", 1, []),
    "429, then good": ([script.RATE_LIMITED, GOOD], "stop", 2, [2.0]),
    "429 for ever": ([script.RATE_LIMITED], GONE, 4, [2.0] * 3),
    "429 without a header": ([Fault(429), GOOD], "stop", 2, [0.5]),
    "429 for an hour": ([Fault(429, retry_after="3600"), GOOD], "stop", 2, [60.0]),
    "503 twice, then good": ([script.DOWN, script.DOWN, GOOD], "stop", 3, [0.5, 1.0]),
    "500 for ever": ([script.BROKEN], GONE, 4, [0.5, 1.0, 2.0]),
    "bad key": ([script.BAD_KEY], GONE, 1, []),
    "no money": ([script.NO_MONEY], GONE, 1, []),
    "retired model": ([script.RETIRED], GONE, 1, []),
    "too long a question": ([script.TOO_LONG], GONE, 1, []),
    "every form refused": ([script.NO_JSON_SCHEMA], GONE, 2, []),
}


@pytest.mark.parametrize("provider", PROTOCOLS)
@pytest.mark.parametrize("fault", COUNTED)
def test_the_ledger_is_the_providers_own_count(provider: str, fault: str, tmp_path: Path) -> None:
    said, end, requests, waits = COUNTED[fault]
    with scripted(said) as server:
        found = ask(server, provider, tmp_path)
    summary = found.ledger.summary()
    assert (found.end, server.requests, found.waited) == (end, requests, waits)
    assert summary["requests"] == server.requests
    assert summary["total_cost"] == billed(server, provider)
    assert summary["uncertain_cost"] == 0
    assert summary["tokens"]["prompt"] == server.prompt_tokens
    assert summary["tokens"]["completion"] == server.completion_tokens
    assert history(tmp_path)[0]["total_cost"] == summary["total_cost"]


# Here nobody knows what was counted: the ledger books an upper bound, and calls it uncertain.
UNCOUNTED: dict[str, tuple[Script, str, int]] = {
    "10 MB": ([script.HUGE], "length", 1),
    "no usage": ([script.UNCOUNTED], "stop", 1),
    "slow, then good": ([script.SLOW, GOOD], "stop", 2),
    "slow for ever": ([script.SLOW], GONE, 4),
    "reset, then good": ([script.RESET, GOOD], "stop", 2),
    "reset for ever": ([script.RESET], GONE, 4),
    "cut off after the headers": ([script.CUT_OFF, GOOD], "stop", 2),
    "gateway time-out": ([Fault(504), GOOD], "stop", 2),
}


@pytest.mark.parametrize("provider", PROTOCOLS)
@pytest.mark.parametrize("fault", UNCOUNTED)
def test_where_nobody_counts_the_ledger_is_an_upper_bound(provider: str, fault: str) -> None:
    said, end, requests = UNCOUNTED[fault]
    with scripted(said) as server:
        found = ask(server, provider)
    summary = found.ledger.summary()
    assert (found.end, server.requests, summary["requests"]) == (end, requests, requests)
    assert summary["total_cost"] >= billed(server, provider)
    assert summary["uncertain_cost"] > 0


def test_deepseeks_refusal_of_a_schema_costs_one_request_and_no_repair() -> None:
    with scripted(refusing_json_schema([GOOD])) as server:
        own = {"acme": {"base_url": server.url, "model": "m", "input_usd": 1, "output_usd": 2}}
        waited: list[float] = []
        environ = {"ACME_API_KEY": KEY}
        asking = Caller(Ledger(None, WIDE), None, environ=environ, sleep=waited.append)
        one = providers.models(["acme"], own)[0]
        reply = asking.ask(one, request(), entry="github", subtask="summaries")
        asking.ask(one, request(sample=1), entry="github", subtask="summaries")
    assert reply.finish == "stop"
    forms = ["response_format" in asked.body for asked in server.asked]
    assert (forms, waited) == ([True, False, False], [])
    assert asking.ledger.summary()["total_cost"] == server.dollars(Decimal(1), Decimal(2), Decimal(1))


def test_a_retired_model_names_one_that_is_there() -> None:
    with scripted([script.RETIRED]) as server:
        found = ask(server, "openai")
    assert "openai/gpt-5.4-nano is not there (any more): ask openai/gpt-5.4-mini" in found.text


@pytest.mark.parametrize("fault", [script.BAD_KEY, script.DOWN, script.RESET])
def test_no_error_shows_the_key(fault: Fault) -> None:
    with scripted([fault]) as server:
        assert KEY not in ask(server, "deepseek").text


def test_a_run_that_would_exceed_its_budget_by_one_call_stops_before_that_call() -> None:
    with scripted([script.say({"title": "Billing"}, prompt=40, completion=200)]) as server:
        one = at(server, "openai")
        each = one.cost(40, 200)
        asking = caller(None, [], Budget(Decimal(9), Decimal(9), run=3 * each + each / 2))
        for sample in range(3):
            asking.ask(one, request(sample=sample), entry="github", subtask="summaries")
        with pytest.raises(BudgetError, match="this run"):
            asking.ask(one, request(sample=3), entry="github", subtask="summaries")
    assert server.requests == 3
    assert asking.ledger.summary()["total_cost"] == billed(server, "openai") == 3 * each


def test_what_is_kept_is_replayed_without_a_request_or_a_key(tmp_path: Path) -> None:
    with scripted([GOOD]) as server:
        one = at(server, "deepseek")
        first = caller(tmp_path, []).ask(one, request(), entry="github", subtask="summaries")
        keyless = Caller(Ledger(tmp_path, WIDE), tmp_path, environ={})
        again = keyless.ask(one, request(timeout=9.0), entry="github", subtask="summaries")
    assert server.requests == 1
    assert (again.text, again.cost, again.replayed) == (first.text, first.cost, True)


def test_an_outage_leaves_what_was_kept_in_use(tmp_path: Path) -> None:
    with scripted([GOOD, script.DOWN]) as server:
        asking = caller(tmp_path, [])
        one = at(server, "openai")
        asking.ask(one, request(), entry="github", subtask="summaries")
        with pytest.raises(UnavailableError):
            asking.ask(one, request(sample=1), entry="github", subtask="summaries")
        assert asking.ask(one, request(), entry="github", subtask="summaries").replayed


def test_an_answer_of_ten_megabytes_is_not_kept(tmp_path: Path) -> None:
    with scripted([Answer("x" * 10_000_000)]) as server:
        ask(server, "openai", tmp_path)
    (kept,) = (tmp_path / ".jackfield" / "calls").iterdir()
    assert kept.stat().st_size < 2_000
