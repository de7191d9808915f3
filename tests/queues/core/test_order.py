"""Messages of one key: one after another, in the order in which they came, whatever happens to them."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from integrations.runtime._queues.hand import Lanes
from integrations.runtime._queues.messages import Delivery
from integrations.runtime._queues.verdicts import Again
from integrations.runtime.queues import current_delivery

from .bench import Bench, Order, channel

ORDERED = channel(ordered=True, prefetch=50)


def delivery(number: int, key: str | None) -> Delivery:
    return Delivery(b"", str(number), key, {}, 1)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_keys_keep_their_order_while_handlers_fail_and_run_at_once(bench: Bench, concurrency: int) -> None:
    chance, lock = random.Random(7), threading.Lock()
    busy: set[str] = set()
    seen: dict[str, list[float]] = defaultdict(list)

    def handle(order: Order) -> None:
        with lock:
            assert order.id not in busy
            busy.add(order.id)
        time.sleep(chance.random() / 500)
        with lock:
            busy.discard(order.id)
            found = current_delivery()
            assert found is not None
            if chance.random() < 0.2 and found.attempt < 3:
                raise KeyError
            seen[order.id].append(order.total)

    bench.publish(*[Order(id=str(n % 5), total=n) for n in range(60)], channel=ORDERED)
    found = bench.consume(handle, channel=ORDERED, concurrency=concurrency, limit=60)
    assert found.processed == 60
    assert found.retried > 0
    assert all(totals == sorted(totals) for totals in seen.values())


def test_async_handlers_of_several_keys_run_at_once_and_those_of_one_do_not(
    make: Callable[..., Bench],
) -> None:
    bench, busy, most = make("async"), list[str](), list[int]()

    async def handle(order: Order) -> None:
        assert order.id not in busy
        busy.append(order.id)
        most.append(len(busy))
        await asyncio.sleep(0.01)
        busy.remove(order.id)

    bench.publish(*[Order(id=str(n % 3)) for n in range(12)], channel=ORDERED)
    bench.consume(handle, channel=ORDERED, concurrency=4, limit=12)
    assert max(most) == 3


def test_a_key_that_waits_for_its_next_attempt_holds_back_its_own_messages_alone() -> None:
    lanes = Lanes(ordered=True)
    first, second, other = delivery(1, "a"), delivery(2, "a"), delivery(3, "b")
    lanes.add([first, second, other])
    assert [lanes.take(), lanes.take(), lanes.take()] == [first, other, None]
    lanes.finish(first, Again(5.0), now=0.0)
    lanes.finish(other, None, now=0.0)
    assert lanes.take() is None
    assert lanes.release(now=1.0) == 4.0
    assert lanes.release(now=5.0) is None
    assert lanes.take() is first
    assert first.attempt == 2
    lanes.finish(first, None, now=6.0)
    assert lanes.take() is second


def test_messages_without_a_key_wait_for_nobody() -> None:
    lanes = Lanes(ordered=True)
    one, two = delivery(1, None), delivery(2, None)
    lanes.add([one, two])
    assert [lanes.take(), lanes.take()] == [one, two]


def test_no_more_is_held_than_the_prefetch(make: Callable[..., Bench]) -> None:
    held: list[int] = []

    def handle(order: Order) -> None:
        held.append(bench.broker._subscriptions[-1].most_held)
        time.sleep(0.002)

    for form in ("sync", "async"):
        bench = make(form)
        bench.publish(*[Order(id=str(n)) for n in range(40)])
        bench.consume(handle, channel=channel(prefetch=5), concurrency=3, limit=40)
    assert max(held) == 5


def test_a_limit_takes_no_message_more_from_the_broker(bench: Bench) -> None:
    bench.publish(*[Order(id=str(n)) for n in range(10)])
    for concurrency in (1, 3):
        bench.consume(lambda order: None, limit=3, concurrency=concurrency)
    assert len(bench.lying("orders")) == 4


def test_the_lease_of_what_is_in_hand_is_extended(make: Callable[..., Bench]) -> None:
    from integrations.runtime import SYSTEM_CLOCK
    from integrations.runtime.testing import MemoryBroker

    async def slow(order: Order) -> None:
        await asyncio.sleep(0.1)

    for form, handler in (("sync", lambda order: time.sleep(0.1)), ("async", slow)):
        bench = make(form, broker=MemoryBroker(SYSTEM_CLOCK, lease=0.06))
        bench.publish(Order(id="a"))
        handled: Any = handler
        bench.consume(handled, limit=1)
        assert bench.broker._subscriptions[0].extended >= 2
