"""Queries that a grammar makes up: whatever they say, they are understood or refused, and nothing crashes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

GRAMMAR: dict[str, list[str]] = {
    "query": [
        "{select}",
        "{select} UNION {select}",
        "WITH t AS ({select}) {select}",
        "{insert}",
        "{update}",
        "{delete}",
    ],
    "select": [
        "SELECT {items} FROM {from}{where}{group}{order}{limit}",
        "SELECT DISTINCT {items} FROM {from}{where}",
        "SELECT {expr} AS x",
        "VALUES ({expr}, {expr})",
    ],
    "items": ["*", "o.*", "{expr} AS a", "{expr} AS a, {expr} AS b", "count(*)", "{column}", "{window} AS w"],
    "from": [
        "orders o",
        "orders o {join} customers c ON {cond}",
        "({select}) AS o",
        "orders o, customers c",
        "orders AS o(id, total)",
        "unnest(:ids) AS o",
        "orders o CROSS JOIN LATERAL ({select}) AS l",
        "orders NATURAL JOIN customers",
        "t",
        "json_each(:j) AS o",
    ],
    "join": ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL OUTER JOIN"],
    "where": ["", " WHERE {cond}", " WHERE {cond} AND ({cond} OR NOT {cond})"],
    "group": ["", "", " GROUP BY {column}", " GROUP BY 1 HAVING {cond}", " GROUP BY ROLLUP (o.id)"],
    "order": ["", " ORDER BY {expr} DESC NULLS LAST"],
    "limit": ["", " LIMIT :limit OFFSET 2", " FETCH FIRST 3 ROWS ONLY", " FOR UPDATE SKIP LOCKED"],
    "cond": [
        "{expr} = {expr}",
        "{expr} IN ({expr}, {expr})",
        "{column} IN (:list)",
        "{column} IN ({select})",
        "{expr} IS NULL",
        "{column} BETWEEN {expr} AND {expr}",
        "{column} LIKE {expr}",
        "EXISTS ({select})",
        "{column} = ANY(:ids)",
        "({column}, 1) = (1, {expr})",
        "{column} > ALL ({select})",
        "{expr} IS DISTINCT FROM {expr}",
        "true",
    ],
    "expr": [
        "{column}",
        ":p",
        "1",
        "'x'",
        "NULL",
        "2.5",
        "{expr} + {expr}",
        "{expr} / {expr}",
        "-{expr}",
        "({select})",
        "coalesce({expr}, {expr})",
        "CASE WHEN {cond} THEN {expr} ELSE {expr} END",
        "CASE {expr} WHEN {expr} THEN {expr} END",
        "CAST({expr} AS integer)",
        "lower({expr})",
        "count(DISTINCT {expr})",
        "sum({expr}) FILTER (WHERE {cond})",
        "unknown_function({expr}, {expr})",
        "{expr} || {expr}",
        "now()",
        "ARRAY[{expr}, {expr}]",
        "{column}[1]",
        "interval '1 day'",
        "extract(year FROM {expr})",
        "string_agg({expr}, ',' ORDER BY {expr})",
        "row_to_json(o)",
    ],
    "window": [
        "sum({expr}) OVER (PARTITION BY {expr} ORDER BY {expr} ROWS UNBOUNDED PRECEDING)",
        "rank() OVER w",
        "lag({expr}, 1) OVER ()",
    ],
    "column": ["id", "o.id", "o.total", "c.name", "note", "o.nothing", "z.id", '"Odd"'],
    "insert": [
        "INSERT INTO orders (customer_id, total) VALUES ({expr}, {expr})",
        "INSERT INTO orders SELECT {items} FROM {from}",
        "INSERT INTO orders (total) VALUES (:a), (DEFAULT) ON CONFLICT (id) DO UPDATE SET total ="
        " excluded.total RETURNING *",
        "INSERT INTO orders DEFAULT VALUES RETURNING {expr} AS a",
    ],
    "update": [
        "UPDATE orders SET total = {expr}, note = {expr}{where} RETURNING id",
        "UPDATE orders o SET (total, note) = ({expr}, {expr}) FROM customers c{where}",
    ],
    "delete": [
        "DELETE FROM orders{where}",
        "DELETE FROM orders o USING customers c{where} RETURNING {expr} AS a",
    ],
}


def made(rule: str, chance: random.Random, depth: int = 0) -> str:
    """A text of the grammar; deep down the first and shortest choices are taken."""
    options = GRAMMAR[rule] if depth < 7 else GRAMMAR[rule][:1]
    text = chance.choice(options)
    while "{" in text:
        before, _, rest = text.partition("{")
        name, _, after = rest.partition("}")
        text = (
            before + made(name, chance, depth + 1) + after if name in GRAMMAR else f"{before}({name}){after}"
        )
    return text


@pytest.mark.parametrize("engine", ["postgresql", "mysql", "sqlite", "duckdb"])
def test_a_made_up_query_is_understood_or_refused(
    analysed: Callable[..., Any], module: Callable[[str], Any], engine: str
) -> None:
    statement, understood = module("sql_statement").statement, 0
    for seed in range(400):
        sql = made("query", random.Random(seed))
        found = analysed(sql, engine)
        understood += not found.faults
        written = statement(found.text, engine, found.parameters, {name: name for name in found.text.names})
        assert written, sql
        assert set(found.parameters) == (set(found.text.names) if found.kind else set()), sql
    assert understood > 20
