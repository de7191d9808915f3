"""What parameters and columns of a query are, from the schema alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Typed = Callable[..., tuple[dict[str, str], dict[str, str]]]
STATE = "Literal['open', 'paid']"

PARAMETERS = [
    ("SELECT id FROM orders WHERE id = :id", {"id": "UUID"}),
    ("SELECT id FROM orders WHERE :id = id", {"id": "UUID"}),
    ("SELECT id FROM orders WHERE state = :state", {"state": STATE}),
    ("SELECT id FROM orders WHERE state <> $1", {"state": STATE}),
    (
        "SELECT id FROM orders WHERE total > @least AND placed_at >= @since",
        {"least": "Decimal", "since": "dt.datetime"},
    ),
    ("SELECT id FROM orders WHERE total BETWEEN :low AND :high", {"low": "Decimal", "high": "Decimal"}),
    ("SELECT id FROM orders WHERE note LIKE :like", {"like": "str"}),
    ("SELECT id FROM orders WHERE note ILIKE '%' || :word || '%'", {"word": "str"}),
    ("SELECT id FROM orders WHERE state IN (:states)", {"states": f"list[{STATE}]"}),
    ("SELECT id FROM orders WHERE state IN (:one, :other)", {"one": STATE, "other": STATE}),
    ("SELECT id FROM orders WHERE id = ANY(:ids)", {"ids": "list[UUID]"}),
    ("SELECT id FROM orders WHERE tags @> :tags", {"tags": "list[str]"}),
    ("SELECT id FROM orders LIMIT :limit OFFSET :offset", {"limit": "int", "offset": "int"}),
    ("SELECT id FROM orders WHERE note = sqlc.narg('note')", {"note": "str | None"}),
    ("SELECT id FROM orders WHERE customer_id IN (sqlc.slice(ids))", {"ids": "list[int]"}),
    ("SELECT id FROM orders WHERE (:note::text IS NULL OR note = :note)", {"note": "str"}),
    ("SELECT id FROM orders WHERE note IS NOT DISTINCT FROM :note", {"note": "str | None"}),
    ("SELECT id FROM orders WHERE placed_at < now() - :age::interval", {"age": "dt.timedelta"}),
    ("SELECT id FROM orders WHERE placed_at + :wait < now()", {"wait": "dt.timedelta"}),
    ("SELECT id FROM orders WHERE total * 2 > :sum", {"sum": "Decimal"}),
    ("SELECT coalesce(note, :none) AS note FROM orders", {"none": "str"}),
    (
        "SELECT CASE WHEN total > :many THEN :big ELSE 'small' END AS size FROM orders",
        {"many": "Decimal", "big": "str"},
    ),
    (
        "SELECT id FROM orders WHERE customer_id = (SELECT id FROM customers WHERE email = :email)",
        {"email": "str"},
    ),
    (
        "INSERT INTO orders (customer_id, total, note) VALUES (:c, :t, :n)",
        {"c": "int", "t": "Decimal", "n": "str | None"},
    ),
    ("INSERT INTO orders (customer_id, total, extra) VALUES (1, 2, :extra)", {"extra": "Any"}),
    (
        "INSERT INTO orders (customer_id, total) SELECT id, :total FROM customers WHERE name = :name",
        {"total": "Decimal", "name": "str"},
    ),
    (
        "UPDATE orders SET note = :note, pieces = pieces + :more WHERE id = :id",
        {"note": "str | None", "more": "int", "id": "UUID"},
    ),
    ("DELETE FROM orders WHERE due < :before", {"before": "dt.datetime"}),
    (
        "SELECT id FROM orders WHERE waits > :wait AND picture = :picture",
        {"wait": "dt.timedelta", "picture": "bytes"},
    ),
    ("SELECT unnest(:ids::bigint[]) AS id", {"ids": "list[int]"}),
    ("SELECT id FROM orders WHERE extra->>'size' = :size", {"size": "str"}),
    (
        "SELECT id FROM customers WHERE lower(name) = lower(:name) AND active = :active",
        {"name": "str", "active": "bool"},
    ),
    ("SELECT id FROM orders GROUP BY id HAVING sum(total) > :least", {"least": "Decimal"}),
    ("SELECT id FROM orders WHERE note = :from", {"from": "str"}),
]

ROWS = [
    ("SELECT id, note FROM orders", {"id": "UUID", "note": "str | None"}),
    ("SELECT o.id AS number FROM orders AS o", {"number": "UUID"}),
    (
        "SELECT o.total, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id",
        {"total": "Decimal", "name": "str | None"},
    ),
    (
        "SELECT o.total, c.name FROM orders o RIGHT JOIN customers c ON c.id = o.customer_id",
        {"total": "Decimal | None", "name": "str"},
    ),
    (
        "SELECT o.total, c.name FROM orders o FULL JOIN customers c ON c.id = o.customer_id",
        {"total": "Decimal | None", "name": "str | None"},
    ),
    ("SELECT count(*) FROM orders", {"count": "int"}),
    (
        "SELECT sum(total) AS s, avg(pieces) AS a, min(note) AS n FROM orders",
        {"s": "Decimal | None", "a": "Decimal | None", "n": "str | None"},
    ),
    (
        "SELECT state, sum(total) AS s, sum(pieces) AS p FROM orders GROUP BY state",
        {"state": STATE, "s": "Decimal", "p": "int"},
    ),
    ("SELECT coalesce(sum(total), 0) AS s FROM orders", {"s": "Decimal"}),
    ("SELECT note IS NULL AS none, total > 1 AS many FROM orders", {"none": "bool", "many": "bool"}),
    ("SELECT EXISTS (SELECT 1 FROM orders) AS any", {"any": "bool"}),
    (
        "SELECT (SELECT max(total) FROM orders) AS top, (SELECT count(*) FROM orders) AS n",
        {"top": "Decimal | None", "n": "int"},
    ),
    (
        "SELECT row_number() OVER (ORDER BY id) AS n, lag(total) OVER (ORDER BY id) AS before FROM orders",
        {"n": "int", "before": "Decimal | None"},
    ),
    (
        "SELECT CASE WHEN total > 5 THEN 1 END AS n, CASE WHEN total > 5 THEN 1 ELSE 2 END AS m FROM orders",
        {"n": "int | None", "m": "int"},
    ),
    ("WITH a AS (SELECT id, total FROM orders) SELECT total FROM a", {"total": "Decimal"}),
    (
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT n FROM t",
        {"n": "int"},
    ),
    ("SELECT x.n FROM (SELECT count(*) AS n FROM orders) AS x", {"n": "int"}),
    ("SELECT id FROM orders UNION SELECT gen_random_uuid()", {"id": "UUID"}),
    ("SELECT note FROM orders UNION ALL SELECT name FROM customers", {"note": "str | None"}),
    (
        "SELECT tags, tags[1] AS first, extra, waits, picture, due FROM orders",
        {
            "tags": "list[str]",
            "first": "str | None",
            "extra": "Any",
            "waits": "dt.timedelta | None",
            "picture": "bytes | None",
            "due": "dt.datetime | None",
        },
    ),
    (
        "SELECT placed_at - due AS late, date_trunc('day', placed_at) AS day FROM orders",
        {"late": "dt.timedelta | None", "day": "dt.datetime"},
    ),
    (
        "SELECT total::text AS t, CAST(pieces AS double precision) AS f FROM orders",
        {"t": "str", "f": "float"},
    ),
    ("SELECT * FROM big_orders", {"id": "UUID", "total": "Decimal"}),
    ("SELECT array_agg(name) AS names FROM customers GROUP BY born", {"names": "list[str]"}),
    ("SELECT upper(name) AS u, length(email) AS l FROM customers", {"u": "str", "l": "int | None"}),
    ("SELECT n FROM generate_series(1, 5) AS n", {"n": "int"}),
    (
        "INSERT INTO orders (customer_id, total) VALUES (1, 2) RETURNING id, placed_at",
        {"id": "UUID", "placed_at": "dt.datetime"},
    ),
    ("UPDATE orders SET note = NULL RETURNING id", {"id": "UUID"}),
    ("DELETE FROM orders USING customers c WHERE c.id = customer_id RETURNING c.name", {"name": "str"}),
    ("WITH gone AS (DELETE FROM orders RETURNING *) SELECT total FROM gone", {"total": "Decimal"}),
    (
        "SELECT c.name, o.total FROM customers c JOIN LATERAL (SELECT total FROM orders WHERE"
        " customer_id = c.id) o ON true",
        {"name": "str", "total": "Decimal"},
    ),
    (
        "SELECT customer_id FROM orders JOIN (SELECT id AS customer_id FROM customers) c USING (customer_id)",
        {"customer_id": "int"},
    ),
]

ENGINES = [
    (
        "mysql",
        "SELECT active, extra, picture, placed_at, due FROM orders JOIN customers ON"
        " customers.id = customer_id",
        {
            "active": "bool",
            "extra": "Any",
            "picture": "bytes | None",
            "placed_at": "dt.datetime",
            "due": "dt.datetime | None",
        },
    ),
    (
        "mysql",
        "SELECT pieces / 2 AS half, sum(pieces) AS all_of_them FROM orders GROUP BY pieces",
        {"half": "Decimal | None", "all_of_them": "Decimal"},
    ),
    (
        "mysql",
        "SELECT `state`, IF(total > 1, 'a', 'b') AS size FROM `orders`",
        {"state": STATE, "size": "str"},
    ),
    (
        "sqlite",
        "SELECT state, total, weight, born, active FROM orders JOIN customers c ON c.id = customer_id",
        {
            "state": STATE,
            "total": "Decimal",
            "weight": "float | None",
            "born": "dt.date | None",
            "active": "bool",
        },
    ),
    (
        "sqlite",
        "SELECT avg(pieces) AS a, pieces / 2 AS half FROM orders GROUP BY pieces",
        {"a": "float", "half": "int | None"},
    ),
    (
        "duckdb",
        "SELECT tags, pieces / 2 AS half, avg(total) AS a FROM orders GROUP BY ALL",
        {"tags": "list[str] | None", "half": "float", "a": "float"},
    ),
    (
        "duckdb",
        "SELECT state, placed_at, due FROM orders",
        {"state": STATE, "placed_at": "dt.datetime", "due": "dt.datetime | None"},
    ),
]


@pytest.mark.parametrize(("sql", "expected"), PARAMETERS)
def test_a_parameter_is_what_it_meets(typed: Typed, sql: str, expected: dict[str, str]) -> None:
    assert typed(sql)[0] == expected


@pytest.mark.parametrize(("sql", "expected"), ROWS)
def test_a_column_is_what_its_expression_gives(typed: Typed, sql: str, expected: dict[str, str]) -> None:
    assert typed(sql)[1] == expected


@pytest.mark.parametrize(("engine", "sql", "expected"), ENGINES)
def test_each_engine_has_types_of_its_own(
    typed: Typed, engine: str, sql: str, expected: dict[str, str]
) -> None:
    assert typed(sql, engine)[1] == expected


@pytest.mark.parametrize("engine", ["mysql", "sqlite", "duckdb"])
def test_a_mark_without_a_name_is_called_as_its_column(typed: Typed, engine: str) -> None:
    assert typed("SELECT id FROM customers WHERE email = ? AND name = ?", engine)[0] == {
        "email": "str",
        "name": "str",
    }


def test_the_query_that_only_reads_is_told_from_the_others(analysed: Callable[..., Any]) -> None:
    assert analysed("SELECT id FROM orders").reads
    assert not analysed("SELECT id FROM orders FOR UPDATE").reads
    assert not analysed("WITH a AS (DELETE FROM orders RETURNING id) SELECT id FROM a").reads
    assert not analysed("SELECT nextval('a') AS n").reads
    assert not analysed("SELECT spend(id) AS n FROM orders").reads


def test_a_plain_insert_can_be_copied_and_no_other(analysed: Callable[..., Any]) -> None:
    plain = "INSERT INTO orders (customer_id, total) VALUES (:customer_id, :total)"
    assert analysed(plain).copies == ("customer_id", "total")
    for more in (" RETURNING id", " ON CONFLICT DO NOTHING"):
        assert analysed(plain + more).copies == ()
    assert analysed("INSERT INTO orders (customer_id, total) VALUES (:a, :b * 2)").copies == ()
    assert analysed("INSERT INTO orders (customer_id, total, pieces) VALUES (:a, :b, 1)").copies == ()
