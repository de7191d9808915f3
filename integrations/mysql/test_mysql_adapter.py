# Generated from integrations.yaml, entry "mysql"; see mysql_adapter.py for how to change it.
"""MySQL without a server: every query against a scripted database, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.mysql import (
    AddResultsValues,
    AllJobsRow,
    AsyncMySQLAdapter,
    Job,
    MySQLAdapter,
    NextJobsRow,
    QueueSize,
    examples,
)
from integrations.runtime import (
    ConflictError,
    IntegrationError,
    MissingSecretError,
    RequestTimeoutError,
    SecretManager,
    TransactionConflictError,
)
from integrations.runtime.testing import ScriptedDatabase, error_codes

SECRETS = {"MYSQL_PASSWORD": "word-of-mysql-password"}
ATTEMPTS = 3  # of a query that may be repeated


@pytest.fixture(params=["sync", "async"])
def db(request: pytest.FixtureRequest) -> Iterator[ScriptedDatabase]:
    with ScriptedDatabase.running(
        MySQLAdapter, AsyncMySQLAdapter, request.param, secrets=SECRETS
    ) as scripted:
        yield scripted


def test_add_job(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(
        lambda mysql: mysql.add_job(
            queue="reports", payload={"step": 2}, urgent=True, run_at=dt.datetime(2024, 5, 18, 12, 30)
        )
    )
    db.sent(
        """INSERT INTO jobs (queue, payload, urgent, run_at)
    VALUES (%(queue)s, %(payload)s, %(urgent)s, %(run_at)s)""",
        {
            "queue": "reports",
            "payload": {"step": 2},
            "urgent": True,
            "run_at": dt.datetime(2024, 5, 18, 12, 30),
        },
    )
    assert found == 1


def test_add_results(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(
        lambda mysql: mysql.add_results(
            [AddResultsValues(job_id=1, attempt=4, seconds=Decimal("10.50"), message="message 2")]
        )
    )
    db.sent(
        """INSERT INTO job_results (job_id, attempt, seconds, message)
    VALUES (%(job_id)s, %(attempt)s, %(seconds)s, %(message)s)""",
        rows=[(1, 4, Decimal("10.50"), "message 2")],
    )
    assert found == 1


def test_all_jobs(db: ScriptedDatabase) -> None:
    db.rows([(1, "mail", "waiting", dt.datetime(2024, 5, 17, 12, 30))])
    found = db.call(lambda mysql: mysql.all_jobs())
    db.sent(
        "SELECT id, queue, state, finished_at FROM jobs ORDER BY id",
        {},
    )
    assert found == [
        AllJobsRow(
            id=1, queue="mail", state="waiting", finished_at=dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC)
        )
    ]


def test_all_jobs_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda mysql: mysql.all_jobs())
    assert found == []
    db.forget()


def test_drop_finished(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(lambda mysql: mysql.drop_finished(dt.datetime(2024, 5, 17, 12, 30)))
    db.sent(
        "DELETE FROM jobs WHERE state = 'done' AND run_at < %(before)s",
        {"before": dt.datetime(2024, 5, 17, 12, 30)},
    )
    assert found == 1


def test_finish_job(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(
        lambda mysql: mysql.finish_job("running", dt.datetime(2024, 5, 18, 12, 30, tzinfo=dt.UTC), 1)
    )
    db.sent(
        "UPDATE jobs SET state = %(state)s, finished_at = %(finished_at)s WHERE id = %(id)s",
        {"state": "running", "finished_at": dt.datetime(2024, 5, 18, 12, 30, tzinfo=dt.UTC), "id": 1},
    )
    assert found == 1


def test_get_job(db: ScriptedDatabase) -> None:
    db.rows(
        [
            (
                1,
                "mail",
                "waiting",
                '{"step": 1}',
                3,
                dt.datetime(2024, 5, 17, 12, 30),
                1,
                dt.datetime(2024, 5, 17, 12, 30),
            )
        ]
    )
    found = db.call(lambda mysql: mysql.get_job(1))
    db.sent(
        """SELECT id, queue, state, payload, attempts, run_at, urgent, finished_at
    FROM jobs WHERE id = %(id)s""",
        {"id": 1},
    )
    assert found == Job(
        id=1,
        queue="mail",
        state="waiting",
        payload={"step": 1},
        attempts=3,
        run_at=dt.datetime(2024, 5, 17, 12, 30),
        urgent=True,
        finished_at=dt.datetime(2024, 5, 17, 12, 30, tzinfo=dt.UTC),
    )


def test_get_job_of_nothing_is_none(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda mysql: mysql.get_job(1))
    assert found is None
    db.forget()


def test_mark_running(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(lambda mysql: mysql.mark_running(1))
    db.sent(
        """UPDATE jobs SET state = 'running', attempts = attempts + 1
    WHERE id = %(id)s AND state = 'waiting'""",
        {"id": 1},
    )
    assert found == 1


def test_next_jobs(db: ScriptedDatabase) -> None:
    db.rows([(1, "mail", '{"step": 1}', 3)])
    found = db.call(lambda mysql: mysql.next_jobs(["mail"], dt.datetime(2024, 5, 17, 12, 30), 10))
    db.sent(
        """SELECT id, queue, payload, attempts
    FROM jobs
    WHERE queue IN (SELECT listed.item
    FROM JSON_TABLE(%(queues)s, '$[*]' COLUMNS (item VARCHAR(4000) PATH '$')) AS listed)
    AND state = 'waiting' AND run_at <= %(now)s
    ORDER BY urgent DESC, run_at
    LIMIT %(limit)s
    FOR UPDATE""",
        {"queues": ["mail"], "now": dt.datetime(2024, 5, 17, 12, 30), "limit": 10},
    )
    assert found == [NextJobsRow(id=1, queue="mail", payload={"step": 1}, attempts=3)]


def test_next_jobs_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda mysql: mysql.next_jobs(["mail"], dt.datetime(2024, 5, 17, 12, 30), 10))
    assert found == []
    db.forget()


def test_queue_sizes(db: ScriptedDatabase) -> None:
    db.rows([("mail", "waiting", 3, Decimal("9.50"))])
    found = db.call(lambda mysql: mysql.queue_sizes())
    db.sent(
        """SELECT j.queue, j.state, count(*) AS jobs, avg(r.seconds) AS seconds
    FROM jobs j LEFT JOIN job_results r ON r.job_id = j.id
    GROUP BY j.queue, j.state
    ORDER BY j.queue, j.state""",
        {},
    )
    assert found == [QueueSize(queue="mail", state="waiting", jobs=3, seconds=Decimal("9.50"))]


def test_queue_sizes_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda mysql: mysql.queue_sizes())
    assert found == []
    db.forget()


# Every query, and how often it is sent while the database is down.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "add_job": (
        1,
        lambda mysql: mysql.add_job(
            queue="reports", payload={"step": 2}, urgent=True, run_at=dt.datetime(2024, 5, 18, 12, 30)
        ),
    ),
    "add_results": (
        1,
        lambda mysql: mysql.add_results(
            [AddResultsValues(job_id=1, attempt=4, seconds=Decimal("10.50"), message="message 2")]
        ),
    ),
    "all_jobs": (ATTEMPTS, lambda mysql: mysql.all_jobs()),
    "drop_finished": (ATTEMPTS, lambda mysql: mysql.drop_finished(dt.datetime(2024, 5, 17, 12, 30))),
    "finish_job": (
        1,
        lambda mysql: mysql.finish_job("running", dt.datetime(2024, 5, 18, 12, 30, tzinfo=dt.UTC), 1),
    ),
    "get_job": (ATTEMPTS, lambda mysql: mysql.get_job(1)),
    "mark_running": (1, lambda mysql: mysql.mark_running(1)),
    "next_jobs": (1, lambda mysql: mysql.next_jobs(["mail"], dt.datetime(2024, 5, 17, 12, 30), 10)),
    "queue_sizes": (ATTEMPTS, lambda mysql: mysql.queue_sizes()),
}


@pytest.mark.parametrize("operation", CALLS)
def test_a_failure_is_raised_after_as_many_attempts_as_are_safe(db: ScriptedDatabase, operation: str) -> None:
    attempts, call = CALLS[operation]
    db.fails("timeout", times=attempts)
    with pytest.raises(RequestTimeoutError) as raised:
        db.call(call)
    assert (raised.value.service, raised.value.operation) == ("MySQL", operation)
    assert raised.value.attempts == attempts
    db.forget()


@pytest.mark.parametrize("operation", CALLS)
def test_a_conflict_with_another_transaction_is_tried_again(db: ScriptedDatabase, operation: str) -> None:
    db.fails("1213", times=ATTEMPTS)
    with pytest.raises(TransactionConflictError) as raised:
        db.call(CALLS[operation][1])
    assert raised.value.attempts == ATTEMPTS
    db.forget()


@pytest.mark.parametrize("operation", CALLS)
def test_a_constraint_that_forbids_it_is_a_conflict(db: ScriptedDatabase, operation: str) -> None:
    db.fails("1062")
    with pytest.raises(ConflictError) as raised:
        db.call(CALLS[operation][1])
    assert raised.value.code == "1062"
    assert raised.value.attempts == 1
    db.forget()


@pytest.mark.parametrize(("code", "error"), error_codes("mysql"))
def test_every_code_of_the_database_has_its_error(
    db: ScriptedDatabase, code: str, error: type[IntegrationError]
) -> None:
    db.fails(code, times=ATTEMPTS)
    with pytest.raises(error):
        db.call(
            lambda mysql: mysql.add_job(
                queue="reports", payload={"step": 2}, urgent=True, run_at=dt.datetime(2024, 5, 18, 12, 30)
            )
        )
    db.forget()


def test_a_failed_transaction_is_rolled_back() -> None:
    with ScriptedDatabase.running(MySQLAdapter, AsyncMySQLAdapter, "sync", secrets=SECRETS) as db:
        db.fails("1062")

        def within(mysql: MySQLAdapter) -> None:
            with mysql.transaction() as tx:
                tx.fetch("SELECT 1")

        with pytest.raises(ConflictError):
            db.call(within)
        assert "COMMIT" not in db.commands
        assert db.commands[-1] in (
            "ROLLBACK",
            "(restored)",
        )  # what failed for good is rolled back when lent again
        db.forget()


@pytest.mark.parametrize("adapter", [MySQLAdapter, AsyncMySQLAdapter])
def test_a_missing_secret_is_named(adapter: type[MySQLAdapter | AsyncMySQLAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match="MYSQL_PASSWORD"):
        adapter.from_config(secrets=nothing, environ={})


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "MySQL",
        "connection_string": "mysql://jobs:${MYSQL_PASSWORD}@db.example.com/jobs",
        "pool_size": 8,
        "pool_timeout": 10,
        "connect_timeout": 10,
        "timeout": 30,
        "tls": {"mode": "verify-full"},
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {},
    }


@pytest.mark.parametrize(
    ("example", "replies"),
    [
        (
            examples.get_job,
            [
                (
                    1,
                    "mail",
                    "waiting",
                    '{"step": 1}',
                    3,
                    dt.datetime(2024, 5, 17, 12, 30),
                    1,
                    dt.datetime(2024, 5, 17, 12, 30),
                )
            ],
        ),
        (examples.next_jobs, [(1, "mail", '{"step": 1}', 3)]),
        (examples.all_jobs, [(1, "mail", "waiting", dt.datetime(2024, 5, 17, 12, 30))]),
        (examples.add_job, 1),
        (examples.add_results, 1),
    ],
)
def test_the_example_runs(example: Callable[[MySQLAdapter], None], replies: Any) -> None:
    with ScriptedDatabase.running(MySQLAdapter, AsyncMySQLAdapter, "sync", secrets=SECRETS) as db:
        if isinstance(replies, int):
            db.affects(replies)
        else:
            db.rows(replies)
        db.call(example)
        db.forget()
