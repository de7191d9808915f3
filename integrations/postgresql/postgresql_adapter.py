# Generated from integrations.yaml, entry "postgresql". To change it, edit that entry (or cookiecutters/database/)
# and run `nox -s generate -- postgresql`. Your own methods belong in postgresql_custom.py.
"""PostgreSQL: 10 queries, each a typed method, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from integrations.runtime.sql import AsyncSqlAdapter, Query, SqlAdapter, awaited, streamed

from .postgresql_models import AddLinesValues, Order, OrderLine, OrdersOfRow, SpendingRow

ADD_CUSTOMER: Query[int] = Query(
    "add_customer",
    """INSERT INTO customers (email, name)
    VALUES (%(email)s, %(name)s)
    ON CONFLICT (email) DO UPDATE SET name = excluded.name
    RETURNING id""",
    row=int,
)
ADD_LINES: Query[None] = Query(
    "add_lines",
    """INSERT INTO order_lines (order_id, sku, quantity, price)
    VALUES (%(order_id)s, %(sku)s, %(quantity)s, %(price)s)""",
    parameters=("order_id", "sku", "quantity", "price"),
    copy=("order_lines", ("order_id", "sku", "quantity", "price")),
)
EXPORT_LINES: Query[OrderLine] = Query(
    "export_lines",
    "SELECT order_id, sku, quantity, price FROM order_lines ORDER BY order_id, sku",
    row=OrderLine,
    reads=True,
)
FORGET_ORDER: Query[None] = Query(
    "forget_order",
    "DELETE FROM orders WHERE id = %(id)s",
)
GET_ORDER: Query[Order] = Query(
    "get_order",
    """SELECT id, customer_id, state, total, currency, note, details, placed_at
    FROM orders WHERE id = %(id)s""",
    row=Order,
    reads=True,
)
MOVE_ORDER: Query[None] = Query(
    "move_order",
    "UPDATE orders SET state = %(state)s WHERE id = %(id)s AND state = %(expected)s",
)
ORDERS_IN: Query[Order] = Query(
    "orders_in",
    """SELECT id, customer_id, state, total, currency, note, details, placed_at
    FROM orders WHERE state = ANY(%(states)s::order_state[]) ORDER BY placed_at""",
    row=Order,
    reads=True,
)
ORDERS_OF: Query[OrdersOfRow] = Query(
    "orders_of",
    """SELECT o.id, o.state, o.total, o.placed_at, c.name AS customer
    FROM orders o
    JOIN customers c ON c.id = o.customer_id
    WHERE c.email = %(email)s
    ORDER BY o.placed_at DESC
    LIMIT %(limit)s""",
    row=OrdersOfRow,
    reads=True,
)
PLACE_ORDER: Query[Order] = Query(
    "place_order",
    """INSERT INTO orders (customer_id, total, currency, note, details)
    VALUES (%(customer_id)s, %(total)s, %(currency)s, %(note)s, %(details)s)
    RETURNING id, customer_id, state, total, currency, note, details, placed_at""",
    row=Order,
    json=("details",),
)
SPENDING: Query[SpendingRow] = Query(
    "spending",
    """SELECT c.id, c.name, count(o.id) AS orders, coalesce(sum(o.total), 0) AS total,
    max(o.placed_at) AS last_order
    FROM customers c
    LEFT JOIN orders o ON o.customer_id = c.id AND o.placed_at >= %(since)s
    GROUP BY c.id, c.name
    ORDER BY total DESC""",
    row=SpendingRow,
    reads=True,
)


class PostgreSQLAdapter(SqlAdapter):
    """Customers, their orders and what was ordered.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. Only
    what reads is tried again, and what the server says it has undone.
    """

    SERVICE = "PostgreSQL"
    PACKAGE = "postgresql"
    CONFIG = Path(__file__).with_name("config.yaml")
    ENGINE = "postgresql"

    def add_customer(self, email: str, name: str, *, timeout: float | None = None) -> int:
        """Add a customer, or give the one with that address another name.

        Returns:
            The value.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
            UnexpectedResponseError: no row came back.
        """
        return self._row(ADD_CUSTOMER, {"email": email, "name": name}, timeout)

    def add_lines(self, rows: Iterable[AddLinesValues], *, timeout: float | None = None) -> int:
        """Add the lines of orders.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._batch(ADD_LINES, rows, timeout)

    def export_lines(self, *, timeout: float | None = None) -> AbstractContextManager[Iterator[OrderLine]]:
        """Every line of every order, for a report.

        Returns:
            A block (`with`) whose value yields the rows as they come.
        """
        return self._stream(EXPORT_LINES, timeout=timeout)

    def forget_order(self, id: UUID, *, timeout: float | None = None) -> int:
        """Delete an order and its lines.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._execute(FORGET_ORDER, {"id": id}, timeout)

    def get_order(self, id: UUID, *, timeout: float | None = None) -> Order | None:
        """One order by its number.

        Returns:
            The row, or None where there is none.
        """
        return self._one(GET_ORDER, {"id": id}, timeout)

    def move_order(
        self,
        state: Literal["open", "paid", "shipped", "cancelled"],
        id: UUID,
        expected: Literal["open", "paid", "shipped", "cancelled"],
        *,
        timeout: float | None = None,
    ) -> int:
        """Move an order to another state, if it is still in the one that is expected.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._execute(MOVE_ORDER, {"state": state, "id": id, "expected": expected}, timeout)

    def orders_in(
        self,
        states: Sequence[Literal["open", "paid", "shipped", "cancelled"]],
        *,
        timeout: float | None = None,
    ) -> list[Order]:
        """Orders that are in one of some states.

        Returns:
            Every row.
        """
        return self._many(ORDERS_IN, {"states": list(states)}, timeout)

    def orders_of(self, email: str, limit: int, *, timeout: float | None = None) -> list[OrdersOfRow]:
        """A customer's orders, newest first.

        Returns:
            Every row.
        """
        return self._many(ORDERS_OF, {"email": email, "limit": limit}, timeout)

    def place_order(
        self,
        customer_id: int,
        total: Decimal,
        currency: str,
        details: Any,
        *,
        note: str | None = None,
        timeout: float | None = None,
    ) -> Order:
        """Place an order.

        Returns:
            The row.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
            UnexpectedResponseError: no row came back.
        """
        return self._row(
            PLACE_ORDER,
            {
                "customer_id": customer_id,
                "total": total,
                "currency": currency,
                "note": note,
                "details": details,
            },
            timeout,
        )

    def spending(self, since: dt.datetime, *, timeout: float | None = None) -> list[SpendingRow]:
        """What each customer spent since a day, customers without an order among them.

        Returns:
            Every row.
        """
        return self._many(SPENDING, {"since": since}, timeout)


class AsyncPostgreSQLAdapter(AsyncSqlAdapter):
    """The same queries, to be awaited; `PostgreSQLAdapter` documents their arguments and errors."""

    SERVICE = "PostgreSQL"
    PACKAGE = "postgresql"
    CONFIG = Path(__file__).with_name("config.yaml")
    ENGINE = "postgresql"

    add_customer = awaited(PostgreSQLAdapter.add_customer)
    add_lines = awaited(PostgreSQLAdapter.add_lines)
    export_lines = streamed(PostgreSQLAdapter.export_lines)
    forget_order = awaited(PostgreSQLAdapter.forget_order)
    get_order = awaited(PostgreSQLAdapter.get_order)
    move_order = awaited(PostgreSQLAdapter.move_order)
    orders_in = awaited(PostgreSQLAdapter.orders_in)
    orders_of = awaited(PostgreSQLAdapter.orders_of)
    place_order = awaited(PostgreSQLAdapter.place_order)
    spending = awaited(PostgreSQLAdapter.spending)
