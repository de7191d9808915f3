"""The async form of the MQTT driver: the same sessions, whose waits are in threads or woken from paho's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress

from .messages import Delivery, Outgoing, Route
from .mqtt_broker import MqttBroker, MqttSubscription
from .mqtt_errors import translate


class AsyncMqttBroker:
    """A broker; nothing is connected before the first call."""

    def __init__(self, inner: MqttBroker) -> None:
        self._inner = inner

    translate = staticmethod(translate)

    async def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        await asyncio.to_thread(self._inner.publish, route, messages, timeout)

    async def subscribe(self, route: Route) -> AsyncMqttSubscription:
        loop, arrived = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody waits
                loop.call_soon_threadsafe(arrived.set)

        inner = await asyncio.to_thread(self._inner.consume, route, threading.Event(), tell)
        return AsyncMqttSubscription(inner, arrived)

    async def declare(self, route: Route) -> None:
        await asyncio.to_thread(self._inner.declare, route)

    async def healthcheck(self, timeout: float) -> None:
        await asyncio.to_thread(self._inner.healthcheck, timeout)

    async def close(self) -> None:
        await asyncio.to_thread(self._inner.close)


class AsyncMqttSubscription:
    """A consumer on an event loop."""

    lease: float = 0.0

    def __init__(self, inner: MqttSubscription, arrived: asyncio.Event) -> None:
        self._inner, self._arrived = inner, arrived

    async def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        time = asyncio.get_running_loop().time
        until = time() + wait
        while True:
            self._arrived.clear()
            if got := self._inner.take(most):
                return got
            left = until - time()
            if left <= 0:
                return ()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, self._inner.next_due())):
                    await self._arrived.wait()

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        self._inner.ack(deliveries)

    async def retry(self, delivery: Delivery, delay: float) -> None:
        await asyncio.to_thread(self._inner.retry, delivery, delay)

    async def dead_letter(self, delivery: Delivery, reason: str) -> None:
        await asyncio.to_thread(self._inner.dead_letter, delivery, reason)

    async def extend(self, delivery: Delivery) -> None:
        """Do nothing: a message is this consumer's as long as its session lives."""

    async def close(self) -> None:
        await asyncio.to_thread(self._inner.close)
