"""End what takes too long where neither server nor driver does: one thread that looks at the clock.

A server that is cut off answers nothing, so its own time limit does not help, and a blocking driver would
wait for ever. SQLite and DuckDB have no time limit at all.
"""

from __future__ import annotations

import threading
from time import monotonic
from typing import Final, Protocol

NEVER: Final = float("inf")


class Watched(Protocol):
    """A connection that can be stopped by another thread; *rested*: since when it does nothing."""

    deadline: float
    expired: bool
    rested: float

    def interrupt(self) -> None:
        """Make the statement that is under way fail; called from another thread, never raises."""
        ...


class Watch:
    """Interrupts watched connections that are past their deadline; its thread starts with the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._watched: set[Watched] = set()
        self._next = NEVER  # when the thread looks again
        self._shortest = NEVER  # seconds, of the limits since it looked
        self._thread: threading.Thread | None = None
        self._closed = False

    def start(self, connection: Watched, seconds: float) -> None:
        """Interrupt *connection* in so many seconds, unless `end` comes first."""
        deadline = monotonic() + seconds
        connection.expired = False
        connection.deadline = deadline
        if seconds < self._shortest:
            self._shortest = seconds
        if deadline < self._next or connection not in self._watched:
            self._sooner(connection, deadline)

    def end(self, connection: Watched) -> None:
        """The statement is done; after this nothing interrupts the connection."""
        with self._lock:
            connection.deadline = NEVER
        connection.rested = monotonic()

    def forget(self, connection: Watched) -> None:
        """The connection is closed."""
        with self._lock:
            self._watched.discard(connection)

    def close(self) -> None:
        """End the thread."""
        with self._lock:
            self._closed = True
            self._changed.notify()

    def _sooner(self, connection: Watched, deadline: float) -> None:
        with self._lock:
            self._watched.add(connection)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sql-watch", daemon=True)
                self._thread.start()
            if deadline < self._next:
                self._next = deadline
                self._changed.notify()

    def _run(self) -> None:
        with self._lock:
            while not self._closed:
                now = monotonic()
                for connection in self._watched:
                    if connection.deadline <= now:
                        connection.deadline, connection.expired = NEVER, True
                        connection.interrupt()
                self._next = self._soonest(now)
                self._changed.wait(None if self._next == NEVER else self._next - now)

    def _soonest(self, now: float) -> float:
        """Return when to look again: early enough for statements to come, so that they need not wake it."""
        coming, self._shortest = now + self._shortest, NEVER
        return min((coming, *(one.deadline for one in self._watched)))
