# Generated from integrations.yaml, entry "sqlite"; see sqlite_adapter.py for how to change it.
"""SQLite with a real SQLite: every query against rows that the schema allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct, convert, structs

from integrations.runtime import ConflictError
from integrations.runtime.sql import Query
from integrations.runtime.testing import server
from integrations.sqlite import AddEventsValues, AllEventsRow, BusiestDevicesRow, Event, SQLiteAdapter

SCHEMA: tuple[str, ...] = (
    """CREATE TABLE devices (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        active BOOLEAN NOT NULL DEFAULT 1,
        price DECIMAL NOT NULL
    )""",
    """CREATE TABLE events (
        id UUID NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('started', 'measured', 'failed')),
        device_id INTEGER NOT NULL REFERENCES devices (id),
        body JSON NOT NULL,
        happened_at TIMESTAMP NOT NULL,
        sent_at TIMESTAMP
    )""",
    "CREATE INDEX events_unsent ON events (happened_at) WHERE sent_at IS NULL",
)
# One row of each table; tables that others point to come first.
ROWS: dict[str, str] = {
    "devices": 'INSERT INTO "devices" ("name", "active", "price") VALUES (\'Ada Lovelace\', 1, 9.50)',
    "events": """INSERT INTO "events" ("id", "kind", "device_id", "body", "happened_at", "sent_at")
    VALUES ('00000001-0000-4000-8000-000000000001', 'started', 1, '{"step": 1}', '2024-05-17 12:30:00',
    '2024-05-17 12:30:00')""",
}


class SetUp(SQLiteAdapter):
    """The adapter, with what only tests do."""

    def run(self, statements: Iterable[str]) -> None:
        """Run statements that no method of the adapter has."""
        for statement in statements:
            self._execute(Query("set_up", statement))


@pytest.fixture
def sqlite() -> Iterator[SetUp]:
    with SetUp(server("sqlite").fresh("sqlite")) as adapter:
        adapter.run(SCHEMA)
        yield adapter


def checked(row: Any, kind: Any) -> None:
    """Fail unless every value of the row is of the type that the adapter declares."""
    if isinstance(row, Struct):
        assert convert(structs.asdict(row), kind) == row
    else:
        assert convert(row, kind) == row


def test_the_server_answers(sqlite: SetUp) -> None:
    sqlite.healthcheck()
    assert sqlite.fetch("SELECT 1") == [(1,)]


def test_add_device(sqlite: SetUp) -> None:
    sqlite.run(ROWS[table] for table in ["devices"])
    found = sqlite.add_device("Grace Hopper", Decimal("10.50"))
    checked(found, int)


def test_add_event(sqlite: SetUp) -> None:
    sqlite.run(ROWS[table] for table in ["devices", "events"])
    assert (
        sqlite.add_event(
            id=UUID("00000002-0000-4000-8000-000000000001"),
            kind="measured",
            device_id=1,
            body={"step": 2},
            happened_at=dt.datetime(2024, 5, 18, 12, 30),
        )
        >= 0
    )


def test_add_events(sqlite: SetUp) -> None:
    sqlite.run(ROWS[table] for table in ["devices", "events"])
    assert (
        sqlite.add_events(
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
        == 1
    )


def test_all_events(sqlite: SetUp) -> None:
    sqlite.run(ROWS[table] for table in ["devices", "events"])
    with sqlite.all_events() as rows:
        found = list(rows)
    assert found
    for row in found:
        checked(row, AllEventsRow)


def test_busiest_devices(sqlite: SetUp) -> None:
    sqlite.run(ROWS[table] for table in ["devices", "events"])
    found = sqlite.busiest_devices(3)
    for row in found:
        checked(row, BusiestDevicesRow)


def test_count_events(sqlite: SetUp) -> None:
    sqlite.run(ROWS[table] for table in ["devices", "events"])
    found = sqlite.count_events(1)
    checked(found, int)


def test_drop_sent(sqlite: SetUp) -> None:
    sqlite.run(ROWS[table] for table in ["devices", "events"])
    assert sqlite.drop_sent(dt.datetime(2024, 5, 17, 12, 30)) >= 0


def test_get_event(sqlite: SetUp) -> None:
    sqlite.run(ROWS[table] for table in ["devices", "events"])
    found = sqlite.get_event(UUID("00000001-0000-4000-8000-000000000001"))
    assert found is not None
    checked(found, Event)


def test_mark_sent(sqlite: SetUp) -> None:
    sqlite.run(ROWS[table] for table in ["devices", "events"])
    assert (
        sqlite.mark_sent(dt.datetime(2024, 5, 18, 12, 30), [UUID("00000001-0000-4000-8000-000000000001")])
        == 1
    )


def test_unsent_events(sqlite: SetUp) -> None:
    sqlite.run(ROWS[table] for table in ["devices", "events"])
    found = sqlite.unsent_events(10)
    for row in found:
        checked(row, Event)


def test_a_second_row_of_the_same_key_is_a_conflict(sqlite: SetUp) -> None:
    sqlite.run(ROWS.values())
    with pytest.raises(ConflictError):
        sqlite.run([ROWS["devices"]])


def test_what_a_transaction_did_is_undone_when_it_fails(sqlite: SetUp) -> None:
    def failing() -> None:
        with sqlite.transaction() as tx:
            tx.run([ROWS["devices"]])
            raise LookupError

    with pytest.raises(LookupError):
        failing()
    assert sqlite.fetch("SELECT count(*) FROM devices") == [(0,)]
