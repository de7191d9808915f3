"""The pool's async form; see `pool`. For the tasks of one event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from .engine import AsyncConnection
from .pool import Places, PoolStats, exhausted

C = TypeVar("C", bound=AsyncConnection)


class AsyncPool(Generic[C]):
    """Lends connections, the one used last first, and opens them when they are needed.

    Args:
        opens: opens a connection, or raises.
        size: most connections at once.
        wait: seconds that a caller may wait for one.
    """

    def __init__(self, opens: Callable[[], Awaitable[C]], size: int, wait: float) -> None:
        self._opens, self._wait = opens, wait
        self._places: Places[C] = Places(size)
        self._waiting: deque[asyncio.Future[C | None]] = deque()

    @property
    def stats(self) -> PoolStats:
        return self._places.stats(len(self._waiting))

    async def take(self) -> C:
        """Return a connection that stands.

        Raises:
            PoolExhaustedError: none became free in time.
            IntegrationError: one had to be opened, and could not be.
        """
        places = self._places
        while True:
            connection = places.idle.pop() if places.idle else await self._waited()
            if connection.alive():
                return connection
            places.replaced += 1
            await self.drop(connection)

    def give(self, connection: C) -> None:
        """Take *connection* back; it is lent again."""
        if self._places.closed:
            connection.abandon()
            self._places.open -= 1
        elif (waiter := self._next()) is not None:
            waiter.set_result(connection)
        else:
            self._places.idle.append(connection)

    async def drop(self, connection: C) -> None:
        """Take *connection* back and close it; its place is free for another."""
        self._leave()
        await connection.close()

    def abandon(self, connection: C) -> None:
        """The same at once, for a task that was cancelled."""
        self._leave()
        connection.abandon()

    async def close(self) -> None:
        """Close what is idle now, and the rest when it comes back."""
        places = self._places
        places.closed = True
        idle, places.idle = places.idle, []
        places.open -= len(idle)
        for connection in idle:
            await connection.close()

    async def _waited(self) -> C:
        """Return the next connection that comes back, or a new one."""
        places = self._places
        places.refuse_closed()
        if places.open < places.size:
            places.open += 1
            return await self._opened()
        handed = await self._handed()
        return await self._opened() if handed is None else handed

    async def _handed(self) -> C | None:
        """Wait for a connection, or for a free place (None)."""
        waiter: asyncio.Future[C | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(self._wait):
                return await waiter
        except TimeoutError:
            self._unclaimed(waiter)
            raise exhausted(self._places.size, self._wait) from None
        except asyncio.CancelledError:
            self._unclaimed(waiter)
            raise

    def _unclaimed(self, waiter: asyncio.Future[C | None]) -> None:
        """Forget a waiter that has gone; what was handed to it is passed on."""
        if waiter in self._waiting:
            self._waiting.remove(waiter)
        if waiter.done() and not waiter.cancelled():
            connection = waiter.result()
            if connection is None:
                self._leave()
            else:
                self.give(connection)

    async def _opened(self) -> C:
        try:
            connection = await self._opens()
        except BaseException:
            self._leave()
            raise
        self._places.opened += 1
        return connection

    def _leave(self) -> None:
        """A place is free: whoever waits may open one."""
        if (waiter := self._next()) is not None:
            waiter.set_result(None)
        else:
            self._places.open -= 1

    def _next(self) -> asyncio.Future[C | None] | None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                return waiter
        return None
