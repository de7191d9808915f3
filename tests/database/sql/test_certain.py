"""Queries that always give a row are typed so: nobody has to ask whether it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import SHOP

ALWAYS = [
    ("postgresql", "INSERT INTO customers (name) VALUES (:name) RETURNING *"),
    ("postgresql", "INSERT INTO customers (name) VALUES (:name) RETURNING id"),
    (
        "postgresql",
        "INSERT INTO customers (name, email) VALUES (:name, :email)"
        " ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id",
    ),
    ("sqlite", "INSERT OR REPLACE INTO customers (id, name) VALUES (:id, :name) RETURNING id"),
    ("postgresql", "SELECT count(*) FROM orders WHERE total > :least"),
    ("postgresql", "SELECT coalesce(sum(total), 0) AS total, count(*) AS n FROM orders"),
    ("postgresql", "SELECT EXISTS (SELECT 1 FROM orders WHERE id = :id) AS known"),
    ("duckdb", "SELECT avg(total) AS mean FROM orders"),
]
PERHAPS = [
    ("postgresql", "SELECT id FROM orders WHERE id = :id"),
    (
        "postgresql",
        "INSERT INTO customers (name, email) VALUES (:name, :email)"
        " ON CONFLICT (email) DO NOTHING RETURNING id",
    ),
    (
        "postgresql",
        "INSERT INTO customers (name, email) VALUES (:name, :email) ON CONFLICT (email)"
        " DO UPDATE SET name = excluded.name WHERE customers.active RETURNING id",
    ),
    ("sqlite", "INSERT OR IGNORE INTO customers (id, name) VALUES (:id, :name) RETURNING id"),
    ("mysql", "INSERT IGNORE INTO customers (name) VALUES (:name) RETURNING id"),
    ("postgresql", "INSERT INTO customers (name) SELECT note FROM orders WHERE id = :id RETURNING id"),
    ("postgresql", "UPDATE customers SET name = :name WHERE id = :id RETURNING *"),
    ("postgresql", "SELECT count(*) FROM orders GROUP BY state"),
    ("postgresql", "SELECT count(*) FROM orders HAVING count(*) > 5"),
    ("postgresql", "SELECT count(*) FROM orders LIMIT :limit"),
    ("postgresql", "SELECT count(*) FROM orders OFFSET 1"),
    ("postgresql", "SELECT count(*) OVER () AS n FROM orders LIMIT 1"),
    ("postgresql", "SELECT (SELECT max(total) FROM orders) AS most FROM customers WHERE id = :id"),
    ("sqlite", "SELECT max(id, 2) AS larger FROM orders WHERE id = :id"),
    ("postgresql", "SELECT unnest(:ids::bigint[]) AS id"),
    ("postgresql", "SELECT 1 AS one WHERE :yes::boolean"),
]


@pytest.mark.parametrize(("engine", "sql"), ALWAYS)
def test_a_query_that_always_gives_a_row_is_known(
    analysed: Callable[..., Any], engine: str, sql: str
) -> None:
    found = analysed(sql, engine)
    assert [fault.message for fault in found.faults] == []
    assert found.always


@pytest.mark.parametrize(("engine", "sql"), PERHAPS)
def test_a_query_that_may_give_none_is_known(analysed: Callable[..., Any], engine: str, sql: str) -> None:
    found = analysed(sql, engine)
    assert [fault.message for fault in found.faults] == []
    assert not found.always


@pytest.mark.parametrize(
    ("query", "call", "result"),
    [
        ({"sql": "SELECT count(*) FROM orders", "returns": "one"}, "_row", "int"),
        ({"sql": "SELECT max(total) FROM orders", "returns": "one"}, "_row", "Decimal | None"),
        ({"sql": "INSERT INTO customers (name) VALUES (:name) RETURNING *"}, "_row", "Customer"),
        ({"sql": "SELECT count(*) FROM orders", "returns": "many"}, "_many", "list[int]"),
        ({"sql": "SELECT * FROM customers WHERE id = :id", "returns": "one"}, "_one", "Customer | None"),
    ],
)
def test_the_method_gives_the_row_without_none(
    module: Callable[[str], Any], query: dict[str, Any], call: str, result: str
) -> None:

    family = module("sql_family")
    entry = {
        "name": "shop",
        "service": "Shop",
        "variant": "postgresql",
        "environments": {},
        "description": "",
    }
    requirements = {"schema": SHOP["postgresql"], "queries": {"ask": query}}
    found = family.resolve(family.normalise({**entry, "requirements": requirements}), {})["queries"][0]
    assert (found["call"], found["result"]) == (call, result)
    raised = [error["error"] for error in found["doc"]["raises"]]
    assert ("UnexpectedResponseError" in raised) is (call == "_row")
