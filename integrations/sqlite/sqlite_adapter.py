# Generated from integrations.yaml, entry "sqlite". To change it, edit that entry (or cookiecutters/database/)
# and run `nox -s generate -- sqlite`. Your own methods belong in sqlite_custom.py.
"""SQLite: 10 queries, each a typed method, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from integrations.runtime.sql import AsyncSqlAdapter, Query, SqlAdapter, awaited, streamed

from .sqlite_models import AddEventsValues, AllEventsRow, BusiestDevicesRow, Event

ADD_DEVICE: Query[int] = Query(
    "add_device",
    "INSERT INTO devices (name, price) VALUES (:name, :price) RETURNING id",
    row=int,
)
ADD_EVENT: Query[None] = Query(
    "add_event",
    """INSERT INTO events (id, kind, device_id, body, happened_at)
    VALUES (:id, :kind, :device_id, :body, :happened_at)""",
    json=("body",),
)
ADD_EVENTS: Query[None] = Query(
    "add_events",
    """INSERT OR IGNORE INTO events (id, kind, device_id, body, happened_at)
    VALUES (:id, :kind, :device_id, :body, :happened_at)""",
    repeatable=True,
    parameters=("id", "kind", "device_id", "body", "happened_at"),
    json=("body",),
)
ALL_EVENTS: Query[AllEventsRow] = Query(
    "all_events",
    "SELECT id, kind, happened_at FROM events ORDER BY happened_at",
    row=AllEventsRow,
    reads=True,
    convert=("uuid", None, "datetime"),
)
BUSIEST_DEVICES: Query[BusiestDevicesRow] = Query(
    "busiest_devices",
    """SELECT d.name, d.active, count(e.id) AS events, max(e.happened_at) AS last_event
    FROM devices d LEFT JOIN events e ON e.device_id = d.id
    GROUP BY d.id, d.name, d.active
    HAVING count(e.id) >= :least
    ORDER BY events DESC""",
    row=BusiestDevicesRow,
    reads=True,
    convert=(None, "bool", None, "datetime"),
)
COUNT_EVENTS: Query[int] = Query(
    "count_events",
    "SELECT count(*) FROM events WHERE device_id = :device_id",
    row=int,
    reads=True,
)
DROP_SENT: Query[None] = Query(
    "drop_sent",
    "DELETE FROM events WHERE sent_at < :before",
    repeatable=True,
)
GET_EVENT: Query[Event] = Query(
    "get_event",
    "SELECT id, kind, device_id, body, happened_at, sent_at FROM events WHERE id = :id",
    row=Event,
    reads=True,
    convert=("uuid", None, None, "json", "datetime", "datetime"),
)
MARK_SENT: Query[None] = Query(
    "mark_sent",
    "UPDATE events SET sent_at = :sent_at WHERE id IN (SELECT value FROM json_each(:ids))",
    repeatable=True,
    json=("ids",),
)
UNSENT_EVENTS: Query[Event] = Query(
    "unsent_events",
    """SELECT id, kind, device_id, body, happened_at, sent_at
    FROM events WHERE sent_at IS NULL ORDER BY happened_at LIMIT :limit""",
    row=Event,
    reads=True,
    convert=("uuid", None, None, "json", "datetime", "datetime"),
)


class SQLiteAdapter(SqlAdapter):
    """Events on a device that wait to be sent.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. Only
    what reads is tried again, and what the server says it has undone.
    """

    SERVICE = "SQLite"
    PACKAGE = "sqlite"
    CONFIG = Path(__file__).with_name("config.yaml")
    ENGINE = "sqlite"

    def add_device(self, name: str, price: Decimal, *, timeout: float | None = None) -> int:
        """Add a device.

        Returns:
            The value.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
            UnexpectedResponseError: no row came back.
        """
        return self._row(ADD_DEVICE, {"name": name, "price": price}, timeout)

    def add_event(
        self,
        id: UUID,
        kind: Literal["started", "measured", "failed"],
        device_id: int,
        body: Any,
        happened_at: dt.datetime,
        *,
        timeout: float | None = None,
    ) -> int:
        """Keep an event until it is sent.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._execute(
            ADD_EVENT,
            {"id": id, "kind": kind, "device_id": device_id, "body": body, "happened_at": happened_at},
            timeout,
        )

    def add_events(self, rows: Iterable[AddEventsValues], *, timeout: float | None = None) -> int:
        """Keep many events; those that are known already stay as they are.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._batch(ADD_EVENTS, rows, timeout)

    def all_events(self, *, timeout: float | None = None) -> AbstractContextManager[Iterator[AllEventsRow]]:
        """Every event.

        Returns:
            A block (`with`) whose value yields the rows as they come.
        """
        return self._stream(ALL_EVENTS, timeout=timeout)

    def busiest_devices(self, least: int, *, timeout: float | None = None) -> list[BusiestDevicesRow]:
        """Devices by how many events they have.

        Returns:
            Every row.
        """
        return self._many(BUSIEST_DEVICES, {"least": least}, timeout)

    def count_events(self, device_id: int, *, timeout: float | None = None) -> int:
        """How many events of a device there are.

        Returns:
            The value.
        Raises:
            UnexpectedResponseError: no row came back.
        """
        return self._row(COUNT_EVENTS, {"device_id": device_id}, timeout)

    def drop_sent(self, before: dt.datetime, *, timeout: float | None = None) -> int:
        """Delete events that were sent.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._execute(DROP_SENT, {"before": before}, timeout)

    def get_event(self, id: UUID, *, timeout: float | None = None) -> Event | None:
        """One event.

        Returns:
            The row, or None where there is none.
        """
        return self._one(GET_EVENT, {"id": id}, timeout)

    def mark_sent(
        self, sent_at: dt.datetime | None, ids: Sequence[UUID], *, timeout: float | None = None
    ) -> int:
        """Note that events were sent.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._execute(MARK_SENT, {"sent_at": sent_at, "ids": list(ids)}, timeout)

    def unsent_events(self, limit: int, *, timeout: float | None = None) -> list[Event]:
        """Events that are not sent yet, oldest first.

        Returns:
            Every row.
        """
        return self._many(UNSENT_EVENTS, {"limit": limit}, timeout)


class AsyncSQLiteAdapter(AsyncSqlAdapter):
    """The same queries, to be awaited; `SQLiteAdapter` documents their arguments and errors."""

    SERVICE = "SQLite"
    PACKAGE = "sqlite"
    CONFIG = Path(__file__).with_name("config.yaml")
    ENGINE = "sqlite"

    add_device = awaited(SQLiteAdapter.add_device)
    add_event = awaited(SQLiteAdapter.add_event)
    add_events = awaited(SQLiteAdapter.add_events)
    all_events = streamed(SQLiteAdapter.all_events)
    busiest_devices = awaited(SQLiteAdapter.busiest_devices)
    count_events = awaited(SQLiteAdapter.count_events)
    drop_sent = awaited(SQLiteAdapter.drop_sent)
    get_event = awaited(SQLiteAdapter.get_event)
    mark_sent = awaited(SQLiteAdapter.mark_sent)
    unsent_events = awaited(SQLiteAdapter.unsent_events)
