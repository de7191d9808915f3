# Generated from integrations.yaml, entry "mysql"; see mysql_adapter.py for how to change it.
"""MySQL with a real MySQL or MariaDB: every query against rows that the schema allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from msgspec import Struct, convert, structs

from integrations.mysql import AddResultsValues, AllJobsRow, Job, MySQLAdapter, NextJobsRow, QueueSize
from integrations.runtime import ConflictError
from integrations.runtime.sql import Query
from integrations.runtime.testing import server

SCHEMA: tuple[str, ...] = (
    """CREATE TABLE jobs (
        id bigint unsigned NOT NULL AUTO_INCREMENT,
        queue varchar(64) NOT NULL,
        state enum('waiting', 'running', 'done', 'failed') NOT NULL DEFAULT 'waiting',
        payload json NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        run_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
        PRIMARY KEY (id),
        KEY jobs_by_queue (queue, state, run_at)
    )""",
    "ALTER TABLE jobs ADD COLUMN urgent boolean NOT NULL DEFAULT false",
    "ALTER TABLE jobs ADD COLUMN finished_at timestamp NULL",
    """CREATE TABLE job_results (
        job_id bigint unsigned NOT NULL,
        attempt int NOT NULL,
        seconds decimal(10, 3) NOT NULL,
        message varchar(500),
        PRIMARY KEY (job_id, attempt),
        CONSTRAINT of_job FOREIGN KEY (job_id) REFERENCES jobs (id) ON DELETE CASCADE
    )""",
)
# One row of each table; tables that others point to come first.
ROWS: dict[str, str] = {
    "jobs": """INSERT INTO `jobs` (`queue`, `state`, `payload`, `attempts`, `run_at`, `urgent`,
    `finished_at`)
    VALUES ('mail', 'waiting', '{"step": 1}', 3, '2024-05-17 12:30:00', 1, '2024-05-17 12:30:00')""",
    "job_results": """INSERT INTO `job_results` (`job_id`, `attempt`, `seconds`, `message`)
    VALUES (1, 3, 9.50, 'message 1')""",
}


class SetUp(MySQLAdapter):
    """The adapter, with what only tests do."""

    def run(self, statements: Iterable[str]) -> None:
        """Run statements that no method of the adapter has."""
        for statement in statements:
            self._execute(Query("set_up", statement))


@pytest.fixture
def mysql() -> Iterator[SetUp]:
    with SetUp(server("mysql").fresh("mysql")) as adapter:
        adapter.run(SCHEMA)
        yield adapter


def checked(row: Any, kind: Any) -> None:
    """Fail unless every value of the row is of the type that the adapter declares."""
    if isinstance(row, Struct):
        assert convert(structs.asdict(row), kind) == row
    else:
        assert convert(row, kind) == row


def test_the_server_answers(mysql: SetUp) -> None:
    mysql.healthcheck()
    assert mysql.fetch("SELECT 1") == [(1,)]


def test_add_job(mysql: SetUp) -> None:
    mysql.run(ROWS[table] for table in ["jobs"])
    assert (
        mysql.add_job(
            queue="reports", payload={"step": 2}, urgent=True, run_at=dt.datetime(2024, 5, 18, 12, 30)
        )
        >= 0
    )


def test_add_results(mysql: SetUp) -> None:
    mysql.run(ROWS[table] for table in ["jobs", "job_results"])
    assert (
        mysql.add_results(
            [AddResultsValues(job_id=1, attempt=4, seconds=Decimal("10.50"), message="message 2")]
        )
        == 1
    )


def test_all_jobs(mysql: SetUp) -> None:
    mysql.run(ROWS[table] for table in ["jobs"])
    with mysql.all_jobs() as rows:
        found = list(rows)
    assert found
    for row in found:
        checked(row, AllJobsRow)


def test_drop_finished(mysql: SetUp) -> None:
    mysql.run(ROWS[table] for table in ["jobs"])
    assert mysql.drop_finished(dt.datetime(2024, 5, 17, 12, 30)) >= 0


def test_finish_job(mysql: SetUp) -> None:
    mysql.run(ROWS[table] for table in ["jobs"])
    assert mysql.finish_job("running", dt.datetime(2024, 5, 18, 12, 30, tzinfo=dt.UTC), 1) == 1


def test_get_job(mysql: SetUp) -> None:
    mysql.run(ROWS[table] for table in ["jobs"])
    found = mysql.get_job(1)
    assert found is not None
    checked(found, Job)


def test_mark_running(mysql: SetUp) -> None:
    mysql.run(ROWS[table] for table in ["jobs"])
    assert mysql.mark_running(1) >= 0


def test_next_jobs(mysql: SetUp) -> None:
    mysql.run(ROWS[table] for table in ["jobs"])
    found = mysql.next_jobs(["mail"], dt.datetime(2024, 5, 17, 12, 30), 10)
    for row in found:
        checked(row, NextJobsRow)


def test_queue_sizes(mysql: SetUp) -> None:
    mysql.run(ROWS[table] for table in ["jobs", "job_results"])
    found = mysql.queue_sizes()
    assert found
    for row in found:
        checked(row, QueueSize)


def test_a_second_row_of_the_same_key_is_a_conflict(mysql: SetUp) -> None:
    mysql.run(ROWS.values())
    with pytest.raises(ConflictError):
        mysql.run([ROWS["job_results"]])


def test_what_a_transaction_did_is_undone_when_it_fails(mysql: SetUp) -> None:
    def failing() -> None:
        with mysql.transaction() as tx:
            tx.run([ROWS["jobs"]])
            raise LookupError

    with pytest.raises(LookupError):
        failing()
    assert mysql.fetch("SELECT count(*) FROM jobs") == [(0,)]
