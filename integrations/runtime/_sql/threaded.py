"""SQLite for async programs: the blocking engine, in threads.

aiosqlite keeps a thread for every connection, and ends no statement that takes too long.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from .._errors import IntegrationError
from .codes import TIMEOUT, failure
from .engine import Connection, Parameters, Record
from .query import Query
from .sqlite import SqliteEngine
from .target import Target
from .watch import NEVER, Watch

T = TypeVar("T")


class ThreadedConnection:
    """A blocking connection whose calls run in threads; see `engine.AsyncConnection`."""

    grace = None

    def __init__(self, raw: Connection, watch: Watch, threads: Executor) -> None:
        self._raw, self._watch, self._threads = raw, watch, threads
        self._seconds = 0.0
        self.deadline, self.expired, self.rested = NEVER, False, 0.0  # here the watch keeps time

    def interrupt(self) -> None:
        self._raw.interrupt()

    def alive(self) -> bool:
        return self._raw.alive()

    async def restored(self) -> bool:
        return await self._threaded(self._raw.restored)

    async def close(self) -> None:
        self.abandon()

    def abandon(self) -> None:
        self._watch.forget(self._raw)
        self._raw.close()

    async def limit(self, seconds: float) -> None:
        self._seconds = seconds

    async def command(self, statement: str) -> None:
        await self._threaded(partial(self._raw.command, statement))

    async def one(self, query: Query[Any], parameters: Parameters) -> Record | None:
        return await self._threaded(partial(self._raw.one, query, parameters))

    async def many(self, query: Query[Any], parameters: Parameters) -> Sequence[Record]:
        return await self._threaded(partial(self._raw.many, query, parameters))

    async def execute(self, query: Query[Any], parameters: Parameters) -> int:
        return await self._threaded(partial(self._raw.execute, query, parameters))

    async def batch(self, query: Query[Any], rows: Iterable[Record]) -> int:
        return await self._threaded(partial(self._raw.batch, query, rows))

    async def chunks(self, query: Query[Any], parameters: Parameters) -> AsyncIterator[Sequence[Record]]:
        found: Any = self._raw.chunks(query, parameters)
        try:
            while (rows := await self._threaded(partial(next, found, None))) is not None:
                yield rows
        finally:
            found.close()

    async def _threaded(self, call: Callable[[], T]) -> T:
        """Return what *call* returns; a task that is cancelled ends the statement, and waits until it has."""
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._timed, call)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            self._raw.interrupt()
            await asyncio.wait([running])
            raise

    def _timed(self, call: Callable[[], T]) -> T:
        self._watch.start(self._raw, self._seconds or 5.0)
        try:
            return call()
        except Exception:
            if self._raw.expired:
                raise failure("sqlite", TIMEOUT) from None
            raise
        finally:
            self._watch.end(self._raw)


class AsyncSqliteEngine:
    """One file, or a database in memory."""

    def __init__(self, target: Target) -> None:
        self._engine = SqliteEngine(target)
        self._watch = Watch()
        # one for each connection: in the loop's own, writers that wait for a lock would keep its holder out
        self._threads = ThreadPoolExecutor(target.settings.pool_size, "sqlite")
        self.dialect, self.place, self.most = self._engine.dialect, self._engine.place, self._engine.most

    async def connect(self) -> ThreadedConnection:
        loop = asyncio.get_running_loop()
        raw = await loop.run_in_executor(self._threads, self._engine.connect)
        return ThreadedConnection(raw, self._watch, self._threads)

    def translate(self, error: Exception) -> IntegrationError | None:
        return self._engine.translate(error)

    async def close(self) -> None:
        self._watch.close()
        self._threads.shutdown(wait=False)
