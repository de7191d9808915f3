# Generated from integrations.yaml, entry "postgresql"; see postgresql_adapter.py for how to change it.
"""PostgreSQL without a server: every query against a scripted database, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from integrations.postgresql import (
    AddLinesValues,
    AsyncPostgreSQLAdapter,
    Order,
    OrderLine,
    OrdersOfRow,
    PostgreSQLAdapter,
    SpendingRow,
    examples,
)
from integrations.runtime import (
    ConflictError,
    IntegrationError,
    MissingSecretError,
    RequestTimeoutError,
    SecretManager,
    TransactionConflictError,
    UnexpectedResponseError,
)
from integrations.runtime.testing import ScriptedDatabase, error_codes

SECRETS = {
    "POSTGRESQL_URL": "postgresql://app:word-for-tests@db.example/orders",
    "POSTGRESQL_REPORTING_URL": "postgresql://app:word-for-tests@db.example/orders",
}
ATTEMPTS = 3  # of a query that may be repeated


@pytest.fixture(params=["sync", "async"])
def db(request: pytest.FixtureRequest) -> Iterator[ScriptedDatabase]:
    with ScriptedDatabase.running(
        PostgreSQLAdapter, AsyncPostgreSQLAdapter, request.param, secrets=SECRETS
    ) as scripted:
        yield scripted


def test_add_customer(db: ScriptedDatabase) -> None:
    db.rows([(1,)])
    found = db.call(lambda postgresql: postgresql.add_customer("grace@example.com", "Grace Hopper"))
    db.sent(
        """INSERT INTO customers (email, name)
    VALUES (%(email)s, %(name)s)
    ON CONFLICT (email) DO UPDATE SET name = excluded.name
    RETURNING id""",
        {"email": "grace@example.com", "name": "Grace Hopper"},
    )
    assert found == 1


def test_add_customer_without_a_row_is_an_error(db: ScriptedDatabase) -> None:
    db.rows([])
    with pytest.raises(UnexpectedResponseError) as raised:
        db.call(lambda postgresql: postgresql.add_customer("grace@example.com", "Grace Hopper"))
    assert (raised.value.operation, raised.value.undone) == ("add_customer", False)
    db.forget()


def test_add_lines(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(
        lambda postgresql: postgresql.add_lines(
            [
                AddLinesValues(
                    order_id=UUID("00000001-0000-4000-8000-000000000001"),
                    sku="SKU-2",
                    quantity=4,
                    price=Decimal("10.50"),
                )
            ]
        )
    )
    db.sent(
        """INSERT INTO order_lines (order_id, sku, quantity, price)
    VALUES (%(order_id)s, %(sku)s, %(quantity)s, %(price)s)""",
        rows=[(UUID("00000001-0000-4000-8000-000000000001"), "SKU-2", 4, Decimal("10.50"))],
    )
    assert found == 1


def test_export_lines(db: ScriptedDatabase) -> None:
    db.rows([(UUID("00000001-0000-4000-8000-000000000001"), "SKU-1", 3, Decimal("9.50"))])
    found = db.call(lambda postgresql: postgresql.export_lines())
    db.sent(
        "SELECT order_id, sku, quantity, price FROM order_lines ORDER BY order_id, sku",
        {},
    )
    assert found == [
        OrderLine(
            order_id=UUID("00000001-0000-4000-8000-000000000001"),
            sku="SKU-1",
            quantity=3,
            price=Decimal("9.50"),
        )
    ]


def test_export_lines_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda postgresql: postgresql.export_lines())
    assert found == []
    db.forget()


def test_forget_order(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(lambda postgresql: postgresql.forget_order(UUID("00000001-0000-4000-8000-000000000001")))
    db.sent(
        "DELETE FROM orders WHERE id = %(id)s",
        {"id": UUID("00000001-0000-4000-8000-000000000001")},
    )
    assert found == 1


def test_get_order(db: ScriptedDatabase) -> None:
    db.rows(
        [
            (
                UUID("00000001-0000-4000-8000-000000000001"),
                1,
                "open",
                Decimal("9.50"),
                "EUR",
                "note 1",
                {"step": 1},
                dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC),
            )
        ]
    )
    found = db.call(lambda postgresql: postgresql.get_order(UUID("00000001-0000-4000-8000-000000000001")))
    db.sent(
        """SELECT id, customer_id, state, total, currency, note, details, placed_at
    FROM orders WHERE id = %(id)s""",
        {"id": UUID("00000001-0000-4000-8000-000000000001")},
    )
    assert found == Order(
        id=UUID("00000001-0000-4000-8000-000000000001"),
        customer_id=1,
        state="open",
        total=Decimal("9.50"),
        currency="EUR",
        note="note 1",
        details={"step": 1},
        placed_at=dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC),
    )


def test_get_order_of_nothing_is_none(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda postgresql: postgresql.get_order(UUID("00000001-0000-4000-8000-000000000001")))
    assert found is None
    db.forget()


def test_move_order(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(
        lambda postgresql: postgresql.move_order("paid", UUID("00000001-0000-4000-8000-000000000001"), "open")
    )
    db.sent(
        "UPDATE orders SET state = %(state)s WHERE id = %(id)s AND state = %(expected)s",
        {"state": "paid", "id": UUID("00000001-0000-4000-8000-000000000001"), "expected": "open"},
    )
    assert found == 1


def test_orders_in(db: ScriptedDatabase) -> None:
    db.rows(
        [
            (
                UUID("00000001-0000-4000-8000-000000000001"),
                1,
                "open",
                Decimal("9.50"),
                "EUR",
                "note 1",
                {"step": 1},
                dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC),
            )
        ]
    )
    found = db.call(lambda postgresql: postgresql.orders_in(["open"]))
    db.sent(
        """SELECT id, customer_id, state, total, currency, note, details, placed_at
    FROM orders WHERE state = ANY(%(states)s::order_state[]) ORDER BY placed_at""",
        {"states": ["open"]},
    )
    assert found == [
        Order(
            id=UUID("00000001-0000-4000-8000-000000000001"),
            customer_id=1,
            state="open",
            total=Decimal("9.50"),
            currency="EUR",
            note="note 1",
            details={"step": 1},
            placed_at=dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC),
        )
    ]


def test_orders_in_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda postgresql: postgresql.orders_in(["open"]))
    assert found == []
    db.forget()


def test_orders_of(db: ScriptedDatabase) -> None:
    db.rows(
        [
            (
                UUID("00000001-0000-4000-8000-000000000001"),
                "open",
                Decimal("9.50"),
                dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC),
                "ada",
            )
        ]
    )
    found = db.call(lambda postgresql: postgresql.orders_of("ada@example.com", 10))
    db.sent(
        """SELECT o.id, o.state, o.total, o.placed_at, c.name AS customer
    FROM orders o
    JOIN customers c ON c.id = o.customer_id
    WHERE c.email = %(email)s
    ORDER BY o.placed_at DESC
    LIMIT %(limit)s""",
        {"email": "ada@example.com", "limit": 10},
    )
    assert found == [
        OrdersOfRow(
            id=UUID("00000001-0000-4000-8000-000000000001"),
            state="open",
            total=Decimal("9.50"),
            placed_at=dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC),
            customer="ada",
        )
    ]


def test_orders_of_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda postgresql: postgresql.orders_of("ada@example.com", 10))
    assert found == []
    db.forget()


def test_place_order(db: ScriptedDatabase) -> None:
    db.rows(
        [
            (
                UUID("00000001-0000-4000-8000-000000000001"),
                1,
                "open",
                Decimal("9.50"),
                "EUR",
                "note 1",
                {"step": 1},
                dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC),
            )
        ]
    )
    found = db.call(
        lambda postgresql: postgresql.place_order(
            customer_id=1, total=Decimal("10.50"), currency="USD", note="note 2", details={"step": 2}
        )
    )
    db.sent(
        """INSERT INTO orders (customer_id, total, currency, note, details)
    VALUES (%(customer_id)s, %(total)s, %(currency)s, %(note)s, %(details)s)
    RETURNING id, customer_id, state, total, currency, note, details, placed_at""",
        {
            "customer_id": 1,
            "total": Decimal("10.50"),
            "currency": "USD",
            "note": "note 2",
            "details": {"step": 2},
        },
    )
    assert found == Order(
        id=UUID("00000001-0000-4000-8000-000000000001"),
        customer_id=1,
        state="open",
        total=Decimal("9.50"),
        currency="EUR",
        note="note 1",
        details={"step": 1},
        placed_at=dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC),
    )


def test_place_order_without_a_row_is_an_error(db: ScriptedDatabase) -> None:
    db.rows([])
    with pytest.raises(UnexpectedResponseError) as raised:
        db.call(
            lambda postgresql: postgresql.place_order(
                customer_id=1, total=Decimal("10.50"), currency="USD", note="note 2", details={"step": 2}
            )
        )
    assert (raised.value.operation, raised.value.undone) == ("place_order", False)
    db.forget()


def test_spending(db: ScriptedDatabase) -> None:
    db.rows([(1, "Ada Lovelace", 3, Decimal("9.50"), dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC))])
    found = db.call(lambda postgresql: postgresql.spending(dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC)))
    db.sent(
        """SELECT c.id, c.name, count(o.id) AS orders, coalesce(sum(o.total), 0) AS total,
    max(o.placed_at) AS last_order
    FROM customers c
    LEFT JOIN orders o ON o.customer_id = c.id AND o.placed_at >= %(since)s
    GROUP BY c.id, c.name
    ORDER BY total DESC""",
        {"since": dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC)},
    )
    assert found == [
        SpendingRow(
            id=1,
            name="Ada Lovelace",
            orders=3,
            total=Decimal("9.50"),
            last_order=dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC),
        )
    ]


def test_spending_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda postgresql: postgresql.spending(dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC)))
    assert found == []
    db.forget()


# Every query, and how often it is sent while the database is down.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "add_customer": (1, lambda postgresql: postgresql.add_customer("grace@example.com", "Grace Hopper")),
    "add_lines": (
        1,
        lambda postgresql: postgresql.add_lines(
            [
                AddLinesValues(
                    order_id=UUID("00000001-0000-4000-8000-000000000001"),
                    sku="SKU-2",
                    quantity=4,
                    price=Decimal("10.50"),
                )
            ]
        ),
    ),
    "export_lines": (ATTEMPTS, lambda postgresql: postgresql.export_lines()),
    "forget_order": (
        1,
        lambda postgresql: postgresql.forget_order(UUID("00000001-0000-4000-8000-000000000001")),
    ),
    "get_order": (
        ATTEMPTS,
        lambda postgresql: postgresql.get_order(UUID("00000001-0000-4000-8000-000000000001")),
    ),
    "move_order": (
        1,
        lambda postgresql: postgresql.move_order(
            "paid", UUID("00000001-0000-4000-8000-000000000001"), "open"
        ),
    ),
    "orders_in": (ATTEMPTS, lambda postgresql: postgresql.orders_in(["open"])),
    "orders_of": (ATTEMPTS, lambda postgresql: postgresql.orders_of("ada@example.com", 10)),
    "place_order": (
        1,
        lambda postgresql: postgresql.place_order(
            customer_id=1, total=Decimal("10.50"), currency="USD", note="note 2", details={"step": 2}
        ),
    ),
    "spending": (
        ATTEMPTS,
        lambda postgresql: postgresql.spending(dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC)),
    ),
}


@pytest.mark.parametrize("operation", CALLS)
def test_a_failure_is_raised_after_as_many_attempts_as_are_safe(db: ScriptedDatabase, operation: str) -> None:
    attempts, call = CALLS[operation]
    db.fails("timeout", times=attempts)
    with pytest.raises(RequestTimeoutError) as raised:
        db.call(call)
    assert (raised.value.service, raised.value.operation) == ("PostgreSQL", operation)
    assert raised.value.attempts == attempts
    db.forget()


@pytest.mark.parametrize("operation", CALLS)
def test_a_conflict_with_another_transaction_is_tried_again(db: ScriptedDatabase, operation: str) -> None:
    db.fails("40001", times=ATTEMPTS)
    with pytest.raises(TransactionConflictError) as raised:
        db.call(CALLS[operation][1])
    assert raised.value.attempts == ATTEMPTS
    db.forget()


@pytest.mark.parametrize("operation", CALLS)
def test_a_constraint_that_forbids_it_is_a_conflict(db: ScriptedDatabase, operation: str) -> None:
    db.fails("23505")
    with pytest.raises(ConflictError) as raised:
        db.call(CALLS[operation][1])
    assert raised.value.code == "23505"
    assert raised.value.attempts == 1
    db.forget()


@pytest.mark.parametrize(("code", "error"), error_codes("postgresql"))
def test_every_code_of_the_database_has_its_error(
    db: ScriptedDatabase, code: str, error: type[IntegrationError]
) -> None:
    db.fails(code, times=ATTEMPTS)
    with pytest.raises(error):
        db.call(lambda postgresql: postgresql.add_customer("grace@example.com", "Grace Hopper"))
    db.forget()


def test_a_failed_transaction_is_rolled_back() -> None:
    with ScriptedDatabase.running(PostgreSQLAdapter, AsyncPostgreSQLAdapter, "sync", secrets=SECRETS) as db:
        db.fails("23505")

        def within(postgresql: PostgreSQLAdapter) -> None:
            with postgresql.transaction() as tx:
                tx.fetch("SELECT 1")

        with pytest.raises(ConflictError):
            db.call(within)
        assert "COMMIT" not in db.commands
        assert db.commands[-1] in (
            "ROLLBACK",
            "(restored)",
        )  # what failed for good is rolled back when lent again
        db.forget()


@pytest.mark.parametrize("adapter", [PostgreSQLAdapter, AsyncPostgreSQLAdapter])
def test_a_missing_secret_is_named(adapter: type[PostgreSQLAdapter | AsyncPostgreSQLAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match="POSTGRESQL_URL"):
        adapter.from_config(secrets=nothing, environ={})


@pytest.mark.parametrize("environment", ["reporting"])
def test_an_environment_is_ready_to_use(environment: str) -> None:
    with ScriptedDatabase.running(
        PostgreSQLAdapter, AsyncPostgreSQLAdapter, "sync", secrets=SECRETS, environment=environment
    ) as db:
        db.rows([(1,)])
        assert db.call(lambda postgresql: postgresql.fetch("SELECT 1")) == [(1,)]
        db.forget()


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "PostgreSQL",
        "connection_string": "${POSTGRESQL_URL}",
        "pool_size": 10,
        "pool_timeout": 5,
        "connect_timeout": 10,
        "timeout": 10,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {
            "reporting": {"connection_string": "${POSTGRESQL_REPORTING_URL}", "pool_size": 2, "timeout": 300}
        },
    }


@pytest.mark.parametrize(
    ("example", "replies"),
    [
        (examples.add_customer, [(1,)]),
        (
            examples.orders_in,
            [
                (
                    UUID("00000001-0000-4000-8000-000000000001"),
                    1,
                    "open",
                    Decimal("9.50"),
                    "EUR",
                    "note 1",
                    {"step": 1},
                    dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC),
                )
            ],
        ),
        (
            examples.export_lines,
            [(UUID("00000001-0000-4000-8000-000000000001"), "SKU-1", 3, Decimal("9.50"))],
        ),
        (examples.forget_order, 1),
        (examples.add_lines, 1),
    ],
)
def test_the_example_runs(example: Callable[[PostgreSQLAdapter], None], replies: Any) -> None:
    with ScriptedDatabase.running(PostgreSQLAdapter, AsyncPostgreSQLAdapter, "sync", secrets=SECRETS) as db:
        if isinstance(replies, int):
            db.affects(replies)
        else:
            db.rows(replies)
        db.call(example)
        db.forget()
