"""DuckDB, by its own driver, which blocks; there is no async form.

All connections of an adapter are cursors of one: a file can be open in one process only, once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import duckdb
import msgspec

from .._errors import IntegrationError
from .codes import failure
from .dialects import DUCKDB
from .engine import CHUNK, Parameters, Record
from .query import Query, quoted
from .target import Target
from .watch import NEVER

# Errors whose words name things of the schema or of the statement. All others may quote values.
_NAMING = ("BinderException", "CatalogException", "ParserException", "TransactionException")
BULK = 10_000  # rows that are given at once as columns
SETUP = "SET TimeZone = 'UTC'"


class DuckConnection:
    """One connection; see `engine.Connection`."""

    grace = 0.0

    def __init__(self, raw: duckdb.DuckDBPyConnection) -> None:
        self._raw = raw
        self._inside = False  # a transaction
        self.deadline, self.expired, self.rested = NEVER, False, 0.0

    def alive(self) -> bool:
        return True

    def restored(self) -> bool:
        try:
            if self._inside:
                self.command("ROLLBACK")
        except duckdb.Error:
            return False
        return True

    def interrupt(self) -> None:
        self._raw.interrupt()

    def close(self) -> None:
        self._raw.close()

    def limit(self, seconds: float) -> None:
        """The watch keeps time."""

    def command(self, statement: str) -> None:
        if statement in ("COMMIT", "ROLLBACK"):
            self._inside = False  # also where it fails: DuckDB rolls back then
        self._raw.execute(statement)
        if statement.startswith("BEGIN"):
            self._inside = True

    def one(self, query: Query[Any], parameters: Parameters) -> Record | None:
        found: Record | None = self._raw.execute(query.statement, given(query, parameters)).fetchone()
        return found

    def many(self, query: Query[Any], parameters: Parameters) -> Sequence[Record]:
        return self._raw.execute(query.statement, given(query, parameters)).fetchall()

    def execute(self, query: Query[Any], parameters: Parameters) -> int:
        row = self._raw.execute(query.statement, given(query, parameters)).fetchone()
        return int(row[0]) if row and isinstance(row[0], int) else 0

    def batch(self, query: Query[Any], rows: Iterable[Record]) -> int:
        own = not self._inside
        if own:
            self.command("BEGIN TRANSACTION")
        source, affected = iter(rows), 0
        put = self._columns if query.copy else self._rows
        while piece := list(islice(source, BULK if query.copy else CHUNK)):
            put(query, piece)
            affected += len(piece)
        if own:
            self.command("COMMIT")
        return affected

    def chunks(self, query: Query[Any], parameters: Parameters) -> Iterator[Sequence[Record]]:
        found = self._raw.execute(query.statement, given(query, parameters))
        while rows := found.fetchmany(CHUNK):
            yield rows

    def _rows(self, query: Query[Any], piece: Sequence[Record]) -> None:
        names = query.parameters
        named = [given(query, dict(zip(names, row, strict=True))) for row in piece]
        self._raw.executemany(query.statement, named)

    def _columns(self, query: Query[Any], piece: Sequence[Record]) -> None:
        """Give whole columns, as lists: a hundred times as fast as row by row."""
        names = query.parameters
        columns = dict(zip(names, map(list, zip(*piece, strict=True)), strict=True))
        for name in query.json:
            columns[name] = [msgspec.json.encode(value).decode() for value in columns[name]]
        self._raw.execute(bulk(names, query.copy or ("", ())), columns)


def bulk(names: Sequence[str], copy: tuple[str, Sequence[str]]) -> str:
    """Return the statement that takes a list for each column."""
    table, columns = copy
    target = ".".join(map(quoted, table.split(".")))
    lists = ", ".join(f"unnest(${name})" for name in names)
    return f"INSERT INTO {target} ({', '.join(map(quoted, columns))}) SELECT {lists}"


def given(query: Query[Any], parameters: Parameters) -> dict[str, Any]:
    """Return the values as the driver is to write them."""
    values = dict(parameters)
    for name in query.json:
        values[name] = msgspec.json.encode(parameters[name]).decode()
    return values


class DuckEngine:
    """One file, or a database in memory that lives as long as the adapter."""

    dialect = DUCKDB
    most = None

    def __init__(self, target: Target) -> None:
        self._target = target
        self.place = target.database
        self._root: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()

    def connect(self) -> DuckConnection:
        with self._lock:
            if self._root is None:
                self._root = duckdb.connect(self._target.database, config=dict(self._target.options))
            raw = self._root.cursor()
        raw.execute(SETUP)
        return DuckConnection(raw)

    def translate(self, error: Exception) -> IntegrationError | None:
        if not isinstance(error, duckdb.Error | duckdb.Warning):
            return None
        code = type(error).__name__
        return failure("duckdb", code, str(error).splitlines()[0] if code in _NAMING else "")

    def close(self) -> None:
        with self._lock:
            if self._root is not None:
                self._root.close()
