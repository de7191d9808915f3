"""Publishing: confirmed or an error, chunk by chunk, within the trace that it belongs to."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from integrations.runtime import (
    ConnectionFailedError,
    InvalidArgumentError,
    InvalidRequestError,
    RequestTimeoutError,
)
from integrations.runtime._queues.channel import new_id
from integrations.runtime._queues.messages import Outgoing, Route
from integrations.runtime._queues.publishing import CHUNK, CHUNK_BYTES, chunks
from integrations.runtime.queues import (
    Channel,
    Idempotent,
    MemoryStore,
    PartlyPublishedError,
    RetryLater,
    current_delivery,
    tracing,
)
from integrations.runtime.testing import FakeClock

from .bench import ORDERS, Bench, Order, channel, unwanted

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def outgoing(number: int, size: int = 1) -> list[Outgoing]:
    return [Outgoing(b"x" * size, str(n)) for n in range(number)]


def test_a_message_is_sent_with_its_key_id_and_headers(bench: Bench) -> None:
    name = bench.call(lambda a: a._publish(ORDERS, Order(id="c-1"), headers={"x-tenant": "acme"}))
    [message] = bench.lying("orders")
    assert (message.body, message.key, message.id) == (b'{"id":"c-1","total":1.0}', "c-1", name)
    assert message.headers["x-tenant"] == "acme"


def test_a_message_may_be_given_another_key_and_an_id(bench: Bench) -> None:
    bench.call(lambda a: a._publish(ORDERS, Order(id="c-1"), key="k", message_id="m-9"))
    [message] = bench.lying("orders")
    assert (message.key, message.id) == ("k", "m-9")


def test_a_delayed_message_is_received_when_its_time_has_come(bench: Bench) -> None:
    bench.call(lambda a: a._publish(ORDERS, Order(id="a"), delay=0.2))
    assert bench.consume(unwanted, idle=0.05).stopped_by == "idle"
    assert bench.consume(lambda order: None, limit=1, idle=2).processed == 1


@pytest.mark.parametrize("delay", [-1.0, float("nan"), float("inf")])
def test_a_delay_that_is_none_is_refused(bench: Bench, delay: float) -> None:
    with pytest.raises(InvalidArgumentError, match="delay"):
        bench.call(lambda a: a._publish(ORDERS, Order(id="a"), delay=delay))


def test_what_cannot_be_written_is_refused_before_anything_is_sent(bench: Bench) -> None:
    with pytest.raises(InvalidArgumentError, match="cannot be written") as raised:
        bench.call(lambda a: a._publish(ORDERS, object()))
    assert raised.value.operation == "publish_orders"
    with pytest.raises(InvalidArgumentError, match="headers are texts"):
        bench.call(lambda a: a._publish(ORDERS, Order(id="a"), headers={"n": 1}))
    assert not bench.lying("orders")


def test_bytes_travel_as_they_are(bench: Bench) -> None:
    raw: Channel[bytes] = channel(message=bytes, key="")
    body = b"\x00\xff not JSON"
    bench.call(lambda a: a._publish(raw, body))
    seen: list[Any] = []
    assert bench.consume(seen.append, channel=raw, limit=1).processed == 1
    assert seen == [body]
    assert raw.route(bench.adapter._settings).content_type == "application/octet-stream"


def test_a_publish_is_repeated_with_the_same_id_until_it_is_confirmed() -> None:
    from integrations.runtime.testing import MemoryBroker

    class Lossy(MemoryBroker):
        def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
            super().publish(route, messages, timeout)
            if len(self.queues["orders"]) < 3:
                raise RequestTimeoutError("no confirmation in time")

    clock = FakeClock()
    bench = Bench("sync", Lossy(clock), clock=clock)
    name = bench.call(lambda a: a._publish(ORDERS, Order(id="a")))
    assert [message.id for message in bench.lying("orders")] == [name] * 3


def test_a_driver_that_gives_up_with_a_plain_time_out_is_understood(bench: Bench) -> None:
    bench.call(lambda a: a.declare())
    bench.broker.fails(TimeoutError(), times=3)
    with pytest.raises(RequestTimeoutError) as raised:
        bench.call(lambda a: a._publish(ORDERS, Order(id="a"), timeout=0.1))
    assert raised.value.attempts == 3


def test_a_later_chunk_that_fails_tells_what_is_not_confirmed(bench: Bench) -> None:
    number = CHUNK + 10
    bench.call(lambda a: a.declare())
    sent: list[int] = []
    publish = bench.broker.publish

    def refusing(route: Any, messages: Any, timeout: float) -> None:
        sent.append(len(messages))
        if len(sent) > 1:
            raise InvalidRequestError("too large")
        publish(route, messages, timeout)

    bench.broker.publish = refusing  # type: ignore[method-assign]
    with pytest.raises(PartlyPublishedError) as raised:
        bench.publish(*[Order(id=str(n)) for n in range(number)])
    assert raised.value.failed == tuple(range(CHUNK, number))
    assert f"10 of {number} messages are not confirmed, from index {CHUNK}" in str(raised.value)
    assert isinstance(raised.value.__cause__, InvalidRequestError)


def test_a_first_chunk_that_fails_as_a_whole_is_the_error_that_it_is(bench: Bench) -> None:
    bench.call(lambda a: a.declare())
    bench.broker.fails(ConnectionFailedError("away"), times=3)
    with pytest.raises(ConnectionFailedError):
        bench.publish(Order(id="a"), Order(id="b"))


def test_chunks_are_bounded_in_number_and_bytes() -> None:
    many = list(chunks(outgoing(2 * CHUNK + 1)))
    assert [len(chunk.messages) for chunk in many] == [CHUNK, CHUNK, 1]
    assert [chunk.start for chunk in many] == [0, CHUNK, 2 * CHUNK]
    large = list(chunks(outgoing(3, CHUNK_BYTES)))
    assert [len(chunk.messages) for chunk in large] == [1, 1, 1]
    assert list(chunks([])) == []


def test_ids_differ_between_threads() -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.extend(new_id() for _ in range(500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 2000


def test_every_message_begins_a_trace_where_there_is_none(bench: Bench) -> None:
    bench.publish(Order(id="a"))
    bench.publish(Order(id="b"))
    traces = [message.headers["traceparent"] for message in bench.lying("orders")]
    assert all(re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", trace) for trace in traces)
    assert traces[0][3:35] != traces[1][3:35]


def test_a_trace_that_is_there_goes_on_through_a_consumer(bench: Bench) -> None:
    copies: list[str] = []
    jobs = channel(name="jobs", method="jobs", address="jobs", dead_letter="jobs.dead-letter")

    def publish_within(adapter: Any) -> Any:
        with tracing(PARENT, "vendor=1"):
            return adapter._publish(ORDERS, Order(id="a"))

    async def awaited_within(adapter: Any) -> Any:
        with tracing(PARENT, "vendor=1"):
            return await adapter._publish(ORDERS, Order(id="a"))

    bench.call(publish_within if bench.form == "sync" else awaited_within)
    seen: list[Any] = []

    def handle(order: Order) -> Any:
        seen.append(current_delivery())
        copies.append("handled")
        return bench.adapter._publish(jobs, order)

    bench.consume(handle, limit=1)
    [job] = bench.lying("jobs")
    assert seen[0].headers["traceparent"][3:35] == PARENT[3:35]
    assert job.headers["traceparent"][3:35] == PARENT[3:35]
    assert job.headers["traceparent"][36:52] != PARENT[36:52]
    assert job.headers["tracestate"] == "vendor=1"
    assert current_delivery() is None


@pytest.mark.parametrize(
    "parent", ["", "00-zz", f"ff{PARENT[2:]}", "00-" + "0" * 32 + "-b7ad6b7169203331-01", PARENT + "x"]
)
def test_a_trace_that_is_none_is_not_passed_on(bench: Bench, parent: str) -> None:
    def publish(adapter: Any) -> Any:
        with tracing(parent):
            return adapter._publish(ORDERS, Order(id="a"))

    async def apublish(adapter: Any) -> Any:
        with tracing(parent):
            return await adapter._publish(ORDERS, Order(id="a"))

    bench.call(publish if bench.form == "sync" else apublish)
    [message] = bench.lying("orders")
    assert message.headers["traceparent"][3:35] != parent[3:35]


def test_a_message_is_done_once_however_often_it_comes(bench: Bench) -> None:
    seen: list[Order] = []
    handler = Idempotent(MemoryStore())(seen.append)
    for _ in range(3):
        bench.call(lambda a: a._publish(ORDERS, Order(id="a"), message_id="m-1"))
    found = bench.consume(handler, limit=3)
    assert (len(seen), found.processed) == (1, 3)


def test_a_message_whose_handler_failed_is_done_the_next_time(bench: Bench) -> None:
    seen: list[int] = []

    def fail_once(order: Order) -> None:
        seen.append(1)
        if len(seen) == 1:
            raise KeyError

    bench.publish(Order(id="a"))
    assert bench.consume(Idempotent(MemoryStore())(fail_once), limit=1).processed == 1
    assert len(seen) == 2


def test_an_async_store_and_handler_work_together() -> None:
    from integrations.runtime import SYSTEM_CLOCK
    from integrations.runtime.testing import MemoryBroker

    class Store:
        def __init__(self) -> None:
            self.inner, self.released = MemoryStore(), 0

        async def claim(self, message_id: str) -> bool | None:
            return self.inner.claim(message_id)

        async def done(self, message_id: str) -> None:
            self.inner.done(message_id)

        async def release(self, message_id: str) -> None:
            self.released += 1
            self.inner.release(message_id)

    bench, store, seen = Bench("async", MemoryBroker(SYSTEM_CLOCK)), Store(), list[Order]()

    async def handle(order: Order) -> None:
        seen.append(order)
        if len(seen) == 1:
            raise KeyError

    for _ in range(2):
        bench.call(lambda a: a._publish(ORDERS, Order(id="a"), message_id="m-1"))
    assert bench.consume(Idempotent(store)(handle), limit=2).processed == 2
    assert (len(seen), store.released) == (2, 1)
    bench.close()


def test_a_message_that_another_one_has_in_hand_is_tried_later() -> None:
    clock = FakeClock()
    store = MemoryStore(clock=clock, lease=60)
    assert (store.claim("m"), store.claim("m")) == (True, None)
    clock.advance(61)
    assert store.claim("m") is True
    store.done("m")
    assert store.claim("m") is False
    with pytest.raises(InvalidArgumentError, match="called by a consumer"):
        Idempotent(store)(lambda order: None)(Order(id="a"))
    assert RetryLater(5).delay == 5


def test_a_store_forgets_the_oldest_first() -> None:
    store = MemoryStore(2)
    for name in "abc":
        store.claim(name)
        store.done(name)
    assert [store.claim(name) for name in "abc"] == [True, False, False]
