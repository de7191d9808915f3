"""The async adapter; see `adapter`."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from .._errors import ConnectionFailedError, TransactionConflictError
from .adapter import PING
from .base import AdapterBase, again, once
from .blocks_async import AsyncSavepoint, AsyncStream, AsyncTransaction
from .engine import AsyncConnection, AsyncEngine
from .engines import async_engine
from .pool import PoolStats
from .query import NOTHING, Isolation, Query, Row
from .servers_async import AsyncServers, AsyncStep, AsyncTransacting
from .target import Target

T = TypeVar("T")


async def ping(on: AsyncConnection) -> object:
    """Ask for an answer."""
    return await on.one(PING, NOTHING)


class AsyncSqlAdapter(AdapterBase):
    """An async adapter. Share it between the tasks of one event loop; close it, or use `async with`."""

    _where: AsyncServers | AsyncTransacting

    def _engine(self, target: Target) -> AsyncEngine:
        return async_engine(target)

    def _start(self, engines: Sequence[AsyncEngine]) -> None:
        self._where = self._servers = AsyncServers(engines, self._settings, self._clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; the adapter cannot be used afterwards."""
        await self._where.close()

    @property
    def pool(self) -> PoolStats:
        """The connections of the primary."""
        return self._servers.primary.pool.stats

    async def _do(self, query: Query[Any], step: AsyncStep[T], timeout: float | None) -> T:
        seconds = self._settings.timeout if timeout is None else timeout
        attempt = partial(self._where.run, query, step, seconds)
        return await self._guard.acall(query.name, attempt, repeatable=query.safe)

    async def _one(
        self, query: Query[Row], parameters: Mapping[str, Any] = NOTHING, timeout: float | None = None
    ) -> Row | None:
        """Return the first row, or None."""
        return query.one(await self._do(query, lambda on: on.one(query, parameters), timeout))

    async def _row(
        self, query: Query[Row], parameters: Mapping[str, Any] = NOTHING, timeout: float | None = None
    ) -> Row:
        """Return the first row of a query that always gives one.

        Raises:
            UnexpectedResponseError: none came back.
        """

        async def step(on: AsyncConnection) -> Row:
            return query.row_of(await on.one(query, parameters))

        return await self._do(query, step, timeout)

    async def _many(
        self, query: Query[Row], parameters: Mapping[str, Any] = NOTHING, timeout: float | None = None
    ) -> list[Row]:
        """Return every row."""
        return query.many(await self._do(query, lambda on: on.many(query, parameters), timeout))

    def _stream(
        self, query: Query[Row], parameters: Mapping[str, Any] = NOTHING, timeout: float | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[Row]]:
        """Return the rows as they come; the time limit is on each piece of them."""
        return AsyncStream(self._where, self._guard, query, parameters, self._seconds(timeout))

    async def _execute(
        self, query: Query[Any], parameters: Mapping[str, Any] = NOTHING, timeout: float | None = None
    ) -> int:
        """Return how many rows were affected."""
        return await self._do(query, lambda on: on.execute(query, parameters), timeout)

    async def _batch(self, query: Query[Any], rows: Iterable[Any], timeout: float | None = None) -> int:
        """Do it once a row, all or nothing; return how many rows were affected.

        *rows* are mappings, Structs or tuples, all of one kind. An iterator is used up by the first attempt,
        so only what can be walked again is tried again.
        """
        guard = once(self._guard) if iter(rows) is rows else self._guard
        seconds, where = self._seconds(timeout), self._where

        async def attempt() -> int:
            return await where.run(query, lambda on: on.batch(query, query.tuples(rows)), seconds)

        return await guard.acall(query.name, attempt, repeatable=query.safe)

    async def fetch(
        self, sql: str, parameters: Mapping[str, Any] = NOTHING, *, timeout: float | None = None
    ) -> list[tuple[Any, ...]]:
        """Run what no method of this adapter does, under the same guards; repeated only if it conflicts.

        Args:
            sql: one statement in the driver's paramstyle.
            parameters: values, always bound; never put them into *sql*.
            timeout: seconds.
        """
        query: Query[Any] = Query("fetch", sql)
        rows = await self._do(query, lambda on: on.many(query, parameters), timeout)
        return [tuple(row) for row in rows]

    async def healthcheck(self, timeout: float = 5.0) -> None:
        """Ask the primary for an answer, once.

        Raises:
            IntegrationError: it gave none.
        """
        where = self._where
        await once(self._guard).acall(PING.name, lambda: where.run(PING, ping, timeout))

    def transaction(
        self, isolation: Isolation | None = None, read_only: bool = False
    ) -> AbstractAsyncContextManager[Self]:
        """Return a transaction: its block gets this adapter's twin, whose calls all run inside.

            async with orders.transaction() as tx:
                await tx.add_order(...)

        It is committed at the end of the block and rolled back on an error. One inside another is a
        savepoint. Nothing inside is repeated by itself: see `run_in_transaction`.

        Args:
            isolation: by default that of the configuration, or else the server's own.
            read_only: whether the server refuses writes.
        """
        where = self._where
        if isinstance(where, AsyncTransacting):
            return AsyncSavepoint(where, self._guard, self, self._settings.timeout)
        return self._transaction(where, isolation or self._settings.isolation, read_only)

    def _transaction(
        self, servers: AsyncServers, isolation: Isolation | None, read_only: bool
    ) -> AsyncTransaction[Self]:
        begin = servers.dialect.beginning(isolation, read_only)
        return AsyncTransaction(servers, self._guard, self._within, begin, self._settings.timeout)

    def _within(self, running: AsyncTransacting) -> Self:
        """Return the twin of this adapter whose calls run in the transaction."""
        view = copy.copy(self)
        view._where, view._guard = running, once(self._guard)
        return view

    async def run_in_transaction(
        self,
        function: Callable[[Self], Awaitable[T]],
        isolation: Isolation | None = None,
        *,
        read_only: bool = False,
        attempts: int = 5,
    ) -> T:
        """Call *function* with this adapter's twin in a transaction, and all of it again on a conflict.

        Args:
            function: may be called several times, so it must do nothing but use the twin and return.
            isolation: by default the strongest of the engine.
            read_only: whether the server refuses writes.
            attempts: calls, all together.

        Raises:
            TransactionConflictError: every attempt conflicted with another transaction.
        """
        chosen = isolation or self._where.dialect.strongest
        number = 0
        while True:
            number += 1
            block = self._transaction(self._servers, chosen, read_only)
            try:
                async with block as view:
                    return await function(view)
            except (TransactionConflictError, ConnectionFailedError) as error:
                wait = again(self._guard.retry, error, block.committing, number, attempts, self._clock)
            await self._clock.async_sleep(wait)
