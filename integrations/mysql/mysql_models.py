# Generated from integrations.yaml, entry "mysql"; see mysql_adapter.py for how to change it.
"""What the queries of MySQL return and take, as typed, frozen values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct


class AddResultsValues(Struct, frozen=True):
    """What add_results takes for one row."""

    job_id: int
    attempt: int
    seconds: Decimal
    message: str | None


class AllJobsRow(Struct, frozen=True):
    """One row of all_jobs."""

    id: int
    queue: str
    state: Literal["waiting", "running", "done", "failed"]
    finished_at: dt.datetime | None


class Job(Struct, frozen=True):
    """One row of jobs."""

    id: int
    queue: str
    state: Literal["waiting", "running", "done", "failed"]
    payload: Any
    attempts: int
    run_at: dt.datetime
    urgent: bool
    finished_at: dt.datetime | None


class NextJobsRow(Struct, frozen=True):
    """One row of next_jobs."""

    id: int
    queue: str
    payload: Any
    attempts: int


class QueueSize(Struct, frozen=True):
    """One row of queue_sizes."""

    queue: str
    state: Literal["waiting", "running", "done", "failed"]
    jobs: int
    seconds: Decimal | None
