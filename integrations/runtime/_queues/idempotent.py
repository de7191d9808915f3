"""A handler that does its work once for each message, however often the message is delivered.

    handler = Idempotent(MemoryStore())(charge)
    orders.consume_order_created(handler)

Delivery is at least once: after a lost connection, or when a consumer dies, a message comes again with the
same id. The store remembers the ids that are done. A store that several processes share, such as Redis, has
the same three functions; its claims end by themselves after a while, since their process may have died.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import isawaitable, iscoroutinefunction
from typing import Any, Final, Protocol, TypeVar, cast

from .._clock import SYSTEM_CLOCK, Clock
from .._errors import InvalidArgumentError
from .trace import current_delivery
from .verdicts import RetryLater

F = TypeVar("F", bound=Callable[..., Any])
BUSY: Final = 5.0  # seconds until a message is looked at again that another consumer has in hand


class Store(Protocol):
    """Which messages are done; every function may also be a coroutine, for async handlers."""

    def claim(self, message_id: str) -> bool | Awaitable[bool | None] | None:
        """Take a message: True: it is yours; False: it is done already; None: another one has it in hand."""
        ...

    def done(self, message_id: str) -> Any:
        """It is processed: remember that."""
        ...

    def release(self, message_id: str) -> Any:
        """It was not processed: anyone may claim it."""
        ...


class MemoryStore:
    """A store for one process.

    Args:
        most: ids that are remembered; the oldest are forgotten first.
        lease: seconds after which a claim ends that was neither done nor released.
        clock: time.
    """

    def __init__(self, most: int = 100_000, *, lease: float = 900.0, clock: Clock = SYSTEM_CLOCK) -> None:
        self._most, self._lease, self._clock = most, lease, clock
        self._lock = threading.Lock()
        self._done: OrderedDict[str, None] = OrderedDict()
        self._claims: dict[str, float] = {}

    def claim(self, message_id: str) -> bool | None:
        with self._lock:
            if message_id in self._done:
                return False
            now = self._clock.monotonic()
            if self._claims.get(message_id, now) > now:
                return None
            self._claims[message_id] = now + self._lease
            return True

    def done(self, message_id: str) -> None:
        with self._lock:
            self._claims.pop(message_id, None)
            self._done[message_id] = None
            if len(self._done) > self._most:
                self._done.popitem(last=False)

    def release(self, message_id: str) -> None:
        with self._lock:
            self._claims.pop(message_id, None)


class Idempotent:
    """Makes handlers idempotent; see the module.

    Args:
        store: which messages are done.
        busy: seconds until a message is tried again that another consumer has in hand.
    """

    def __init__(self, store: Store, *, busy: float = BUSY) -> None:
        self._store, self._busy = store, busy

    def __call__(self, handler: F) -> F:
        """Return *handler*, called once for each message."""
        wrap = self._async if iscoroutinefunction(handler) else self._sync
        return cast("F", wraps(handler)(wrap(handler)))

    def _sync(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        def once(message: Any) -> None:
            name = _id()
            if not self._mine(self._store.claim(name)):
                return
            try:
                handler(message)
            except BaseException:
                self._store.release(name)
                raise
            self._store.done(name)

        return once

    def _async(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        async def once(message: Any) -> None:
            name = _id()
            if not self._mine(await _value(self._store.claim(name))):
                return
            try:
                await handler(message)
            except BaseException:
                await _value(self._store.release(name))
                raise
            await _value(self._store.done(name))

        return once

    def _mine(self, claimed: Any) -> bool:
        if isawaitable(claimed):
            raise InvalidArgumentError("this store is async, so its handlers are coroutine functions")
        if claimed is None:
            raise RetryLater(self._busy)
        return bool(claimed)


def _id() -> str:
    delivery = current_delivery()
    if delivery is None:
        raise InvalidArgumentError("an idempotent handler is called by a consumer, with a message in hand")
    return delivery.id


async def _value(given: Any) -> Any:
    return await given if isawaitable(given) else given
