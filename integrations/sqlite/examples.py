# Generated from integrations.yaml, entry "sqlite"; see sqlite_adapter.py for how to change it.
"""How SQLite is used. `python -m integrations.sqlite.examples` runs those that only read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

from integrations.sqlite import AddEventsValues, SQLiteAdapter


def add_device(sqlite: SQLiteAdapter) -> None:
    """Add a device."""
    print(sqlite.add_device("Grace Hopper", Decimal("10.50")))


def busiest_devices(sqlite: SQLiteAdapter) -> None:
    """Devices by how many events they have."""
    for row in sqlite.busiest_devices(3):
        print(row)


def all_events(sqlite: SQLiteAdapter) -> None:
    """Every event."""
    with sqlite.all_events() as rows:
        for row in rows:
            print(row)


def add_event(sqlite: SQLiteAdapter) -> None:
    """Keep an event until it is sent."""
    print(
        sqlite.add_event(
            id=UUID("00000002-0000-4000-8000-000000000001"),
            kind="measured",
            device_id=1,
            body={"step": 2},
            happened_at=dt.datetime(2024, 5, 18, 12, 30),
        )
    )


def add_events(sqlite: SQLiteAdapter) -> None:
    """Keep many events; those that are known already stay as they are."""
    print(
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
    )


READING = (
    busiest_devices,
    all_events,
)


def main() -> None:
    """Run the examples that only read."""
    with SQLiteAdapter.from_config() as sqlite:
        for example in READING:
            example(sqlite)


if __name__ == "__main__":
    main()
