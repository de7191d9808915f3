# Generated from integrations.yaml, entry "dynamodb"; see dynamodb_adapter.py for how to change it.
"""How DynamoDB is used. `python -m integrations.dynamodb.examples` runs those that only read."""

from __future__ import annotations

import datetime as dt

from integrations.dynamodb import DynamoDBAdapter, Job, JobPayload, Session

JOB = Job(
    id="id-1",
    name="name-1",
    attempts=42,
    payload=JobPayload(kind="kind-1", size=20),
    status="queued",
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


def scan_jobs(dynamodb: DynamoDBAdapter) -> None:
    """Walk through all jobs."""
    for item in dynamodb.scan_jobs():
        print(item)


def get_job(dynamodb: DynamoDBAdapter) -> None:
    """Fetch one job by its key, or None."""
    print(dynamodb.get_job("id-1"))


def put_job(dynamodb: DynamoDBAdapter) -> None:
    """Store a job, and return it as it is stored."""
    print(dynamodb.put_job(JOB))


def check(dynamodb: DynamoDBAdapter) -> None:
    """Ask for a sign of life."""
    dynamodb.healthcheck(timeout=5.0)
    print("reachable")


READING = (
    scan_jobs,
    get_job,
    check,
)


def main() -> None:
    """Run the examples that only read."""
    with DynamoDBAdapter.from_config() as dynamodb:
        for example in READING:
            example(dynamodb)


if __name__ == "__main__":
    main()
