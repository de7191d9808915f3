"""SQLite, by the standard library's driver."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import msgspec

from .._errors import IntegrationError, InvalidArgumentError
from .codes import failure
from .dialects import READ_ONLY, SQLITE
from .engine import CHUNK, Parameters, Record
from .query import Query
from .target import MEMORY, Target
from .watch import NEVER

BUSY: Final = 5.0  # seconds that a writer waits for another before it is told that the database is locked


def _moment(value: dt.datetime) -> str:
    return (value if value.tzinfo is None else value.astimezone(dt.UTC)).isoformat(" ")


# What the driver is given for a value that it does not know; subclasses (enumerations) count as their base.
WRITTEN: Final[Mapping[type, Callable[[Any], Any]]] = {
    Decimal: str,
    UUID: str,
    dt.datetime: _moment,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: dt.timedelta.total_seconds,
}
NATIVE: Final = frozenset({int, str, float, bytes, bool, type(None)})


def written(value: Any) -> Any:
    """Return *value* as SQLite can store it."""
    kind = type(value)
    if kind in NATIVE:
        return value
    for base in kind.__mro__:
        if base in WRITTEN:
            return WRITTEN[base](value)
    return value


class SqliteConnection:
    """One connection; see `engine.Connection`."""

    grace = 0.0

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self._read_only = False
        self.deadline, self.expired, self.rested = NEVER, False, 0.0

    def alive(self) -> bool:
        return True

    def restored(self) -> bool:
        try:
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")
            self._writable()
        except sqlite3.Error:
            return False
        return True

    def interrupt(self) -> None:
        self._raw.interrupt()

    def close(self) -> None:
        self._raw.close()

    def limit(self, seconds: float) -> None:
        """The watch keeps time."""

    def command(self, statement: str) -> None:
        self._raw.execute(statement)
        if statement == READ_ONLY:
            self._read_only = True
        elif statement in ("COMMIT", "ROLLBACK"):
            self._writable()

    def one(self, query: Query[Any], parameters: Parameters) -> Record | None:
        cursor = self._raw.execute(query.statement, _given(query, parameters))
        found: Record | None = cursor.fetchone()
        cursor.close()
        return found

    def many(self, query: Query[Any], parameters: Parameters) -> Sequence[Record]:
        return self._raw.execute(query.statement, _given(query, parameters)).fetchall()

    def execute(self, query: Query[Any], parameters: Parameters) -> int:
        cursor = self._raw.execute(query.statement, _given(query, parameters))
        cursor.fetchall()
        return max(0, cursor.rowcount)

    def batch(self, query: Query[Any], rows: Iterable[Record]) -> int:
        names = query.parameters
        given = (_given(query, dict(zip(names, row, strict=True))) for row in rows)
        own = not self._raw.in_transaction
        self._raw.execute("BEGIN IMMEDIATE" if own else "SAVEPOINT batch")
        try:
            affected = max(0, self._raw.executemany(query.statement, given).rowcount)
        except BaseException:
            if not own and self._raw.in_transaction:
                self._raw.execute("ROLLBACK TO SAVEPOINT batch")
            raise
        self._raw.execute("COMMIT" if own else "RELEASE SAVEPOINT batch")
        return affected

    def chunks(self, query: Query[Any], parameters: Parameters) -> Iterator[Sequence[Record]]:
        cursor = self._raw.execute(query.statement, _given(query, parameters))
        try:
            while rows := cursor.fetchmany(CHUNK):
                yield rows
        finally:
            cursor.close()

    def _writable(self) -> None:
        if self._read_only:
            self._raw.execute("PRAGMA query_only = 0")
            self._read_only = False


def _given(query: Query[Any], parameters: Parameters) -> Parameters:
    if not parameters:
        return parameters
    given = {name: written(value) for name, value in parameters.items() if name not in query.json}
    for name in query.json:
        given[name] = msgspec.json.encode(parameters[name]).decode()
    return given


class SqliteEngine:
    """One file, or a database in memory that lives as long as its only connection."""

    dialect = SQLITE

    def __init__(self, target: Target) -> None:
        self._target = target

    @property
    def place(self) -> str:
        return self._target.database

    @property
    def most(self) -> int | None:
        return 1 if self._target.database == MEMORY else None

    def connect(self) -> SqliteConnection:
        target = self._target
        options = "&".join(f"{key}={quote(value)}" for key, value in target.options.items())
        # a path becomes a URI, so that options such as mode=ro count
        name = MEMORY if target.database == MEMORY else f"file:{quote(target.database)}?{options}"
        raw = sqlite3.connect(
            name,
            timeout=min(
                BUSY, target.settings.timeout / 2
            ),  # told that it is locked, not that it took too long
            isolation_level=None,
            check_same_thread=False,  # the pool lends it to one thread at a time
            uri=name != MEMORY,
        )
        try:
            raw.execute("PRAGMA foreign_keys = 1")
        except BaseException:
            raw.close()
            raise
        return SqliteConnection(raw)

    def translate(self, error: Exception) -> IntegrationError | None:
        if isinstance(error, OverflowError):
            return InvalidArgumentError("an integer is larger than 64 bits")
        if not isinstance(error, sqlite3.Error | sqlite3.Warning):
            return None
        code = getattr(error, "sqlite_errorname", "")
        # its texts hold names of the schema only: values are bound, never part of a statement
        return failure("sqlite", code, str(error))

    def close(self) -> None:
        """Nothing is shared between connections."""
