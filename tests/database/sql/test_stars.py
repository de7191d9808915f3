"""Stars are sent as the columns that they stand for, so that a column of a later migration breaks nothing."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import SHOP

SCHEMA = """
CREATE TABLE orders (id int PRIMARY KEY, "order" int, "CamelCase" text, note text);
CREATE TABLE items (id int, order_id int, note text);
CREATE VIEW counted AS SELECT id, count(*) FROM items GROUP BY id;
"""
ORDER = 'id, "order", "CamelCase", note'
ITEM = "id, order_id, note"


def of(table: str, names: str) -> str:
    return ", ".join(f"{table}.{name}" for name in names.split(", "))


EXPANDED = [
    ("SELECT * FROM orders WHERE id = 1", f"SELECT {ORDER} FROM orders WHERE id = 1"),
    (
        "SELECT o.*,\n  i.order_id FROM orders o JOIN items i ON i.order_id = o.id",
        f"SELECT {of('o', ORDER)},\n  i.order_id FROM orders o JOIN items i ON i.order_id = o.id",
    ),
    (
        'SELECT * FROM items AS "I", orders o',
        f'SELECT {of(chr(34) + "I" + chr(34), ITEM)}, {of("o", ORDER)} FROM items AS "I", orders o',
    ),
    (
        "SELECT * FROM items a JOIN (SELECT order_id, note AS n FROM items) b USING (order_id)",
        "SELECT a.id, order_id, a.note, b.n"
        " FROM items a JOIN (SELECT order_id, note AS n FROM items) b USING (order_id)",
    ),
    ("DELETE FROM items RETURNING *", f"DELETE FROM items RETURNING {ITEM}"),
    (
        "INSERT INTO items (id) VALUES (1) RETURNING *, id + 1 AS next",
        f"INSERT INTO items (id) VALUES (1) RETURNING {ITEM}, id + 1 AS next",
    ),
    (
        "WITH x AS (SELECT * FROM items) SELECT * FROM x",
        f"WITH x AS (SELECT {ITEM} FROM items) SELECT {ITEM} FROM x",
    ),
    (
        "SELECT * FROM items UNION ALL SELECT * FROM items",
        f"SELECT {ITEM} FROM items UNION ALL SELECT {ITEM} FROM items",
    ),
    (
        "SELECT sqlc.embed(i), o.id AS o FROM items i, orders o",
        f"SELECT {of('i', ITEM)}, o.id AS o FROM items i, orders o",
    ),
]
KEPT = [
    "SELECT count(*), 2 * id AS twice FROM items GROUP BY id",
    "SELECT id FROM orders WHERE EXISTS (SELECT * FROM items)",
    "SELECT * FROM (SELECT count(*), id FROM items GROUP BY id) q",  # engines differ on its name
    "SELECT * FROM counted",
]

Sent = Callable[..., str]


@pytest.fixture(scope="session")
def sent(analysed: Callable[..., Any], module: Callable[[str], Any]) -> Sent:
    """The statement that a driver is given."""

    def statement(sql: str, engine: str = "postgresql", schema: str = SCHEMA) -> str:
        found = analysed(sql, engine, schema)
        assert [fault.message for fault in found.faults] == []
        names = {name: name for name in found.text.names}
        said: str = module("sql_statement").statement(found.text, engine, found.parameters, names)
        return said

    return statement


@pytest.mark.parametrize("engine", ["postgresql", "sqlite"])
@pytest.mark.parametrize(("sql", "expected"), EXPANDED)
def test_a_star_is_sent_as_its_columns(sent: Sent, engine: str, sql: str, expected: str) -> None:
    plain = expected if engine == "postgresql" else expected.replace('"CamelCase"', "CamelCase")
    assert sent(sql, engine) == plain


@pytest.mark.parametrize("sql", KEPT)
def test_what_is_no_list_of_known_columns_stays(sent: Sent, sql: str) -> None:
    assert sent(sql) == sql


def test_names_are_quoted_as_each_engine_quotes(sent: Sent) -> None:
    schema = "CREATE TABLE t (id int, `rank` int, `a b` int);"
    assert sent("SELECT * FROM t", "mysql", schema) == "SELECT id, `rank`, `a b` FROM t"
    assert sent("SELECT * EXCLUDE (id) FROM t", "duckdb", 'CREATE TABLE t (id int, "at" int);') == (
        'SELECT "at" FROM t'
    )
    folded = "CREATE TABLE t (CamelCase int);"  # PostgreSQL made camelcase of it
    assert sent("SELECT * FROM t", "postgresql", folded) == "SELECT CamelCase FROM t"


def test_percent_signs_of_names_are_doubled(sent: Sent) -> None:
    assert sent("SELECT * FROM t", "postgresql", 'CREATE TABLE t ("a%" int);') == 'SELECT "a%%" FROM t'


@pytest.mark.parametrize("sql", [sql for sql, _ in EXPANDED if "embed" not in sql])
@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_an_engine_gives_the_same_columns_after_a_migration(sent: Sent, engine: str, sql: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    database: Any = sqlite3.connect(":memory:") if engine == "sqlite" else duckdb.connect()
    for statement in filter(str.strip, SCHEMA.split(";")):
        database.execute(statement)
    before = [column[0] for column in database.execute(sql).description]
    database.execute("ALTER TABLE items ADD COLUMN later int")
    after = [column[0] for column in database.execute(sent(sql, engine)).description]
    assert sorted(after) == sorted(before)
    database.close()


ENTRY = {"name": "shop", "variant": "postgresql"}
ALL = "id, name, email, born, active"


def verdict(module: Callable[[str], Any], sql: str, statement: str) -> list[str]:
    """The violations of one statement."""
    entry = {**ENTRY, "requirements": {"schema": SHOP["postgresql"], "queries": {"get": {"sql": sql}}}}
    call = {"operation": "get", "kind": "many", "statement": statement, "parameters": {}}
    found: list[str] = module("oracle").judge(entry, [call], {})["violations"]
    return found


@pytest.mark.parametrize(
    ("columns", "good"),
    [
        (ALL, True),
        ('"id", name, email, born, active', True),
        ("*", False),
        ("id, name, email, born", False),
        ("id, name, email, active, born", False),
        ("id, name, email, born, active, id", False),
        ("id, name, email, born, true", False),
        ("id, name, email, born, active FROM orders, customers --", False),
        ("other.id, name, email, born, active", False),
    ],
)
def test_the_oracle_takes_all_columns_of_a_star_and_nothing_else(
    module: Callable[[str], Any], columns: str, good: bool
) -> None:
    found = verdict(module, "SELECT * FROM customers", f"SELECT {columns} FROM customers")
    assert (found == []) is good, found


def test_the_oracle_wants_the_table_with_columns_of_several(module: Callable[[str], Any]) -> None:
    sql = "SELECT c.*, o.total FROM customers c JOIN orders o ON o.customer_id = c.id"
    good = sql.replace("c.*", of("c", ALL))
    assert verdict(module, sql, good) == []
    assert verdict(module, sql, good.replace("c.id, ", "o.id, ", 1)) != []
    assert verdict(module, sql, re.sub(r"o\.total FROM", "o.weight FROM", good)) != []
