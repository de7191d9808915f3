# Generated from integrations.yaml, entry "rabbitmq"; see rabbitmq_adapter.py for how to change it.
"""What travels through RabbitMQ, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeAlias

from msgspec import Struct

OrderCurrency: TypeAlias = Literal["EUR", "USD"]
"""The currency of an order."""

RenderInvoiceLanguage: TypeAlias = Literal["de", "en", "nl"]
"""The language of a render invoice."""


class OrderChanged(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An order changed."""

    actor: str
    order_id: str
    changed_at: dt.datetime


class OrderLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An order line."""

    price: float
    quantity: int
    sku: str


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An order."""

    id: str
    currency: OrderCurrency | str
    customer_id: str
    lines: list[OrderLine]
    total: float
    note: str | None = None
    created_at: dt.datetime


class RenderInvoice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A render invoice."""

    order_id: str
    language: RenderInvoiceLanguage | str | None = None
