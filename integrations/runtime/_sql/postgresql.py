"""PostgreSQL, by psycopg 3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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


class PostgresConnection:
    """One connection; see `engine.Connection`."""

    grace = shared.GRACE

    def __init__(self, raw: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._raw = raw
        self._cursor = raw.cursor()
        self._limit = 0.0
        self._numbers = count(1)
        self.deadline, self.expired, self.rested = NEVER, False, 0.0
        self._standing = rests(raw.fileno())

    def alive(self) -> bool:
        return self._standing(self.rested)

    def restored(self) -> bool:
        try:
            if self._raw.info.transaction_status in shared.UNDER_WAY:
                self.command("ROLLBACK")
            return self._raw.info.transaction_status is shared.IDLE
        except psycopg.Error:
            return False

    def interrupt(self) -> None:
        if not self._raw.closed:
            cut(self._raw.fileno())

    def close(self) -> None:
        self._raw.close()

    def limit(self, seconds: float) -> None:
        if seconds != self._limit and self._raw.info.transaction_status is not shared.IN_ERROR:
            self._raw.execute(shared.timeout(seconds))
            self._limit = seconds

    def command(self, statement: str) -> None:
        if statement.startswith("ROLLBACK"):
            self._limit = 0.0  # what was set inside is taken back too
        self._cursor.execute(statement)

    def one(self, query: Query[Any], parameters: Parameters) -> Record | None:
        cursor = self._cursor
        cursor.execute(query.statement, shared.given(query, parameters) if query.json else parameters)
        return cursor.fetchone()

    def many(self, query: Query[Any], parameters: Parameters) -> Sequence[Record]:
        cursor = self._cursor
        cursor.execute(query.statement, shared.given(query, parameters) if query.json else parameters)
        if query.row is None and cursor.rownumber is None:
            return []  # no rows were declared, and none came
        return cursor.fetchall()

    def execute(self, query: Query[Any], parameters: Parameters) -> int:
        cursor = self._cursor
        cursor.execute(query.statement, shared.given(query, parameters) if query.json else parameters)
        return max(0, cursor.rowcount)

    def batch(self, query: Query[Any], rows: Iterable[Record]) -> int:
        many, whole = shared.counted(shared.records(query, rows))
        if query.copy and many:
            return self._copy(shared.copying(query.copy), whole)
        own = self._raw.info.transaction_status is shared.IDLE
        if own:
            self.command("BEGIN")
        self._cursor.executemany(query.statement, shared.named(query, whole))
        affected = max(0, self._cursor.rowcount)
        if own:
            self.command("COMMIT")
        return affected

    def chunks(self, query: Query[Any], parameters: Parameters) -> Iterator[Sequence[Record]]:
        own = self._raw.info.transaction_status is shared.IDLE
        if own:
            self.command("BEGIN")
        with self._raw.cursor(f"rows_{next(self._numbers)}") as cursor:
            cursor.execute(query.statement, shared.given(query, parameters) if query.json else parameters)
            while rows := cursor.fetchmany(CHUNK):
                yield rows
        if own:
            self.command("COMMIT")

    def _copy(self, statement: str, rows: Iterable[Record]) -> int:
        """One bulk load: all or nothing by itself."""
        with self._cursor.copy(statement) as copy:
            write = copy.write_row
            for row in rows:
                write(row)
        return max(0, self._cursor.rowcount)


class PostgresEngine:
    """One server."""

    dialect = POSTGRESQL
    most = None

    def __init__(self, target: Target) -> None:
        self._target = target
        self._context = shared.Context()
        self.place = target.place

    def connect(self) -> PostgresConnection:
        raw = psycopg.connect(
            self._target.url.reveal(), context=self._context, **shared.options(self._target)
        )
        try:
            raw.execute(shared.SETUP)
        except BaseException:
            raw.close()
            raise
        return PostgresConnection(raw)

    def translate(self, error: Exception) -> IntegrationError | None:
        return shared.translate(error, self.place)

    def close(self) -> None:
        """Nothing is shared between connections."""
