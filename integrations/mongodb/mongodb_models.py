# Generated from integrations.yaml, entry "mongodb"; see mongodb_adapter.py for how to change it.
"""What MongoDB holds, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field

from integrations.runtime.mongodb import object_id

OrderStatus: TypeAlias = Literal["open", "paid", "shipped", "cancelled"]
"""The status of an order."""


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event of the collection events."""

    id: str
    kind: str
    at: dt.datetime
    order_id: str
    data: dict[str, Any] | None = None


class OrderLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The line of an order."""

    price: float
    quantity: int
    sku: str


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An order of the collection orders."""

    id: str = field(default_factory=object_id)
    """An ObjectId; a fresh one unless it is given."""
    customer: str
    lines: list[OrderLine]
    status: OrderStatus
    total: float
    email: str | None = None
    placed_at: dt.datetime


class OpenOrder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a document of orders: id, customer, total, placed_at."""

    id: str
    customer: str
    total: float
    placed_at: dt.datetime
