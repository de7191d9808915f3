# Generated from integrations.yaml, entry "mongodb". To change it, edit that entry (or cookiecutters/database/)
# and run `nox -s generate -- mongodb`. Your own methods belong in mongodb_custom.py.
"""MongoDB: 23 operations, each a typed method, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from integrations.runtime.mongodb import (
    AsyncMongoAdapter,
    Change,
    Collection,
    Find,
    Index,
    MongoAdapter,
    Operation,
    Stream,
    Update,
    Value,
    Written,
    awaited,
    streamed,
)

from .mongodb_models import Event, OpenOrder, Order

EVENTS: Collection[Event] = Collection(
    "events",
    Event,
    id="plain",
    indexes=(
        Index("at_1", {"at": 1}, expire_after=7776000),
        Index("order_id_1_at_1", {"order_id": 1, "at": 1}),
    ),
)
ORDERS: Collection[Order] = Collection(
    "orders",
    Order,
    indexes=(
        Index("customer_1_placed_at_-1", {"customer": 1, "placed_at": -1}),
        Index("status_1", {"status": 1}, partial={"status": {"$eq": "open"}}),
    ),
)

INSERT_EVENT: Operation[Event] = Operation("insert_event", EVENTS)
INSERT_EVENTS: Operation[Event] = Operation("insert_events", EVENTS)
GET_EVENT: Operation[Event] = Operation("get_event", EVENTS)
REPLACE_EVENT: Operation[Event] = Operation("replace_event", EVENTS)
DELETE_EVENT: Operation[Event] = Operation("delete_event", EVENTS)
WRITE_EVENTS: Operation[Event] = Operation("write_events", EVENTS)
COUNT_EVENTS: Operation[Event] = Operation("count_events", EVENTS)
WATCH_EVENTS: Operation[Event] = Operation("watch_events", EVENTS)
LATEST_EVENT_OF_ORDER: Find[Event] = Find(
    "latest_event_of_order",
    EVENTS,
    {"kind": {"$eq": Value("kind")}, "order_id": {"$eq": Value("order_id")}},
    Event,
    sort=(("at", -1),),
)
FIND_EVENTS_OF_ORDER: Find[Event] = Find(
    "find_events_of_order",
    EVENTS,
    {"order_id": {"$eq": Value("order_id")}},
    Event,
    sort=(("at", 1),),
    limit=1000,
)
INSERT_ORDER: Operation[Order] = Operation("insert_order", ORDERS)
INSERT_ORDERS: Operation[Order] = Operation("insert_orders", ORDERS)
GET_ORDER: Operation[Order] = Operation("get_order", ORDERS)
REPLACE_ORDER: Operation[Order] = Operation("replace_order", ORDERS)
DELETE_ORDER: Operation[Order] = Operation("delete_order", ORDERS)
WRITE_ORDERS: Operation[Order] = Operation("write_orders", ORDERS)
COUNT_ORDERS: Operation[Order] = Operation("count_orders", ORDERS)
WATCH_ORDERS: Operation[Order] = Operation("watch_orders", ORDERS)
FIND_ORDERS_BY_CUSTOMER: Find[Order] = Find(
    "find_orders_by_customer",
    ORDERS,
    {"customer": {"$eq": Value("customer")}},
    Order,
    sort=(("placed_at", -1),),
    limit=100,
)
FIND_ORDERS_CONTAINING: Find[Order] = Find(
    "find_orders_containing", ORDERS, {"lines.sku": {"$in": Value("skus")}}, Order, limit=50
)
OPEN_ORDERS_SINCE: Find[OpenOrder] = Find(
    "open_orders_since",
    ORDERS,
    {"placed_at": {"$gte": Value("since")}, "status": {"$eq": "open"}},
    OpenOrder,
    sort=(("placed_at", 1),),
    projection=("_id", "customer", "total", "placed_at"),
)
CANCEL_STALE_ORDERS: Update = Update(
    "cancel_stale_orders",
    ORDERS,
    {"placed_at": {"$lt": Value("before")}, "status": {"$eq": "open"}},
    {"$set": {"status": "cancelled"}},
    many=True,
)
MARK_ORDER_PAID: Update = Update(
    "mark_order_paid",
    ORDERS,
    {"_id": {"$eq": Value("id", id=True)}, "status": {"$eq": "open"}},
    {"$set": {"status": "paid"}},
)


class MongoDBAdapter(MongoAdapter):
    """Orders of a shop, and the events that became of them.

    Every method takes `timeout`, seconds for all of the call, and raises an `IntegrationError` when it fails.
    What only reads is tried again when it fails for a passing reason; the driver repeats a write once, safely.
    `transaction()` and `run_in_transaction(…)` give the same methods inside a transaction, and
    `ensure_indexes()` makes what the collections declare.
    """

    SERVICE = "MongoDB"
    PACKAGE = "mongodb"
    CONFIG = Path(__file__).with_name("config.yaml")
    COLLECTIONS = (EVENTS, ORDERS)

    def insert_event(self, event: Event, *, timeout: float | None = None) -> None:
        """Insert an event.

        Raises:
            ConflictError: There is one with its id.
        """
        return self._insert(INSERT_EVENT, event, timeout=timeout)

    def insert_events(self, events: Sequence[Event], *, timeout: float | None = None) -> Written:
        """Insert events, in one call.

        Raises:
            PartlyWrittenError: Some writes were refused, `.failures` says which; the others were done.
        """
        return self._write(INSERT_EVENTS, insert=events, timeout=timeout)

    def get_event(self, id: str, *, timeout: float | None = None) -> Event | None:
        """Fetch one event by its id, or None."""
        return self._get(GET_EVENT, id, timeout=timeout)

    def replace_event(self, event: Event, *, timeout: float | None = None) -> bool:
        """Replace the whole event that has this id, and say whether there was one."""
        return self._replace(REPLACE_EVENT, event, timeout=timeout)

    def delete_event(self, id: str, *, timeout: float | None = None) -> bool:
        """Delete the event that has this id, and say whether there was one."""
        return self._delete(DELETE_EVENT, id, timeout=timeout)

    def write_events(
        self,
        *,
        insert: Sequence[Event] = (),
        replace: Sequence[Event] = (),
        delete: Sequence[str] = (),
        timeout: float | None = None,
    ) -> Written:
        """Insert, replace and delete events, in one call.

        Raises:
            PartlyWrittenError: Some writes were refused, `.failures` says which; the others were done.
        """
        return self._write(WRITE_EVENTS, insert=insert, replace=replace, delete=delete, timeout=timeout)

    def count_events(self, *, timeout: float | None = None) -> int:
        """Count events."""
        return self._count(COUNT_EVENTS, timeout=timeout)

    def watch_events(
        self, *, resume_after: str | None = None, wait: float | None = None
    ) -> Stream[Change[Event]]:
        """Follow what happens to events.

        A context manager: what changes from its first line on, through lost connections.

        Args:
            resume_after: The token of an earlier change: begin with what came next.
            wait: Seconds without a change that end it; None never ends it.
        """
        return self._watch(WATCH_EVENTS, resume_after=resume_after, wait=wait)

    def latest_event_of_order(
        self, *, kind: str, order_id: str, timeout: float | None = None
    ) -> Event | None:
        """Latest event of order."""
        return self._one(LATEST_EVENT_OF_ORDER, kind=kind, order_id=order_id, timeout=timeout)

    def find_events_of_order(self, order_id: str, *, timeout: float | None = None) -> list[Event]:
        """Find events of order."""
        return self._many(FIND_EVENTS_OF_ORDER, order_id=order_id, timeout=timeout)

    def insert_order(self, order: Order, *, timeout: float | None = None) -> None:
        """Insert an order.

        Raises:
            ConflictError: There is one with its id.
        """
        return self._insert(INSERT_ORDER, order, timeout=timeout)

    def insert_orders(self, orders: Sequence[Order], *, timeout: float | None = None) -> Written:
        """Insert orders, in one call.

        Raises:
            PartlyWrittenError: Some writes were refused, `.failures` says which; the others were done.
        """
        return self._write(INSERT_ORDERS, insert=orders, timeout=timeout)

    def get_order(self, id: str, *, timeout: float | None = None) -> Order | None:
        """Fetch one order by its id, or None."""
        return self._get(GET_ORDER, id, timeout=timeout)

    def replace_order(self, order: Order, *, timeout: float | None = None) -> bool:
        """Replace the whole order that has this id, and say whether there was one."""
        return self._replace(REPLACE_ORDER, order, timeout=timeout)

    def delete_order(self, id: str, *, timeout: float | None = None) -> bool:
        """Delete the order that has this id, and say whether there was one."""
        return self._delete(DELETE_ORDER, id, timeout=timeout)

    def write_orders(
        self,
        *,
        insert: Sequence[Order] = (),
        replace: Sequence[Order] = (),
        delete: Sequence[str] = (),
        timeout: float | None = None,
    ) -> Written:
        """Insert, replace and delete orders, in one call.

        Raises:
            PartlyWrittenError: Some writes were refused, `.failures` says which; the others were done.
        """
        return self._write(WRITE_ORDERS, insert=insert, replace=replace, delete=delete, timeout=timeout)

    def count_orders(self, *, timeout: float | None = None) -> int:
        """Count orders."""
        return self._count(COUNT_ORDERS, timeout=timeout)

    def watch_orders(
        self, *, resume_after: str | None = None, wait: float | None = None
    ) -> Stream[Change[Order]]:
        """Follow what happens to orders.

        A context manager: what changes from its first line on, through lost connections.

        Args:
            resume_after: The token of an earlier change: begin with what came next.
            wait: Seconds without a change that end it; None never ends it.
        """
        return self._watch(WATCH_ORDERS, resume_after=resume_after, wait=wait)

    def find_orders_by_customer(self, customer: str, *, timeout: float | None = None) -> list[Order]:
        """Find orders by customer."""
        return self._many(FIND_ORDERS_BY_CUSTOMER, customer=customer, timeout=timeout)

    def find_orders_containing(self, skus: Sequence[str], *, timeout: float | None = None) -> list[Order]:
        """Find orders containing."""
        return self._many(FIND_ORDERS_CONTAINING, skus=skus, timeout=timeout)

    def open_orders_since(
        self, since: dt.datetime, *, batch_size: int = 500, timeout: float | None = None
    ) -> Stream[OpenOrder]:
        """List what was ordered since a time and is still open, the oldest first.

        A context manager: documents are fetched batch by batch as they are needed.

        Args:
            batch_size: Documents that are fetched at a time.
        """
        return self._streamed(OPEN_ORDERS_SINCE, since=since, batch_size=batch_size, timeout=timeout)

    def cancel_stale_orders(self, before: dt.datetime, *, timeout: float | None = None) -> int:
        """Cancel every order that is still open and was placed before a time.

        Returns:
            How many documents met the filter.
        """
        return self._update(CANCEL_STALE_ORDERS, before=before, timeout=timeout)

    def mark_order_paid(self, id: str, *, timeout: float | None = None) -> int:
        """Mark an open order as paid.

        Returns:
            How many documents met the filter.
        """
        return self._update(MARK_ORDER_PAID, id=id, timeout=timeout)


class AsyncMongoDBAdapter(AsyncMongoAdapter):
    """The same operations, to be awaited; `MongoDBAdapter` documents their arguments and errors."""

    SERVICE = "MongoDB"
    PACKAGE = "mongodb"
    CONFIG = Path(__file__).with_name("config.yaml")
    COLLECTIONS = (EVENTS, ORDERS)

    insert_event = awaited(MongoDBAdapter.insert_event)
    insert_events = awaited(MongoDBAdapter.insert_events)
    get_event = awaited(MongoDBAdapter.get_event)
    replace_event = awaited(MongoDBAdapter.replace_event)
    delete_event = awaited(MongoDBAdapter.delete_event)
    write_events = awaited(MongoDBAdapter.write_events)
    count_events = awaited(MongoDBAdapter.count_events)
    watch_events = streamed(MongoDBAdapter.watch_events)
    latest_event_of_order = awaited(MongoDBAdapter.latest_event_of_order)
    find_events_of_order = awaited(MongoDBAdapter.find_events_of_order)
    insert_order = awaited(MongoDBAdapter.insert_order)
    insert_orders = awaited(MongoDBAdapter.insert_orders)
    get_order = awaited(MongoDBAdapter.get_order)
    replace_order = awaited(MongoDBAdapter.replace_order)
    delete_order = awaited(MongoDBAdapter.delete_order)
    write_orders = awaited(MongoDBAdapter.write_orders)
    count_orders = awaited(MongoDBAdapter.count_orders)
    watch_orders = streamed(MongoDBAdapter.watch_orders)
    find_orders_by_customer = awaited(MongoDBAdapter.find_orders_by_customer)
    find_orders_containing = awaited(MongoDBAdapter.find_orders_containing)
    open_orders_since = streamed(MongoDBAdapter.open_orders_since)
    cancel_stale_orders = awaited(MongoDBAdapter.cancel_stale_orders)
    mark_order_paid = awaited(MongoDBAdapter.mark_order_paid)
