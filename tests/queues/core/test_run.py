"""Messages that a driver hands over as a run are decided on one by one, and settled together."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from integrations.runtime import SYSTEM_CLOCK
from integrations.runtime._queues.messages import Delivery, Route
from integrations.runtime._queues.run import Run
from integrations.runtime._queues.settings import QueueSettings
from integrations.runtime._queues.trace import trace_headers
from integrations.runtime.queues import Consumed, RejectMessage, current_delivery
from tests.queues.core.bench import ORDERS, Order, Queue

TRACE = "0af7651916cd43dd8448eb211c80319c"


class Numbers(Run):
    """Bodies by their numbers."""

    def delivery(self, raw: int) -> Delivery:
        headers = {"traceparent": f"00-{TRACE}-b7ad6b716920333{raw % 10}-01"}
        return Delivery(self.bodies[self.raw.index(raw)], f"m-{raw}", None, headers, 1, raw)

    def part(self, start: int, stop: int) -> Numbers:
        return Numbers(self.raw[start:stop], self.bodies[start:stop])


class Scripted:
    """A broker with one run, and all that is done about it."""

    lease = 0.0

    def __init__(self, *bodies: bytes) -> None:
        self.coming: list[Sequence[Delivery]] = [Numbers(range(len(bodies)), bodies)]
        self.did: list[Any] = []

    def subscribe(self, route: Route) -> Scripted:
        return self

    def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        return self.coming.pop() if self.coming else ()

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        self.did.append(("ack", [each.id for each in deliveries]))

    def retry(self, delivery: Delivery, delay: float) -> None:
        self.did.append(("retry", delivery.id))

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        self.did.append(("dead", delivery.id, reason.partition(":")[0]))

    def close(self) -> None:
        self.did.append("closed")

    def translate(self, error: Exception) -> None:
        return None


def consumed(broker: Any, handler: Callable[[Order], object], **how: Any) -> Consumed:
    adapter = Queue(QueueSettings(service="Memory"), engine=broker, clock=SYSTEM_CLOCK)
    return adapter._consume(replace(ORDERS, declare=False), handler, **{"idle": 0.01, **how})


def order(id: str) -> bytes:
    return b'{"id": "%s"}' % id.encode()


def test_what_is_processed_is_acked_together_and_what_fails_goes_its_own_way() -> None:
    broker = Scripted(order("a"), order("b"), b"{", order("bad"), order("later"), order("c"))

    def handler(message: Order) -> None:
        if message.id == "bad":
            raise RejectMessage("no")
        if message.id == "later":
            raise ValueError("not now")

    found = consumed(broker, handler)
    assert (found.processed, found.retried, found.dead_lettered) == (3, 1, 2)
    assert broker.did == [
        ("ack", ["m-0", "m-1"]),
        ("dead", "m-2", "unreadable"),
        ("dead", "m-3", "rejected"),
        ("retry", "m-4"),
        ("ack", ["m-5"]),
        "closed",
    ]


def test_each_handler_sees_its_own_message_and_goes_on_in_its_trace() -> None:
    seen: list[Any] = []

    def handler(message: Order) -> None:
        found = current_delivery()
        assert found is not None
        seen.append((found.id, found.body, trace_headers()["traceparent"][3:35]))

    consumed(Scripted(order("a"), order("b")), handler)
    assert seen == [("m-0", order("a"), TRACE), ("m-1", order("b"), TRACE)]
    assert current_delivery() is None


def test_work_that_a_handler_left_behind_keeps_its_message() -> None:
    left: list[contextvars.Context] = []
    consumed(Scripted(order("a"), order("b")), lambda message: left.append(contextvars.copy_context()))
    found = [context.run(current_delivery) for context in left]
    assert [each and each.id for each in found] == ["m-0", "m-1"]


def test_a_stop_ends_it_after_the_message_in_hand() -> None:
    class Stop:
        stopped = False

        def is_set(self) -> bool:
            return self.stopped

    stop, broker = Stop(), Scripted(order("a"), order("b"), order("c"))

    def handler(message: Order) -> None:
        stop.stopped = message.id == "b"

    assert consumed(broker, handler, stop=stop).processed == 2
    assert broker.did == [("ack", ["m-0", "m-1"]), "closed"]


def test_an_exit_in_a_handler_acks_what_was_processed_before() -> None:
    broker = Scripted(order("a"), order("b"))

    def handler(message: Order) -> None:
        if message.id == "b":
            raise SystemExit(3)

    with pytest.raises(SystemExit):
        consumed(broker, handler)
    assert broker.did == [("ack", ["m-0"]), "closed"]


class Slow:
    """A clock that a handler moves."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def random(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def async_sleep(self, seconds: float) -> None:
        self.now += seconds


def test_slow_handlers_have_their_messages_acked_before_the_run_is_over() -> None:
    broker, clock = Scripted(*map(order, "abcd")), Slow()
    adapter = Queue(QueueSettings(service="Memory"), engine=broker, clock=clock)  # type: ignore[arg-type]

    def handler(message: Order) -> None:
        clock.now += 0.3

    adapter._consume(replace(ORDERS, declare=False), handler, limit=4)
    assert broker.did == [("ack", ["m-0", "m-1"]), ("ack", ["m-2", "m-3"]), "closed"]
