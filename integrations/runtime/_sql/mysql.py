"""MySQL and MariaDB, by PyMySQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pymysql
from pymysql.cursors import SSCursor

from .._errors import IntegrationError
from . import mysql_shared as shared
from .codes import CONNECTION, failure
from .dialects import MYSQL
from .engine import CHUNK, Parameters, Record
from .lines import cut, rests
from .query import Query
from .target import Target
from .watch import NEVER


class MysqlConnection:
    """One connection; see `engine.Connection`."""

    grace = shared.GRACE

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._cursor = raw.cursor()
        self._timeout = shared.timeout(raw.get_server_info())
        self._limit = 0.0
        self._line = raw._sock  # the driver has no public word for it
        self._standing = rests(self._line.fileno())
        self._inside = False  # a transaction
        self._unread = False  # rows that nobody wants
        self.deadline, self.expired, self.rested = NEVER, False, 0.0

    def alive(self) -> bool:
        return self._standing(self.rested)

    def restored(self) -> bool:
        try:
            if self._unread or not self._raw.open:
                return False
            if self._inside:
                self.command("ROLLBACK")
        except (pymysql.Error, OSError):
            return False
        return True

    def interrupt(self) -> None:
        cut(self._line.fileno())

    def close(self) -> None:
        self._raw._force_close()  # without a word to the server, which may not answer

    def limit(self, seconds: float) -> None:
        if seconds != self._limit:
            self._cursor.execute(self._timeout(seconds))
            self._limit = seconds

    def command(self, statement: str) -> None:
        self._cursor.execute(statement)
        if statement.startswith("START"):
            self._inside = True
        elif statement in ("COMMIT", "ROLLBACK"):
            self._inside = False

    def one(self, query: Query[Any], parameters: Parameters) -> Record | None:
        self._cursor.execute(query.statement, shared.given(query, parameters))
        found: Record | None = self._cursor.fetchone()
        return found

    def many(self, query: Query[Any], parameters: Parameters) -> Sequence[Record]:
        self._cursor.execute(query.statement, shared.given(query, parameters))
        found: Sequence[Record] = self._cursor.fetchall()
        return found

    def execute(self, query: Query[Any], parameters: Parameters) -> int:
        return int(self._cursor.execute(query.statement, shared.given(query, parameters)))

    def batch(self, query: Query[Any], rows: Iterable[Record]) -> int:
        own = not self._inside
        self.command(shared.begins(own))
        try:
            pieces = shared.pieces(query, rows)
            affected = sum(self._cursor.executemany(query.statement, piece) or 0 for piece in pieces)
        except BaseException:
            if not own and self._raw.open:
                self.command("ROLLBACK TO SAVEPOINT batch")
            raise
        self.command(shared.ends(own))
        return affected

    def chunks(self, query: Query[Any], parameters: Parameters) -> Iterator[Sequence[Record]]:
        cursor = self._raw.cursor(SSCursor)
        self._unread = not self._inside  # to read what is left could take for ever; to reconnect does not
        cursor.execute(query.statement, shared.given(query, parameters))
        try:
            while rows := cursor.fetchmany(CHUNK):
                yield rows
            self._unread = False
        finally:
            if not self._unread:
                cursor.close()


class MysqlEngine:
    """One server."""

    dialect = MYSQL
    most = None

    def __init__(self, target: Target) -> None:
        self._target = target
        self.place = target.place

    def connect(self) -> MysqlConnection:
        raw = self._raw()
        try:
            connection = MysqlConnection(raw)
            if shared.must_encrypt(self._target):
                row = connection.one(Query("encrypted", shared.ENCRYPTED, row=tuple), {})
                if not row or not row[1]:
                    raise shared.unencrypted(self._target)
        except BaseException:
            raw.close()
            raise
        return connection

    def _raw(self) -> Any:
        given = shared.options(self._target)
        try:
            return pymysql.connect(**given)
        except (pymysql.Error, OSError):
            if not shared.may_fall_back(self._target):
                raise
            return pymysql.connect(**{**given, "ssl": None})

    def translate(self, error: Exception) -> IntegrationError | None:
        if isinstance(error, IntegrationError):
            return error
        if isinstance(error, pymysql.MySQLError | pymysql.Warning):
            return shared.meaning(error, self.place)
        return failure("mysql", CONNECTION, self.place) if isinstance(error, OSError) else None

    def close(self) -> None:
        """Nothing is shared between connections."""
