# Generated from integrations.yaml, entry "nats"; see nats_adapter.py for how to change it.
"""What travels through NATS, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeAlias

from msgspec import Struct

UserRegisteredPlan: TypeAlias = Literal["free", "team"]
"""The plan of a user registered."""


class SendMail(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A send mail."""

    template: str
    to: str
    values: dict[str, str]


class UserRegistered(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A user registered."""

    email: str
    plan: UserRegisteredPlan
    user_id: str
    registered_at: dt.datetime
