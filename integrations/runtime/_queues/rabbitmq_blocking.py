"""RabbitMQ for blocking programs: the async driver on an event loop in a thread of its own.

That thread serves the connections, so heartbeats go on however long a handler takes, and callers and handlers
of any thread may publish at once.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from .._errors import ConnectionFailedError
from .messages import Delivery, Outgoing, Route
from .rabbitmq_async import AsyncRabbitBroker, AsyncRabbitSubscription
from .rabbitmq_errors import translate

T = TypeVar("T")


class LoopThread:
    """An event loop in a thread, which starts with the first call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ended = False

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what *work* returns, whose own time limits apply."""
        try:
            promised = asyncio.run_coroutine_threadsafe(work, self._started())
        except BaseException:
            work.close()
            raise
        try:
            return promised.result()
        except BaseException:
            promised.cancel()  # e.g. Ctrl-C in this thread: nobody waits any more
            raise

    def tell(self, order: Callable[[], None]) -> None:
        """Have *order* called on the loop, soon; nothing where it has ended."""
        with suppress(RuntimeError):
            self._started().call_soon_threadsafe(order)

    def end(self) -> None:
        """End loop and thread; once more does nothing."""
        with self._lock:
            self._ended = True
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._ended:
                raise ConnectionFailedError("the broker's connections are closed", retryable=False)
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_serve, args=(self._loop,), name="rabbitmq", daemon=True
                )
                self._thread.start()
            return self._loop


class RabbitBroker:
    """A broker; nothing is connected before the first call."""

    def __init__(self, inner: AsyncRabbitBroker) -> None:
        self._inner = inner
        self._loop = LoopThread()
        self._closed = False

    translate = staticmethod(translate)

    def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        self._loop.run(self._inner.publish(route, messages, timeout))

    def subscribe(self, route: Route) -> RabbitSubscription:
        bell = threading.Event()

        def ring() -> None:
            if not bell.is_set():  # to ask costs a tenth of ringing
                bell.set()

        inner = self._loop.run(self._inner.consume(route, ring))
        return RabbitSubscription(inner, self._loop, bell)

    def declare(self, route: Route) -> None:
        self._loop.run(self._inner.declare(route))

    def healthcheck(self, timeout: float) -> None:
        self._loop.run(self._inner.healthcheck(timeout))

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            with suppress(ConnectionFailedError):
                self._loop.run(self._inner.close())
            self._loop.end()


class RabbitSubscription:
    """A consumer of one work queue, used by one thread."""

    lease: float = 0.0

    def __init__(self, inner: AsyncRabbitSubscription, loop: LoopThread, bell: threading.Event) -> None:
        self._inner, self._loop, self._bell = inner, loop, bell

    def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        inner, bell = self._inner, self._bell
        until = None
        while inner.lost is None and wait > 0 and not (most and inner.ready):
            bell.clear()
            if inner.lost is not None or (most and inner.ready):
                break
            now = time.monotonic()
            until = now + wait if until is None else until
            if now >= until or not bell.wait(until - now):
                break
        return inner.take(most)

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        inner = self._inner
        if inner.lost is not None:
            raise inner.lost
        tags = [delivery.tag[1] for delivery in deliveries if delivery.tag[0] is inner]
        self._loop.tell(lambda: _settle(inner, tags))

    def retry(self, delivery: Delivery, delay: float) -> None:
        self._loop.run(self._inner.retry(delivery, delay))

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        self._loop.run(self._inner.dead_letter(delivery, reason))

    def extend(self, delivery: Delivery) -> None:
        """Do nothing: a message is this consumer's as long as the connection lives."""

    def close(self) -> None:
        self._loop.run(self._inner.close())


def _settle(inner: AsyncRabbitSubscription, tags: Sequence[int]) -> None:
    with suppress(Exception):  # the connection is gone: `receive` says so, and the messages come again
        inner.settle(tags)


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
