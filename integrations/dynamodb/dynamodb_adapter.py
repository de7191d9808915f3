# Generated from integrations.yaml, entry "dynamodb". To change it, edit that entry (or cookiecutters/database/)
# and run `nox -s generate -- dynamodb`. Your own methods belong in dynamodb_custom.py.
"""DynamoDB: 17 operations, each a typed method, blocking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import UNSET, UnsetType

from integrations.runtime.dynamodb import Condition, DynamoAdapter, Index, Operation, Query, Table

from .dynamodb_models import Job, JobByName, JobPayload, JobStatus, Session

JOBS: Table[Job] = Table(
    "jobs",
    Job,
    "id",
    keys={"created_at": "S", "id": "S", "name": "S", "status": "S"},
    indexes=(
        Index("by_name", "name", sort="created_at", includes=("status",)),
        Index("by_status", "status", sort="created_at"),
    ),
    version="version",
)
SESSIONS: Table[Session] = Table(
    "sessions",
    Session,
    "user_id",
    sort="id",
    keys={"id": "S", "user_id": "S"},
    ttl="expires_at",
    sets=("roles",),
)

PUT_JOB: Operation[Job] = Operation("put_job", JOBS)
GET_JOB: Operation[Job] = Operation("get_job", JOBS)
UPDATE_JOB: Operation[Job] = Operation("update_job", JOBS)
DELETE_JOB: Operation[Job] = Operation("delete_job", JOBS)
SCAN_JOBS: Operation[Job] = Operation("scan_jobs", JOBS)
GET_JOBS: Operation[Job] = Operation("get_jobs", JOBS)
WRITE_JOBS: Operation[Job] = Operation("write_jobs", JOBS)
QUERY_JOBS_BY_NAME: Query[JobByName] = Query("query_jobs_by_name", JOBS, JobByName, "by_name")
QUERY_JOBS_BY_STATUS: Query[Job] = Query("query_jobs_by_status", JOBS, Job, "by_status")
PUT_SESSION: Operation[Session] = Operation("put_session", SESSIONS)
GET_SESSION: Operation[Session] = Operation("get_session", SESSIONS)
UPDATE_SESSION: Operation[Session] = Operation("update_session", SESSIONS)
DELETE_SESSION: Operation[Session] = Operation("delete_session", SESSIONS)
QUERY_SESSIONS: Query[Session] = Query("query_sessions", SESSIONS, Session)
SCAN_SESSIONS: Operation[Session] = Operation("scan_sessions", SESSIONS)
GET_SESSIONS: Operation[Session] = Operation("get_sessions", SESSIONS)
WRITE_SESSIONS: Operation[Session] = Operation("write_sessions", SESSIONS)


class DynamoDBAdapter(DynamoAdapter):
    """Sessions of people who are signed in, and the jobs that workers take.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. What only
    reads is tried again when it fails for a passing reason, and so is what was throttled. The driver, boto3, only
    blocks: in an async program, call these methods in threads.
    `transact_write([…])` does several writes or none; `create_tables()` is for tests and new accounts.
    """

    SERVICE = "DynamoDB"
    PACKAGE = "dynamodb"
    CONFIG = Path(__file__).with_name("config.yaml")
    TABLES = (JOBS, SESSIONS)

    def put_job(self, job: Job, *, if_absent: bool = False, timeout: float | None = None) -> Job:
        """Store a job, and return it as it is stored.

        Raises:
            ConflictError: It has another version than the stored one; or there is one with its key.
        """
        return self._put(PUT_JOB, job, if_absent=if_absent, timeout=timeout)

    def get_job(self, id: str, *, consistent: bool = False, timeout: float | None = None) -> Job | None:
        """Fetch one job by its key, or None."""
        return self._get(GET_JOB, id, consistent=consistent, timeout=timeout)

    def update_job(
        self,
        id: str,
        *,
        attempts: int | UnsetType = UNSET,
        created_at: dt.datetime | UnsetType = UNSET,
        name: str | UnsetType = UNSET,
        payload: JobPayload | UnsetType = UNSET,
        status: JobStatus | UnsetType = UNSET,
        if_version: int | None = None,
        timeout: float | None = None,
    ) -> Job:
        """Change attributes of one job, and return all of it; what is None is removed.

        Raises:
            ConflictError: There is none with this key, or it has another version than `if_version`.
        """
        return self._update(
            UPDATE_JOB,
            id,
            changes={
                "attempts": attempts,
                "created_at": created_at,
                "name": name,
                "payload": payload,
                "status": status,
            },
            if_version=if_version,
            timeout=timeout,
        )

    def delete_job(self, id: str, *, timeout: float | None = None) -> bool:
        """Delete one job, and say whether there was one."""
        return self._delete(DELETE_JOB, id, timeout=timeout)

    def scan_jobs(
        self, *, limit: int | None = None, consistent: bool = False, timeout: float | None = None
    ) -> Iterator[Job]:
        """Walk through all jobs.

        Pages are fetched as they are needed: iterate, and stop whenever you like.
        """
        return self._scan(SCAN_JOBS, limit=limit, consistent=consistent, timeout=timeout)

    def get_jobs(self, keys: Sequence[tuple[str]], *, timeout: float | None = None) -> list[Job]:
        """Fetch jobs by their keys, in any order; keys that lead to none give none.

        Raises:
            UnprocessedError: DynamoDB was too busy for all of it; `.left` is what was not done.
        """
        return self._batch_get(GET_JOBS, keys, timeout=timeout)

    def write_jobs(
        self, *, put: Sequence[Job] = (), delete: Sequence[tuple[str]] = (), timeout: float | None = None
    ) -> None:
        """Store and delete jobs, in as few requests as it takes, without conditions.

        Raises:
            UnprocessedError: DynamoDB was too busy for all of it; `.left` is what was not done.
        """
        return self._batch_write(WRITE_JOBS, put=put, delete=delete, timeout=timeout)

    def query_jobs_by_name(
        self,
        name: str,
        created_at: Condition[dt.datetime] | None = None,
        *,
        forward: bool = True,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[JobByName]:
        """Find jobs by name.

        Pages are fetched as they are needed: iterate, and stop whenever you like.
        """
        return self._query(
            QUERY_JOBS_BY_NAME, name, created_at, forward=forward, limit=limit, timeout=timeout
        )

    def query_jobs_by_status(
        self,
        status: JobStatus,
        created_at: Condition[dt.datetime] | None = None,
        *,
        forward: bool = True,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[Job]:
        """Find jobs by status.

        Pages are fetched as they are needed: iterate, and stop whenever you like.
        """
        return self._query(
            QUERY_JOBS_BY_STATUS, status, created_at, forward=forward, limit=limit, timeout=timeout
        )

    def put_session(
        self, session: Session, *, if_absent: bool = False, timeout: float | None = None
    ) -> Session:
        """Store a session, and return it as it is stored.

        Raises:
            ConflictError: `if_absent` is true and there is one with its key.
        """
        return self._put(PUT_SESSION, session, if_absent=if_absent, timeout=timeout)

    def get_session(
        self, user_id: str, id: str, *, consistent: bool = False, timeout: float | None = None
    ) -> Session | None:
        """Fetch one session by its key, or None."""
        return self._get(GET_SESSION, user_id, id, consistent=consistent, timeout=timeout)

    def update_session(
        self,
        user_id: str,
        id: str,
        *,
        created_at: dt.datetime | UnsetType = UNSET,
        data: Mapping[str, Any] | UnsetType | None = UNSET,
        device: str | UnsetType | None = UNSET,
        expires_at: dt.datetime | UnsetType = UNSET,
        roles: Sequence[str] | UnsetType = UNSET,
        timeout: float | None = None,
    ) -> Session:
        """Change attributes of one session, and return all of it; what is None is removed.

        Raises:
            ConflictError: There is none with this key.
        """
        return self._update(
            UPDATE_SESSION,
            user_id,
            id,
            changes={
                "created_at": created_at,
                "data": data,
                "device": device,
                "expires_at": expires_at,
                "roles": roles,
            },
            timeout=timeout,
        )

    def delete_session(self, user_id: str, id: str, *, timeout: float | None = None) -> bool:
        """Delete one session, and say whether there was one."""
        return self._delete(DELETE_SESSION, user_id, id, timeout=timeout)

    def query_sessions(
        self,
        user_id: str,
        id: Condition[str] | None = None,
        *,
        forward: bool = True,
        limit: int | None = None,
        consistent: bool = False,
        timeout: float | None = None,
    ) -> Iterator[Session]:
        """Find sessions of one user id, in the order of their sort key.

        Pages are fetched as they are needed: iterate, and stop whenever you like.
        """
        return self._query(
            QUERY_SESSIONS, user_id, id, forward=forward, limit=limit, consistent=consistent, timeout=timeout
        )

    def scan_sessions(
        self, *, limit: int | None = None, consistent: bool = False, timeout: float | None = None
    ) -> Iterator[Session]:
        """Walk through all sessions.

        Pages are fetched as they are needed: iterate, and stop whenever you like.
        """
        return self._scan(SCAN_SESSIONS, limit=limit, consistent=consistent, timeout=timeout)

    def get_sessions(self, keys: Sequence[tuple[str, str]], *, timeout: float | None = None) -> list[Session]:
        """Fetch sessions by their keys, in any order; keys that lead to none give none.

        Raises:
            UnprocessedError: DynamoDB was too busy for all of it; `.left` is what was not done.
        """
        return self._batch_get(GET_SESSIONS, keys, timeout=timeout)

    def write_sessions(
        self,
        *,
        put: Sequence[Session] = (),
        delete: Sequence[tuple[str, str]] = (),
        timeout: float | None = None,
    ) -> None:
        """Store and delete sessions, in as few requests as it takes, without conditions.

        Raises:
            UnprocessedError: DynamoDB was too busy for all of it; `.left` is what was not done.
        """
        return self._batch_write(WRITE_SESSIONS, put=put, delete=delete, timeout=timeout)
