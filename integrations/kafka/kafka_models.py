# Generated from integrations.yaml, entry "kafka"; see kafka_adapter.py for how to change it.
"""What travels through Kafka, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeAlias

from msgspec import Struct

OrderEventKind: TypeAlias = Literal["placed", "paid", "shipped", "cancelled"]
"""The kind of an order event."""


class OrderEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An order event."""

    kind: OrderEventKind
    at: dt.datetime
    order_id: str
    total: float | None = None


class PageViews(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Page views."""

    at: dt.datetime
    path: str
    visitor: str
