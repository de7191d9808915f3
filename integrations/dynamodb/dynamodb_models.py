# Generated from integrations.yaml, entry "dynamodb"; see dynamodb_adapter.py for how to change it.
"""What DynamoDB holds, as typed, frozen values. Unknown attributes are ignored."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, TypeAlias

from msgspec import Struct

JobStatus: TypeAlias = Literal["queued", "running", "done", "failed"]
"""The status of a job."""


class JobPayload(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The payload of a job."""

    kind: str
    size: float | None = None


class Job(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A job of the table jobs."""

    id: str
    name: str
    attempts: int
    payload: JobPayload
    status: JobStatus
    version: int = 0
    """Grows with every write; 0 is not stored yet."""
    created_at: dt.datetime


class JobByName(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an index of jobs holds of an item: id, name, created_at, status."""

    id: str
    name: str
    status: JobStatus
    created_at: dt.datetime


class Session(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session of the table sessions."""

    id: str
    user_id: str
    data: dict[str, Any] | None = None
    device: str | None = None
    roles: list[str] = []
    created_at: dt.datetime
    expires_at: dt.datetime
