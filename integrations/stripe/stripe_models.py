# Generated from integrations.yaml, entry "stripe"; see stripe_adapter.py for how to change it.
"""What Stripe sends and takes, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Customer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A customer."""

    id: str
    name: str | None = None
    livemode: bool
    description: str | None = None
    email: str | None = None
    metadata: dict[str, Any] | None = None
    created: int


class Deleted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A deleted."""

    id: str
    deleted: bool


class PaymentIntent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A payment intent."""

    id: str
    amount: int
    currency: str
    status: str
    amount_received: int | None = None
    client_secret: str | None = None
    customer: str | None = None
    created: int


class Refund(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A refund."""

    id: str
    amount: int
    currency: str
    payment_intent: str | None = None
    status: str | None = None
    created: int
