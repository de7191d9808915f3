"""The base of message queue adapters, blocking and async.

A generated adapter declares `Channel` constants and calls `_publish`, `_publish_batch` and `_consume`. All
else happens here, the same way for every broker: typed messages and their bytes, confirmation, repeated
attempts, dead letters, order by key, concurrency, reconnecting, draining, traces and metrics.

Delivery is at least once: a message may come again after a lost connection. `Idempotent` makes of a handler
one that does its work once for each message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from inspect import iscoroutinefunction
from types import TracebackType
from typing import Self, TypeVar

from ._errors import IntegrationError, InvalidArgumentError
from ._forms import awaited
from ._http.oneof import OneOf
from ._queues.asynchronous import AsyncConsumer
from ._queues.base import QueueAdapterBase
from ._queues.blocking import Consumer
from ._queues.channel import Channel, checked
from ._queues.draining import StopEvent
from ._queues.drivers import aconnect, connect
from ._queues.idempotent import Idempotent, MemoryStore, Store
from ._queues.messages import AsyncBroker, Broker, Delivery, PartlyPublishedError, Route
from ._queues.publishing import CHUNK, Pending, chunks
from ._queues.settings import QueueSettings
from ._queues.tally import Consumed
from ._queues.trace import current_delivery, trace_headers, tracing
from ._queues.verdicts import RejectMessage, RetryLater
from ._secrets import Secret

__all__ = [
    "AsyncQueueAdapter",
    "Channel",
    "Consumed",
    "Delivery",
    "Idempotent",
    "MemoryStore",
    "OneOf",
    "PartlyPublishedError",
    "QueueAdapter",
    "QueueSettings",
    "RejectMessage",
    "RetryLater",
    "StopEvent",
    "Store",
    "awaited",
    "current_delivery",
    "tracing",
]

T = TypeVar("T")


class QueueAdapter(QueueAdapterBase[Broker]):
    """A blocking adapter. Threads may share it; close it, or use it in a `with`."""

    def _connect(self, url: Secret) -> Broker:
        return connect(self.VARIANT, self._settings, url, self._clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; the adapter cannot be used afterwards."""
        self._closed = True
        self._broker.close()

    def healthcheck(self, timeout: float = 5.0) -> None:
        """Return when the broker has answered; each attempt has *timeout* seconds.

        Raises:
            IntegrationError: it did not.
        """
        self._open("healthcheck")
        self._guard.call("healthcheck", lambda: self._broker.healthcheck(timeout), repeatable=True)

    def declare(self) -> None:
        """Make every queue, topic or stream of the channels that says so, and is not there yet.

        Publishing and consuming do so for their own channel when they first need it.
        """
        self._open("declare")
        for channel in self.CHANNELS:
            ready = partial(self._ready, self._route(channel))
            self._guard.call("declare", ready, repeatable=True)

    def _ready(self, route: Route) -> None:
        if route.declare and route.channel not in self._declared:
            self._broker.declare(route)
            self._declared.add(route.channel)

    def _publish(
        self,
        channel: Channel[T],
        message: T,
        *,
        key: str | None = None,
        delay: float = 0.0,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish one message, and return its id when the broker has confirmed it."""
        told = {**trace_headers(), **self._checked(channel.publishing, lambda: checked(headers))}
        outgoing = self._checked(
            channel.publishing, lambda: channel.outgoing(message, key, delay, told, message_id)
        )
        self._send(channel, Pending([outgoing]), timeout)
        self.metrics.count(f"{channel.name}.published", 1)
        return outgoing.id

    def _publish_batch(
        self,
        channel: Channel[T],
        messages: Iterable[T],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many, and return their ids when the broker has confirmed all of them."""
        told = {**trace_headers(), **self._checked(channel.publishing, lambda: checked(headers))}
        batch = self._checked(channel.publishing, lambda: channel.batch(messages, told))
        for pending in chunks(batch, getattr(self._broker, "chunk", CHUNK)):
            try:
                self._send(channel, pending, timeout)
            except IntegrationError as error:
                raise pending.failure(error, len(batch)) from (error.__cause__ or error)
        self.metrics.count(f"{channel.name}.published", len(batch))
        return [outgoing.id for outgoing in batch]

    def _send(self, channel: Channel[T], pending: Pending, timeout: float | None) -> None:
        route, wait = self._route(channel), timeout or self._settings.publish_timeout

        def attempt() -> None:
            self._ready(route)
            try:
                self._broker.publish(route, pending.messages, wait)
            except PartlyPublishedError as error:
                pending.refused(error)
                raise

        # a repeated message has the same id, so that an idempotent consumer knows it
        self._guard.call(channel.publishing, attempt, repeatable=True)

    def consume_dead_letters(
        self,
        channel: str,
        handler: Callable[[bytes], object],
        *,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand the dead letters of a channel to *handler*: their untouched bytes.

        `current_delivery()` has the rest: `.headers["x-death-reason"]` and `["x-first-failed"]`. A letter is
        gone when *handler* returns; when it raises, the letter stays.
        """
        found = self._named(channel)
        self._ready(self._route(found))
        return self._consume(self._dead(found), handler, limit=limit, idle=idle, stop=stop)

    def _consume(
        self,
        channel: Channel[T],
        handler: Callable[[T], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages to *handler* until there is a reason to stop."""
        operation = channel.consuming
        if iscoroutinefunction(handler):
            raise InvalidArgumentError(
                "the handler is a coroutine function: use the async adapter",
                service=self.SERVICE,
                operation=operation,
            )
        plan = self._checked(operation, lambda: self._plan(channel, handler, concurrency, limit, idle, stop))
        consumer = Consumer(plan, self._guard, self._broker, lambda: self._declared_anew(plan.route))
        self._running.add(consumer)
        try:
            return consumer.run()
        finally:
            self._running.discard(consumer)

    def _declared_anew(self, route: Route) -> None:
        self._declared.discard(route.channel)  # the broker may have come back without it
        self._ready(route)


class AsyncQueueAdapter(QueueAdapterBase[AsyncBroker]):
    """An async adapter. Share it between the tasks of one event loop; close it, or use `async with`."""

    def _connect(self, url: Secret) -> AsyncBroker:
        return aconnect(self.VARIANT, self._settings, url, self._clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; the adapter cannot be used afterwards."""
        self._closed = True
        await self._broker.close()

    async def healthcheck(self, timeout: float = 5.0) -> None:
        """Return when the broker has answered; each attempt has *timeout* seconds.

        Raises:
            IntegrationError: it did not.
        """
        self._open("healthcheck")
        await self._guard.acall("healthcheck", lambda: self._broker.healthcheck(timeout), repeatable=True)

    async def declare(self) -> None:
        """Make every queue, topic or stream of the channels that says so; see `QueueAdapter.declare`."""
        self._open("declare")
        for channel in self.CHANNELS:
            ready = partial(self._ready, self._route(channel))
            await self._guard.acall("declare", ready, repeatable=True)

    async def _ready(self, route: Route) -> None:
        if route.declare and route.channel not in self._declared:
            await self._broker.declare(route)
            self._declared.add(route.channel)

    async def _publish(
        self,
        channel: Channel[T],
        message: T,
        *,
        key: str | None = None,
        delay: float = 0.0,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish one message, and return its id when the broker has confirmed it."""
        told = {**trace_headers(), **self._checked(channel.publishing, lambda: checked(headers))}
        outgoing = self._checked(
            channel.publishing, lambda: channel.outgoing(message, key, delay, told, message_id)
        )
        await self._send(channel, Pending([outgoing]), timeout)
        self.metrics.count(f"{channel.name}.published", 1)
        return outgoing.id

    async def _publish_batch(
        self,
        channel: Channel[T],
        messages: Iterable[T],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many, and return their ids when the broker has confirmed all of them."""
        told = {**trace_headers(), **self._checked(channel.publishing, lambda: checked(headers))}
        batch = self._checked(channel.publishing, lambda: channel.batch(messages, told))
        for pending in chunks(batch, getattr(self._broker, "chunk", CHUNK)):
            try:
                await self._send(channel, pending, timeout)
            except IntegrationError as error:
                raise pending.failure(error, len(batch)) from (error.__cause__ or error)
        self.metrics.count(f"{channel.name}.published", len(batch))
        return [outgoing.id for outgoing in batch]

    async def _send(self, channel: Channel[T], pending: Pending, timeout: float | None) -> None:
        route, wait = self._route(channel), timeout or self._settings.publish_timeout

        async def attempt() -> None:
            await self._ready(route)
            try:
                await self._broker.publish(route, pending.messages, wait)
            except PartlyPublishedError as error:
                pending.refused(error)
                raise

        # a repeated message has the same id, so that an idempotent consumer knows it
        await self._guard.acall(channel.publishing, attempt, repeatable=True)

    async def consume_dead_letters(
        self,
        channel: str,
        handler: Callable[[bytes], object],
        *,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand the dead letters of a channel to *handler*; see `QueueAdapter.consume_dead_letters`."""
        found = self._named(channel)
        await self._ready(self._route(found))
        return await self._consume(self._dead(found), handler, limit=limit, idle=idle, stop=stop)

    async def _consume(
        self,
        channel: Channel[T],
        handler: Callable[[T], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages to *handler* until there is a reason to stop."""
        plan = self._checked(
            channel.consuming, lambda: self._plan(channel, handler, concurrency, limit, idle, stop)
        )
        consumer = AsyncConsumer(plan, self._guard, self._broker, lambda: self._declared_anew(plan.route))
        self._running.add(consumer)
        try:
            return await consumer.run()
        finally:
            self._running.discard(consumer)

    async def _declared_anew(self, route: Route) -> None:
        self._declared.discard(route.channel)  # the broker may have come back without it
        await self._ready(route)
