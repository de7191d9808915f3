# Generated from integrations.yaml, entry "mongodb"; see mongodb_adapter.py for how to change it.
"""MongoDB on a real server: every operation, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from integrations.mongodb import (
    AsyncMongoDBAdapter,
    Event,
    MongoDBAdapter,
    OpenOrder,
    Order,
    OrderLine,
)
from integrations.runtime import ConflictError
from integrations.runtime.mongodb import PartlyWrittenError, Written
from integrations.runtime.testing import RunningMongo, server

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


@pytest.fixture(params=["sync", "async"])
def running(request: pytest.FixtureRequest) -> Iterator[RunningMongo]:
    url = server("mongodb").fresh(f"mongodb_{request.param}")
    with RunningMongo.on(MongoDBAdapter, AsyncMongoDBAdapter, request.param, url) as adapter:
        adapter.call(lambda store: store.ensure_indexes())
        yield adapter


def test_events(running: RunningMongo) -> None:
    call = running.call
    assert call(lambda store: store.get_event(EVENT.id)) is None
    call(lambda store: store.insert_event(EVENT))
    assert call(lambda store: store.get_event(EVENT.id)) == EVENT
    assert call(lambda store: store.count_events()) == 1
    with pytest.raises(ConflictError):
        call(lambda store: store.insert_event(EVENT))
    assert call(lambda store: store.replace_event(EVENT)) is True
    assert call(lambda store: store.latest_event_of_order(kind="kind-1", order_id="order-1")) == EVENT
    assert call(lambda store: store.find_events_of_order("order-1")) == [EVENT]
    assert call(lambda store: store.delete_event(EVENT.id)) is True
    assert call(lambda store: store.delete_event(EVENT.id)) is False


def test_write_events(running: RunningMongo) -> None:
    call = running.call
    assert call(lambda store: store.insert_events([EVENT])) == Written(inserted=1)
    with pytest.raises(PartlyWrittenError) as raised:
        call(lambda store: store.insert_events([EVENT]))
    assert [(failure.kind, failure.index, failure.code) for failure in raised.value.failures] == [
        ("insert", 0, "11000")
    ]
    assert call(lambda store: store.write_events(replace=[EVENT], delete=[EVENT.id])) == Written(
        replaced=1, deleted=1
    )


def test_watch_events(running: RunningMongo) -> None:
    change = running.followed(
        lambda store: store.watch_events(wait=10.0), lambda store: store.insert_event(EVENT)
    )
    assert (change.kind, change.id, change.document) == ("insert", EVENT.id, EVENT)


def test_orders(running: RunningMongo) -> None:
    call = running.call
    assert call(lambda store: store.get_order(ORDER.id)) is None
    call(lambda store: store.insert_order(ORDER))
    assert call(lambda store: store.get_order(ORDER.id)) == ORDER
    assert call(lambda store: store.count_orders()) == 1
    with pytest.raises(ConflictError):
        call(lambda store: store.insert_order(ORDER))
    assert call(lambda store: store.replace_order(ORDER)) is True
    assert call(lambda store: store.find_orders_by_customer("customer-1")) == [ORDER]
    assert call(lambda store: store.find_orders_containing(["sku-1"])) == [ORDER]
    assert call(lambda store: store.open_orders_since(dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC))) == [
        OpenOrder(
            id="65a1b2c3d4e5f60718293a4b",
            customer="customer-1",
            total=1250,
            placed_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
        )
    ]
    assert call(lambda store: store.cancel_stale_orders(dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC))) == 0
    call(lambda store: store.replace_order(ORDER))
    assert call(lambda store: store.mark_order_paid("65a1b2c3d4e5f60718293a4b")) == 1
    assert call(lambda store: store.delete_order(ORDER.id)) is True
    assert call(lambda store: store.delete_order(ORDER.id)) is False


def test_write_orders(running: RunningMongo) -> None:
    call = running.call
    assert call(lambda store: store.insert_orders([ORDER])) == Written(inserted=1)
    with pytest.raises(PartlyWrittenError) as raised:
        call(lambda store: store.insert_orders([ORDER]))
    assert [(failure.kind, failure.index, failure.code) for failure in raised.value.failures] == [
        ("insert", 0, "11000")
    ]
    assert call(lambda store: store.write_orders(replace=[ORDER], delete=[ORDER.id])) == Written(
        replaced=1, deleted=1
    )


def test_watch_orders(running: RunningMongo) -> None:
    change = running.followed(
        lambda store: store.watch_orders(wait=10.0), lambda store: store.insert_order(ORDER)
    )
    assert (change.kind, change.id, change.document) == ("insert", ORDER.id, ORDER)


def test_a_transaction_is_done_whole_or_not_at_all(running: RunningMongo) -> None:
    def insert(store: MongoDBAdapter) -> None:
        return store.insert_event(EVENT)

    with pytest.raises(ConflictError):
        running.in_transaction(insert, insert)
    assert running.call(lambda store: store.count_events()) == 0
    running.in_transaction(insert)
    assert running.call(lambda store: store.count_events()) == 1


def test_indexes_are_made_once(running: RunningMongo) -> None:
    running.call(lambda store: store.ensure_indexes())
    running.call(lambda store: store.healthcheck())
