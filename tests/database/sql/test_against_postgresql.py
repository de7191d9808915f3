"""What is inferred, held against what a real PostgreSQL says of the same statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integrations.runtime.testing import server

from .conftest import SHOP
from .test_types import PARAMETERS, ROWS

KINDS = {
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "real": "float",
    "double precision": "float",
    "numeric": "decimal",
    "boolean": "boolean",
    "bytea": "bytes",
    "date": "date",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "interval": "interval",
    "uuid": "uuid",
    "jsonb": "json",
    "state": "enum",
}
MORE = [
    "SELECT greatest(total, pieces) AS g, nullif(note, '') AS n, abs(total) AS a, round(total) AS"
    " r FROM orders",
    "SELECT floor(weight) AS f, sqrt(pieces) AS s, mod(pieces, 2) AS m, pieces / 2 AS h, total / 2"
    " AS d FROM orders",
    "SELECT extract(year FROM placed_at) AS y, age(now(), placed_at) AS a, placed_at::date AS d FROM orders",
    "SELECT date_trunc('month', due) AS m, current_date - born AS days FROM orders, customers",
    "SELECT string_agg(name, ',') AS names, bool_and(active) AS all_of_them, count(DISTINCT name)"
    " AS n FROM customers",
    "SELECT jsonb_build_object('a', total) AS j, to_jsonb(note) AS t, extra -> 'a' AS e, extra ->>"
    " 'b' AS f FROM orders",
    "SELECT first_value(total) OVER w AS f, rank() OVER w AS r, sum(pieces) OVER w AS s FROM"
    " orders WINDOW w AS (ORDER BY id)",
    "SELECT array_length(tags, 1) AS n, cardinality(tags) AS c, tags || 'x'::text AS more FROM orders",
    "SELECT name || ' ' || coalesce(email, '') AS label, length(name) AS l, substring(name, 1, 2)"
    " AS s FROM customers",
    "SELECT c.* FROM customers c WHERE EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND"
    " o.total > :least)",
    "SELECT state, count(*) FILTER (WHERE total > 5) AS n, sum(total) FILTER (WHERE pieces > 1) AS"
    " s FROM orders GROUP BY 1",
    "INSERT INTO customers (name, email) VALUES (:name, :email) ON CONFLICT (email) DO UPDATE SET"
    " name = :name RETURNING *",
    "UPDATE orders o SET total = o.total * :factor FROM customers c WHERE c.id = o.customer_id AND"
    " c.name = :name RETURNING o.id",
    "SELECT id FROM orders WHERE (customer_id, total) = (:c, :t)",
    "SELECT id FROM orders WHERE placed_at::date = :day AND due >= :due",
    "SELECT sum(o.pieces * o.total) AS s, avg(o.weight) AS a, max(o.state) AS m FROM orders o",
    "SELECT to_char(placed_at, 'YYYY') AS y, upper(state::text) AS u, md5(note) AS m FROM orders",
    "SELECT g.day FROM generate_series(now(), now(), interval '1 day') AS g(day)",
    "SELECT v.a, v.b FROM (VALUES (1, 'x'), (2, 'y')) AS v(a, b)",
    "WITH t AS (SELECT customer_id, sum(total) AS s FROM orders GROUP BY customer_id) SELECT"
    " c.name, t.s FROM customers c LEFT JOIN t ON t.customer_id = c.id",
]


def kind_of(name: str) -> str:
    """Our word for a type of the server."""
    return "array" if name.endswith("[]") else KINDS.get(name, "text")


@pytest.fixture(scope="module")
def connection() -> Iterator[Any]:
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(server("postgresql").fresh("inference"), autocommit=True) as opened:
        opened.execute(SHOP["postgresql"])
        yield opened


@pytest.mark.parametrize("sql", [*(sql for sql, _ in [*PARAMETERS, *ROWS]), *MORE])
def test_the_server_agrees(
    connection: Any, analysed: Callable[..., Any], module: Callable[[str], Any], sql: str
) -> None:
    found = analysed(sql)
    assert [fault.message for fault in found.faults] == []
    statement = module("sql_statement").prepared(found.text, found.parameters)
    parameters, columns = described(connection, statement)
    assert parameters == [kind.kind for kind in found.parameters.values()]
    assert columns == [out.type.kind for out in found.rows]


def described(connection: Any, statement: str) -> tuple[list[str], list[str]]:
    """What the server says of a statement: the kinds of its parameters and of its columns."""
    done = connection.pgconn.prepare(b"", statement.encode())
    assert not done.error_message, done.error_message.decode()
    told = connection.pgconn.describe_prepared(b"")
    oids = [told.param_type(i) for i in range(told.nparams)], [told.ftype(i) for i in range(told.nfields)]
    asked = "SELECT format_type(oid, NULL) FROM unnest(%s::oid[]) WITH ORDINALITY AS t(oid, at) ORDER BY at"
    parameters, columns = ([kind_of(row[0]) for row in connection.execute(asked, [some])] for some in oids)
    return parameters, columns
