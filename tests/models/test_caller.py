"""One call: paid once, refused before it is sent where it must be, and patient with the line."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from generator.errors import BudgetError, PriceError, SecretInPromptError, UnavailableError
from generator.subtasks.caller import Caller, seconds
from generator.subtasks.completion import Completion, TransportError
from generator.subtasks.exchange import Model, Reply, Request, Tokens
from generator.subtasks.ledger import Budget, Ledger, history
from tests.models.made import KEY, model, request

SAID = Completion('{"title": "Billing"}', "stop", Tokens(30, 8))
COST = model().cost(30, 8)
WIDE = Budget(subtask=Decimal(9), entry=Decimal(9), run=Decimal(9))
NOW = 1_795_000_000.0


@dataclass
class Line:
    """A provider that says what it is told to, and remembers what it was asked."""

    said: list[Completion | Exception] = field(default_factory=lambda: [SAID])
    asked: list[tuple[str, bool]] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def complete(self, model: Model, request: Request, key: str, plain: bool) -> Completion:
        self.asked.append((key, plain))
        said = self.said.pop(0) if len(self.said) > 1 else self.said[0]
        if isinstance(said, Exception):
            raise said
        return said

    def caller(self, root: Path | None = None, budget: Budget = WIDE, **facts: Any) -> Caller:
        usual: dict[str, Any] = {
            "environ": {"ACME_API_KEY": KEY},
            "sleep": self.waited.append,
            "clock": lambda: NOW,
            "random": lambda: 1.0,
            "complete": self.complete,
            "count": lambda model, request: 40,
        }
        return Caller(Ledger(root, budget), root, **(usual | facts))


def ask(caller: Caller, who: Model | None = None, what: Request | None = None) -> Reply:
    return caller.ask(who or model(), what or request(), entry="github", subtask="summaries")


def outcomes(root: Path) -> list[str]:
    lines = [json.loads(line) for line in (root / ".jackfield" / "ledger.jsonl").read_text().splitlines()]
    return [line["outcome"] for line in lines if line["state"] == "settled"]


def test_a_reply_is_priced_and_booked() -> None:
    line = Line()
    caller = line.caller()
    reply = ask(caller)
    assert (reply.text, reply.finish, reply.tokens, reply.cost, reply.replayed) == (
        SAID.text,
        "stop",
        SAID.tokens,
        COST,
        False,
    )
    assert caller.ledger.summary()["by_model"] == {"acme/small": COST}
    assert line.asked == [(KEY, False)]


@pytest.mark.parametrize("kept", ["in memory", "on disk"])
def test_the_same_question_is_paid_once(tmp_path: Path, kept: str) -> None:
    line, root = Line(), tmp_path if kept == "on disk" else None
    caller = line.caller(root)
    first = ask(caller)
    again = ask(line.caller(root) if root else caller)
    assert again == replace(first, replayed=True)
    assert len(line.asked) == 1


def test_a_kept_reply_needs_no_key_no_price_and_no_budget(tmp_path: Path) -> None:
    ask(Line().caller(tmp_path))
    line = Line()
    caller = line.caller(tmp_path, Budget(run=Decimal(0)), environ={})
    assert ask(caller, model(input_price=Decimal(0))).replayed
    assert line.asked == []
    assert caller.ledger.summary()["requests"] == 0


def test_two_threads_with_one_question_pay_once() -> None:
    line = Line()

    def slowly(*told: Any) -> Completion:
        time.sleep(0.05)
        return line.complete(*told)

    caller = line.caller(complete=slowly)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: ask(caller), range(4)))
    assert len(line.asked) == 1
    assert sorted(reply.replayed for reply in replies) == [False, True, True, True]


def test_without_a_key_nothing_is_sent_or_booked() -> None:
    line = Line()
    caller = line.caller(environ={})
    with pytest.raises(UnavailableError, match="ACME_API_KEY is not set"):
        ask(caller)
    assert line.asked == []
    assert caller.ledger.summary()["requests"] == 0


def test_without_a_price_nothing_is_sent() -> None:
    line = Line()
    with pytest.raises(PriceError):
        ask(line.caller(), model(output_price=Decimal(0)))
    assert line.asked == []


def test_a_local_model_is_free_needs_no_key_and_no_budget() -> None:
    line = Line()
    free = {"input_price": Decimal(0), "output_price": Decimal(0), "cached_price": Decimal(0)}
    local = model(local=True, base_url="http://127.0.0.1:8080/v1", secret=None, **free)
    reply = ask(line.caller(budget=Budget(Decimal(0), Decimal(0), Decimal(0)), environ={}), local)
    assert reply.cost == 0


def test_a_value_of_the_environment_is_never_sent_and_never_shown() -> None:
    line = Line()
    secret = 'pass"word-of-orders\\1'
    told = request(messages=(("user", json.dumps({"url": f"postgres://u/{secret}"})),))
    caller = line.caller(environ={"ACME_API_KEY": KEY, "ORDERS_DB_PASSWORD": secret, "HOME": "/home/user"})
    with pytest.raises(SecretInPromptError, match="ORDERS_DB_PASSWORD") as refused:
        ask(caller, what=told)
    assert "pass" not in str(refused.value).replace("PASSWORD", "")
    assert line.asked == []


def test_text_that_looks_like_a_credential_is_never_sent() -> None:
    line = Line()
    token = "ghp_" + "a1B2" * 9
    with pytest.raises(SecretInPromptError, match="a GitHub token") as refused:
        ask(line.caller(), what=request(messages=(("user", f"use {token}"),)))
    assert token not in str(refused.value)
    assert line.asked == []


def test_short_values_and_names_of_variables_may_be_sent() -> None:
    environ = {"ACME_API_KEY": KEY, "SORT_KEY": "billing", "EDITOR": "Name the billing service."}
    ask(Line().caller(environ=environ))


def test_a_call_that_the_budget_does_not_cover_is_never_sent() -> None:
    line = Line()
    most = (Decimal(40) * Decimal("1.25") * 2 + 200 * 10) / 1_000_000
    caller = line.caller(budget=Budget(subtask=most - Decimal("0.0000001"), entry=Decimal(9), run=Decimal(9)))
    with pytest.raises(BudgetError):
        ask(caller)
    assert line.asked == []
    assert caller.ledger.summary()["total_cost"] == 0
    ask(line.caller(budget=Budget(subtask=most, entry=Decimal(9), run=Decimal(9))))


def test_no_more_is_reserved_than_a_model_can_read() -> None:
    line = Line()
    caller = line.caller(
        budget=Budget(subtask=Decimal("0.0022"), entry=Decimal(9), run=Decimal(9)),
        count=lambda model, request: 10**9,
    )
    ask(caller, model(context=100))
    assert len(line.asked) == 1


def down(kind: str = "server", **facts: Any) -> TransportError:
    return TransportError(kind, "overloaded", **facts)


def test_a_moody_provider_is_asked_again_with_full_jitter() -> None:
    line = Line([down(), down("reset", sent=True), down("timeout", sent=True), SAID])
    caller = line.caller(random=lambda: 0.5)
    assert ask(caller).text == SAID.text
    assert line.waited == [0.25, 0.5, 1.0]
    summary = caller.ledger.summary()
    reserved = (Decimal(50) * 2 + 200 * 10) / 1_000_000
    assert summary["requests"] == 4
    assert (summary["uncertain_cost"], summary["total_cost"]) == (2 * reserved, 2 * reserved + COST)


@pytest.mark.parametrize("kind", ["rate_limited", "server", "reset", "timeout"])
def test_after_four_attempts_a_provider_is_unavailable(kind: str) -> None:
    line = Line([down(kind)])
    with pytest.raises(
        UnavailableError, match=rf"acme/small did not answer 4 times \({kind}\).*second provider"
    ):
        ask(line.caller())
    assert (len(line.asked), len(line.waited)) == (4, 3)


@pytest.mark.parametrize(
    ("kind", "mend"),
    [
        ("auth", "check ACME_API_KEY"),
        ("no_such_model", "ask another model instead"),
        ("context", "larger context"),
        ("bad_request", "ask another model"),
    ],
)
def test_what_waiting_does_not_mend_is_not_asked_again(kind: str, mend: str) -> None:
    line = Line([down(kind)])
    with pytest.raises(UnavailableError, match=rf"acme/small .*{mend}.*overloaded"):
        ask(line.caller(), model(json_mode="none"))
    assert (len(line.asked), line.waited) == (1, [])


def test_a_retired_model_names_the_current_ones_of_its_provider() -> None:
    line = Line([down("no_such_model")])
    old = model(provider="openai", name="openai/gpt-5", secret=None)
    with pytest.raises(
        UnavailableError, match=r"openai/gpt-5 .*ask openai/gpt-5\.4-nano or openai/gpt-5\.4-mini"
    ):
        ask(line.caller(), old)


@pytest.mark.parametrize(
    ("header", "waits"),
    [
        ("7", 7.0),
        (formatdate(NOW + 9, usegmt=True), 9.0),
        ("3600", 60.0),
        (formatdate(NOW + 7200, usegmt=True), 60.0),
        ("0", 0.5),
        (formatdate(NOW - 99, usegmt=True), 0.5),
        ("-5", 0.5),
        ("soon", 0.5),
        ("nan", 0.5),
        ("inf", 60.0),
        ("9" * 400, 60.0),
        (None, 0.5),
    ],
)
def test_retry_after_is_kept_within_a_minute_and_beats_the_jitter(header: str | None, waits: float) -> None:
    line = Line([down("rate_limited", retry_after=header), SAID])
    ask(line.caller())
    assert line.waited == [waits]


def test_no_header_asks_to_wait_for_less_than_nothing() -> None:
    assert [seconds(header, NOW) for header in ("-1", "nan", "-inf", "Mon, 99 Nov", "")] == [0.0] * 5


def test_a_form_that_is_refused_is_left_out_once_and_then_for_good() -> None:
    line = Line([down("bad_request"), SAID])
    caller = line.caller()
    ask(caller)
    ask(caller, what=request(sample=1))
    assert [plain for _, plain in line.asked] == [False, True, True]


def test_a_request_that_is_refused_in_both_forms_is_asked_twice_alone() -> None:
    line = Line([down("bad_request")])
    with pytest.raises(UnavailableError, match="refused the request"):
        ask(line.caller())
    assert [plain for _, plain in line.asked] == [False, True]


def test_code_is_asked_for_without_a_form() -> None:
    line = Line()
    ask(line.caller(), what=request(schema=None))
    assert [plain for _, plain in line.asked] == [True]


def test_a_retry_that_the_budget_does_not_cover_is_not_sent() -> None:
    line = Line([down("timeout", sent=True)])
    caller = line.caller(budget=Budget(subtask=Decimal("0.005"), entry=Decimal(9), run=Decimal(9)))
    with pytest.raises(BudgetError):
        ask(caller)
    assert len(line.asked) == 2
    assert caller.ledger.summary()["total_cost"] <= Decimal("0.005")


def test_a_provider_that_is_out_of_order_is_left_alone_after_a_few_questions() -> None:
    line = Line([down()])
    caller = line.caller(patience=2)
    for sample in range(4):
        with pytest.raises(UnavailableError):
            ask(caller, what=request(sample=sample))
    assert len(line.asked) == 2 * 4
    with pytest.raises(UnavailableError, match="acme left 2 questions in a row unanswered"):
        ask(caller, what=request(sample=5))


def test_an_answer_in_between_renews_the_patience() -> None:
    line = Line([*[down()] * 4, SAID, *[down()] * 4, SAID])
    caller = line.caller(patience=2)
    for sample, answered in enumerate([False, True, False, True]):
        if answered:
            ask(caller, what=request(sample=sample))
        else:
            with pytest.raises(UnavailableError):
                ask(caller, what=request(sample=sample))


def test_every_attempt_is_in_the_ledger_with_its_outcome(tmp_path: Path) -> None:
    ask(Line([down("rate_limited"), down("reset", sent=True), SAID]).caller(tmp_path))
    assert outcomes(tmp_path) == ["rate_limited", "reset", "answered"]


def test_tokens_that_nobody_counted_make_an_uncertain_cost() -> None:
    caller = Line([replace(SAID, counted=False)]).caller()
    ask(caller)
    assert caller.ledger.summary()["uncertain_cost"] == COST


def test_an_interrupt_while_a_call_is_under_way_books_the_reservation(tmp_path: Path) -> None:
    def interrupted(*told: Any) -> Completion:
        raise KeyboardInterrupt

    caller = Line().caller(tmp_path, complete=interrupted)
    with pytest.raises(KeyboardInterrupt):
        ask(caller)
    assert outcomes(tmp_path) == ["interrupted"]
    assert caller.ledger.summary()["uncertain_cost"] == Decimal("0.0021")


def most_at_once(caller_of: Callable[[Callable[..., Completion]], Caller], provider: str = "acme") -> int:
    under_way, most, lock = 0, 0, threading.Lock()

    def slowly(*told: Any) -> Completion:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.02)
        with lock:
            under_way -= 1
        return SAID

    caller = caller_of(slowly)
    who = model(provider=provider, name=f"{provider}/m")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: ask(caller, who, request(sample=n)), range(16)))
    return most


def test_a_provider_gets_so_many_calls_at_a_time_and_no_more() -> None:
    assert most_at_once(lambda slowly: Line().caller(complete=slowly, concurrency=3)) == 3


def test_a_model_on_this_machine_gets_one_call_at_a_time() -> None:
    assert most_at_once(lambda slowly: Line().caller(complete=slowly), "local") == 1


KILLED = """
import os, signal, sys
from decimal import Decimal
from pathlib import Path
from generator.subtasks.caller import Caller
from generator.subtasks.completion import Completion
from generator.subtasks.exchange import Tokens
from generator.subtasks.ledger import Budget, Ledger
from tests.models.made import KEY, model, request

class Killed(Ledger):
    def settle(self, *told, **facts):  # what comes next after the reply is kept
        os.kill(os.getpid(), signal.SIGKILL)

root = Path(sys.argv[1])
said = lambda *told: Completion('{"title": "Billing"}', "stop", Tokens(30, 8))
environ = {"ACME_API_KEY": KEY}
caller = Caller(Killed(root, Budget()), root, environ=environ, complete=said, count=lambda *told: 40)
caller.ask(model(), request(), entry="github", subtask="summaries")
"""


def test_killed_between_reply_and_booking_nothing_is_paid_twice(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=root, check=False)
    assert killed.returncode == -9
    line = Line()
    assert ask(line.caller(tmp_path)).text == SAID.text
    assert line.asked == []
    (crashed,) = history(tmp_path)
    assert (crashed["requests"], crashed["uncertain_cost"]) == (1, Decimal("0.0021"))


LIGHT = """
import sys
import generator.subtasks.caller, generator.subtasks.estimate, generator.subtasks.ledger
import generator.subtasks.providers, generator.subtasks.selection
print([name for name in ("litellm", "openai", "httpx", "jsonschema", "yaml") if name in sys.modules])
"""


def test_nothing_heavy_is_imported_before_the_first_call() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", LIGHT], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


WITHOUT = """
import sys
sys.modules["litellm"] = None
from generator.errors import UnavailableError
from generator.subtasks.caller import Caller
from generator.subtasks.ledger import Ledger
from tests.models.made import KEY, model, request
caller = Caller(Ledger(None), None, environ={"ACME_API_KEY": KEY})
try:
    caller.ask(model(), request(), entry="github", subtask="summaries")
except UnavailableError as error:
    print(error, caller.ledger.summary()["total_cost"])
"""


def test_without_litellm_the_message_says_how_to_install_it() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=root, check=True, capture_output=True, text=True
    )
    assert "pip install 'jackfield[models]' 0" in done.stdout
