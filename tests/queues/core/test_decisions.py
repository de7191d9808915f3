"""What becomes of a message: processed, again, or dead; in both forms, with one handler and with several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from integrations.runtime import InvalidArgumentError
from integrations.runtime._queues.messages import LONGEST_DELAY, Route
from integrations.runtime._queues.verdicts import LONGEST_REASON, UNSETTLED, Again, Dead, told, verdict
from integrations.runtime.queues import RejectMessage, RetryLater, current_delivery

from .bench import Bench, Order, channel, unwanted

ROUTE = Route("orders", "orders", "orders.dead", max_attempts=3, retry_delay=10.0)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_message_whose_handler_returns_is_acked(bench: Bench, concurrency: int) -> None:
    bench.publish(Order(id="a"), Order(id="b"))
    seen: list[Order] = []
    found = bench.consume(seen.append, limit=2, concurrency=concurrency)
    assert sorted(one.id for one in seen) == ["a", "b"]
    assert (found.processed, found.stopped_by) == (2, "limit")
    assert not bench.lying("orders")
    assert not bench.lying("orders.dead-letter")


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_failing_handler_sees_each_attempt_and_then_the_message_is_dead(
    bench: Bench, concurrency: int
) -> None:
    attempts: list[int] = []

    def fail(order: Order) -> None:
        delivery = current_delivery()
        assert delivery is not None
        attempts.append(delivery.attempt)
        raise KeyError("no such customer")

    bench.publish(Order(id="a"))
    found = bench.consume(fail, limit=1, concurrency=concurrency)
    [letter] = bench.lying("orders.dead-letter")
    assert attempts == [1, 2, 3]
    assert (found.processed, found.retried, found.dead_lettered) == (0, 2, 1)
    assert (
        letter.headers["x-death-reason"] == "3 attempts used up, the last with KeyError: 'no such customer'"
    )
    assert letter.headers["x-first-failed"]
    assert "traceparent" in letter.headers


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_rejected_message_is_dead_at_once(bench: Bench, concurrency: int) -> None:
    def reject(order: Order) -> None:
        raise RejectMessage("the order is closed")

    bench.publish(Order(id="a"))
    found = bench.consume(reject, limit=1, concurrency=concurrency)
    [letter] = bench.lying("orders.dead-letter")
    assert found.retried == 0
    assert letter.headers["x-death-reason"] == "rejected: the order is closed"


def test_a_handler_says_itself_when_a_message_comes_again(bench: Bench) -> None:
    waits: list[float] = []
    bench.broker.settled = lambda route, delivery, outcome, **told: waits.extend(told.values())  # type: ignore[method-assign]

    def later(order: Order) -> None:
        if len(waits) < 1:
            raise RetryLater(0.05)

    bench.publish(Order(id="a"))
    found = bench.consume(later, limit=1)
    assert waits == [0.05]
    assert (found.processed, found.retried) == (1, 1)


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[]", b'{"total": 1}', b'{"id": 7}', b"[" * 100_000]
)
def test_bytes_that_are_no_message_are_dead_and_untouched(
    bench: Bench, body: bytes, concurrency: int
) -> None:
    bench.put(body)
    bench.publish(Order(id="a"))
    seen: list[Order] = []
    found = bench.consume(seen.append, limit=2, concurrency=concurrency)
    [letter] = bench.lying("orders.dead-letter")
    assert (letter.body, letter.id) == (body, "m-1")
    assert letter.headers["x-death-reason"].startswith("unreadable: ")
    assert (len(seen), found.processed, found.dead_lettered) == (1, 1, 1)


def test_a_message_that_is_handed_out_again_and_again_and_never_settled_is_dead(bench: Bench) -> None:
    bench.put(b'{"id": "a"}', attempt=3 + UNSETTLED + 1)
    found = bench.consume(unwanted, limit=1)
    [letter] = bench.lying("orders.dead-letter")
    assert found.dead_lettered == 1
    assert "never settled" in letter.headers["x-death-reason"]


def test_dead_letters_can_be_read_and_stay_when_their_handler_fails(bench: Bench) -> None:
    bench.put(b"no message")
    bench.consume(unwanted, limit=1)

    def fail(body: bytes) -> None:
        raise KeyError

    bench.call(lambda adapter: adapter.consume_dead_letters("orders", fail, idle=0.1))
    seen: list[bytes] = []
    bench.call(lambda adapter: adapter.consume_dead_letters("orders", seen.append, limit=1, idle=1))
    assert seen == [b"no message"]
    with pytest.raises(InvalidArgumentError, match="there is no channel 'jobs'; there are orders"):
        bench.call(lambda adapter: adapter.consume_dead_letters("jobs", seen.append))


@pytest.mark.parametrize(
    ("error", "attempt", "wanted"),
    [
        (ValueError("x"), 1, Again(10.0)),
        (ValueError("x"), 2, Again(20.0)),
        (ValueError("x"), 3, Dead("3 attempts used up, the last with ValueError: x")),
        (RetryLater(), 2, Again(20.0)),
        (RetryLater(0.5), 2, Again(0.5)),
        (RetryLater(-1), 1, Again(0.0)),
        (RetryLater(5), 3, Dead("3 attempts used up, the last with RetryLater: retry in 5 s")),
        (RejectMessage("bad"), 1, Dead("rejected: bad")),
    ],
)
def test_the_error_of_a_handler_decides(error: Exception, attempt: int, wanted: Any) -> None:
    assert verdict(error, attempt, ROUTE) == wanted


def test_delays_double_and_end_at_a_quarter_of_an_hour() -> None:
    assert [ROUTE.delay(n) for n in (1, 2, 3, 4)] == [10, 20, 40, 80]
    assert ROUTE.delay(1000) == LONGEST_DELAY == 900


def test_a_reason_is_one_short_line_without_secrets() -> None:
    assert told("a\r\nb\x00c") == "a b c"
    assert len(told("x" * 1000)) == LONGEST_REASON
    assert "hunter22" not in told("amqp://user:hunter22@host")


def test_a_handler_that_ends_the_program_leaves_its_message(bench: Bench) -> None:
    def leave(order: Order) -> None:
        raise SystemExit(3)

    bench.publish(Order(id="a"))
    with pytest.raises(SystemExit):
        bench.consume(leave)
    assert len(bench.lying("orders")) == 1


def test_a_coroutine_function_is_refused_where_nobody_would_await_it(make: Callable[..., Bench]) -> None:
    async def handler(order: Order) -> None: ...

    bench = make("sync")
    with pytest.raises(InvalidArgumentError, match="use the async adapter"):
        bench.consume(handler)


def test_a_coroutine_function_is_awaited(make: Callable[..., Bench]) -> None:
    seen: list[Order] = []

    async def handler(order: Order) -> None:
        seen.append(order)

    bench = make("async")
    bench.publish(Order(id="a"))
    assert bench.consume(handler, limit=1).processed == 1
    assert seen == [Order(id="a")]


@pytest.mark.parametrize("how", [{"concurrency": 0}, {"limit": 0}])
def test_a_run_that_could_do_nothing_is_refused(bench: Bench, how: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError, match="at least 1"):
        bench.consume(unwanted, **how)


def test_counts_are_kept_by_channel(bench: Bench) -> None:
    bench.publish(Order(id="a"), Order(id="b"))
    bench.put(b"?")
    bench.consume(lambda order: None, limit=3, channel=channel(prefetch=2))
    found = bench.adapter.metrics.get_total_metrics()["by_operation"]
    counted = {name: told["calls"] for name, told in found.items() if name.startswith("orders.")}
    assert counted == {"orders.published": 2, "orders.processed": 2, "orders.dead_lettered": 1}
    assert bench.adapter.in_flight == 0
