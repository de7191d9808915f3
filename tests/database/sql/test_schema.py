"""The catalogue that DDL and migrations leave behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]


@pytest.fixture(scope="session")
def read(module: Callable[[str], Any]) -> Read:
    """Columns of a table after some DDL: name to kind, with ``?`` where NULL may be."""
    ddl, query, dialects = module("sql_ddl"), module("sql_query"), module("sql_statement").DIALECTS

    def columns(text: str, table: str = "a", engine: str = "postgresql") -> Any:
        dialect = dialects[engine]
        found, faults = ddl.catalogue(
            {"": text}, dialect, lambda tree, known: query.view_rows(tree, known, dialect)
        )
        assert [fault.message for _, fault in faults] == []
        told = found.table(table)
        if told is None:
            return None
        return {c.name: c.type.kind + "?" * c.type.nullable + "=" * c.default for c in told.columns.values()}

    return columns


A = "CREATE TABLE a (id int PRIMARY KEY, b text NOT NULL);"
POSTGRESQL = [
    (A, {"id": "integer", "b": "text"}),
    (
        "CREATE TABLE a (id bigserial, b numeric DEFAULT 0, PRIMARY KEY (id))",
        {"id": "integer=", "b": "decimal?="},
    ),
    (
        A + "ALTER TABLE a ADD COLUMN c timestamptz NOT NULL DEFAULT now()",
        {"id": "integer", "b": "text", "c": "timestamptz="},
    ),
    (A + "ALTER TABLE a DROP COLUMN b", {"id": "integer"}),
    (A + "ALTER TABLE a RENAME COLUMN b TO c", {"id": "integer", "c": "text"}),
    (A + "ALTER TABLE a ALTER COLUMN b TYPE uuid USING b::uuid", {"id": "integer", "b": "uuid"}),
    (A + "ALTER TABLE a ALTER COLUMN b DROP NOT NULL", {"id": "integer", "b": "text?"}),
    (A + "ALTER TABLE a ALTER b SET DEFAULT 'x'", {"id": "integer", "b": "text="}),
    ("CREATE TABLE x (id int NOT NULL); ALTER TABLE x RENAME TO a", {"id": "integer"}),
    (A + "DROP TABLE a; CREATE TABLE a (c date)", {"c": "date?"}),
    ("CREATE TYPE t AS ENUM ('x'); CREATE TABLE a (b t NOT NULL); ALTER TYPE t ADD VALUE 'y'", {"b": "enum"}),
    ("CREATE DOMAIN mail AS text CHECK (value ~ '@'); CREATE TABLE a (b mail)", {"b": "text?"}),
    (
        "CREATE TABLE x (id int NOT NULL, n text); CREATE VIEW a AS SELECT id, upper(n) AS n FROM x",
        {"id": "integer", "n": "text?"},
    ),
    ("CREATE TABLE x (id int NOT NULL); CREATE TABLE a AS SELECT id FROM x", {"id": "integer"}),
    (
        "CREATE EXTENSION pgcrypto; GRANT ALL ON b TO c; CREATE FUNCTION f() RETURNS int AS $$"
        " SELECT 1; $$ LANGUAGE sql;" + A,
        {"id": "integer", "b": "text"},
    ),
    ("CREATE TABLE app.a (id int NOT NULL)", {"id": "integer"}),
    ('CREATE TABLE "A" ("Id" int NOT NULL)', {"Id": "integer"}),
]


@pytest.mark.parametrize(("text", "expected"), POSTGRESQL)
def test_ddl_leaves_its_columns_behind(read: Read, text: str, expected: dict[str, str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("engine", "text", "expected"),
    [
        (
            "mysql",
            "CREATE TABLE `a` (`id` int unsigned NOT NULL AUTO_INCREMENT, b tinyint(1), c json,"
            " PRIMARY KEY (`id`)) ENGINE=InnoDB",
            {"id": "integer=", "b": "boolean?", "c": "json?"},
        ),
        (
            "mysql",
            "CREATE TABLE a (b int); ALTER TABLE a MODIFY COLUMN b text NOT NULL, CHANGE COLUMN b c date",
            {"c": "date?"},
        ),
        ("mysql", "CREATE TABLE x (b int NOT NULL); RENAME TABLE x TO a", {"b": "integer"}),
        ("sqlite", "CREATE TABLE a (id INTEGER PRIMARY KEY, b, c TEXT NOT NULL) STRICT, WITHOUT ROWID", None),
        (
            "sqlite",
            "CREATE TABLE a (id INTEGER PRIMARY KEY, b, c TEXT NOT NULL) WITHOUT ROWID",
            {"id": "integer=", "b": "any?", "c": "text"},
        ),
        (
            "duckdb",
            "CREATE TYPE m AS ENUM ('x', 'y'); CREATE TABLE a (b m, c INTEGER[], d HUGEINT NOT NULL)",
            {"b": "enum?", "c": "array?", "d": "integer"},
        ),
    ],
)
def test_each_engine_has_ddl_of_its_own(
    read: Read, engine: str, text: str, expected: dict[str, str] | None
) -> None:
    if expected is not None:
        assert read(text, engine=engine) == expected
