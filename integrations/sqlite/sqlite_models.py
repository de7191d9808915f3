# Generated from integrations.yaml, entry "sqlite"; see sqlite_adapter.py for how to change it.
"""What the queries of SQLite return and take, as typed, frozen values."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct


class AddEventsValues(Struct, frozen=True):
    """What add_events takes for one row."""

    id: UUID
    kind: Literal["started", "measured", "failed"]
    device_id: int
    body: Any
    happened_at: dt.datetime


class AllEventsRow(Struct, frozen=True):
    """One row of all_events."""

    id: UUID
    kind: Literal["started", "measured", "failed"]
    happened_at: dt.datetime


class BusiestDevicesRow(Struct, frozen=True):
    """One row of busiest_devices."""

    name: str
    active: bool
    events: int
    last_event: dt.datetime | None


class Event(Struct, frozen=True):
    """One row of events."""

    id: UUID
    kind: Literal["started", "measured", "failed"]
    device_id: int
    body: Any
    happened_at: dt.datetime
    sent_at: dt.datetime | None
