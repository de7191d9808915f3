"""The async form of Kafka: the blocking one in threads of its own, so that no call blocks the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from .._errors import IntegrationError
from .kafka import KafkaBroker
from .kafka_consumer import KafkaSubscription
from .messages import Delivery, Outgoing, Route

T = TypeVar("T")
PUBLISHERS: Final = 8  # calls that publish at once; more of them wait


class AsyncKafkaSubscription:
    """See ``messages.AsyncSubscription``; everything of it runs in one thread, one call after another."""

    lease = 0.0

    def __init__(self, inner: KafkaSubscription, thread: ThreadPoolExecutor) -> None:
        self._inner, self._thread = inner, thread
        self._coming: asyncio.Future[Sequence[Delivery]] | None = None

    async def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        """See ``messages.AsyncSubscription``. What comes after a cancelled call, the next one returns."""
        if self._coming is None:
            self._coming = asyncio.ensure_future(_in(self._thread, self._inner.receive, most, wait))
        coming = self._coming
        try:
            return await asyncio.shield(coming)
        finally:
            if coming.done():
                self._coming = None

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """See ``messages.AsyncSubscription``."""
        await _in(self._thread, self._inner.ack, deliveries)

    async def retry(self, delivery: Delivery, delay: float) -> None:
        """See ``messages.AsyncSubscription``."""
        await _in(self._thread, self._inner.retry, delivery, delay)

    async def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """See ``messages.AsyncSubscription``."""
        await _in(self._thread, self._inner.dead_letter, delivery, reason)

    async def extend(self, delivery: Delivery) -> None:
        """Nothing: see ``KafkaSubscription.lease``."""

    async def close(self) -> None:
        """See ``messages.AsyncSubscription``."""
        try:
            await _in(self._thread, self._inner.close)
        finally:
            self._thread.shutdown(wait=False)


class AsyncKafkaBroker:
    """See ``messages.AsyncBroker``."""

    chunk = KafkaBroker.chunk

    def __init__(self, inner: KafkaBroker) -> None:
        self._inner = inner
        self._threads = ThreadPoolExecutor(PUBLISHERS, thread_name_prefix="kafka")

    async def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        """See ``messages.AsyncBroker``."""
        await _in(self._threads, self._inner.publish, route, messages, timeout)

    async def subscribe(self, route: Route) -> AsyncKafkaSubscription:
        """See ``messages.AsyncBroker``."""
        thread = ThreadPoolExecutor(1, thread_name_prefix=f"kafka-{route.channel}")
        try:
            inner = await _in(thread, self._inner.subscribe, route)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return AsyncKafkaSubscription(inner, thread)

    async def declare(self, route: Route) -> None:
        """See ``messages.AsyncBroker``."""
        await _in(self._threads, self._inner.declare, route)

    async def healthcheck(self, timeout: float) -> None:
        """See ``messages.AsyncBroker``."""
        await _in(self._threads, self._inner.healthcheck, timeout)

    async def close(self) -> None:
        """See ``messages.AsyncBroker``; once more does nothing."""
        await asyncio.to_thread(self._inner.close)
        self._threads.shutdown(wait=False)

    def translate(self, error: Exception) -> IntegrationError | None:
        """See ``messages.AsyncBroker``."""
        return self._inner.translate(error)


async def _in(threads: ThreadPoolExecutor, function: Callable[..., T], *args: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, function, *args)
