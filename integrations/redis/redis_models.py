# Generated from integrations.yaml, entry "redis"; see redis_adapter.py for how to change it.
"""What Redis stores, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeAlias

from msgspec import Struct

JobKind: TypeAlias = Literal["send_invoice", "ship_order"]
"""The kind of a job."""


class Customer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A customer."""

    name: str
    orders: int
    email: str | None = None


class Job(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A job."""

    kind: JobKind
    order_id: int
    not_before: dt.datetime | None = None


class Session(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session."""

    email: str
    roles: list[str]
    user_id: str
    created_at: dt.datetime
