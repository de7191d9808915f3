"""A small job queue, by hand: its adapter on a real server, and without one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec import Struct

from integrations.runtime.dynamodb import DynamoAdapter, Index, Operation, Query, Table
from integrations.runtime.testing import ScriptedDynamo, running_dynamo, server

MADE = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)


class Job(Struct, frozen=True, kw_only=True):
    queue: str
    id: str
    status: str = "queued"
    name: str | None = None
    size: int | None = None
    price: Decimal | None = None
    ratio: float | None = None
    raw: bytes | None = None
    data: dict[str, object] | None = None
    tags: list[str] = []
    made_at: dt.datetime = MADE
    expires_at: dt.datetime | None = None


class Page(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    text: str
    version: int = 0


JOBS: Table[Job] = Table(
    "jobs",
    Job,
    "queue",
    sort="id",
    keys={"queue": "S", "id": "S", "status": "S", "made_at": "S"},
    indexes=(Index("by_status", "status", sort="made_at"),),
    ttl="expires_at",
    sets=("tags",),
)
PAGES: Table[Page] = Table("pages", Page, "id", keys={"id": "S"}, version="version")
JOB: Operation[Job] = Operation("job", JOBS)
PAGE: Operation[Page] = Operation("page", PAGES)
OF_QUEUE: Query[Job] = Query("of_queue", JOBS, Job)
BY_STATUS: Query[Job] = Query("by_status", JOBS, Job, "by_status")


class Work(DynamoAdapter):
    SERVICE, PACKAGE, TABLES = "Work", "work", (JOBS, PAGES)
    CONFIG = Path(__file__).with_name("config.yaml")


@pytest.fixture(scope="module")
def shared() -> Iterator[Work]:
    with running_dynamo(Work, server("dynamodb").url, uuid4().hex[:12]) as adapter:
        yield adapter


@pytest.fixture
def work(shared: Work) -> Work:
    """The adapter, its tables emptied."""
    shared._batch_write(JOB, delete=[(job.queue, job.id) for job in shared._scan(JOB)])
    shared._batch_write(PAGE, delete=[(page.id,) for page in shared._scan(PAGE)])
    return shared


@pytest.fixture
def script() -> Iterator[ScriptedDynamo]:
    with ScriptedDynamo.running(Work) as running:
        yield running
