"""An adapter with one channel, at a broker in memory, in both forms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from inspect import isawaitable
from typing import Any

import msgspec

from integrations.runtime import SYSTEM_CLOCK
from integrations.runtime._queues.settings import QueueSettings
from integrations.runtime.queues import AsyncQueueAdapter, Channel, QueueAdapter
from integrations.runtime.testing import MemoryBroker
from integrations.runtime.testing._broker import AsyncMemoryBroker, Stored


class Order(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    total: float = 1.0


ORDERS: Channel[Order] = Channel(
    name="orders",
    message=Order,
    method="orders",
    address="orders",
    dead_letter="orders.dead-letter",
    key="id",
    max_attempts=3,
    retry_delay=0.01,
)


class Queue(QueueAdapter):
    SERVICE = "Memory"
    PACKAGE = "memory"
    CHANNELS = (ORDERS,)


class AsyncQueue(AsyncQueueAdapter):
    SERVICE = "Memory"
    PACKAGE = "memory"
    CHANNELS = (ORDERS,)


class Bench:
    """One adapter, its broker, and one way to call both forms."""

    def __init__(self, form: str, broker: MemoryBroker, clock: Any = SYSTEM_CLOCK, **settings: Any) -> None:
        told = QueueSettings(service="Memory", connection_string="memory://here", **settings)
        self.form, self.broker = form, broker
        self.runner = asyncio.Runner() if form == "async" else None
        self.adapter: Any = (
            Queue(told, engine=broker, clock=clock)
            if form == "sync"
            else AsyncQueue(told, engine=AsyncMemoryBroker(broker), clock=clock)
        )

    def call(self, function: Callable[[Any], Any]) -> Any:
        async def waited() -> Any:
            result = function(self.adapter)
            return await result if isawaitable(result) else result

        return function(self.adapter) if self.runner is None else self.runner.run(waited())

    def publish(self, *messages: Order, channel: Channel[Order] = ORDERS) -> Any:
        return self.call(lambda adapter: adapter._publish_batch(channel, messages))

    def consume(self, handler: Callable[[Any], object], channel: Channel[Any] = ORDERS, **how: Any) -> Any:
        how = {"idle": 0.3, **how}
        return self.call(lambda adapter: adapter._consume(channel, handler, **how))

    def put(self, body: bytes, id: str = "m-1", key: str | None = None, attempt: int = 1) -> None:
        self.broker.put("orders", Stored(body, id, key, {}, attempt))

    def lying(self, address: str) -> list[Stored]:
        return list(self.broker.queues.get(address, ()))

    def close(self) -> None:
        if self.runner is not None:
            self.runner.close()


def channel(**changed: Any) -> Channel[Any]:
    return replace(ORDERS, **changed)


def unwanted(message: object) -> None:
    """A handler that nobody may call."""
    raise AssertionError(f"{message!r} was handed out")
