# Generated from integrations.yaml, entry "mysql". To change it, edit that entry (or cookiecutters/database/)
# and run `nox -s generate -- mysql`. Your own methods belong in mysql_custom.py.
"""MySQL: 9 queries, each a typed method, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal

from integrations.runtime.sql import AsyncSqlAdapter, Query, SqlAdapter, awaited, streamed

from .mysql_models import AddResultsValues, AllJobsRow, Job, NextJobsRow, QueueSize

ADD_JOB: Query[None] = Query(
    "add_job",
    """INSERT INTO jobs (queue, payload, urgent, run_at)
    VALUES (%(queue)s, %(payload)s, %(urgent)s, %(run_at)s)""",
    json=("payload",),
)
ADD_RESULTS: Query[None] = Query(
    "add_results",
    """INSERT INTO job_results (job_id, attempt, seconds, message)
    VALUES (%(job_id)s, %(attempt)s, %(seconds)s, %(message)s)""",
    parameters=("job_id", "attempt", "seconds", "message"),
    copy=("job_results", ("job_id", "attempt", "seconds", "message")),
)
ALL_JOBS: Query[AllJobsRow] = Query(
    "all_jobs",
    "SELECT id, queue, state, finished_at FROM jobs ORDER BY id",
    row=AllJobsRow,
    reads=True,
    convert=(None, None, None, "utc"),
)
DROP_FINISHED: Query[None] = Query(
    "drop_finished",
    "DELETE FROM jobs WHERE state = 'done' AND run_at < %(before)s",
    repeatable=True,
)
FINISH_JOB: Query[None] = Query(
    "finish_job",
    "UPDATE jobs SET state = %(state)s, finished_at = %(finished_at)s WHERE id = %(id)s",
)
GET_JOB: Query[Job] = Query(
    "get_job",
    """SELECT id, queue, state, payload, attempts, run_at, urgent, finished_at
    FROM jobs WHERE id = %(id)s""",
    row=Job,
    reads=True,
    convert=(None, None, None, "json", None, None, "bool", "utc"),
)
MARK_RUNNING: Query[None] = Query(
    "mark_running",
    """UPDATE jobs SET state = 'running', attempts = attempts + 1
    WHERE id = %(id)s AND state = 'waiting'""",
)
NEXT_JOBS: Query[NextJobsRow] = Query(
    "next_jobs",
    """SELECT id, queue, payload, attempts
    FROM jobs
    WHERE queue IN (SELECT listed.item
    FROM JSON_TABLE(%(queues)s, '$[*]' COLUMNS (item VARCHAR(4000) PATH '$')) AS listed)
    AND state = 'waiting' AND run_at <= %(now)s
    ORDER BY urgent DESC, run_at
    LIMIT %(limit)s
    FOR UPDATE""",
    row=NextJobsRow,
    json=("queues",),
    convert=(None, None, "json", None),
)
QUEUE_SIZES: Query[QueueSize] = Query(
    "queue_sizes",
    """SELECT j.queue, j.state, count(*) AS jobs, avg(r.seconds) AS seconds
    FROM jobs j LEFT JOIN job_results r ON r.job_id = j.id
    GROUP BY j.queue, j.state
    ORDER BY j.queue, j.state""",
    row=QueueSize,
    reads=True,
)


class MySQLAdapter(SqlAdapter):
    """A queue of jobs and what became of them.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. Only
    what reads is tried again, and what the server says it has undone.
    """

    SERVICE = "MySQL"
    PACKAGE = "mysql"
    CONFIG = Path(__file__).with_name("config.yaml")
    ENGINE = "mysql"

    def add_job(
        self, queue: str, payload: Any, urgent: bool, run_at: dt.datetime, *, timeout: float | None = None
    ) -> int:
        """Put a job into a queue.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._execute(
            ADD_JOB, {"queue": queue, "payload": payload, "urgent": urgent, "run_at": run_at}, timeout
        )

    def add_results(self, rows: Iterable[AddResultsValues], *, timeout: float | None = None) -> int:
        """Note how long attempts took.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._batch(ADD_RESULTS, rows, timeout)

    def all_jobs(self, *, timeout: float | None = None) -> AbstractContextManager[Iterator[AllJobsRow]]:
        """Every job.

        Returns:
            A block (`with`) whose value yields the rows as they come.
        """
        return self._stream(ALL_JOBS, timeout=timeout)

    def drop_finished(self, before: dt.datetime, *, timeout: float | None = None) -> int:
        """Delete jobs that were done long ago.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._execute(DROP_FINISHED, {"before": before}, timeout)

    def finish_job(
        self,
        state: Literal["waiting", "running", "done", "failed"],
        finished_at: dt.datetime | None,
        id: int,
        *,
        timeout: float | None = None,
    ) -> int:
        """Say how a job ended.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._execute(FINISH_JOB, {"state": state, "finished_at": finished_at, "id": id}, timeout)

    def get_job(self, id: int, *, timeout: float | None = None) -> Job | None:
        """One job by its number.

        Returns:
            The row, or None where there is none.
        """
        return self._one(GET_JOB, {"id": id}, timeout)

    def mark_running(self, id: int, *, timeout: float | None = None) -> int:
        """Mark a job as running, if it still waits.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._execute(MARK_RUNNING, {"id": id}, timeout)

    def next_jobs(
        self, queues: Sequence[str], now: dt.datetime, limit: int, *, timeout: float | None = None
    ) -> list[NextJobsRow]:
        """The jobs that are due, urgent ones first. Ask in a transaction, and mark them running.

        Returns:
            Every row.
        """
        return self._many(NEXT_JOBS, {"queues": list(queues), "now": now, "limit": limit}, timeout)

    def queue_sizes(self, *, timeout: float | None = None) -> list[QueueSize]:
        """How many jobs each queue has in each state, and how long their attempts took.

        Returns:
            Every row.
        """
        return self._many(QUEUE_SIZES, timeout=timeout)


class AsyncMySQLAdapter(AsyncSqlAdapter):
    """The same queries, to be awaited; `MySQLAdapter` documents their arguments and errors."""

    SERVICE = "MySQL"
    PACKAGE = "mysql"
    CONFIG = Path(__file__).with_name("config.yaml")
    ENGINE = "mysql"

    add_job = awaited(MySQLAdapter.add_job)
    add_results = awaited(MySQLAdapter.add_results)
    all_jobs = streamed(MySQLAdapter.all_jobs)
    drop_finished = awaited(MySQLAdapter.drop_finished)
    finish_job = awaited(MySQLAdapter.finish_job)
    get_job = awaited(MySQLAdapter.get_job)
    mark_running = awaited(MySQLAdapter.mark_running)
    next_jobs = awaited(MySQLAdapter.next_jobs)
    queue_sizes = awaited(MySQLAdapter.queue_sizes)
