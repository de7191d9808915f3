"""Reconnecting, draining and signals: what is not settled comes again, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.runtime import (
    SYSTEM_CLOCK,
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    InvalidRequestError,
)
from integrations.runtime.queues import Idempotent, MemoryStore, current_delivery
from integrations.runtime.testing import FakeClock, MemoryBroker

from .bench import Bench, Order, channel, unwanted


def orders(number: int) -> list[Order]:
    return [Order(id=str(n), total=n) for n in range(number)]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_lost_connection_is_taken_up_again_and_what_was_in_hand_comes_again(
    bench: Bench, concurrency: int
) -> None:
    seen: list[str] = []

    def lose(order: Order) -> None:
        seen.append(order.id)
        if len(seen) in (3, 9):
            bench.broker.drop()

    bench.publish(*orders(12))
    found = bench.consume(lose, limit=12, concurrency=concurrency, idle=3, channel=channel(prefetch=2))
    assert found.processed == 12
    assert bench.broker.connections == 3
    assert set(seen) == {str(n) for n in range(12)}


def test_a_broker_that_is_away_is_asked_again_with_growing_waits() -> None:
    clock = FakeClock()
    bench = Bench("sync", MemoryBroker(clock), clock=clock)
    bench.publish(Order(id="a"))

    def lose(order: Order) -> None:
        if bench.broker.connections == 1:
            bench.broker.drop()
            bench.broker.fails(ConnectionFailedError("away"), times=4)

    assert bench.consume(lose, limit=1).processed == 1
    assert sum(clock.slept) == 0.5 + 1 + 2 + 4


def test_a_connection_that_cannot_come_back_ends_the_run(bench: Bench) -> None:
    def lose(order: Order) -> None:
        bench.broker.fails(AuthenticationError("the password was changed"))

    bench.publish(Order(id="a"))
    with pytest.raises(AuthenticationError) as raised:
        bench.consume(lose)
    assert (raised.value.service, raised.value.operation) == ("Memory", "consume_orders")
    assert len(bench.lying("orders")) == 1


def test_the_first_subscription_fails_like_any_call(bench: Bench) -> None:
    bench.broker.fails(InvalidRequestError("no such queue"))
    with pytest.raises(InvalidRequestError):
        bench.consume(unwanted)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_dead_letter_that_cannot_be_sent_keeps_its_message(bench: Bench, concurrency: int) -> None:
    bench.put(b"no message")
    bench.publish(Order(id="a"))

    def handle(order: Order) -> None: ...

    refuse = bench.broker.settled
    refused: list[int] = []

    def settled(route: Any, delivery: Any, outcome: str, **told: Any) -> None:
        if outcome == "dead_lettered" and not refused:
            refused.append(1)
            raise ConnectionFailedError("gone in between")
        refuse(route, delivery, outcome, **told)

    bench.broker.settled = settled  # type: ignore[method-assign]
    bench.broker.put("orders", bench.broker.queues["orders"].popleft())
    found = bench.consume(handle, limit=1, concurrency=concurrency)
    assert found.processed == 1


@pytest.mark.parametrize("form", ["sync", "async"])
@pytest.mark.parametrize("concurrency", [1, 3])
def test_sigterm_finishes_what_is_in_hand_and_gives_the_rest_back(
    make: Callable[..., Bench], form: str, concurrency: int
) -> None:
    told: list[int] = []
    earlier = signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))
    try:
        bench = make(form)
        bench.publish(*orders(20))
        ours = signal.getsignal(signal.SIGTERM)

        def handle(order: Order) -> None:
            if order.id == "2":
                os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)

        found = bench.consume(handle, concurrency=concurrency, idle=5)
        assert found.stopped_by == "signal"
        assert 3 <= found.processed < 20
        assert len(bench.lying("orders")) == 20 - found.processed
        assert all(message.attempt == 1 for message in bench.lying("orders"))
        assert signal.getsignal(signal.SIGTERM) is ours
        assert not told
    finally:
        signal.signal(signal.SIGTERM, earlier)


def test_a_second_sigterm_goes_to_the_earlier_handler(make: Callable[..., Bench]) -> None:
    told: list[int] = []
    earlier = signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))
    try:
        bench = make("sync")
        bench.publish(Order(id="a"))

        def insist(order: Order) -> None:
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(0.02)

        assert bench.consume(insist).stopped_by == "signal"
        assert told == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, earlier)


def test_a_consumer_in_another_thread_leaves_signals_alone_and_stops_at_its_event(
    make: Callable[..., Bench],
) -> None:
    bench, stop, results = make("sync"), threading.Event(), list[Any]()
    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(
        target=lambda: results.append(bench.consume(lambda order: None, stop=stop, idle=None))
    )
    thread.start()
    time.sleep(0.05)
    assert signal.getsignal(signal.SIGTERM) is before
    stop.set()
    thread.join(5)
    assert results[0].stopped_by == "stop"


def test_a_handler_that_does_not_end_in_time_is_left_and_its_message_goes_back(
    make: Callable[..., Bench],
) -> None:
    stop = threading.Event()
    hanging = threading.Event()

    def hang(order: Order) -> None:
        stop.set()
        hanging.wait(5)

    async def ahang(order: Order) -> None:
        stop.set()
        await asyncio.sleep(5)

    for form, handler in (("sync", hang), ("async", ahang)):
        stop.clear()
        bench = make(form, drain_timeout=0.1)
        bench.publish(Order(id="a"))
        started = time.monotonic()
        handled: Any = handler
        found = bench.consume(handled, stop=stop, concurrency=2)
        assert time.monotonic() - started < 2
        assert (found.processed, found.stopped_by) == (0, "stop")
        assert len(bench.lying("orders")) == 1
    hanging.set()


def test_cancelling_an_async_consumer_gives_everything_back(make: Callable[..., Bench]) -> None:
    bench = make("async")
    bench.publish(*orders(5))

    async def cancelled(adapter: Any) -> None:
        async def hang(order: Order) -> None:
            await asyncio.sleep(5)

        task = asyncio.create_task(adapter._consume(channel(), hang, concurrency=2))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    bench.call(cancelled)
    assert len(bench.lying("orders")) == 5


def test_a_closed_adapter_does_nothing_more(bench: Bench) -> None:
    bench.call(lambda a: a.close() if bench.form == "sync" else a.aclose())
    for call in (
        lambda a: a.healthcheck(),
        lambda a: a.declare(),
        lambda a: a._publish(channel(), Order(id="a")),
    ):
        with pytest.raises(ConfigurationError, match="closed"):
            bench.call(call)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10_000),
    concurrency=st.sampled_from([1, 2, 5]),
    ordered=st.booleans(),
    form=st.sampled_from(["sync", "async"]),
)
def test_whatever_fails_everything_published_is_processed_or_dead(
    seed: int, concurrency: int, ordered: bool, form: str
) -> None:
    chance = random.Random(seed)
    bench = Bench(form, MemoryBroker(SYSTEM_CLOCK))
    told = channel(ordered=ordered, prefetch=chance.choice([1, 4, 32]), retry_delay=0.001)
    lock, effects = threading.Lock(), list[str]()
    store = MemoryStore()

    def handle(order: Order) -> None:
        with lock:
            dice = chance.random()
        if dice < 0.1:
            raise KeyError("no")
        if dice < 0.13:
            bench.broker.drop()
        found = current_delivery()
        assert found is not None
        with lock:
            effects.append(found.id)

    bench.publish(*orders(60), channel=told)
    bench.put(b"no message")
    found = bench.consume(
        Idempotent(store, busy=0.001)(handle), channel=told, concurrency=concurrency, idle=0.15
    )
    lost = bench.lying("orders")
    letters = bench.lying("orders.dead-letter")
    assert not lost
    assert len(effects) == len(set(effects))  # no duplicate reached the effect
    assert len({letter.id for letter in letters} | set(effects)) == 61
    assert found.dead_lettered >= len({letter.id for letter in letters} - set(effects))
    bench.close()
