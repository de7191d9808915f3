# Generated from integrations.yaml, entry "dynamodb"; see dynamodb_adapter.py for how to change it.
"""DynamoDB on a real server: every operation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import uuid4

import pytest

from integrations.dynamodb import DynamoDBAdapter, Job, JobByName, JobPayload, Session
from integrations.dynamodb.dynamodb_adapter import JOBS, SESSIONS
from integrations.runtime import ConflictError
from integrations.runtime.dynamodb import AtLeast, Check, Delete, Get, Put, TransactionCanceledError
from integrations.runtime.testing import running_dynamo, server

JOB = Job(
    id="id-1",
    name="name-1",
    attempts=42,
    payload=JobPayload(kind="kind-1", size=20),
    status="queued",
    created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
)
JOB_KEPT = Job(
    id="id-1",
    name="name-1",
    attempts=42,
    payload=JobPayload(kind="kind-1", size=20),
    status="queued",
    version=1,
    created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
)
SESSION = Session(
    id="id-1",
    user_id="user-1",
    data={"key": "value-1"},
    device="device-1",
    roles=["role-1"],
    created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    expires_at=dt.datetime(2126, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
)


@pytest.fixture
def store() -> Iterator[DynamoDBAdapter]:
    with running_dynamo(DynamoDBAdapter, server("dynamodb").url, uuid4().hex[:12]) as adapter:
        yield adapter


def test_job(store: DynamoDBAdapter) -> None:
    assert store.get_job("id-1") is None
    assert store.put_job(JOB, if_absent=True) == JOB_KEPT
    assert store.get_job("id-1", consistent=True) == JOB_KEPT
    with pytest.raises(ConflictError):
        store.put_job(JOB, if_absent=True)
    with pytest.raises(ConflictError):
        store.put_job(JOB)
    assert list(store.query_jobs_by_name("name-1")) == [
        JobByName(
            id="id-1",
            name="name-1",
            status="queued",
            created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
        )
    ]
    assert list(
        store.query_jobs_by_name("name-1", AtLeast(dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)))
    ) == [
        JobByName(
            id="id-1",
            name="name-1",
            status="queued",
            created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
        )
    ]
    assert list(store.query_jobs_by_status("queued")) == [JOB_KEPT]
    assert list(
        store.query_jobs_by_status("queued", AtLeast(dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)))
    ) == [JOB_KEPT]
    assert list(store.scan_jobs()) == [JOB_KEPT]
    changed = store.update_job("id-1", attempts=42)
    assert changed.version == 2
    assert store.delete_job("id-1") is True
    assert store.delete_job("id-1") is False
    with pytest.raises(ConflictError):
        store.update_job("id-1", attempts=42)


def test_job_in_batches_and_transactions(store: DynamoDBAdapter) -> None:
    store.write_jobs(put=[JOB_KEPT])
    assert store.get_jobs([("id-1",)]) == [JOB_KEPT]
    store.write_jobs(delete=[("id-1",)])
    assert store.get_jobs([("id-1",)]) == []
    key = ("id-1",)
    store.transact_write([Put(JOBS, JOB, if_absent=True)])
    assert store.transact_get([Get(JOBS, key)]) == [JOB_KEPT]
    with pytest.raises(TransactionCanceledError):
        store.transact_write([Check(JOBS, key, absent=True)])
    store.transact_write([Delete(JOBS, key)])
    assert store.transact_get([Get(JOBS, key)]) == [None]


def test_session(store: DynamoDBAdapter) -> None:
    assert store.get_session("user-1", "id-1") is None
    assert store.put_session(SESSION, if_absent=True) == SESSION
    assert store.get_session("user-1", "id-1", consistent=True) == SESSION
    with pytest.raises(ConflictError):
        store.put_session(SESSION, if_absent=True)
    assert list(store.query_sessions("user-1")) == [SESSION]
    assert list(store.query_sessions("user-1", AtLeast("id-1"))) == [SESSION]
    assert list(store.scan_sessions()) == [SESSION]
    changed = store.update_session(
        "user-1", "id-1", created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    )
    assert changed == SESSION
    assert store.delete_session("user-1", "id-1") is True
    assert store.delete_session("user-1", "id-1") is False
    with pytest.raises(ConflictError):
        store.update_session("user-1", "id-1", created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC))


def test_session_in_batches_and_transactions(store: DynamoDBAdapter) -> None:
    store.write_sessions(put=[SESSION])
    assert store.get_sessions(
        [
            (
                "user-1",
                "id-1",
            )
        ]
    ) == [SESSION]
    store.write_sessions(
        delete=[
            (
                "user-1",
                "id-1",
            )
        ]
    )
    assert (
        store.get_sessions(
            [
                (
                    "user-1",
                    "id-1",
                )
            ]
        )
        == []
    )
    key = (
        "user-1",
        "id-1",
    )
    store.transact_write([Put(SESSIONS, SESSION, if_absent=True)])
    assert store.transact_get([Get(SESSIONS, key)]) == [SESSION]
    with pytest.raises(TransactionCanceledError):
        store.transact_write([Check(SESSIONS, key, absent=True)])
    store.transact_write([Delete(SESSIONS, key)])
    assert store.transact_get([Get(SESSIONS, key)]) == [None]


def test_tables_are_made_once(store: DynamoDBAdapter) -> None:
    store.create_tables()
    store.healthcheck()
