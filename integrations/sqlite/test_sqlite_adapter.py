# Generated from integrations.yaml, entry "sqlite"; see sqlite_adapter.py for how to change it.
"""SQLite without a server: every query against a scripted database, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from integrations.runtime import (
    ConflictError,
    IntegrationError,
    RequestTimeoutError,
    TransactionConflictError,
    UnexpectedResponseError,
)
from integrations.runtime.testing import ScriptedDatabase, error_codes
from integrations.sqlite import (
    AddEventsValues,
    AllEventsRow,
    AsyncSQLiteAdapter,
    BusiestDevicesRow,
    Event,
    SQLiteAdapter,
    examples,
)

SECRETS: dict[str, str] = {}
ATTEMPTS = 3  # of a query that may be repeated


@pytest.fixture(params=["sync", "async"])
def db(request: pytest.FixtureRequest) -> Iterator[ScriptedDatabase]:
    with ScriptedDatabase.running(
        SQLiteAdapter, AsyncSQLiteAdapter, request.param, secrets=SECRETS
    ) as scripted:
        yield scripted


def test_add_device(db: ScriptedDatabase) -> None:
    db.rows([(1,)])
    found = db.call(lambda sqlite: sqlite.add_device("Grace Hopper", Decimal("10.50")))
    db.sent(
        "INSERT INTO devices (name, price) VALUES (:name, :price) RETURNING id",
        {"name": "Grace Hopper", "price": Decimal("10.50")},
    )
    assert found == 1


def test_add_device_without_a_row_is_an_error(db: ScriptedDatabase) -> None:
    db.rows([])
    with pytest.raises(UnexpectedResponseError) as raised:
        db.call(lambda sqlite: sqlite.add_device("Grace Hopper", Decimal("10.50")))
    assert (raised.value.operation, raised.value.undone) == ("add_device", False)
    db.forget()


def test_add_event(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(
        lambda sqlite: sqlite.add_event(
            id=UUID("00000002-0000-4000-8000-000000000001"),
            kind="measured",
            device_id=1,
            body={"step": 2},
            happened_at=dt.datetime(2024, 5, 18, 12, 30),
        )
    )
    db.sent(
        """INSERT INTO events (id, kind, device_id, body, happened_at)
    VALUES (:id, :kind, :device_id, :body, :happened_at)""",
        {
            "id": UUID("00000002-0000-4000-8000-000000000001"),
            "kind": "measured",
            "device_id": 1,
            "body": {"step": 2},
            "happened_at": dt.datetime(2024, 5, 18, 12, 30),
        },
    )
    assert found == 1


def test_add_events(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(
        lambda sqlite: sqlite.add_events(
            [
                AddEventsValues(
                    id=UUID("00000002-0000-4000-8000-000000000001"),
                    kind="measured",
                    device_id=1,
                    body={"step": 2},
                    happened_at=dt.datetime(2024, 5, 18, 12, 30),
                )
            ]
        )
    )
    db.sent(
        """INSERT OR IGNORE INTO events (id, kind, device_id, body, happened_at)
    VALUES (:id, :kind, :device_id, :body, :happened_at)""",
        rows=[
            (
                UUID("00000002-0000-4000-8000-000000000001"),
                "measured",
                1,
                {"step": 2},
                dt.datetime(2024, 5, 18, 12, 30),
            )
        ],
    )
    assert found == 1


def test_all_events(db: ScriptedDatabase) -> None:
    db.rows([("00000001-0000-4000-8000-000000000001", "started", "2024-05-17 12:30:00")])
    found = db.call(lambda sqlite: sqlite.all_events())
    db.sent(
        "SELECT id, kind, happened_at FROM events ORDER BY happened_at",
        {},
    )
    assert found == [
        AllEventsRow(
            id=UUID("00000001-0000-4000-8000-000000000001"),
            kind="started",
            happened_at=dt.datetime(2024, 5, 17, 12, 30),
        )
    ]


def test_all_events_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda sqlite: sqlite.all_events())
    assert found == []
    db.forget()


def test_busiest_devices(db: ScriptedDatabase) -> None:
    db.rows([("Ada Lovelace", 1, 3, "2024-05-17 12:30:00")])
    found = db.call(lambda sqlite: sqlite.busiest_devices(3))
    db.sent(
        """SELECT d.name, d.active, count(e.id) AS events, max(e.happened_at) AS last_event
    FROM devices d LEFT JOIN events e ON e.device_id = d.id
    GROUP BY d.id, d.name, d.active
    HAVING count(e.id) >= :least
    ORDER BY events DESC""",
        {"least": 3},
    )
    assert found == [
        BusiestDevicesRow(
            name="Ada Lovelace", active=True, events=3, last_event=dt.datetime(2024, 5, 17, 12, 30)
        )
    ]


def test_busiest_devices_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda sqlite: sqlite.busiest_devices(3))
    assert found == []
    db.forget()


def test_count_events(db: ScriptedDatabase) -> None:
    db.rows([(10,)])
    found = db.call(lambda sqlite: sqlite.count_events(1))
    db.sent(
        "SELECT count(*) FROM events WHERE device_id = :device_id",
        {"device_id": 1},
    )
    assert found == 10


def test_count_events_without_a_row_is_an_error(db: ScriptedDatabase) -> None:
    db.rows([])
    with pytest.raises(UnexpectedResponseError) as raised:
        db.call(lambda sqlite: sqlite.count_events(1))
    assert (raised.value.operation, raised.value.undone) == ("count_events", False)
    db.forget()


def test_drop_sent(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(lambda sqlite: sqlite.drop_sent(dt.datetime(2024, 5, 17, 12, 30)))
    db.sent(
        "DELETE FROM events WHERE sent_at < :before",
        {"before": dt.datetime(2024, 5, 17, 12, 30)},
    )
    assert found == 1


def test_get_event(db: ScriptedDatabase) -> None:
    db.rows(
        [
            (
                "00000001-0000-4000-8000-000000000001",
                "started",
                1,
                '{"step": 1}',
                "2024-05-17 12:30:00",
                "2024-05-17 12:30:00",
            )
        ]
    )
    found = db.call(lambda sqlite: sqlite.get_event(UUID("00000001-0000-4000-8000-000000000001")))
    db.sent(
        "SELECT id, kind, device_id, body, happened_at, sent_at FROM events WHERE id = :id",
        {"id": UUID("00000001-0000-4000-8000-000000000001")},
    )
    assert found == Event(
        id=UUID("00000001-0000-4000-8000-000000000001"),
        kind="started",
        device_id=1,
        body={"step": 1},
        happened_at=dt.datetime(2024, 5, 17, 12, 30),
        sent_at=dt.datetime(2024, 5, 17, 12, 30),
    )


def test_get_event_of_nothing_is_none(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda sqlite: sqlite.get_event(UUID("00000001-0000-4000-8000-000000000001")))
    assert found is None
    db.forget()


def test_mark_sent(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(
        lambda sqlite: sqlite.mark_sent(
            dt.datetime(2024, 5, 18, 12, 30), [UUID("00000001-0000-4000-8000-000000000001")]
        )
    )
    db.sent(
        "UPDATE events SET sent_at = :sent_at WHERE id IN (SELECT value FROM json_each(:ids))",
        {"sent_at": dt.datetime(2024, 5, 18, 12, 30), "ids": [UUID("00000001-0000-4000-8000-000000000001")]},
    )
    assert found == 1


def test_unsent_events(db: ScriptedDatabase) -> None:
    db.rows(
        [
            (
                "00000001-0000-4000-8000-000000000001",
                "started",
                1,
                '{"step": 1}',
                "2024-05-17 12:30:00",
                "2024-05-17 12:30:00",
            )
        ]
    )
    found = db.call(lambda sqlite: sqlite.unsent_events(10))
    db.sent(
        """SELECT id, kind, device_id, body, happened_at, sent_at
    FROM events WHERE sent_at IS NULL ORDER BY happened_at LIMIT :limit""",
        {"limit": 10},
    )
    assert found == [
        Event(
            id=UUID("00000001-0000-4000-8000-000000000001"),
            kind="started",
            device_id=1,
            body={"step": 1},
            happened_at=dt.datetime(2024, 5, 17, 12, 30),
            sent_at=dt.datetime(2024, 5, 17, 12, 30),
        )
    ]


def test_unsent_events_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda sqlite: sqlite.unsent_events(10))
    assert found == []
    db.forget()


# Every query, and how often it is sent while the database is down.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "add_device": (1, lambda sqlite: sqlite.add_device("Grace Hopper", Decimal("10.50"))),
    "add_event": (
        1,
        lambda sqlite: sqlite.add_event(
            id=UUID("00000002-0000-4000-8000-000000000001"),
            kind="measured",
            device_id=1,
            body={"step": 2},
            happened_at=dt.datetime(2024, 5, 18, 12, 30),
        ),
    ),
    "add_events": (
        ATTEMPTS,
        lambda sqlite: sqlite.add_events(
            [
                AddEventsValues(
                    id=UUID("00000002-0000-4000-8000-000000000001"),
                    kind="measured",
                    device_id=1,
                    body={"step": 2},
                    happened_at=dt.datetime(2024, 5, 18, 12, 30),
                )
            ]
        ),
    ),
    "all_events": (ATTEMPTS, lambda sqlite: sqlite.all_events()),
    "busiest_devices": (ATTEMPTS, lambda sqlite: sqlite.busiest_devices(3)),
    "count_events": (ATTEMPTS, lambda sqlite: sqlite.count_events(1)),
    "drop_sent": (ATTEMPTS, lambda sqlite: sqlite.drop_sent(dt.datetime(2024, 5, 17, 12, 30))),
    "get_event": (ATTEMPTS, lambda sqlite: sqlite.get_event(UUID("00000001-0000-4000-8000-000000000001"))),
    "mark_sent": (
        ATTEMPTS,
        lambda sqlite: sqlite.mark_sent(
            dt.datetime(2024, 5, 18, 12, 30), [UUID("00000001-0000-4000-8000-000000000001")]
        ),
    ),
    "unsent_events": (ATTEMPTS, lambda sqlite: sqlite.unsent_events(10)),
}


@pytest.mark.parametrize("operation", CALLS)
def test_a_failure_is_raised_after_as_many_attempts_as_are_safe(db: ScriptedDatabase, operation: str) -> None:
    attempts, call = CALLS[operation]
    db.fails("timeout", times=attempts)
    with pytest.raises(RequestTimeoutError) as raised:
        db.call(call)
    assert (raised.value.service, raised.value.operation) == ("SQLite", operation)
    assert raised.value.attempts == attempts
    db.forget()


@pytest.mark.parametrize("operation", CALLS)
def test_a_conflict_with_another_transaction_is_tried_again(db: ScriptedDatabase, operation: str) -> None:
    db.fails("SQLITE_BUSY_SNAPSHOT", times=ATTEMPTS)
    with pytest.raises(TransactionConflictError) as raised:
        db.call(CALLS[operation][1])
    assert raised.value.attempts == ATTEMPTS
    db.forget()


@pytest.mark.parametrize("operation", CALLS)
def test_a_constraint_that_forbids_it_is_a_conflict(db: ScriptedDatabase, operation: str) -> None:
    db.fails("SQLITE_CONSTRAINT_UNIQUE")
    with pytest.raises(ConflictError) as raised:
        db.call(CALLS[operation][1])
    assert raised.value.code == "SQLITE_CONSTRAINT_UNIQUE"
    assert raised.value.attempts == 1
    db.forget()


@pytest.mark.parametrize(("code", "error"), error_codes("sqlite"))
def test_every_code_of_the_database_has_its_error(
    db: ScriptedDatabase, code: str, error: type[IntegrationError]
) -> None:
    db.fails(code, times=ATTEMPTS)
    with pytest.raises(error):
        db.call(lambda sqlite: sqlite.add_device("Grace Hopper", Decimal("10.50")))
    db.forget()


def test_a_failed_transaction_is_rolled_back() -> None:
    with ScriptedDatabase.running(SQLiteAdapter, AsyncSQLiteAdapter, "sync", secrets=SECRETS) as db:
        db.fails("SQLITE_CONSTRAINT_UNIQUE")

        def within(sqlite: SQLiteAdapter) -> None:
            with sqlite.transaction() as tx:
                tx.fetch("SELECT 1")

        with pytest.raises(ConflictError):
            db.call(within)
        assert "COMMIT" not in db.commands
        assert db.commands[-1] in (
            "ROLLBACK",
            "(restored)",
        )  # what failed for good is rolled back when lent again
        db.forget()


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "SQLite",
        "connection_string": "sqlite:///events.db",
        "pool_size": 10,
        "pool_timeout": 10,
        "connect_timeout": 10,
        "timeout": 30,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {},
    }


@pytest.mark.parametrize(
    ("example", "replies"),
    [
        (examples.add_device, [(1,)]),
        (examples.busiest_devices, [("Ada Lovelace", 1, 3, "2024-05-17 12:30:00")]),
        (examples.all_events, [("00000001-0000-4000-8000-000000000001", "started", "2024-05-17 12:30:00")]),
        (examples.add_event, 1),
        (examples.add_events, 1),
    ],
)
def test_the_example_runs(example: Callable[[SQLiteAdapter], None], replies: Any) -> None:
    with ScriptedDatabase.running(SQLiteAdapter, AsyncSQLiteAdapter, "sync", secrets=SECRETS) as db:
        if isinstance(replies, int):
            db.affects(replies)
        else:
            db.rows(replies)
        db.call(example)
        db.forget()
