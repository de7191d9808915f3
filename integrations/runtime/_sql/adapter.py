"""The blocking adapter: every call passes the guard, and runs on a connection of a pool or transaction."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from .._errors import ConnectionFailedError, TransactionConflictError
from .base import AdapterBase, again, once
from .blocks import Savepoint, Stream, Transaction
from .engine import Connection, Engine
from .engines import blocking_engine
from .pool import PoolStats
from .query import NOTHING, Isolation, Query, Row
from .servers import Servers, Step, Transacting
from .target import Target

T = TypeVar("T")
PING: Final[Query[int]] = Query("healthcheck", "SELECT 1", row=int)


def ping(on: Connection) -> object:
    """Ask for an answer."""
    return on.one(PING, NOTHING)


class SqlAdapter(AdapterBase):
    """A blocking adapter. Safe to share between threads; close it, or use it in a `with`."""

    _where: Servers | Transacting

    def _engine(self, target: Target) -> Engine:
        return blocking_engine(target)

    def _start(self, engines: Sequence[Engine]) -> None:
        self._where = self._servers = Servers(engines, self._settings, self._clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; the adapter cannot be used afterwards."""
        self._where.close()

    @property
    def pool(self) -> PoolStats:
        """The connections of the primary."""
        return self._servers.primary.pool.stats

    def _do(self, query: Query[Any], step: Step[T], timeout: float | None) -> T:
        seconds = self._settings.timeout if timeout is None else timeout
        attempt = partial(self._where.run, query, step, seconds)
        return self._guard.call(query.name, attempt, repeatable=query.safe)

    def _one(
        self, query: Query[Row], parameters: Mapping[str, Any] = NOTHING, timeout: float | None = None
    ) -> Row | None:
        """Return the first row, or None."""

        def step(on: Connection) -> Row | None:
            return query.one(on.one(query, parameters))

        # `_do`, written out: most calls are for one row
        seconds = self._settings.timeout if timeout is None else timeout
        attempt = partial(self._where.run, query, step, seconds)
        return self._guard.call(query.name, attempt, repeatable=query.safe)

    def _row(
        self, query: Query[Row], parameters: Mapping[str, Any] = NOTHING, timeout: float | None = None
    ) -> Row:
        """Return the first row of a query that always gives one.

        Raises:
            UnexpectedResponseError: none came back.
        """

        def step(on: Connection) -> Row:
            return query.row_of(on.one(query, parameters))

        seconds = self._settings.timeout if timeout is None else timeout  # as in `_one`
        attempt = partial(self._where.run, query, step, seconds)
        return self._guard.call(query.name, attempt, repeatable=query.safe)

    def _many(
        self, query: Query[Row], parameters: Mapping[str, Any] = NOTHING, timeout: float | None = None
    ) -> list[Row]:
        """Return every row."""
        return self._do(query, lambda on: query.many(on.many(query, parameters)), timeout)

    def _stream(
        self, query: Query[Row], parameters: Mapping[str, Any] = NOTHING, timeout: float | None = None
    ) -> AbstractContextManager[Iterator[Row]]:
        """Return the rows as they come; the time limit is on each piece of them."""
        return Stream(self._where, self._guard, query, parameters, self._seconds(timeout))

    def _execute(
        self, query: Query[Any], parameters: Mapping[str, Any] = NOTHING, timeout: float | None = None
    ) -> int:
        """Return how many rows were affected."""
        return self._do(query, lambda on: on.execute(query, parameters), timeout)

    def _batch(self, query: Query[Any], rows: Iterable[Any], timeout: float | None = None) -> int:
        """Do it once a row, all or nothing; return how many rows were affected.

        *rows* are mappings, Structs or tuples, all of one kind. An iterator is used up by the first attempt,
        so only what can be walked again is tried again.
        """
        guard = once(self._guard) if iter(rows) is rows else self._guard
        seconds, where = self._seconds(timeout), self._where

        def attempt() -> int:
            return where.run(query, lambda on: on.batch(query, query.tuples(rows)), seconds)

        return guard.call(query.name, attempt, repeatable=query.safe)

    def fetch(
        self, sql: str, parameters: Mapping[str, Any] = NOTHING, *, timeout: float | None = None
    ) -> list[tuple[Any, ...]]:
        """Run what no method of this adapter does, under the same guards; repeated only if it conflicts.

        Args:
            sql: one statement in the driver's paramstyle.
            parameters: values, always bound; never put them into *sql*.
            timeout: seconds.
        """
        query: Query[Any] = Query("fetch", sql)
        rows = self._do(query, lambda on: on.many(query, parameters), timeout)
        return [tuple(row) for row in rows]

    def healthcheck(self, timeout: float = 5.0) -> None:
        """Ask the primary for an answer, once.

        Raises:
            IntegrationError: it gave none.
        """
        where = self._where
        once(self._guard).call(PING.name, lambda: where.run(PING, ping, timeout))

    def transaction(
        self, isolation: Isolation | None = None, read_only: bool = False
    ) -> AbstractContextManager[Self]:
        """Return a transaction: its block gets this adapter's twin, whose calls all run inside.

            with orders.transaction() as tx:
                tx.add_order(...)

        It is committed at the end of the block and rolled back on an error. One inside another is a
        savepoint. Nothing inside is repeated by itself: see `run_in_transaction`.

        Args:
            isolation: by default that of the configuration, or else the server's own.
            read_only: whether the server refuses writes.
        """
        where = self._where
        if isinstance(where, Transacting):
            return Savepoint(where, self._guard, self, self._settings.timeout)
        return self._transaction(where, isolation or self._settings.isolation, read_only)

    def _transaction(
        self, servers: Servers, isolation: Isolation | None, read_only: bool
    ) -> Transaction[Self]:
        begin = servers.dialect.beginning(isolation, read_only)
        return Transaction(servers, self._guard, self._within, begin, self._settings.timeout)

    def _within(self, running: Transacting) -> Self:
        """Return the twin of this adapter whose calls run in the transaction."""
        view = copy.copy(self)
        view._where, view._guard = running, once(self._guard)
        return view

    def run_in_transaction(
        self,
        function: Callable[[Self], T],
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
                with block as view:
                    return function(view)
            except (TransactionConflictError, ConnectionFailedError) as error:
                wait = again(self._guard.retry, error, block.committing, number, attempts, self._clock)
            self._clock.sleep(wait)
