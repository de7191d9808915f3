"""Every mistake in an entry is a complaint that says where, what is wrong, and the mend; nothing crashes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

Complaints = Callable[..., list[tuple[tuple[Any, ...], str]]]
AT = ("requirements", "queries", "q")

SQL = [
    ("SELECT custmer_id FROM orders", "Did you mean 'customer_id'?"),
    ("SELECT o.totl FROM orders o", "Did you mean 'total'?"),
    ("SELECT id FROM ordrs", "there is no table 'ordrs'. Did you mean 'orders'?"),
    ("SELECT x.id FROM orders o", "there is no table or alias 'x' here."),
    ("SELECT id FROM orders o JOIN customers c ON c.id = o.customer_id", "Write o.id or c.id."),
    (
        "SELECT o.id, c.id FROM orders o JOIN customers c ON c.id = o.customer_id",
        "two columns of the result are called 'id'",
    ),
    ("SELECT total + 1, id FROM orders", "column 1 of the result has no name"),
    ("SELECT :x AS x", "what type is :x? Say parameters: {x: integer}"),
    ("SELECT id FROM orders WHERE total = :x OR note = :x", ":x is used as decimal and as text"),
    ("SELECT id FROM orders WHERE total = 'a' || note", "decimal is compared with text"),
    ("SELECT id FROM orders WHERE id IN (SELECT id, note FROM orders)", "IN compares with one column"),
    ("SELECT id FROM orders UNION SELECT id, name FROM customers", "Select as many"),
    ("INSERT INTO orders (customer_id, total) VALUES (:a)", "there are 2 columns and 1 values"),
    (
        "INSERT INTO orders (customer_id, ttl) VALUES (:a, :b)",
        "orders has no column 'ttl'. Did you mean 'total'?",
    ),
    ("INSERT INTO orders (customer_id) VALUES (:a)", "orders.total is NOT NULL without a default"),
    ("INSERT INTO orders (customer_id, total, total) VALUES (:a, :b, :c)", "column 'total' stands twice"),
    ("INSERT INTO customers (id, name) VALUES (:id, :name)", "the database makes 'id' itself"),
    ("INSERT INTO orders (customer_id, total) VALUES (1, NULL)", "column 'total' is NOT NULL"),
    ("INSERT INTO big_orders (total) VALUES (:t)", "big_orders is a view"),
    ("UPDATE orders SET ttl = 1", "orders has no column 'ttl'"),
    ("UPDATE orders SET pieces = true AND false WHERE wieght = 1", "Did you mean 'weight'?"),
    ("SELEC id FROM orders", "this is no valid SQL"),
    ("SELECT id FROM orders WHERE (id = :id", "this is no valid SQL"),
    ("CREATE TABLE x (id int)", "a query is a SELECT, INSERT, UPDATE or DELETE"),
    ("COPY orders TO '/tmp/x'", "a query is a SELECT, INSERT, UPDATE or DELETE"),
    ("DROP TABLE orders", "a query is a SELECT, INSERT, UPDATE or DELETE"),
    ("SELECT 1 AS a; SELECT 2 AS b", "this is 2 statements. Write one for each query."),
    ("SELECT id FROM orders WHERE id = :self", "every method has 'self' itself"),
    ("SELECT * FROM nothing", "there is no table 'nothing'"),
    ("SELECT id, id FROM orders", "two columns of the result are called 'id'"),
    ("SELECT 1 AS n FROM orders o, orders o", "'o' stands twice in FROM"),
]

QUERIES = [
    ({"sql": "UPDATE orders SET note = 'a'", "returns": "one"}, AT, "gives no row, so it cannot return one"),
    ({"sql": "SELECT id FROM orders", "returns": "batch"}, AT, "a batch runs a statement once for each row"),
    (
        {"sql": "SELECT id FROM orders", "returns": "all"},
        (*AT, "returns"),
        "Use one, many, stream, exec, batch.",
    ),
    (
        {"sql": "SELECT id FROM orders", "parameters": {"limit": "integer"}},
        (*AT, "parameters", "limit"),
        "the statement has no :limit",
    ),
    (
        {"sql": "SELECT id FROM orders WHERE id = :id", "parameters": {"id": "nmber"}},
        (*AT, "parameters", "id"),
        "is not a type",
    ),
    ({"sql": "SELECT id FROM orders", "row": "order row"}, (*AT, "row"), "cannot name a type"),
    ({"sql": "SELECT id FROM orders", "nullable": ["idd"]}, (*AT, "nullable"), "Did you mean 'id'?"),
    ({"sql": "SELECT id FROM orders", "isolation": "chaos"}, (*AT, "isolation"), "no isolation level"),
    ({"sql": "SELECT id FROM orders", "cache": 1}, (*AT, "cache"), "a query has no 'cache'"),
    ({"returns": "one"}, AT, "a query has its SQL"),
    (7, AT, "a query has its SQL"),
]

NAMES = [
    ("class", "is not a method's name"),
    ("GetOrder", "Write 'get_order'."),
    ("fetch", "every adapter has 'fetch' itself"),
    ("transaction", "every adapter has 'transaction' itself"),
    ("1st", "is not a method's name"),
]
SETTINGS = [
    (
        {"connection_string": "postgresql://a:word@host/db"},
        ("requirements", "connection_string"),
        "holds a password",
    ),
    (
        {"connection_string": "postgresql://host/db?password=word"},
        ("requirements", "connection_string"),
        "holds a password",
    ),
    (
        {"connection_string": "mysql://host/db"},
        ("requirements", "connection_string"),
        "no address of postgresql",
    ),
    ({"connection_string": "orders"}, ("requirements", "connection_string"), "${SHOP_URL}"),
    ({"pool_size": 0}, ("requirements", "pool_size"), "not a number from 1"),
    ({"timeout": "soon"}, ("requirements", "timeout"), "is not a time"),
    ({"tls": "maybe"}, ("requirements", "tls", "mode"), "Use disable, prefer, require, verify-full."),
    ({"replicas": ["x"]}, ("requirements", "replicas", 0), "no address"),
    ({"rate_limit": "often"}, ("requirements", "rate_limit"), "is not a rate"),
    ({"collections": {"a": {}}}, ("requirements", "collections"), "postgresql has no collections"),
    ({"schema": "db/none.sql"}, ("requirements", "schema"), "there is no file 'db/none.sql'"),
    ({"queries": ["db/*.sql"]}, ("requirements", "queries", 0), "there is no file 'db/*.sql'"),
    ({"schema": "CREATE TABLE a (id int"}, ("requirements", "schema"), "this is no valid SQL"),
]


@pytest.mark.parametrize(("sql", "said"), SQL)
def test_a_wrong_statement_is_refused_with_its_mend(complaints: Complaints, sql: str, said: str) -> None:
    found = complaints({"queries": {"q": sql}})
    assert any(said in message for _, message in found), found
    assert {pointer[:3] for pointer, _ in found} == {AT}
    assert all(message.rstrip().endswith((".", "?")) for _, message in found)


@pytest.mark.parametrize(("query", "at", "said"), QUERIES)
def test_a_wrong_query_is_refused_where_it_is_wrong(
    complaints: Complaints, query: Any, at: tuple[Any, ...], said: str
) -> None:
    found = complaints({"queries": {"q": query}})
    assert any(pointer == at and said in message for pointer, message in found), found


@pytest.mark.parametrize(("name", "said"), NAMES)
def test_a_name_that_no_method_can_have_is_refused(complaints: Complaints, name: str, said: str) -> None:
    found = complaints({"queries": {name: "SELECT 1 AS n"}})
    assert [pointer for pointer, _ in found] == [("requirements", "queries", name)]
    assert said in found[0][1]


@pytest.mark.parametrize(("requirements", "at", "said"), SETTINGS)
def test_a_wrong_setting_is_refused(
    complaints: Complaints, requirements: dict[str, Any], at: tuple[Any, ...], said: str
) -> None:
    assert any(pointer == at and said in message for pointer, message in complaints(requirements))


def test_files_have_neither_replicas_nor_tls(complaints: Complaints) -> None:
    found = complaints(
        {"connection_string": "sqlite:///a.db", "replicas": ["sqlite:///b.db"], "tls": "require"}, "sqlite"
    )
    assert [pointer for pointer, _ in found] == [("requirements", "tls"), ("requirements", "replicas")]


def test_a_mistake_in_a_file_says_file_line_and_column(complaints: Complaints) -> None:
    files = {
        "db/a.sql": "CREATE TABLE orders (id bigint PRIMARY KEY);\n",
        "db/q.sql": "-- name: get :one\nSELECT id,\n       totl\nFROM orders;\n\n"
        "-- name: get :many\nSELECT 1 AS n;\n",
    }
    found = complaints({"schema": "db/a.sql", "queries": "db/q.sql"}, files=files)
    assert [pointer for pointer, _ in found] == [("requirements", "queries")] * 2
    assert found[0][1].startswith("db/q.sql:6:1 'get' is a query of db/q.sql too")
    assert found[1][1].startswith("db/q.sql:3:8 there is no column 'totl'")


def test_a_mistake_in_ddl_says_file_and_line(complaints: Complaints) -> None:
    found = complaints(
        {"schema": "db/a.sql"}, files={"db/a.sql": "CREATE TABLE a (id int);\nCREATE TABLE b (id int;\n"}
    )
    assert found[0][0] == ("requirements", "schema")
    assert found[0][1].startswith("db/a.sql:2:")


def test_an_array_of_an_enum_is_cast_where_it_is_read(complaints: Complaints) -> None:
    schema = "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (moods mood[] NOT NULL)"
    found = complaints({"schema": schema, "queries": {"q": "SELECT moods FROM t"}})
    assert "Write moods::text[] AS moods." in found[0][1]
    assert complaints({"schema": schema, "queries": {"q": "SELECT moods::text[] AS moods FROM t"}}) == []


def test_two_rows_of_one_name_have_to_be_alike(complaints: Complaints) -> None:
    queries = {
        "a": {"sql": "SELECT id, note FROM orders", "row": "Line"},
        "b": {"sql": "SELECT id, total FROM orders", "row": "Line"},
    }
    assert "has another row that is called Line too" in complaints({"queries": queries})[0][1]
    queries["b"]["sql"] = "SELECT id, note FROM orders WHERE total > 1"
    assert complaints({"queries": queries}) == []


HOSTILE = [
    "'; DROP TABLE orders; --",
    '"""',
    "\\",
    "%",
    "%(x)s",
    "{{ b }}",
    "\u202e",
    "\x00",
    "ä\n",
    "$$",
    "/* ",
    "`",
    "::",
    "@@",
    "?",
]


@pytest.mark.parametrize("engine", ["postgresql", "mysql", "sqlite", "duckdb"])
def test_no_text_makes_it_crash(complaints: Complaints, engine: str) -> None:
    words = [
        "SELECT",
        "FROM",
        "WHERE",
        "orders",
        "id",
        ",",
        "(",
        ")",
        "=",
        ":a",
        "*",
        "customers",
        "AS",
        "o",
        ".",
        "INSERT",
        "INTO",
        "VALUES",
        "WITH",
        "UNION",
        "CASE",
        "WHEN",
        "END",
        "IN",
        "LIMIT",
        "1",
        "'x'",
        "NULL",
    ]
    chance = random.Random(5)
    for _ in range(300):
        text = " ".join(chance.choice([*words, *HOSTILE]) for _ in range(chance.randint(1, 14)))
        for pointer, message in complaints({"queries": {"q": text}}, engine):
            assert pointer[:2] == ("requirements", "queries"), text
            assert message.rstrip().endswith((".", "?")), message
