# Generated from integrations.yaml, entry "postgresql"; see postgresql_adapter.py for how to change it.
"""PostgreSQL with a real PostgreSQL: every query against rows that the schema allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct, convert, structs

from integrations.postgresql import (
    AddLinesValues,
    Order,
    OrderLine,
    OrdersOfRow,
    PostgreSQLAdapter,
    SpendingRow,
)
from integrations.runtime import ConflictError
from integrations.runtime.sql import Query
from integrations.runtime.testing import server

SCHEMA: tuple[str, ...] = (
    "CREATE TYPE order_state AS ENUM ('open', 'paid', 'shipped', 'cancelled')",
    """CREATE TABLE customers (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL UNIQUE,
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
    )""",
    """CREATE TABLE orders (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        customer_id bigint NOT NULL REFERENCES customers (id),
        state order_state NOT NULL DEFAULT 'open',
        total numeric(12, 2) NOT NULL CHECK (total >= 0),
        currency varchar(3) NOT NULL DEFAULT 'EUR',
        note text,
        details jsonb NOT NULL DEFAULT '{}',
        placed_at timestamptz NOT NULL DEFAULT now()
    )""",
    """CREATE TABLE order_lines (
        order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
        sku text NOT NULL,
        quantity integer NOT NULL CHECK (quantity > 0),
        price numeric(12, 2) NOT NULL,
        PRIMARY KEY (order_id, sku)
    )""",
    "CREATE INDEX orders_by_customer ON orders (customer_id, placed_at DESC)",
    "COMMENT ON TABLE orders IS 'One order of a customer.'",
    "COMMENT ON COLUMN orders.total IS 'What the customer pays, taxes included.'",
)
# One row of each table; tables that others point to come first.
ROWS: dict[str, str] = {
    "customers": """INSERT INTO "customers" ("email", "name", "created_at")
    VALUES ('ada@example.com', 'Ada Lovelace', '2024-05-17 12:30:00+00:00')""",
    "orders": """INSERT INTO "orders" ("id", "customer_id", "state", "total", "currency", "note", "details",
    "placed_at")
    VALUES ('00000001-0000-4000-8000-000000000001', 1, 'open', 9.50, 'EUR', 'note 1', '{"step": 1}',
    '2024-05-17 12:30:00+00:00')""",
    "order_lines": """INSERT INTO "order_lines" ("order_id", "sku", "quantity", "price")
    VALUES ('00000001-0000-4000-8000-000000000001', 'SKU-1', 3, 9.50)""",
}


class SetUp(PostgreSQLAdapter):
    """The adapter, with what only tests do."""

    def run(self, statements: Iterable[str]) -> None:
        """Run statements that no method of the adapter has."""
        for statement in statements:
            self._execute(Query("set_up", statement))


@pytest.fixture
def postgresql() -> Iterator[SetUp]:
    with SetUp(server("postgresql").fresh("postgresql")) as adapter:
        adapter.run(SCHEMA)
        yield adapter


def checked(row: Any, kind: Any) -> None:
    """Fail unless every value of the row is of the type that the adapter declares."""
    if isinstance(row, Struct):
        assert convert(structs.asdict(row), kind) == row
    else:
        assert convert(row, kind) == row


def test_the_server_answers(postgresql: SetUp) -> None:
    postgresql.healthcheck()
    assert postgresql.fetch("SELECT 1") == [(1,)]


def test_add_customer(postgresql: SetUp) -> None:
    postgresql.run(ROWS[table] for table in ["customers"])
    found = postgresql.add_customer("grace@example.com", "Grace Hopper")
    checked(found, int)


def test_add_lines(postgresql: SetUp) -> None:
    postgresql.run(ROWS[table] for table in ["customers", "orders", "order_lines"])
    assert (
        postgresql.add_lines(
            [
                AddLinesValues(
                    order_id=UUID("00000001-0000-4000-8000-000000000001"),
                    sku="SKU-2",
                    quantity=4,
                    price=Decimal("10.50"),
                )
            ]
        )
        == 1
    )


def test_export_lines(postgresql: SetUp) -> None:
    postgresql.run(ROWS[table] for table in ["customers", "orders", "order_lines"])
    with postgresql.export_lines() as rows:
        found = list(rows)
    assert found
    for row in found:
        checked(row, OrderLine)


def test_forget_order(postgresql: SetUp) -> None:
    postgresql.run(ROWS[table] for table in ["customers", "orders"])
    assert postgresql.forget_order(UUID("00000001-0000-4000-8000-000000000001")) == 1


def test_get_order(postgresql: SetUp) -> None:
    postgresql.run(ROWS[table] for table in ["customers", "orders"])
    found = postgresql.get_order(UUID("00000001-0000-4000-8000-000000000001"))
    assert found is not None
    checked(found, Order)


def test_move_order(postgresql: SetUp) -> None:
    postgresql.run(ROWS[table] for table in ["customers", "orders"])
    assert postgresql.move_order("paid", UUID("00000001-0000-4000-8000-000000000001"), "open") == 1


def test_orders_in(postgresql: SetUp) -> None:
    postgresql.run(ROWS[table] for table in ["customers", "orders"])
    found = postgresql.orders_in(["open"])
    assert found
    for row in found:
        checked(row, Order)


def test_orders_of(postgresql: SetUp) -> None:
    postgresql.run(ROWS[table] for table in ["customers", "orders"])
    found = postgresql.orders_of("ada@example.com", 10)
    assert found
    for row in found:
        checked(row, OrdersOfRow)


def test_place_order(postgresql: SetUp) -> None:
    postgresql.run(ROWS[table] for table in ["customers", "orders"])
    found = postgresql.place_order(
        customer_id=1, total=Decimal("10.50"), currency="USD", note="note 2", details={"step": 2}
    )
    checked(found, Order)


def test_spending(postgresql: SetUp) -> None:
    postgresql.run(ROWS[table] for table in ["customers", "orders"])
    found = postgresql.spending(dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC))
    assert found
    for row in found:
        checked(row, SpendingRow)


def test_a_second_row_of_the_same_key_is_a_conflict(postgresql: SetUp) -> None:
    postgresql.run(ROWS.values())
    with pytest.raises(ConflictError):
        postgresql.run([ROWS["customers"]])


def test_what_a_transaction_did_is_undone_when_it_fails(postgresql: SetUp) -> None:
    def failing() -> None:
        with postgresql.transaction() as tx:
            tx.run([ROWS["customers"]])
            raise LookupError

    with pytest.raises(LookupError):
        failing()
    assert postgresql.fetch("SELECT count(*) FROM customers") == [(0,)]


# What the server calls a type, and what stands for it in Python; of arrays a list, of what is not here `str`.
PYTHON: dict[str, type] = {
    "smallint": int,
    "integer": int,
    "bigint": int,
    "oid": int,
    "real": float,
    "double precision": float,
    "numeric": Decimal,
    "boolean": bool,
    "bytea": bytes,
    "date": dt.date,
    "time without time zone": dt.time,
    "timestamp without time zone": dt.datetime,
    "timestamp with time zone": dt.datetime,
    "interval": dt.timedelta,
    "uuid": UUID,
    "json": object,
    "jsonb": object,
}


def python(names: Iterable[str]) -> tuple[type, ...]:
    """The Python types of the server's."""
    return tuple(list if name.endswith("[]") else PYTHON.get(name, str) for name in names)


def fits(seen: tuple[type, ...], declared: tuple[type, ...]) -> bool:
    """Whether what the server sees is what is declared; `object` is anything."""
    pairs = zip(seen, declared, strict=False)
    return len(seen) == len(declared) and all(one in (other, object) for other, one in pairs)


@pytest.mark.parametrize(
    ("statement", "parameters", "columns"),
    [
        pytest.param(
            """INSERT INTO customers (email, name)
    VALUES ($1, $2)
    ON CONFLICT (email) DO UPDATE SET name = excluded.name
    RETURNING id""",
            (str, str),
            (int,),
            id="add_customer",
        ),
        pytest.param(
            """INSERT INTO order_lines (order_id, sku, quantity, price)
    VALUES ($1, $2, $3, $4)""",
            (UUID, str, int, Decimal),
            (),
            id="add_lines",
        ),
        pytest.param(
            "SELECT order_id, sku, quantity, price FROM order_lines ORDER BY order_id, sku",
            (),
            (UUID, str, int, Decimal),
            id="export_lines",
        ),
        pytest.param(
            "DELETE FROM orders WHERE id = $1",
            (UUID,),
            (),
            id="forget_order",
        ),
        pytest.param(
            """SELECT id, customer_id, state, total, currency, note, details, placed_at
    FROM orders WHERE id = $1""",
            (UUID,),
            (UUID, int, str, Decimal, str, str, object, dt.datetime),
            id="get_order",
        ),
        pytest.param(
            "UPDATE orders SET state = $1 WHERE id = $2 AND state = $3",
            (str, UUID, str),
            (),
            id="move_order",
        ),
        pytest.param(
            """SELECT id, customer_id, state, total, currency, note, details, placed_at
    FROM orders WHERE state = ANY($1::order_state[]) ORDER BY placed_at""",
            (list,),
            (UUID, int, str, Decimal, str, str, object, dt.datetime),
            id="orders_in",
        ),
        pytest.param(
            """SELECT o.id, o.state, o.total, o.placed_at, c.name AS customer
    FROM orders o
    JOIN customers c ON c.id = o.customer_id
    WHERE c.email = $1
    ORDER BY o.placed_at DESC
    LIMIT $2""",
            (str, int),
            (UUID, str, Decimal, dt.datetime, str),
            id="orders_of",
        ),
        pytest.param(
            """INSERT INTO orders (customer_id, total, currency, note, details)
    VALUES ($1, $2, $3, $4, $5)
    RETURNING id, customer_id, state, total, currency, note, details, placed_at""",
            (int, Decimal, str, str, object),
            (UUID, int, str, Decimal, str, str, object, dt.datetime),
            id="place_order",
        ),
        pytest.param(
            """SELECT c.id, c.name, count(o.id) AS orders, coalesce(sum(o.total), 0) AS total,
    max(o.placed_at) AS last_order
    FROM customers c
    LEFT JOIN orders o ON o.customer_id = c.id AND o.placed_at >= $1
    GROUP BY c.id, c.name
    ORDER BY total DESC""",
            (dt.datetime,),
            (int, str, int, Decimal, dt.datetime),
            id="spending",
        ),
    ],
)
def test_the_server_sees_the_types_that_the_adapter_declares(
    postgresql: SetUp, statement: str, parameters: tuple[type, ...], columns: tuple[type, ...]
) -> None:
    told = "to_jsonb(p) -> 'parameter_types', to_jsonb(p) -> 'result_types'"  # the second from version 16 on
    with postgresql.transaction() as tx:
        tx.run(["PREPARE checked AS " + statement.replace("%", "%%")])
        taken, given = tx.fetch(f"SELECT {told} FROM pg_prepared_statements AS p WHERE name = 'checked'")[0]
        tx.run(["DEALLOCATE checked"])
    assert fits(python(taken), parameters)
    if given is not None:
        assert fits(python(given), columns)
