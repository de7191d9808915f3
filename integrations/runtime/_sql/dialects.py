"""How each engine begins a transaction; no driver is needed for that."""

from __future__ import annotations

from typing import Final

from .engine import Dialect
from .query import Isolation

READ_ONLY: Final = "PRAGMA query_only = 1"  # until it is set back: SQLite has no read-only transactions
_ALL: Final[tuple[Isolation, ...]] = (
    "read uncommitted",
    "read committed",
    "repeatable read",
    "serializable",
)


def _postgresql(isolation: Isolation | None, read_only: bool) -> tuple[str, ...]:
    level = f" ISOLATION LEVEL {isolation.upper()}" if isolation else ""
    return (f"BEGIN{level}{' READ ONLY' if read_only else ''}",)


def _mysql(isolation: Isolation | None, read_only: bool) -> tuple[str, ...]:
    level = (f"SET TRANSACTION ISOLATION LEVEL {isolation.upper()}",) if isolation else ()
    return (*level, f"START TRANSACTION{' READ ONLY' if read_only else ''}")


def _sqlite(isolation: Isolation | None, read_only: bool) -> tuple[str, ...]:
    # A writer that begins with a read and is overtaken could only start again, so it takes its place at once.
    return (READ_ONLY, "BEGIN") if read_only else ("BEGIN IMMEDIATE",)


def _duckdb(isolation: Isolation | None, read_only: bool) -> tuple[str, ...]:
    return (f"BEGIN TRANSACTION{' READ ONLY' if read_only else ''}",)


POSTGRESQL: Final = Dialect("postgresql", "PostgreSQL", "serializable", _ALL, _postgresql)
MYSQL: Final = Dialect("mysql", "MySQL", "serializable", _ALL, _mysql)
SQLITE: Final = Dialect("sqlite", "SQLite", "serializable", ("serializable",), _sqlite)
DUCKDB: Final = Dialect("duckdb", "DuckDB", None, (), _duckdb, savepoints=False)
DIALECTS: Final = {one.name: one for one in (POSTGRESQL, MYSQL, SQLITE, DUCKDB)}
