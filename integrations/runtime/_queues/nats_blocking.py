"""The blocking form of NATS: the async one on an event loop of its own, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .._errors import ConnectionFailedError, IntegrationError
from .messages import Delivery, Outgoing, Route
from .nats_consumer import AsyncNatsSubscription

if TYPE_CHECKING:
    from .nats import AsyncNatsBroker

T = TypeVar("T")


class Loop:
    """An event loop in a thread, which begins with the first call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what *work* returns; it is cancelled when the caller is interrupted."""
        future = asyncio.run_coroutine_threadsafe(work, self._begun())
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        """End the thread; once more does nothing."""
        with self._lock:
            loop, self._loop = self._loop, None
            thread, self._thread = self._thread, None
        if loop is not None and thread is not None:
            asyncio.run_coroutine_threadsafe(_end_tasks(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _begun(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
                self._thread.start()
            return self._loop


async def _end_tasks() -> None:
    """End what the client has left running, so that nothing is destroyed half done."""
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


class NatsSubscription:
    """See ``messages.Subscription``."""

    def __init__(self, inner: AsyncNatsSubscription, loop: Loop) -> None:
        self._inner, self._loop = inner, loop

    @property
    def lease(self) -> float:
        """See ``messages.Subscription``."""
        return self._inner.lease

    def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        """See ``messages.Subscription``."""
        return self._loop.run(self._inner.receive(most, wait))

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """See ``messages.Subscription``."""
        self._loop.run(self._inner.ack(deliveries))

    def retry(self, delivery: Delivery, delay: float) -> None:
        """See ``messages.Subscription``."""
        self._loop.run(self._inner.retry(delivery, delay))

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """See ``messages.Subscription``."""
        self._loop.run(self._inner.dead_letter(delivery, reason))

    def extend(self, delivery: Delivery) -> None:
        """See ``messages.Subscription``."""
        self._loop.run(self._inner.extend(delivery))

    def close(self) -> None:
        """See ``messages.Subscription``."""
        self._loop.run(self._inner.close())


class NatsBroker:
    """See ``messages.Broker``."""

    def __init__(self, inner: AsyncNatsBroker) -> None:
        self._inner, self._loop = inner, Loop()
        self._closed = False

    def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        """See ``messages.Broker``."""
        self._run(self._inner.publish(route, messages, timeout))

    def subscribe(self, route: Route) -> NatsSubscription:
        """See ``messages.Broker``."""
        return NatsSubscription(self._run(self._inner.subscribe(route)), self._loop)

    def declare(self, route: Route) -> None:
        """See ``messages.Broker``."""
        self._run(self._inner.declare(route))

    def healthcheck(self, timeout: float) -> None:
        """See ``messages.Broker``."""
        self._run(self._inner.healthcheck(timeout))

    def close(self) -> None:
        """See ``messages.Broker``."""
        if not self._closed:
            self._closed = True
            self._loop.run(self._inner.close())
            self._loop.stop()

    def translate(self, error: Exception) -> IntegrationError | None:
        """See ``messages.Broker``."""
        return self._inner.translate(error)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._closed:
            work.close()
            raise ConnectionFailedError("the broker was closed", retryable=False)
        return self._loop.run(work)
