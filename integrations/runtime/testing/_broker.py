"""A broker in memory: what is published, delivered and settled can be scripted and seen."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from .._clock import Clock
from .._errors import ConnectionFailedError, IntegrationError
from .._queues.messages import FIRST_FAILED, NO_HEADERS, REASON, Delivery, Outgoing, Route
from .._queues.trace import PARENT
from ..queues import AsyncQueueAdapter, QueueAdapter
from ._clock import FakeClock
from ._running import Form, Scripted, of_form
from ._script import Script

SHORTEST: Final = 1e-6  # seconds that a clock moves on at least: less is lost in rounding
STEP: Final = 0.005  # seconds between two looks for a message, where time is real


@dataclass(slots=True, eq=False)
class Stored:
    """A message that lies at an address; *due* is when it may be received."""

    body: bytes
    id: str
    key: str | None
    headers: Mapping[str, str]
    attempt: int = 1
    due: float = 0.0


class MemoryBroker:
    """A broker of one process, in blocking form; ``AsyncMemoryBroker`` is the same in async form.

    Attributes:
        queues: the messages that lie at each address.
        connections: how often someone subscribed.

    Args:
        clock: time, for delays.
        lease: see ``Subscription``.
    """

    def __init__(self, clock: Clock, *, lease: float = 0.0) -> None:
        self.queues: dict[str, deque[Stored]] = {}
        self.connections = 0
        self.declared: list[str] = []
        self.closed = False
        self._clock, self._lease = clock, lease
        self._lock = threading.RLock()
        self._failures: deque[Exception] = deque()
        self._subscriptions: list[MemorySubscription] = []

    def put(self, address: str, message: Stored, *, first: bool = False) -> None:
        """Let a message lie at *address*."""
        with self._lock:
            queue = self.queues.setdefault(address, deque())
            queue.appendleft(message) if first else queue.append(message)

    def fails(self, error: Exception, *, times: int = 1) -> None:
        """Let the next calls of any kind fail."""
        self._failures.extend([error] * times)

    def drop(self) -> None:
        """Break every connection: what is not settled goes back, and subscriptions say so."""
        with self._lock:
            for subscription in self._subscriptions:
                subscription.broken = True
                subscription.give_back(attempts=1)

    def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        self.fail_if_asked()
        now = self._clock.monotonic()
        for one in messages:
            self.put(route.address, Stored(one.body, one.id, one.key, one.headers, due=now + one.delay))

    def subscribe(self, route: Route) -> MemorySubscription:
        self.fail_if_asked()
        self.connections += 1
        found = MemorySubscription(self, route)
        self._subscriptions.append(found)
        return found

    def declare(self, route: Route) -> None:
        self.fail_if_asked()
        self.declared.append(route.address)

    def healthcheck(self, timeout: float) -> None:
        self.fail_if_asked()

    def close(self) -> None:
        self.closed = True

    def translate(self, error: Exception) -> IntegrationError | None:
        return None

    def fail_if_asked(self) -> None:
        """Raise the next queued failure."""
        if self._failures:
            raise self._failures.popleft()

    def taken(self, address: str, most: int) -> list[Stored]:
        """Take messages that are due, in their order."""
        now, found = self._clock.monotonic(), list[Stored]()
        with self._lock:
            queue = self.queues.setdefault(address, deque())
            for message in list(queue):
                if len(found) < most and message.due <= now:
                    queue.remove(message)
                    found.append(message)
        return found

    def next_look(self, address: str, left: float) -> float:
        """Return the seconds to sleep before the next look, at most *left*."""
        if not isinstance(self._clock, FakeClock):
            return min(left, STEP)
        now = self._clock.monotonic()
        dues = (m.due - now for m in list(self.queues.get(address, ())) if m.due > now)
        return max(SHORTEST, min([left, *dues]))

    def settled(self, route: Route, delivery: Delivery, outcome: str, **told: Any) -> None:
        """Called when a message was settled; a script notes it."""


class MemorySubscription:
    """What one consumer of a ``MemoryBroker`` holds."""

    def __init__(self, broker: MemoryBroker, route: Route) -> None:
        self.broken = False
        self.extended = 0
        self.most_held = 0
        self._broker, self._route = broker, route
        self._held: dict[Delivery, Stored] = {}

    @property
    def lease(self) -> float:
        return self._broker._lease

    def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        clock, left = self._broker._clock, wait
        while not (found := self.look(most)) and left > 0:
            seconds = self._broker.next_look(self._route.address, left)
            clock.sleep(seconds)
            left -= seconds
        return found

    def look(self, most: int) -> list[Delivery]:
        """Take what is there."""
        self._alive()
        found = []
        for one in self._broker.taken(self._route.address, most):
            delivery = Delivery(one.body, one.id, one.key, one.headers, one.attempt)
            self._held[delivery] = one
            found.append(delivery)
        self.most_held = max(self.most_held, len(self._held))
        return found

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        self._alive()
        for delivery in deliveries:
            del self._held[delivery]
            self._broker.settled(self._route, delivery, "processed")

    def retry(self, delivery: Delivery, delay: float) -> None:
        self._alive()
        message = self._held.pop(delivery)
        self._broker.settled(self._route, delivery, "retried", delay=delay)
        message.attempt, message.due = message.attempt + 1, self._broker._clock.monotonic() + delay
        self._broker.put(self._route.address, message)

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        self._alive()
        message = self._held.pop(delivery)
        told = {**message.headers, REASON: reason, FIRST_FAILED: "2026-01-02T03:04:05+00:00"}
        self._broker.settled(self._route, delivery, "dead_lettered", reason=reason)
        self._broker.put(self._route.dead_letter, Stored(message.body, message.id, message.key, told))

    def extend(self, delivery: Delivery) -> None:
        self.extended += 1

    def close(self) -> None:
        self.give_back(attempts=0)

    def give_back(self, *, attempts: int) -> None:
        """Put what is not settled back in its place."""
        for message in reversed(list(self._held.values())):
            message.attempt += attempts
            self._broker.put(self._route.address, message, first=True)
        self._held.clear()

    def _alive(self) -> None:
        self._broker.fail_if_asked()
        if self.broken:
            raise ConnectionFailedError("the connection is gone")


class AsyncMemoryBroker:
    """The async form of a ``MemoryBroker``."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker

    async def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        self._broker.publish(route, messages, timeout)

    async def subscribe(self, route: Route) -> AsyncMemorySubscription:
        return AsyncMemorySubscription(self._broker, self._broker.subscribe(route), route)

    async def declare(self, route: Route) -> None:
        self._broker.declare(route)

    async def healthcheck(self, timeout: float) -> None:
        self._broker.healthcheck(timeout)

    async def close(self) -> None:
        self._broker.close()

    def translate(self, error: Exception) -> IntegrationError | None:
        return self._broker.translate(error)


class AsyncMemorySubscription:
    """The async form of a ``MemorySubscription``."""

    def __init__(self, broker: MemoryBroker, subscription: MemorySubscription, route: Route) -> None:
        self._broker, self._subscription, self._route = broker, subscription, route

    @property
    def lease(self) -> float:
        return self._subscription.lease

    async def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        left = wait
        while not (found := self._subscription.look(most)) and left > 0:
            seconds = self._broker.next_look(self._route.address, left)
            await self._broker._clock.async_sleep(seconds)
            await asyncio.sleep(0)
            left -= seconds
        return found

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        self._subscription.ack(deliveries)

    async def retry(self, delivery: Delivery, delay: float) -> None:
        self._subscription.retry(delivery, delay)

    async def dead_letter(self, delivery: Delivery, reason: str) -> None:
        self._subscription.dead_letter(delivery, reason)

    async def extend(self, delivery: Delivery) -> None:
        self._subscription.extend(delivery)

    async def close(self) -> None:
        self._subscription.close()


class ScriptedBroker(MemoryBroker, Scripted):
    """A broker in memory behind an adapter's injected engine, for both forms.

    What the adapter publishes, and what becomes of each message that it consumes, is noted call by call:
    `published` and `settled` check the next one, and at the end nothing may be unchecked (unless forgotten).

    Attributes:
        adapter: the adapter under test.
        clock: its clock; nothing is really waited.
    """

    def __init__(self, package: str, secrets: Mapping[str, str]) -> None:
        Scripted.__init__(self, secrets)
        MemoryBroker.__init__(self, self.clock)
        self.script = Script(package)
        self._refusals: deque[Exception] = deque()

    @classmethod
    @contextmanager
    def running(
        cls,
        sync_class: type[QueueAdapter],
        async_class: type[AsyncQueueAdapter] | None,
        form: Form,
        *,
        secrets: Mapping[str, str],
        connection_string: str | None = None,
        **from_config: Any,
    ) -> Iterator[ScriptedBroker]:
        """Run an adapter, set up from its own config.yaml, against a broker in memory.

        At the end it fails if something was sent or settled that the test did not check (unless forgotten),
        and if the value of a secret was logged, printed, raised, or shown by the adapter's repr.

        Args:
            sync_class: the blocking adapter.
            async_class: the async adapter; None where there is none.
            form: which of the two.
            secrets: variable names and made-up values, for the secrets that config.yaml names.
            connection_string: instead of the configured one; needed where that is null.
            from_config: further arguments of `from_config`.
        """
        kind = of_form(sync_class, async_class, form)
        broker = cls(kind.PACKAGE, secrets)
        engine: Any = broker if form == "sync" else AsyncMemoryBroker(broker)
        name = f"{kind.PACKAGE.upper()}_CONNECTION_STRING"
        environ = {} if connection_string is None else {name: connection_string}
        with broker._from_config(kind, form, **{"environ": environ, "engine": engine, **from_config}):
            yield broker
        broker.script.verify()

    def refuses(self, error: Exception, *, times: int = 1) -> None:
        """Let the next messages that are published fail."""
        self._refusals.extend([error] * times)

    def delivers(
        self,
        channel: str,
        body: Any,
        *,
        key: str | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        id: str = "m-1",
        attempt: int = 1,
    ) -> None:
        """Let a message lie at the address of *channel*: bytes as they are, all else as JSON."""
        route = next(self.adapter._route(one) for one in self.adapter.CHANNELS if one.name == channel)
        self.put(route.address, Stored(_bytes(body), id, key, dict(headers), attempt))

    def published(
        self,
        operation: str,
        address: str,
        body: Any,
        *,
        key: str | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        delay: float = 0.0,
    ) -> None:
        """Fail unless the next unchecked thing is this message, with a trace that it belongs to."""
        call = {"operation": operation, "address": address, "key": key, "headers": dict(headers)}
        self.script.sent(**call, delay=delay, body=_readable(_bytes(body)), traced=True)

    def settled_as(self, operation: str, outcome: str, **told: Any) -> None:
        """Fail unless the next unchecked thing is a message that was so "processed", "retried" …

        Args:
            operation: the name of the consuming method.
            outcome: "processed", "retried" or "dead_lettered".
            told: the address and body; of a dead letter its dead_letter and reason, of a retry its delay.
        """
        if "body" in told:
            told["body"] = _readable(_bytes(told["body"]))
        calls = self.script.calls
        seen = calls[self.script._checked] if self.script._checked < len(calls) else {}
        self.script.sent(**{**seen, "operation": operation, "outcome": outcome, **told})

    def forget(self) -> None:
        """Do not insist that everything is checked."""
        self.script.forget()

    def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        self.fail_if_asked()
        for one in messages:
            headers = {name: text for name, text in one.headers.items() if name != PARENT}
            self.script.replies(self._refusals.popleft() if self._refusals else None)
            self.script.answer(
                {
                    "operation": self._channel(route).publishing,
                    "address": route.address,
                    "key": one.key,
                    "headers": headers,
                    "delay": one.delay,
                    "body": _readable(one.body),
                    "traced": PARENT in one.headers,
                }
            )

    def settled(self, route: Route, delivery: Delivery, outcome: str, **told: Any) -> None:
        self.script.replies(None)
        self.script.answer(
            {
                "operation": self._channel(route).consuming,
                "address": route.address,
                "dead_letter": route.dead_letter,
                "outcome": outcome,
                "attempt": delivery.attempt,
                "body": _readable(delivery.body),
                **told,
            }
        )

    def _channel(self, route: Route) -> Any:
        return next(one for one in self.adapter.CHANNELS if one.name == route.channel)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _readable(body: bytes) -> Any:
    """Return a body as JSON data can hold it."""
    try:
        return json.loads(body)
    except ValueError:
        return {"base64": base64.b64encode(body).decode()}
