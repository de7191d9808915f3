"""Names that an engine keeps for itself: each is a complaint before the engine refuses it, no other is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from integrations.runtime.testing import server

AT = ("requirements", "schema")
DDL = [
    (
        "duckdb",
        "CREATE TABLE t (id int, at timestamp);",
        "'at' is a reserved word of DuckDB. Write \"at\", or",
    ),
    ("postgresql", "CREATE TABLE user (id int);", "'user' is a reserved word of PostgreSQL."),
    ("postgresql", "CREATE TABLE t (order int);", "'order' is a reserved word of PostgreSQL."),
    ("postgresql", "CREATE TABLE t (id int);\nALTER TABLE t ADD end date;", "'end' is a reserved word"),
    (
        "postgresql",
        "CREATE TABLE t (id int); ALTER TABLE t RENAME COLUMN id TO desc;",
        "'desc' is a reserved word",
    ),
    ("postgresql", "CREATE TABLE t (id int); ALTER TABLE t RENAME TO order;", "'order' is a reserved word"),
    ("mysql", "CREATE TABLE t (rank int);", "'rank' is a reserved word of MySQL. Write `rank`, or"),
    ("mysql", "CREATE TABLE groups (id int);", "'groups' is a reserved word of MySQL."),
    ("sqlite", "CREATE TABLE t (id int, group text);", "'group' is a reserved word of SQLite."),
]
GOOD = [
    (
        "postgresql",
        'CREATE TABLE "user" ("order" int, name text, key text, value text, date date, year int);',
    ),
    ("mysql", "CREATE TABLE t (id int, `rank` int, KEY k (id), FULLTEXT KEY f (name), name text);"),
    (
        "mysql",
        "CREATE TABLE t (id int);\nALTER TABLE t ADD UNIQUE KEY (id), ADD CONSTRAINT c CHECK (id > 1);",
    ),
    ("sqlite", "CREATE TABLE t (key, value, rank, row, replace, match, PRIMARY KEY (key), CHECK (value));"),
    ("duckdb", "CREATE TABLE t (id int, value int, rank text, UNIQUE (id), CHECK (id > 1));"),
]

Complaints = Callable[..., list[tuple[tuple[Any, ...], str]]]


@pytest.mark.parametrize(("engine", "ddl", "said"), DDL)
def test_a_reserved_name_is_a_complaint(complaints: Complaints, engine: str, ddl: str, said: str) -> None:
    [(pointer, message)] = complaints({"schema": ddl}, engine)
    assert pointer == AT
    assert message.startswith(said)


@pytest.mark.parametrize(("engine", "ddl"), GOOD)
def test_other_names_and_quoted_ones_are_not(complaints: Complaints, engine: str, ddl: str) -> None:
    assert complaints({"schema": ddl}, engine) == []


def test_the_complaint_says_where_in_the_file(complaints: Complaints) -> None:
    files = {"db/a.sql": "-- the shop\nCREATE TABLE t (\n  id int,\n  user text,\n  end date\n);\n"}
    found = complaints({"schema": "db/a.sql"}, files=files)
    assert [message.split(" is ")[0] for _, message in found] == ["db/a.sql:4:3 'user'", "db/a.sql:5:3 'end'"]


def test_mariadb_takes_names_that_mysql_does_not(complaints: Complaints) -> None:
    ddl = {"schema": "CREATE TABLE t (id int, rank int, system int);"}
    assert complaints(ddl, "mysql", service="MariaDB") == []
    assert len(complaints(ddl, "mysql", service="MySQL")) == 2


def refused(words: frozenset[str], run: Callable[[str], object]) -> set[str]:
    """The words that an engine takes neither for a column nor for a table."""
    found = set()
    for word in words:
        for ddl in (f"CREATE TABLE holder ({word} int)", f"CREATE TABLE {word} (holder int)"):
            try:
                run(ddl)
            except Exception:
                found.add(word)
            with suppress(Exception):
                run("DROP TABLE holder")
    return found


@pytest.fixture(scope="module")
def words(module: Callable[[str], Any]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = module("sql_words").RESERVED
    return found


def test_sqlite_refuses_each_of_its_words(words: dict[str, frozenset[str]]) -> None:
    with sqlite3.connect(":memory:") as database:
        assert refused(words["sqlite"], database.execute) == words["sqlite"]


def test_duckdb_refuses_each_of_its_words(words: dict[str, frozenset[str]]) -> None:
    database = pytest.importorskip("duckdb").connect()
    assert refused(words["duckdb"], database.execute) == words["duckdb"]
    told = database.execute("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'")
    assert {row[0] for row in told.fetchall()} <= words["duckdb"]


def test_postgresql_reserves_exactly_these_words(words: dict[str, frozenset[str]]) -> None:
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(server("postgresql").fresh("words"), autocommit=True) as database:
        rows = database.execute("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')").fetchall()
        told = frozenset(row[0] for row in rows)
        assert told | {"system_user"} == words["postgres"]  # reserved since PostgreSQL 16
        assert refused(told, database.execute) == told


def test_mariadb_refuses_each_of_its_words(words: dict[str, frozenset[str]]) -> None:
    pymysql = pytest.importorskip("pymysql")
    at = urlsplit(server("mysql").fresh("words"))
    database = pymysql.connect(
        host=at.hostname,
        port=at.port,
        user=unquote(at.username or ""),
        password=unquote(at.password or ""),
        database=at.path.strip("/"),
    )
    with database, database.cursor() as cursor:
        assert refused(words["mariadb"], cursor.execute) == words["mariadb"]
