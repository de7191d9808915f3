# Generated from integrations.yaml, entry "mongodb"; see mongodb_adapter.py for how to change it.
"""How MongoDB is used. `python -m integrations.mongodb.examples` runs those that only read."""

from __future__ import annotations

import datetime as dt

from integrations.mongodb import Event, MongoDBAdapter, Order, OrderLine

EVENT = Event(
    id="id-1",
    kind="kind-1",
    at=dt.datetime(2126, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    order_id="order-1",
    data={"key": "value-1"},
)
ORDER = Order(
    id="65a1b2c3d4e5f60718293a4b",
    customer="customer-1",
    lines=[OrderLine(price=12.5, quantity=42, sku="sku-1")],
    status="open",
    total=1250,
    email="ada@example.com",
    placed_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
)


def latest_event_of_order(mongodb: MongoDBAdapter) -> None:
    """Latest event of order."""
    print(mongodb.latest_event_of_order(kind="kind-1", order_id="order-1"))


def get_event(mongodb: MongoDBAdapter) -> None:
    """Fetch one event by its id, or None."""
    print(mongodb.get_event(EVENT.id))


def insert_event(mongodb: MongoDBAdapter) -> None:
    """Insert an event."""
    mongodb.insert_event(EVENT)


def check(mongodb: MongoDBAdapter) -> None:
    """Ask the server for a sign of life."""
    mongodb.healthcheck(timeout=5.0)
    print("reachable")


READING = (
    latest_event_of_order,
    get_event,
    check,
)


def main() -> None:
    """Run the examples that only read."""
    with MongoDBAdapter.from_config() as mongodb:
        for example in READING:
            example(mongodb)


if __name__ == "__main__":
    main()
