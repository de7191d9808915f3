# Generated from integrations.yaml, entry "sqs"; see sqs_adapter.py for how to change it.
"""What travels through Amazon SQS, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

from msgspec import Struct


class Payments(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Payments."""

    account: str
    amount: float
    currency: str
    payment_id: str


class ResizeImage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A resize image."""

    bucket: str
    path: str
    width: int
    height: int | None = None
