# Generated from integrations.yaml, entry "mysql"; see mysql_adapter.py for how to change it.
"""How MySQL is used. `python -m integrations.mysql.examples` runs those that only read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from integrations.mysql import AddResultsValues, MySQLAdapter


def get_job(mysql: MySQLAdapter) -> None:
    """One job by its number."""
    print(mysql.get_job(1))


def next_jobs(mysql: MySQLAdapter) -> None:
    """The jobs that are due, urgent ones first. Ask in a transaction, and mark them running."""
    for row in mysql.next_jobs(["mail"], dt.datetime(2024, 5, 17, 12, 30), 10):
        print(row)


def all_jobs(mysql: MySQLAdapter) -> None:
    """Every job."""
    with mysql.all_jobs() as rows:
        for row in rows:
            print(row)


def add_job(mysql: MySQLAdapter) -> None:
    """Put a job into a queue."""
    print(
        mysql.add_job(
            queue="reports", payload={"step": 2}, urgent=True, run_at=dt.datetime(2024, 5, 18, 12, 30)
        )
    )


def add_results(mysql: MySQLAdapter) -> None:
    """Note how long attempts took."""
    print(
        mysql.add_results(
            [AddResultsValues(job_id=1, attempt=4, seconds=Decimal("10.50"), message="message 2")]
        )
    )


READING = (
    get_job,
    all_jobs,
)


def main() -> None:
    """Run the examples that only read."""
    with MySQLAdapter.from_config() as mysql:
        for example in READING:
            example(mysql)


if __name__ == "__main__":
    main()
