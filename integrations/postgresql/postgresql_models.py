# Generated from integrations.yaml, entry "postgresql"; see postgresql_adapter.py for how to change it.
"""What the queries of PostgreSQL return and take, as typed, frozen values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct


class AddLinesValues(Struct, frozen=True):
    """What add_lines takes for one row."""

    order_id: UUID
    sku: str
    quantity: int
    price: Decimal


class OrderLine(Struct, frozen=True):
    """One row of order_lines."""

    order_id: UUID
    sku: str
    quantity: int
    price: Decimal


class Order(Struct, frozen=True):
    """One order of a customer."""

    id: UUID
    customer_id: int
    state: Literal["open", "paid", "shipped", "cancelled"]
    total: Decimal
    """What the customer pays, taxes included."""
    currency: str
    note: str | None
    details: Any
    placed_at: dt.datetime


class OrdersOfRow(Struct, frozen=True):
    """One row of orders_of."""

    id: UUID
    state: Literal["open", "paid", "shipped", "cancelled"]
    total: Decimal
    """What the customer pays, taxes included."""
    placed_at: dt.datetime
    customer: str


class SpendingRow(Struct, frozen=True):
    """One row of spending."""

    id: int
    name: str
    orders: int
    total: Decimal
    last_order: dt.datetime | None
