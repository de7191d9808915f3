"""Connections that are lent one at a time, first come first served; for threads.

One pool for every engine: of the drivers two have none of their own, and the others' differ in what they
check, count and raise.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypedDict, TypeVar

from .._errors import ConfigurationError, PoolExhaustedError


class PoolStats(TypedDict):
    """Connections of one server now, and since the adapter was made."""

    size: int
    open: int
    busy: int
    idle: int
    waiting: int
    opened: int
    replaced: int


class Pooled(Protocol):
    """What a pool must know of a connection."""

    def alive(self) -> bool:
        """Whether it still stands after a rest."""
        ...

    def close(self) -> None:
        """Close it; never raises."""
        ...


Item = TypeVar("Item")
C = TypeVar("C", bound=Pooled)


class Places(Generic[Item]):
    """Who has what; the part that threads and tasks share. Not safe by itself."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.idle: list[Item] = []
        self.open = 0
        self.opened = 0
        self.replaced = 0
        self.closed = False

    def stats(self, waiting: int) -> PoolStats:
        idle = len(self.idle)
        return PoolStats(
            size=self.size,
            open=self.open,
            busy=self.open - idle,
            idle=idle,
            waiting=waiting,
            opened=self.opened,
            replaced=self.replaced,
        )

    def refuse_closed(self) -> None:
        if self.closed:
            raise ConfigurationError("the adapter is closed")


def exhausted(size: int, seconds: float) -> PoolExhaustedError:
    """Return the error of a caller that waited in vain."""
    return PoolExhaustedError(f"all {size} connections were busy for {seconds:g} s; raise pool_size?")


class Pool(Generic[C]):
    """Lends connections, the one used last first, and opens them when they are needed.

    Args:
        opens: opens a connection, or raises.
        size: most connections at once.
        wait: seconds that a caller may wait for one.
    """

    def __init__(self, opens: Callable[[], C], size: int, wait: float) -> None:
        self._opens, self._wait = opens, wait
        self._places: Places[C] = Places(size)
        self._lock = threading.Lock()
        self._waiting: deque[SimpleQueue[C | None]] = deque()

    @property
    def stats(self) -> PoolStats:
        with self._lock:
            return self._places.stats(len(self._waiting))

    def take(self) -> C:
        """Return a connection that stands.

        Raises:
            PoolExhaustedError: none became free in time.
            IntegrationError: one had to be opened, and could not be.
        """
        while True:
            try:
                connection = self._places.idle.pop()  # atomic: no lock where there is no queue
            except IndexError:
                connection = self._waited()
            if connection.alive():
                return connection
            self._replace(connection)

    def give(self, connection: C) -> None:
        """Take *connection* back; it is lent again."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().put(connection)
                return
            if not self._places.closed:
                self._places.idle.append(connection)
                return
        self.drop(connection)

    def drop(self, connection: C) -> None:
        """Take *connection* back and close it; its place is free for another."""
        with self._lock:
            self._leave()
        connection.close()

    def close(self) -> None:
        """Close what is idle now, and the rest when it comes back."""
        places = self._places
        with self._lock:
            places.closed = True
            idle, places.idle = places.idle, []
            places.open -= len(idle)
        for connection in idle:
            connection.close()

    def _waited(self) -> C:
        """Return the next connection that comes back, or a new one."""
        places = self._places
        with self._lock:
            if places.idle:
                return places.idle.pop()
            places.refuse_closed()
            if places.open < places.size:
                places.open += 1
                ticket = None
            else:
                ticket = SimpleQueue[C | None]()
                self._waiting.append(ticket)
        handed = None if ticket is None else self._handed(ticket)
        return self._opened() if handed is None else handed

    def _handed(self, ticket: SimpleQueue[C | None]) -> C | None:
        """Wait for a connection, or for a free place (None)."""
        try:
            return ticket.get(timeout=self._wait)
        except Empty:
            with self._lock:
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
                    raise exhausted(self._places.size, self._wait) from None
            return ticket.get()  # it was handed over at the very last moment

    def _opened(self) -> C:
        try:
            connection = self._opens()
        except BaseException:
            with self._lock:
                self._leave()
            raise
        with self._lock:
            self._places.opened += 1
        return connection

    def _replace(self, connection: C) -> None:
        with self._lock:
            self._places.replaced += 1
        self.drop(connection)

    def _leave(self) -> None:
        """A place is free: whoever waits may open one."""
        if self._waiting:
            self._waiting.popleft().put(None)
        else:
            self._places.open -= 1
