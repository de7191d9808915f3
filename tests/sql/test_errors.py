"""What drivers raise becomes an error of the tree, without a bound value or a password in its text."""

from __future__ import annotations

import sqlite3
import traceback
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pymysql
import pytest

from integrations.runtime import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    IntegrationError,
    InvalidRequestError,
    NotFoundError,
    ServiceError,
)
from integrations.runtime._secrets import Secret
from integrations.runtime._sql.codes import TABLES, failure
from integrations.runtime._sql.engines import async_engine, blocking_engine
from integrations.runtime._sql.settings import SqlSettings
from integrations.runtime._sql.target import target
from integrations.runtime.testing import error_codes

from .live import ENGINES, Live

HUSH = "hush-hush"
SCHEMA = (
    "CREATE TABLE parents (id int PRIMARY KEY)",
    "CREATE TABLE people (id int PRIMARY KEY, mail varchar(20) NOT NULL UNIQUE, age int CHECK (age > 0), "
    "parent int REFERENCES parents (id))",
)
INSERT = "INSERT INTO people (id, mail, age, parent) VALUES ({id}, {mail}, {age}, {parent})"
GOOD = {"id": 1, "mail": HUSH, "age": 20, "parent": None}
CODES = {
    "unique": {"postgresql": "23505", "mysql": "1062", "sqlite": "SQLITE_CONSTRAINT_UNIQUE"},
    "null": {"postgresql": "23502", "mysql": "1048", "sqlite": "SQLITE_CONSTRAINT_NOTNULL"},
    "check": {"postgresql": "23514", "mysql": "4025", "sqlite": "SQLITE_CONSTRAINT_CHECK"},
    "key": {"postgresql": "23503", "mysql": "1452", "sqlite": "SQLITE_CONSTRAINT_FOREIGNKEY"},
}
BAD: dict[str, dict[str, Any]] = {
    "unique": {"id": 2},
    "null": {"id": 3, "mail": None},
    "check": {"id": 4, "mail": HUSH + "2", "age": -5},
    "key": {"id": 5, "mail": HUSH + "3", "parent": 77},
}


def shown(error: BaseException) -> str:
    """All that a person could read of *error*."""
    return "".join(traceback.format_exception(error)) + repr(vars(error))


@pytest.mark.parametrize("what", BAD)
def test_a_violated_constraint_is_a_conflict_that_shows_no_value(live: Live, what: str) -> None:
    insert = live.query(INSERT)

    async def test(db: Any) -> None:
        for statement in SCHEMA:
            await db.fetch(statement)
        await db._execute(insert, GOOD)
        with pytest.raises(ConflictError) as caught:
            await db._execute(insert, {**GOOD, **BAD[what]})
        assert caught.value.code == CODES[what].get(live.engine.name, "ConstraintException")
        assert HUSH not in shown(caught.value)
        assert (caught.value.service, caught.value.operation) == ("Test", "query")

    live.run(test)


def test_a_value_that_does_not_fit_is_not_shown(live: Live) -> None:
    if live.engine.name == "sqlite":
        pytest.skip("SQLite takes any value")

    async def test(db: Any) -> None:
        for statement in SCHEMA:
            await db.fetch(statement)
        with pytest.raises(InvalidRequestError) as caught:
            await db._execute(live.query(INSERT), {**GOOD, "id": HUSH})
        assert HUSH not in shown(caught.value)

    live.run(test)


def test_a_statement_that_does_not_fit_the_schema_names_what_is_missing(live: Live) -> None:
    async def test(db: Any) -> None:
        with pytest.raises(InvalidRequestError, match="nowhere"):
            await db.fetch("SELECT 1 FROM nowhere")
        with pytest.raises(InvalidRequestError):
            await db.fetch("SELEKT 1")
        assert db.pool["busy"] == 0

    live.run(test)


@pytest.mark.engines("postgresql", "mysql")
def test_a_wrong_password_or_database_is_told_apart_and_not_shown(live: Live) -> None:
    parts = urlsplit(live.url)
    place = f"{parts.hostname}:{parts.port}"

    async def test(db: Any) -> None:
        wrong = live.adapter(f"{parts.scheme}://{parts.username}:{HUSH}@{place}{parts.path}")
        with pytest.raises(AuthenticationError) as caught:
            await wrong.healthcheck()
        assert HUSH not in shown(caught.value)
        absent = live.adapter(f"{parts.scheme}://{parts.username}:{parts.password}@{place}/absent")
        with pytest.raises(NotFoundError, match="no such database"):
            await absent.healthcheck()
        assert (wrong.pool["open"], absent.pool["open"]) == (0, 0)

    live.run(test)


@pytest.mark.engines("postgresql", "mysql")
def test_a_server_that_is_not_there_took_nothing(live: Live) -> None:
    async def test(db: Any) -> None:
        gone = live.adapter(f"{live.engine.name}://app:{HUSH}@127.0.0.1:9/orders")
        with pytest.raises(ConnectionFailedError) as caught:
            await gone.fetch("SELECT 1")
        assert caught.value.undone
        assert caught.value.attempts == 3
        assert "127.0.0.1:9/orders" in str(caught.value)
        assert HUSH not in shown(caught.value)

    live.run(test)


def made(engine: str) -> Any:
    """Return an engine that is never connected."""
    return blocking_engine(target(Secret(f"{engine}:///x"), SqlSettings(service="Test")))


def leaves(kind: type[BaseException]) -> set[type[BaseException]]:
    """Every class below *kind*, and itself."""
    return {kind}.union(*(leaves(one) for one in kind.__subclasses__()))


def test_no_error_of_psycopg_is_left_unmapped() -> None:
    engine = made("postgresql")
    classes = leaves(psycopg.Error) | leaves(psycopg.Warning)
    assert len(classes) > 200
    for kind in classes:
        assert isinstance(kind, type)
        error: Any = kind("a text with hush-hush")
        mapped = engine.translate(error)
        assert isinstance(mapped, IntegrationError), kind
        assert HUSH not in str(mapped), kind


def test_no_error_of_the_mysql_drivers_is_left_unmapped() -> None:
    from asyncmy import errors

    settings = SqlSettings(service="Test")
    waiting = async_engine(target(Secret("mysql://h/x"), settings))
    roots = ((made("mysql"), pymysql.MySQLError), (made("mysql"), pymysql.Warning))
    for engine, root in (*roots, (waiting, errors.MySQLError), (waiting, errors.Warning)):
        for kind in leaves(root):
            raised: Any = kind
            for args in (
                (),
                (0, ""),
                (1062, f"Duplicate entry '{HUSH}' for key 'mail'"),
                (9999, HUSH),
                (HUSH,),
            ):
                mapped = engine.translate(raised(*args))
                assert isinstance(mapped, IntegrationError), kind
                assert HUSH not in str(mapped), (kind, args)


def test_no_error_of_sqlite_is_left_unmapped() -> None:
    engine = made("sqlite")
    for kind in leaves(sqlite3.Error) | leaves(sqlite3.Warning):
        error: Any = kind("x")
        assert isinstance(engine.translate(error), IntegrationError), kind
    results = (
        "ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN "
        "PROTOCOL SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH RANGE NOTADB"
    )
    assert {f"SQLITE_{name}" for name in results.split()} <= set(TABLES["sqlite"])
    assert failure("sqlite", "SQLITE_IOERR_SHORT_READ").retryable


def test_no_error_of_duckdb_is_left_unmapped() -> None:
    import duckdb

    engine = made("duckdb")
    names = {kind.__name__ for kind in leaves(duckdb.Error)} - {"Error", "DatabaseError"}
    assert names <= set(TABLES["duckdb"])
    for kind in leaves(duckdb.Error):
        mapped = engine.translate(kind(HUSH))
        assert isinstance(mapped, IntegrationError), kind


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_none_of_the_drivers_passes_unchanged(engine: str) -> None:
    assert made(engine).translate(KeyError("x")) is None


@pytest.mark.parametrize("engine", ENGINES)
def test_the_kits_table_agrees_with_the_runtime(engine: str) -> None:
    for code, expected in error_codes(engine):
        error = failure(engine, code, "detail")
        assert type(error) is expected, code
        assert code in str(error) or code in ("connection", "timeout")
        if isinstance(error, ServiceError) and error.code:
            assert error.code == code


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("orders", "starts with none of postgresql"),
        ("oracle://db/x", "starts with none of postgresql"),
        ("mysql://db/x", "is of mysql; the adapter is for postgresql"),
        ("postgresql://app:hush-hush@db:notaport/x", "is not a URL"),
        ("sqlite://x.db", "write sqlite:///relative.db"),
    ],
)
def test_a_wrong_connection_string_is_refused_and_not_shown(url: str, said: str) -> None:
    from integrations.runtime.sql import SqlAdapter

    kind = type("Db", (SqlAdapter,), {"SERVICE": "Test", "ENGINE": "postgresql"})
    with pytest.raises(ConfigurationError, match=said) as caught:
        kind(url)
    assert HUSH not in shown(caught.value)
