# Generated from integrations.yaml, entry "sqlite"; see sqlite_adapter.py for how to change it.
"""SQLite, as typed queries.

    from integrations.sqlite import SQLiteAdapter

    with SQLiteAdapter.from_config() as sqlite:
        print(sqlite.busiest_devices(3))

Set-up, errors and limits are in SQLITE_INTEGRATION.md.
"""

from __future__ import annotations

from .sqlite_custom import AsyncSQLiteAdapter, SQLiteAdapter
from .sqlite_models import AddEventsValues, AllEventsRow, BusiestDevicesRow, Event

__all__ = [
    "AddEventsValues",
    "AllEventsRow",
    "AsyncSQLiteAdapter",
    "BusiestDevicesRow",
    "Event",
    "SQLiteAdapter",
]
