"""PostgreSQL for async programs, by psycopg 3; see `postgresql`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import count
from typing import Any

import psycopg

from .._errors import IntegrationError
from . import postgresql_shared as shared
from .dialects import POSTGRESQL
from .engine import CHUNK, Parameters, Record
from .lines import cut, rests
from .query import Query
from .target import Target
from .watch import NEVER


class AsyncPostgresConnection:
    """One connection; see `engine.AsyncConnection`."""

    grace: float | None = shared.GRACE

    def __init__(self, raw: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
        self._raw = raw
        self._cursor = raw.cursor()
        self._limit = 0.0
        self._numbers = count(1)
        self.deadline, self.expired, self.rested = NEVER, False, 0.0
        self._standing = rests(raw.fileno())

    def alive(self) -> bool:
        return self._standing(self.rested)

    async def restored(self) -> bool:
        try:
            if self._raw.info.transaction_status in shared.UNDER_WAY:
                await self.command("ROLLBACK")
            return self._raw.info.transaction_status is shared.IDLE
        except psycopg.Error:
            return False

    def interrupt(self) -> None:
        if not self._raw.closed:
            cut(self._raw.fileno())

    async def close(self) -> None:
        await self._raw.close()

    def abandon(self) -> None:
        self._raw.pgconn.finish()

    async def limit(self, seconds: float) -> None:
        if seconds != self._limit and self._raw.info.transaction_status is not shared.IN_ERROR:
            await self._raw.execute(shared.timeout(seconds))
            self._limit = seconds

    async def command(self, statement: str) -> None:
        if statement.startswith("ROLLBACK"):
            self._limit = 0.0  # what was set inside is taken back too
        await self._cursor.execute(statement)

    async def one(self, query: Query[Any], parameters: Parameters) -> Record | None:
        cursor = self._cursor
        values = shared.given(query, parameters) if query.json else parameters
        await cursor.execute(query.statement, values)
        return await cursor.fetchone()

    async def many(self, query: Query[Any], parameters: Parameters) -> Sequence[Record]:
        cursor = self._cursor
        values = shared.given(query, parameters) if query.json else parameters
        await cursor.execute(query.statement, values)
        if query.row is None and cursor.rownumber is None:
            return []  # no rows were declared, and none came
        return await cursor.fetchall()

    async def execute(self, query: Query[Any], parameters: Parameters) -> int:
        cursor = self._cursor
        values = shared.given(query, parameters) if query.json else parameters
        await cursor.execute(query.statement, values)
        return max(0, cursor.rowcount)

    async def batch(self, query: Query[Any], rows: Iterable[Record]) -> int:
        many, whole = shared.counted(shared.records(query, rows))
        if query.copy and many:
            return await self._copy(shared.copying(query.copy), whole)
        own = self._raw.info.transaction_status is shared.IDLE
        if own:
            await self.command("BEGIN")
        await self._cursor.executemany(query.statement, shared.named(query, whole))
        affected = max(0, self._cursor.rowcount)
        if own:
            await self.command("COMMIT")
        return affected

    async def chunks(self, query: Query[Any], parameters: Parameters) -> AsyncIterator[Sequence[Record]]:
        own = self._raw.info.transaction_status is shared.IDLE
        if own:
            await self.command("BEGIN")
        async with self._raw.cursor(f"rows_{next(self._numbers)}") as cursor:
            values = shared.given(query, parameters) if query.json else parameters
            await cursor.execute(query.statement, values)
            while rows := await cursor.fetchmany(CHUNK):
                yield rows
        if own:
            await self.command("COMMIT")

    async def _copy(self, statement: str, rows: Iterable[Record]) -> int:
        """One bulk load: all or nothing by itself."""
        async with self._cursor.copy(statement) as copy:
            for row in rows:
                await copy.write_row(row)
        return max(0, self._cursor.rowcount)


class AsyncPostgresEngine:
    """One server."""

    dialect = POSTGRESQL
    most = None

    def __init__(self, target: Target) -> None:
        self._target = target
        self._context = shared.Context()
        self.place = target.place

    async def connect(self) -> AsyncPostgresConnection:
        raw = await psycopg.AsyncConnection.connect(
            self._target.url.reveal(), context=self._context, **shared.options(self._target)
        )
        try:
            await raw.execute(shared.SETUP)
        except BaseException:
            await raw.close()
            raise
        return AsyncPostgresConnection(raw)

    def translate(self, error: Exception) -> IntegrationError | None:
        return shared.translate(error, self.place)

    async def close(self) -> None:
        """Nothing is shared between connections."""
