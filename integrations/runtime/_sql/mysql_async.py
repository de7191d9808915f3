"""MySQL and MariaDB for async programs, by asyncmy; see `mysql`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import asyncmy
from asyncmy import errors
from asyncmy.cursors import SSCursor

from .._errors import IntegrationError
from . import mysql_shared as shared
from .codes import CONNECTION, failure
from .dialects import MYSQL
from .engine import CHUNK, Parameters, Record
from .lines import cut, rests
from .query import Query
from .target import Target
from .watch import NEVER


class AsyncMysqlConnection:
    """One connection; see `engine.AsyncConnection`."""

    grace: float | None = shared.GRACE

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._cursor: Any = raw.cursor()
        self._timeout = shared.timeout(raw.get_server_info())
        self._limit = 0.0
        # the driver has no public word for its socket
        self._line: Any = raw._transport.get_extra_info("socket")
        self._standing = rests(self._line.fileno())
        self.deadline, self.expired, self.rested = NEVER, False, 0.0
        self._inside = False  # a transaction
        self._unread = False  # rows that nobody wants

    def alive(self) -> bool:
        return bool(self._raw.connected) and self._standing(self.rested)

    async def restored(self) -> bool:
        try:
            if self._unread or not self._raw.connected:
                return False
            if self._inside:
                await self.command("ROLLBACK")
        except (errors.MySQLError, OSError):
            return False
        return True

    def interrupt(self) -> None:
        cut(self._line.fileno())

    async def close(self) -> None:
        self.abandon()

    def abandon(self) -> None:
        self._raw.close()

    async def limit(self, seconds: float) -> None:
        if seconds != self._limit:
            await self._cursor.execute(self._timeout(seconds))
            self._limit = seconds

    async def command(self, statement: str) -> None:
        await self._cursor.execute(statement)
        if statement.startswith("START"):
            self._inside = True
        elif statement in ("COMMIT", "ROLLBACK"):
            self._inside = False

    async def one(self, query: Query[Any], parameters: Parameters) -> Record | None:
        await self._cursor.execute(query.statement, shared.given(query, parameters))
        found: Record | None = await self._cursor.fetchone()
        return found

    async def many(self, query: Query[Any], parameters: Parameters) -> Sequence[Record]:
        await self._cursor.execute(query.statement, shared.given(query, parameters))
        found: Sequence[Record] = await self._cursor.fetchall()
        return found

    async def execute(self, query: Query[Any], parameters: Parameters) -> int:
        return int(await self._cursor.execute(query.statement, shared.given(query, parameters)))

    async def batch(self, query: Query[Any], rows: Iterable[Record]) -> int:
        own = not self._inside
        await self.command(shared.begins(own))
        affected = 0
        try:
            for piece in shared.pieces(query, rows):
                affected += await self._cursor.executemany(query.statement, piece) or 0
        except BaseException:
            if not own and self._raw.connected:
                await self.command("ROLLBACK TO SAVEPOINT batch")
            raise
        await self.command(shared.ends(own))
        return affected

    async def chunks(self, query: Query[Any], parameters: Parameters) -> AsyncIterator[Sequence[Record]]:
        cursor: Any = self._raw.cursor(SSCursor)
        self._unread = not self._inside  # to read what is left could take for ever; to reconnect does not
        await cursor.execute(query.statement, shared.given(query, parameters))
        try:
            while rows := await cursor.fetchmany(CHUNK):
                yield rows
            self._unread = False
        finally:
            if not self._unread:
                await cursor.close()


class AsyncMysqlEngine:
    """One server."""

    dialect = MYSQL
    most = None

    def __init__(self, target: Target) -> None:
        self._target = target
        self.place = target.place

    async def connect(self) -> AsyncMysqlConnection:
        raw = await self._raw()
        try:
            connection = AsyncMysqlConnection(raw)
            if shared.must_encrypt(self._target):
                row = await connection.one(Query("encrypted", shared.ENCRYPTED, row=tuple), {})
                if not row or not row[1]:
                    raise shared.unencrypted(self._target)
        except BaseException:
            raw.close()
            raise
        return connection

    async def _raw(self) -> Any:
        given = shared.options(self._target)
        try:
            return await asyncmy.connect(**given)
        except (errors.MySQLError, OSError):
            if not shared.may_fall_back(self._target):
                raise
            return await asyncmy.connect(**{**given, "ssl": None})

    def translate(self, error: Exception) -> IntegrationError | None:
        if isinstance(error, IntegrationError):
            return error
        if isinstance(error, errors.MySQLError | errors.Warning):
            return shared.meaning(error, self.place)
        return failure("mysql", CONNECTION, self.place) if isinstance(error, OSError) else None

    async def close(self) -> None:
        """Nothing is shared between connections."""
