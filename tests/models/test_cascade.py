"""Whom the cascade asks, in which order, what it sends, when it stops, and what it says of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from generator.errors import BudgetError, PriceError, SecretInPromptError, UnavailableError
from generator.subtasks.cascade import DETAIL, MAX_TOKENS, ask
from generator.subtasks.exchange import Given, Model, Tier, Tokens

from .questions import CODE, DATA, Said, Script, model, question

CHEAP, OTHER = model("cheap"), model("other")
STRONG, SECOND = model("strong", Tier.STRONG, "10"), model("second", Tier.STRONG, "12")
GOOD = '{"GET /a": "Get it."}'
BAD = '{"GET /b": "No."}'
BLOCK = "```python\nreturn 1\n```"
WRONG = "```python\nreturn 2\n```"
DOWN = UnavailableError("cheap is down")
BROKE = BudgetError("acme: $0.01 more than may be spent")


def known(value: Any) -> Sequence[str]:
    return [f"there is no {key}" for key in value if key != "GET /a"]


def run(models: Sequence[Model], **said: Sequence[Said]) -> tuple[Given, Script]:
    script = Script(said)
    return ask(question(check=known), script, models), script


def run_code(check: Callable[[Any], Sequence[str]], **said: Sequence[Said]) -> tuple[Given, Script]:
    script = Script(said)
    return ask(question(subtask=CODE, check=check), script, [CHEAP, STRONG]), script


def outcomes(given: Given) -> list[tuple[str, str]]:
    return [(attempt.model, attempt.outcome) for attempt in given.attempts]


def test_a_first_answer_that_passes_ends_it() -> None:
    given, script = run([CHEAP, STRONG], cheap=[GOOD])
    assert given.value == {"GET /a": "Get it."}
    assert (given.model, given.why) == ("cheap/m", "")
    assert script.providers == ["cheap"]
    assert outcomes(given) == [("cheap/m", "accepted")]
    assert script.named == [("acme", "summaries")]


def test_the_first_request_says_all_that_decides_its_reply() -> None:
    _, script = run([CHEAP], cheap=[GOOD])
    [request] = script.requests
    assert [role for role, _ in request.messages] == ["system", "user"]
    assert request.contract == DATA.contract
    assert request.schema == DATA.schema
    assert (request.max_tokens, request.sample, request.parent) == (1000, 0, "")
    assert request.temperature == 0
    assert request.timeout >= 60


def test_a_repair_shows_the_answer_and_what_is_wrong_last_and_names_its_parent() -> None:
    given, script = run([CHEAP], cheap=[BAD, GOOD])
    first, repair = script.requests
    assert repair.messages[:2] == first.messages
    assert repair.messages[2] == ("assistant", BAD)
    assert "- there is no GET /b\n" in repair.messages[3][1]
    assert (first.parent, repair.parent) == ("", "r1")
    assert given.value == {"GET /a": "Get it."}
    assert outcomes(given) == [("cheap/m", "check"), ("cheap/m", "accepted")]


def test_the_second_repair_mends_the_first_one() -> None:
    worse = '{"GET /b": "x", "GET /c": "y"}'
    _, script = run([CHEAP], cheap=[BAD, worse, GOOD])
    assert [request.parent for request in script.requests] == ["", "r1", "r2"]
    assert script.requests[2].messages[2] == ("assistant", worse)
    assert "GET /c" in script.requests[2].messages[3][1]
    assert len(script.requests[2].messages) == 4


def test_the_strong_tier_is_asked_afresh_and_only_after_the_cheap_one_failed_thrice() -> None:
    given, script = run([CHEAP, STRONG], cheap=[BAD] * 3, strong=[BAD, GOOD])
    assert script.providers == ["cheap"] * 3 + ["strong"] * 2
    assert script.requests[3].parent == ""
    assert script.requests[3].messages == script.requests[0].messages
    assert script.requests[4].parent == "r4"
    assert given.model == "strong/m"


def test_two_repairs_a_tier_and_then_nothing() -> None:
    given, script = run([CHEAP, OTHER, STRONG, SECOND], cheap=[BAD] * 9, strong=[BAD] * 9)
    assert script.providers == ["cheap"] * 3 + ["strong"] * 3
    assert (given.value, given.model, given.why) == (None, "", "rejected")
    assert [outcome for _, outcome in outcomes(given)] == ["check"] * 6


def test_code_gets_a_second_sample_only_when_the_first_fails() -> None:
    given, script = run_code(lambda value: [], cheap=[BLOCK])
    assert given.value == "return 1\n"
    assert len(script.requests) == 1
    assert script.requests[0].schema is None
    given, script = run_code(lambda value: ["no"] if "2" in value else [], cheap=[WRONG, BLOCK])
    assert given.value == "return 1\n"
    assert [(r.sample, r.parent, r.temperature) for r in script.requests] == [(0, "", 0), (1, "", 0.7)]
    assert script.requests[0].messages == script.requests[1].messages


@pytest.mark.parametrize(
    ("samples", "mended"),
    [
        (["a b", "c"], "r2"),
        (["a", "b c"], "r1"),
        (["a", "b"], "r1"),
        (["", "a b c"], "r2"),
        (["a b c", ""], "r1"),
    ],
)
def test_the_sample_with_less_wrong_is_the_one_that_is_mended(samples: list[str], mended: str) -> None:
    blocks = [f"```python\n{words}\n```" if words else "I thought about it." for words in samples]
    given, script = run_code(lambda value: value.split() if "good" not in value else [], cheap=[
        *blocks, "```\nx y\n```", "```\ngood\n```"
    ])  # fmt: skip
    assert [r.parent for r in script.requests] == ["", "", mended, "r3"]
    assert [r.sample for r in script.requests] == [0, 1, 0, 0]
    assert given.value == "good\n"


def test_code_that_nobody_gets_right_costs_four_requests_a_tier() -> None:
    given, script = run_code(lambda value: ["no"], cheap=[WRONG] * 9, strong=[WRONG] * 9)
    assert script.providers == ["cheap"] * 4 + ["strong"] * 4
    assert given.why == "rejected"


FAULTS: dict[str, tuple[Said, str]] = {
    "blank": ("", "blank"),
    "white space": (" \n" * 99, "blank"),
    "cut off": (('{"GET /a": "Ge', "length"), "truncated"),
    "refused": (("", "refusal"), "refusal"),
    "filtered": (("", "content_filter"), "refusal"),
    "an apology": ("I'm sorry, I can't do that.", "refusal"),
    "prose": ("Get it.", "not json"),
    "two objects": (GOOD + GOOD, "not json"),
    "NaN": ('{"GET /a": NaN}', "not json"),
    "a key twice": ('{"GET /a": "x", "GET /a": "y"}', "not json"),
    "an array": ('["GET /a"]', "not json"),
    "a direction mark": ('{"GET /a": "\u202eGet it."}', "not json"),
    "ten megabytes": ('{"GET /a": "' + "x" * 10_000_000 + '"}', "too large"),
    "a wrong type": ('{"GET /a": 1}', "schema"),
    "an unknown operation": (BAD, "check"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_is_named_and_mended_by_one_more_request(kind: str) -> None:
    def check(value: Any) -> Sequence[str]:
        return [
            *known(value),
            *("a line is a string" for line in value.values() if not isinstance(line, str)),
        ]

    said, outcome = FAULTS[kind]
    script = Script({"cheap": [said, GOOD]})
    given = ask(question(check=check), script, [CHEAP, STRONG])
    assert outcomes(given) == [("cheap/m", outcome), ("cheap/m", "accepted")]
    assert given.value == {"GET /a": "Get it."}
    assert script.ledger.verdicts == [("r1", False), ("r2", True)]
    assert 0 < len(given.attempts[0].detail) <= DETAIL
    repair = script.requests[1].messages
    assert repair[2][1]
    assert sum(len(text) for _, text in repair) < 12_000


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_that_stays_leads_through_both_tiers_to_no_answer(kind: str) -> None:
    said, outcome = FAULTS[kind]
    script = Script({"cheap": [said] * 9, "strong": [said] * 9})
    given = ask(question(check=lambda value: ["wrong"]), script, [CHEAP, STRONG])
    assert outcomes(given) == [("cheap/m", outcome)] * 3 + [("strong/m", outcome)] * 3
    assert (given.value, given.why) == (None, "rejected")


def test_an_answer_that_was_cut_off_may_be_longer_once() -> None:
    cut = ('{"GET /a": "' + "long " * 800, "length")
    _, script = run([CHEAP, STRONG], cheap=[cut, cut, cut], strong=[cut, GOOD])
    assert [request.max_tokens for request in script.requests] == [1000, 2000, 2000, 2000, 2000]
    assert "shorter" in script.requests[1].messages[3][1]
    assert len(script.requests[1].messages[2][1]) <= 400


def test_a_long_answer_is_not_allowed_more_than_the_bound_and_never_less_than_it_was() -> None:
    for limit, then in ((6000, MAX_TOKENS), (MAX_TOKENS + 1000, MAX_TOKENS + 1000)):
        script = Script({"cheap": [("{", "length"), GOOD]})
        ask(question(subtask=replace(DATA, max_tokens=limit), check=known), script, [CHEAP])
        assert [request.max_tokens for request in script.requests] == [limit, then]


def test_an_outage_moves_on_to_the_other_provider_of_the_tier_and_spends_no_repair() -> None:
    given, script = run([CHEAP, OTHER, STRONG], cheap=[DOWN], other=[BAD, BAD, GOOD])
    assert script.providers == ["cheap", "other", "other", "other"]
    assert given.model == "other/m"
    assert outcomes(given)[0] == ("cheap/m", "unavailable")
    assert given.attempts[0].detail == "cheap is down"
    assert script.ledger.verdicts == [("r1", False), ("r2", False), ("r3", True)]


def test_an_outage_in_mid_repair_lets_the_other_provider_mend_and_the_count_goes_on() -> None:
    given, script = run([CHEAP, OTHER, STRONG], cheap=[BAD, DOWN], other=[BAD, BAD], strong=[GOOD])
    assert script.providers == ["cheap", "cheap", "other", "other", "strong"]
    assert [request.parent for request in script.requests] == ["", "r1", "r1", "r2", ""]
    assert given.model == "strong/m"


def test_a_model_without_a_price_is_passed_over_like_an_outage() -> None:
    given, script = run([CHEAP, STRONG], cheap=[PriceError("nobody knows")], strong=[GOOD])
    assert script.providers == ["cheap", "strong"]
    assert given.model == "strong/m"


def test_where_no_reply_ever_came_the_answer_is_unavailable() -> None:
    given, script = run([CHEAP, OTHER, STRONG], cheap=[DOWN], other=[DOWN], strong=[DOWN])
    assert script.providers == ["cheap", "other", "strong"]
    assert (given.value, given.why) == (None, "unavailable")
    assert script.ledger.verdicts == []
    assert ask(question(), Script({}), []).why == "unavailable"


def test_where_a_reply_came_before_the_outage_it_was_rejected() -> None:
    given, _ = run([CHEAP], cheap=[BAD, DOWN])
    assert given.why == "rejected"


def test_nothing_is_asked_after_a_budget_stop() -> None:
    given, script = run([CHEAP, OTHER, STRONG, SECOND], cheap=[BROKE])
    assert script.providers == ["cheap"]
    assert (given.value, given.why) == (None, "budget")
    assert outcomes(given) == [("cheap/m", "budget")]
    assert given.attempts[0].detail == str(BROKE)


def test_a_budget_stop_in_mid_repair_ends_it_too() -> None:
    given, script = run([CHEAP, STRONG], cheap=[BAD, BROKE])
    assert script.providers == ["cheap", "cheap"]
    assert given.why == "budget"


def test_a_budget_stop_before_the_strong_tier_keeps_what_was_paid_in_the_account() -> None:
    given, script = run([CHEAP, STRONG, SECOND], cheap=[BAD] * 3, strong=[BROKE])
    assert script.providers == ["cheap"] * 3 + ["strong"]
    assert given.why == "budget"
    assert given.cost == Decimal("0.003")
    assert given.tokens == Tokens(300, 30)


def test_a_model_that_costs_less_is_still_asked_after_a_budget_stop() -> None:
    free = model("free", price="0", local=True)
    given, script = run([CHEAP, OTHER, free, STRONG], cheap=[BROKE], free=[GOOD])
    assert script.providers == ["cheap", "free"]
    assert given.model == "free/m"
    given, script = run([STRONG, CHEAP], strong=[BROKE], cheap=[BAD, BAD, BAD])
    assert script.providers == ["strong", "cheap", "cheap", "cheap"]
    assert given.why == "budget"


def test_a_secret_in_the_inputs_is_rejected_before_anyone_is_asked() -> None:
    script = Script({})
    given = ask(question({"service": "ghp_" + "a1B2" * 9}), script, [CHEAP, STRONG])
    assert script.providers == []
    assert (given.value, given.why) == (None, "rejected")
    assert outcomes(given) == [("", "secret")]
    assert "service holds a GitHub token" in given.attempts[0].detail
    assert "a1B2" not in given.attempts[0].detail


def test_a_secret_that_the_caller_finds_ends_it() -> None:
    given, script = run([CHEAP, STRONG], cheap=[SecretInPromptError("service holds a token")])
    assert script.providers == ["cheap"]
    assert (given.why, given.attempts[-1].outcome) == ("rejected", "secret")


def test_every_reply_is_judged_once_and_is_one_attempt_with_its_key_cost_and_tokens() -> None:
    given, script = run([CHEAP, STRONG], cheap=[BAD, "", ("", "refusal")], strong=[GOOD])
    assert script.ledger.verdicts == [("r1", False), ("r2", False), ("r3", False), ("r4", True)]
    assert [attempt.key for attempt in given.attempts] == ["r1", "r2", "r3", "r4"]
    assert given.cost == Decimal("0.004")
    assert given.tokens == Tokens(400, 40)


def test_a_replayed_reply_counts_what_it_once_cost() -> None:
    script = Script({"cheap": [GOOD]}, replayed=True)
    given = ask(question(check=known), script, [CHEAP])
    assert given.cost == Decimal("0.001")
    assert script.ledger.verdicts == [("r1", True)]


def test_a_model_that_takes_no_temperature_gets_none() -> None:
    plain = model("plain", sampling=False)
    script = Script({"plain": [WRONG, WRONG, BLOCK]})
    ask(question(subtask=CODE, check=lambda value: ["no"] if "2" in value else []), script, [plain])
    assert [request.temperature for request in script.requests] == [None] * 3


def test_a_model_on_this_machine_gets_more_time() -> None:
    mine = model("mine", price="0", local=True)
    script = Script({"mine": [GOOD]})
    ask(question(check=known), script, [mine])
    assert script.requests[0].timeout >= 300


def test_a_form_that_is_narrowed_to_what_is_open_is_what_the_provider_is_told() -> None:
    form = {"type": "object", "required": ["GET /a"]}
    script = Script({"cheap": [GOOD]})
    ask(replace(question(check=known), form=form), script, [CHEAP])
    assert script.requests[0].schema == form
    assert script.requests[0].messages == run([CHEAP], cheap=[GOOD])[1].requests[0].messages


def test_a_question_that_is_asked_again_in_earnest_gets_other_samples() -> None:
    _, first = run_code(lambda value: ["no"], cheap=[WRONG] * 9, strong=[WRONG] * 9)
    again = Script({"cheap": [WRONG] * 9, "strong": [WRONG] * 9})
    asked = replace(question(subtask=CODE, check=lambda value: ["no"]), round=1)
    ask(asked, again, [CHEAP, STRONG])
    seen = {(request.messages, request.sample, request.parent) for request in first.requests}
    assert seen.isdisjoint({(request.messages, request.sample, request.parent) for request in again.requests})
    assert again.providers == first.providers
    assert {request.temperature for request in again.requests} == {0.7}


def test_the_same_replies_lead_to_the_same_requests() -> None:
    said: dict[str, Sequence[Said]] = {"cheap": [BAD, DOWN], "other": ["", BAD], "strong": [BAD, GOOD]}
    (one, first), (two, second) = (run([CHEAP, OTHER, STRONG], **said) for _ in range(2))
    assert one == two
    assert first.asked == second.asked


def test_a_thousand_things_wrong_make_a_short_request_and_a_short_detail() -> None:
    many = json.dumps({f"GET /{n}": "x" for n in range(1000)})
    given, script = run([CHEAP], cheap=[many, GOOD])
    assert len(script.requests[1].messages[3][1]) < 1700
    assert len(given.attempts[0].detail) <= DETAIL
    assert "there is no GET /0 (and 999 more like it)" in script.requests[1].messages[3][1]
