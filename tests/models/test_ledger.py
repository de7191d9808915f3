"""Budgets hold, and the books stay honest through threads and crashes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generator.errors import BudgetError, TreeError
from generator.subtasks.exchange import Tokens
from generator.subtasks.ledger import Budget, Ledger, history

CENT = Decimal("0.01")
WIDE = Budget(subtask=Decimal(9), entry=Decimal(9), run=Decimal(9))


def told(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / ".jackfield" / "ledger.jsonl").read_text().splitlines()]


def spend(ledger: Ledger, entry: str, subtask: str, dollars: str, **facts: Any) -> None:
    made = ledger.reserve(entry, subtask, Decimal(dollars), provider="acme", model="acme/small")
    ledger.settle(made, Decimal(dollars), **facts)


@pytest.mark.parametrize(
    ("budget", "whose", "mend"),
    [
        (Budget(subtask=3 * CENT, entry=Decimal(9), run=Decimal(9)), "this question", "budget_usd.subtask"),
        (Budget(subtask=Decimal(9), entry=3 * CENT, run=Decimal(9)), "this entry", "budget_usd.entry"),
        (Budget(subtask=Decimal(9), entry=Decimal(9), run=3 * CENT), "this run", "--budget"),
    ],
)
def test_a_call_that_could_exceed_a_limit_is_refused_by_name(budget: Budget, whose: str, mend: str) -> None:
    ledger = Ledger(None, budget)
    spend(ledger, "github", "summaries", "0.02")
    with pytest.raises(BudgetError, match=rf"\$0\.0200, and \$0\.0100 is left .*{whose}.*{mend}") as refused:
        ledger.reserve("github", "summaries", 2 * CENT)
    assert refused.value.exit_code == 4
    assert ledger.summary()["total_cost"] == 2 * CENT
    ledger.reserve("github", "summaries", CENT)


def test_what_is_under_way_counts_against_the_limit() -> None:
    ledger = Ledger(None, Budget(subtask=3 * CENT, entry=Decimal(9), run=Decimal(9)))
    ledger.reserve("github", "summaries", 2 * CENT)
    with pytest.raises(BudgetError):
        ledger.reserve("github", "summaries", 2 * CENT)


def test_limits_are_each_questions_and_each_entrys_own() -> None:
    ledger = Ledger(None, Budget(subtask=2 * CENT, entry=3 * CENT, run=Decimal(9)))
    spend(ledger, "github", "summaries", "0.02")
    spend(ledger, "github", "errors", "0.01")
    with pytest.raises(BudgetError, match="this entry"):
        ledger.reserve("github", "overview", CENT)
    spend(ledger, "stripe", "summaries", "0.02")


def test_an_entry_may_set_a_limit_of_its_own() -> None:
    ledger = Ledger(None, Budget(), {"github": CENT})
    with pytest.raises(BudgetError, match="this entry"):
        ledger.reserve("github", "summaries", Decimal("0.011"))
    ledger.reserve("stripe", "summaries", Decimal("0.011"))


def test_what_a_run_has_spent_is_what_its_summary_says() -> None:
    ledger = Ledger(None, Budget())
    assert ledger.spent == 0
    spend(ledger, "github", "summaries", "0.003")
    ledger.reserve("stripe", "errors", CENT)
    assert ledger.spent == ledger.summary()["total_cost"] == Decimal("0.013")


def test_a_lower_cost_gives_the_rest_back_and_a_higher_one_is_booked() -> None:
    ledger = Ledger(None, Budget(subtask=2 * CENT, entry=Decimal(9), run=Decimal(9)))
    made = ledger.reserve("github", "summaries", 2 * CENT)
    ledger.settle(made, Decimal("0.001"))
    made = ledger.reserve("github", "summaries", Decimal("0.019"))
    ledger.settle(made, Decimal("0.05"))
    assert ledger.summary()["total_cost"] == Decimal("0.051")
    with pytest.raises(BudgetError, match=r"\$0\.0000 is left"):
        ledger.reserve("github", "summaries", Decimal("0.0001"))


def test_an_attempt_of_unknown_cost_is_booked_at_its_reservation_and_called_uncertain() -> None:
    ledger = Ledger(None, WIDE)
    made = ledger.reserve("github", "summaries", 2 * CENT)
    assert ledger.settle(made, None, outcome="timeout") == 2 * CENT
    spend(ledger, "github", "summaries", "0.01")
    summary = ledger.summary()
    assert (summary["total_cost"], summary["uncertain_cost"]) == (3 * CENT, 2 * CENT)


def test_a_reservation_is_settled_once() -> None:
    ledger = Ledger(None, WIDE)
    made = ledger.reserve("github", "summaries", CENT)
    ledger.settle(made, CENT)
    ledger.settle(made, 5 * CENT)
    assert ledger.summary()["total_cost"] == CENT


def test_the_summary_tells_dollars_by_operation_entry_provider_and_model() -> None:
    ledger = Ledger(None, WIDE)
    spend(ledger, "github", "summaries", "0.01", tokens=Tokens(100, 20, 40))
    spend(ledger, "github", "errors", "0.02", tokens=Tokens(10, 2))
    made = ledger.reserve("stripe", "errors", CENT, provider="other", model="other/big")
    ledger.settle(made, 3 * CENT)
    summary = ledger.summary()
    assert summary["by_operation"] == {"errors": 5 * CENT, "summaries": CENT}
    assert summary["by_entry"] == {"github": 3 * CENT, "stripe": 3 * CENT}
    assert summary["by_provider"] == {"acme": 3 * CENT, "other": 3 * CENT}
    assert summary["by_model"] == {"acme/small": 3 * CENT, "other/big": 3 * CENT}
    assert summary["requests"] == 3
    assert summary["tokens"] == {"prompt": 110, "completion": 22, "cached": 40}


def test_threads_together_never_spend_more_than_the_limit() -> None:
    ledger = Ledger(None, Budget(subtask=Decimal(9), entry=Decimal(9), run=10 * CENT))

    def one(number: int) -> bool:
        try:
            made = ledger.reserve("github", f"s{number}", CENT)
        except BudgetError:
            return False
        ledger.settle(made, CENT)
        return True

    with ThreadPoolExecutor(8) as pool:
        served = sum(pool.map(one, range(50)))
    assert served == 10
    assert ledger.summary()["total_cost"] == 10 * CENT


def test_a_reservation_is_in_the_file_before_reserve_returns(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, WIDE, run="r1", now=lambda: "2026-11-24T12:00:00Z")
    ledger.reserve("github", "summaries", CENT, provider="acme", model="acme/small")
    (line,) = told(tmp_path)
    assert line == {
        "at": "2026-11-24T12:00:00Z",
        "run": "r1",
        "id": "r1-0",
        "state": "reserved",
        "entry": "github",
        "subtask": "summaries",
        "provider": "acme",
        "model": "acme/small",
        "dollars": "0.01",
    }


def test_a_refused_call_leaves_no_line(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, Budget(run=Decimal(0)))
    with pytest.raises(BudgetError):
        ledger.reserve("github", "summaries", CENT)
    assert not (tmp_path / ".jackfield" / "ledger.jsonl").exists()


def test_history_counts_what_a_crash_left_reserved_as_uncertain(tmp_path: Path) -> None:
    crashed = Ledger(tmp_path, WIDE, run="r1", now=lambda: "2026-11-23T12:00:00Z")
    spend(crashed, "github", "summaries", "0.01", key="k1")
    crashed.judged("k1", True)
    crashed.reserve("github", "errors", 2 * CENT)
    spend(Ledger(tmp_path, WIDE, run="r2", now=lambda: "2026-11-24T12:00:00Z"), "stripe", "errors", "0.03")
    first, second = history(tmp_path)
    assert (first["run"], first["started"]) == ("r1", "2026-11-23T12:00:00Z")
    assert (first["total_cost"], first["uncertain_cost"], first["requests"]) == (3 * CENT, 2 * CENT, 2)
    assert (first["judged"], first["passed"]) == (1, 1)
    assert (second["run"], second["total_cost"], second["uncertain_cost"]) == ("r2", 3 * CENT, Decimal(0))


def test_history_tells_the_same_as_the_summary_of_the_run(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, WIDE)
    spend(ledger, "github", "summaries", "0.01", tokens=Tokens(100, 20, 40))
    ledger.settle(ledger.reserve("github", "errors", CENT), None, outcome="reset")
    (run,) = history(tmp_path)
    assert {name: run[name] for name in ledger.summary()} == ledger.summary()


NONSENSE = [
    "not json",
    "[]",
    "{}",
    '{"state": "settled"}',
    '{"at": "x", "run": "r", "state": "judged", "key": "k", "passed": "yes"}',
    '{"at": "x", "run": 1, "state": "judged", "key": "k", "passed": true}',
    '{"at": "x", "run": "r", "id": "i", "state": "reserved", "entry": "e", "subtask": "s", "provider": "p",'
    ' "model": "m", "dollars": "NaN"}',
    '{"at": "x", "run": "r", "id": "i", "state": "reserved", "entry": "e", "subtask": "s", "provider": "p",'
    ' "model": "m", "dollars": "-1"}',
    '{"at": "x", "run": "r", "id": "i", "state": "reserved", "entry": [], "subtask": "s", "provider": "p",'
    ' "model": "m", "dollars": "1"}',
    "[" * 5_000,
    '{"state": "' + "x" * 100_000 + '"}',
]


@pytest.mark.parametrize("line", NONSENSE, ids=range(len(NONSENSE)))
def test_a_line_that_makes_no_sense_is_left_out(tmp_path: Path, line: str) -> None:
    spend(Ledger(tmp_path, WIDE), "github", "summaries", "0.01")
    with (tmp_path / ".jackfield" / "ledger.jsonl").open("a") as file:
        file.write(line + "\n")
    (run,) = history(tmp_path)
    assert run["total_cost"] == CENT


def test_a_line_that_a_crash_cut_short_does_not_swallow_the_next(tmp_path: Path) -> None:
    spend(Ledger(tmp_path, WIDE), "github", "summaries", "0.01")
    with (tmp_path / ".jackfield" / "ledger.jsonl").open("a") as file:
        file.write('{"at": "2026-11-24T12:00:00Z", "run')
    Ledger(tmp_path, WIDE).reserve("github", "summaries", 2 * CENT)
    assert [run["total_cost"] for run in history(tmp_path)] == [CENT, 2 * CENT]


def test_a_repository_without_a_ledger_has_no_history(tmp_path: Path) -> None:
    assert history(tmp_path) == []


def test_a_ledger_that_cannot_be_written_stops_the_call(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / ".jackfield").mkdir()
    os.symlink(elsewhere, tmp_path / ".jackfield" / "ledger.jsonl")
    with pytest.raises(TreeError, match=r"ledger\.jsonl cannot be written"):
        Ledger(tmp_path, WIDE).reserve("github", "summaries", CENT)
    assert not elsewhere.exists()


def passed(ledger: Ledger) -> list[Mapping[str, Any]]:
    return [
        {"subtask": record.subtask, "dollars": record.dollars, "passed": record.passed}
        for record in ledger.records()
    ]


def test_records_join_what_a_reply_cost_with_its_last_verdict(tmp_path: Path) -> None:
    earlier = Ledger(tmp_path, WIDE, run="r1")
    spend(earlier, "github", "summaries", "0.01", key="k1")
    earlier.judged("k1", False)
    now = Ledger(tmp_path, WIDE, run="r2")
    spend(now, "github", "errors", "0.02", key="k2")
    now.judged("k2", True)
    now.judged("k1", True)  # replayed, and judged anew
    assert passed(now) == [
        {"subtask": "summaries", "dollars": CENT, "passed": True},
        {"subtask": "errors", "dollars": 2 * CENT, "passed": True},
    ]


def test_an_attempt_without_a_reply_is_no_record() -> None:
    ledger = Ledger(None, WIDE)
    spend(ledger, "github", "errors", "0.02", key="k2", outcome="reset")
    ledger.judged("k2", True)
    spend(ledger, "github", "errors", "0.02", key="k3")
    assert passed(ledger) == []
