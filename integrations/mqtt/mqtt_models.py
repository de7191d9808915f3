# Generated from integrations.yaml, entry "mqtt"; see mqtt_adapter.py for how to change it.
"""What travels through MQTT, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeAlias

from msgspec import Struct

CommandAction: TypeAlias = Literal["open", "close", "restart"]
"""The action of a command."""


class Command(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A command."""

    action: CommandAction
    device: str


class Reading(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reading."""

    at: dt.datetime
    celsius: float
    sensor: str
    humidity: float | None = None
