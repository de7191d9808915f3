# Generated from integrations.yaml, entry "mongodb"; see mongodb_adapter.py for how to change it.
"""MongoDB without a server: every operation against a scripted one, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.mongodb import (
    AsyncMongoDBAdapter,
    Event,
    MongoDBAdapter,
    OpenOrder,
    Order,
    OrderLine,
    examples,
)
from integrations.runtime import (
    ConflictError,
    IntegrationError,
    InvalidArgumentError,
    InvalidRequestError,
    MissingSecretError,
    PermissionDeniedError,
    RequestTimeoutError,
    SecretManager,
    TransactionConflictError,
    UnavailableError,
    UnexpectedResponseError,
)
from integrations.runtime.mongodb import Change, Failure, PartlyWrittenError, Written
from integrations.runtime.testing import ScriptedMongo

SECRETS = {"MONGODB_URL": "secret-of-mongodb-url"}
TIMEOUT = 10  # seconds, unless the caller says otherwise
ATTEMPTS = 3  # of an operation that may be repeated
ENVIRON = {"MONGODB_MAX_ATTEMPTS": str(ATTEMPTS)}

EVENT = Event(
    id="id-1",
    kind="kind-1",
    at=dt.datetime(2126, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    order_id="order-1",
    data={"key": "value-1"},
)
EVENT_STORED: dict[str, Any] = {
    "_id": "id-1",
    "at": dt.datetime(2126, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    "data": {"key": "value-1"},
    "kind": "kind-1",
    "order_id": "order-1",
}
ORDER = Order(
    id="65a1b2c3d4e5f60718293a4b",
    customer="customer-1",
    lines=[OrderLine(price=12.5, quantity=42, sku="sku-1")],
    status="open",
    total=1250,
    email="ada@example.com",
    placed_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
)
ORDER_STORED: dict[str, Any] = {
    "_id": "65a1b2c3d4e5f60718293a4b",
    "customer": "customer-1",
    "email": "ada@example.com",
    "lines": [{"price": 12.5, "quantity": 42, "sku": "sku-1"}],
    "placed_at": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    "status": "open",
    "total": 1250,
}


@pytest.fixture(params=["sync", "async"])
def script(request: pytest.FixtureRequest) -> Iterator[ScriptedMongo]:
    with ScriptedMongo.running(
        MongoDBAdapter, AsyncMongoDBAdapter, request.param, secrets=SECRETS, environ=ENVIRON
    ) as running:
        yield running


def test_insert_event(script: ScriptedMongo) -> None:
    script.replies(None)
    found = script.call(lambda adapter: adapter.insert_event(EVENT, timeout=7.5))
    script.sent(verb="insert_one", collection="events", timeout=7.5, document=EVENT_STORED)
    assert found is None


def test_insert_events(script: ScriptedMongo) -> None:
    script.replies(Written(inserted=1))
    found = script.call(lambda adapter: adapter.insert_events([EVENT], timeout=7.5))
    script.sent(
        verb="bulk_write",
        collection="events",
        timeout=7.5,
        requests=[{"kind": "insert", "document": EVENT_STORED}],
        ordered=False,
    )
    assert found == Written(inserted=1)


def test_get_event(script: ScriptedMongo) -> None:
    script.replies(EVENT_STORED)
    found = script.call(lambda adapter: adapter.get_event(EVENT.id, timeout=7.5))
    script.sent(verb="find_one", collection="events", timeout=7.5, filter={"_id": EVENT.id})
    assert found == EVENT


def test_replace_event(script: ScriptedMongo) -> None:
    script.replies(1)
    found = script.call(lambda adapter: adapter.replace_event(EVENT, timeout=7.5))
    script.sent(
        verb="replace_one",
        collection="events",
        timeout=7.5,
        filter={"_id": EVENT.id},
        replacement=EVENT_STORED,
    )
    assert found is True


def test_delete_event(script: ScriptedMongo) -> None:
    script.replies(1)
    found = script.call(lambda adapter: adapter.delete_event(EVENT.id, timeout=7.5))
    script.sent(verb="delete_one", collection="events", timeout=7.5, filter={"_id": EVENT.id})
    assert found is True


def test_write_events(script: ScriptedMongo) -> None:
    script.replies(Written(1, 1, 1))
    found = script.call(
        lambda adapter: adapter.write_events(insert=[EVENT], replace=[EVENT], delete=[EVENT.id], timeout=7.5)
    )
    script.sent(
        verb="bulk_write",
        collection="events",
        timeout=7.5,
        requests=[
            {"kind": "insert", "document": EVENT_STORED},
            {"kind": "replace", "filter": {"_id": EVENT.id}, "document": EVENT_STORED},
            {"kind": "delete", "filter": {"_id": EVENT.id}},
        ],
        ordered=False,
    )
    assert found == Written(inserted=1, replaced=1, deleted=1)


def test_count_events(script: ScriptedMongo) -> None:
    script.replies(3)
    found = script.call(lambda adapter: adapter.count_events(timeout=7.5))
    script.sent(verb="count_documents", collection="events", timeout=7.5, filter={})
    assert found == 3


def test_watch_events(script: ScriptedMongo) -> None:
    script.replies(
        [
            {
                "operationType": "insert",
                "documentKey": {"_id": EVENT.id},
                "fullDocument": EVENT_STORED,
                "_id": {"_data": "token-1"},
            }
        ]
    )
    found = script.call(lambda adapter: adapter.watch_events(wait=1.0))
    script.sent(verb="watch", collection="events")
    assert found == [Change("insert", EVENT.id, EVENT, "token-1")]


def test_latest_event_of_order(script: ScriptedMongo) -> None:
    script.replies(EVENT_STORED)
    found = script.call(
        lambda adapter: adapter.latest_event_of_order(kind="kind-1", order_id="order-1", timeout=7.5)
    )
    script.sent(
        verb="find_one",
        collection="events",
        timeout=7.5,
        filter={"kind": {"$eq": "kind-1"}, "order_id": {"$eq": "order-1"}},
        sort=[["at", -1]],
    )
    assert found == EVENT


def test_find_events_of_order(script: ScriptedMongo) -> None:
    script.replies([EVENT_STORED])
    found = script.call(lambda adapter: adapter.find_events_of_order("order-1", timeout=7.5))
    script.sent(
        verb="find",
        collection="events",
        timeout=7.5,
        filter={"order_id": {"$eq": "order-1"}},
        sort=[["at", 1]],
        limit=1000,
    )
    assert found == [EVENT]


def test_insert_order(script: ScriptedMongo) -> None:
    script.replies(None)
    found = script.call(lambda adapter: adapter.insert_order(ORDER, timeout=7.5))
    script.sent(verb="insert_one", collection="orders", timeout=7.5, document=ORDER_STORED)
    assert found is None


def test_insert_orders(script: ScriptedMongo) -> None:
    script.replies(Written(inserted=1))
    found = script.call(lambda adapter: adapter.insert_orders([ORDER], timeout=7.5))
    script.sent(
        verb="bulk_write",
        collection="orders",
        timeout=7.5,
        requests=[{"kind": "insert", "document": ORDER_STORED}],
        ordered=False,
    )
    assert found == Written(inserted=1)


def test_get_order(script: ScriptedMongo) -> None:
    script.replies(ORDER_STORED)
    found = script.call(lambda adapter: adapter.get_order(ORDER.id, timeout=7.5))
    script.sent(verb="find_one", collection="orders", timeout=7.5, filter={"_id": ORDER.id})
    assert found == ORDER


def test_replace_order(script: ScriptedMongo) -> None:
    script.replies(1)
    found = script.call(lambda adapter: adapter.replace_order(ORDER, timeout=7.5))
    script.sent(
        verb="replace_one",
        collection="orders",
        timeout=7.5,
        filter={"_id": ORDER.id},
        replacement=ORDER_STORED,
    )
    assert found is True


def test_delete_order(script: ScriptedMongo) -> None:
    script.replies(1)
    found = script.call(lambda adapter: adapter.delete_order(ORDER.id, timeout=7.5))
    script.sent(verb="delete_one", collection="orders", timeout=7.5, filter={"_id": ORDER.id})
    assert found is True


def test_write_orders(script: ScriptedMongo) -> None:
    script.replies(Written(1, 1, 1))
    found = script.call(
        lambda adapter: adapter.write_orders(insert=[ORDER], replace=[ORDER], delete=[ORDER.id], timeout=7.5)
    )
    script.sent(
        verb="bulk_write",
        collection="orders",
        timeout=7.5,
        requests=[
            {"kind": "insert", "document": ORDER_STORED},
            {"kind": "replace", "filter": {"_id": ORDER.id}, "document": ORDER_STORED},
            {"kind": "delete", "filter": {"_id": ORDER.id}},
        ],
        ordered=False,
    )
    assert found == Written(inserted=1, replaced=1, deleted=1)


def test_count_orders(script: ScriptedMongo) -> None:
    script.replies(3)
    found = script.call(lambda adapter: adapter.count_orders(timeout=7.5))
    script.sent(verb="count_documents", collection="orders", timeout=7.5, filter={})
    assert found == 3


def test_watch_orders(script: ScriptedMongo) -> None:
    script.replies(
        [
            {
                "operationType": "insert",
                "documentKey": {"_id": ORDER.id},
                "fullDocument": ORDER_STORED,
                "_id": {"_data": "token-1"},
            }
        ]
    )
    found = script.call(lambda adapter: adapter.watch_orders(wait=1.0))
    script.sent(verb="watch", collection="orders")
    assert found == [Change("insert", ORDER.id, ORDER, "token-1")]


def test_find_orders_by_customer(script: ScriptedMongo) -> None:
    script.replies([ORDER_STORED])
    found = script.call(lambda adapter: adapter.find_orders_by_customer("customer-1", timeout=7.5))
    script.sent(
        verb="find",
        collection="orders",
        timeout=7.5,
        filter={"customer": {"$eq": "customer-1"}},
        sort=[["placed_at", -1]],
        limit=100,
    )
    assert found == [ORDER]


def test_find_orders_containing(script: ScriptedMongo) -> None:
    script.replies([ORDER_STORED])
    found = script.call(lambda adapter: adapter.find_orders_containing(["sku-1"], timeout=7.5))
    script.sent(
        verb="find", collection="orders", timeout=7.5, filter={"lines.sku": {"$in": ["sku-1"]}}, limit=50
    )
    assert found == [ORDER]


def test_open_orders_since(script: ScriptedMongo) -> None:
    script.replies(
        [
            {
                "_id": "65a1b2c3d4e5f60718293a4b",
                "customer": "customer-1",
                "placed_at": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
                "total": 1250,
            }
        ]
    )
    found = script.call(
        lambda adapter: adapter.open_orders_since(
            dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), timeout=7.5
        )
    )
    script.sent(
        verb="find",
        collection="orders",
        timeout=7.5,
        filter={
            "placed_at": {"$gte": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)},
            "status": {"$eq": "open"},
        },
        projection={"_id": 1, "customer": 1, "total": 1, "placed_at": 1},
        sort=[["placed_at", 1]],
        batch_size=500,
    )
    assert found == [
        OpenOrder(
            id="65a1b2c3d4e5f60718293a4b",
            customer="customer-1",
            total=1250,
            placed_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
        )
    ]


def test_cancel_stale_orders(script: ScriptedMongo) -> None:
    script.replies(1)
    found = script.call(
        lambda adapter: adapter.cancel_stale_orders(
            dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), timeout=7.5
        )
    )
    script.sent(
        verb="update_many",
        collection="orders",
        timeout=7.5,
        filter={
            "placed_at": {"$lt": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)},
            "status": {"$eq": "open"},
        },
        update={"$set": {"status": "cancelled"}},
    )
    assert found == 1


def test_mark_order_paid(script: ScriptedMongo) -> None:
    script.replies(1)
    found = script.call(lambda adapter: adapter.mark_order_paid("65a1b2c3d4e5f60718293a4b", timeout=7.5))
    script.sent(
        verb="update_one",
        collection="orders",
        timeout=7.5,
        filter={"_id": {"$eq": "65a1b2c3d4e5f60718293a4b"}, "status": {"$eq": "open"}},
        update={"$set": {"status": "paid"}},
    )
    assert found == 1


def test_get_event_gives_none_where_there_is_no_such_thing(script: ScriptedMongo) -> None:
    script.replies(None)
    assert script.call(lambda adapter: adapter.get_event(EVENT.id)) is None
    script.sent(verb="find_one", collection="events", timeout=TIMEOUT, filter={"_id": EVENT.id})


def test_replace_event_and_delete_event_say_that_there_was_none(script: ScriptedMongo) -> None:
    script.replies(0, 0)
    assert script.call(lambda adapter: adapter.replace_event(EVENT)) is False
    assert script.call(lambda adapter: adapter.delete_event(EVENT.id)) is False
    script.sent(
        verb="replace_one",
        collection="events",
        timeout=TIMEOUT,
        filter={"_id": EVENT.id},
        replacement=EVENT_STORED,
    )
    script.sent(verb="delete_one", collection="events", timeout=TIMEOUT, filter={"_id": EVENT.id})


def test_watch_events_goes_on_after_the_last_change_when_the_connection_is_lost(
    script: ScriptedMongo,
) -> None:
    seen = {"operationType": "delete", "documentKey": {"_id": EVENT.id}, "_id": {"_data": "token-1"}}
    script.replies([seen, UnavailableError("gone")], [])
    found = script.call(lambda adapter: adapter.watch_events(wait=1.0))
    script.sent(verb="watch", collection="events")
    script.sent(verb="watch", collection="events", resume_after="token-1")
    assert found == [Change("delete", EVENT.id, None, "token-1")]


def test_get_order_gives_none_where_there_is_no_such_thing(script: ScriptedMongo) -> None:
    script.replies(None)
    assert script.call(lambda adapter: adapter.get_order(ORDER.id)) is None
    script.sent(verb="find_one", collection="orders", timeout=TIMEOUT, filter={"_id": ORDER.id})


def test_replace_order_and_delete_order_say_that_there_was_none(script: ScriptedMongo) -> None:
    script.replies(0, 0)
    assert script.call(lambda adapter: adapter.replace_order(ORDER)) is False
    assert script.call(lambda adapter: adapter.delete_order(ORDER.id)) is False
    script.sent(
        verb="replace_one",
        collection="orders",
        timeout=TIMEOUT,
        filter={"_id": ORDER.id},
        replacement=ORDER_STORED,
    )
    script.sent(verb="delete_one", collection="orders", timeout=TIMEOUT, filter={"_id": ORDER.id})


def test_watch_orders_goes_on_after_the_last_change_when_the_connection_is_lost(
    script: ScriptedMongo,
) -> None:
    seen = {"operationType": "delete", "documentKey": {"_id": ORDER.id}, "_id": {"_data": "token-1"}}
    script.replies([seen, UnavailableError("gone")], [])
    found = script.call(lambda adapter: adapter.watch_orders(wait=1.0))
    script.sent(verb="watch", collection="orders")
    script.sent(verb="watch", collection="orders", resume_after="token-1")
    assert found == [Change("delete", ORDER.id, None, "token-1")]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (11000, ConflictError),
        (121, InvalidRequestError),
        (13, PermissionDeniedError),
        (50, RequestTimeoutError),
        (91, UnavailableError),
        (112, TransactionConflictError),
    ],
)
def test_an_error_of_the_server_has_its_class(
    code: int, error: type[IntegrationError], script: ScriptedMongo
) -> None:
    script.refuses(code, times=ATTEMPTS)
    with pytest.raises(error) as raised:
        script.call(lambda adapter: adapter.get_event(EVENT.id))
    assert raised.value.operation == "get_event"
    assert raised.value.attempts == (ATTEMPTS if raised.value.retryable else 1)
    script.forget()


def test_a_write_that_may_have_been_done_is_not_repeated(script: ScriptedMongo) -> None:
    script.fails(RequestTimeoutError("slow"))
    with pytest.raises(RequestTimeoutError):
        script.call(lambda adapter: adapter.insert_event(EVENT))
    assert len(script.calls) == 1
    script.forget()


def test_refused_writes_of_a_batch_are_located(script: ScriptedMongo) -> None:
    refused = [Failure("write", 1, "11000", "duplicate")]
    script.fails(PartlyWrittenError(refused, Written(inserted=1)))
    with pytest.raises(PartlyWrittenError) as raised:
        script.call(lambda adapter: adapter.write_events(insert=[EVENT, EVENT]))
    assert raised.value.failures == (Failure("insert", 1, "11000", "duplicate"),)
    assert raised.value.written == Written(inserted=1)
    script.forget()


def test_a_transaction_is_committed_and_repeated_when_another_came_first(script: ScriptedMongo) -> None:
    script.replies(None)
    script.refuses(112)
    script.replies(None, None, None)
    script.in_transaction(lambda tx: tx.insert_event(EVENT))
    assert [call["verb"] for call in script.calls] == ["begin", "insert_one", "begin", "insert_one", "commit"]
    assert script.calls[1]["transaction"] is True
    script.forget()


def test_an_error_in_a_transaction_leaves_nothing(script: ScriptedMongo) -> None:
    script.replies(None)
    script.refuses(121)
    with pytest.raises(InvalidRequestError):
        script.in_transaction(lambda tx: tx.insert_event(EVENT))
    assert [call["verb"] for call in script.calls] == ["begin", "insert_one"]
    script.forget()


def test_indexes_are_made_as_declared(script: ScriptedMongo) -> None:
    script.replies(
        None,
        None,
    )
    script.call(lambda adapter: adapter.ensure_indexes(timeout=7.5))
    script.sent(
        verb="create_indexes",
        collection="events",
        timeout=7.5,
        indexes=[
            {"keys": [["at", 1]], "name": "at_1", "expireAfterSeconds": 7776000},
            {"keys": [["order_id", 1], ["at", 1]], "name": "order_id_1_at_1"},
        ],
    )
    script.sent(
        verb="create_indexes",
        collection="orders",
        timeout=7.5,
        indexes=[
            {"keys": [["customer", 1], ["placed_at", -1]], "name": "customer_1_placed_at_-1"},
            {
                "keys": [["status", 1]],
                "name": "status_1",
                "partialFilterExpression": {"status": {"$eq": "open"}},
            },
        ],
    )


def test_a_document_that_contradicts_its_type_is_told(script: ScriptedMongo) -> None:
    script.replies({"_id": EVENT.id, "unknown": 1})
    with pytest.raises(UnexpectedResponseError, match="Event"):
        script.call(lambda adapter: adapter.get_event(EVENT.id))
    script.forget()


def test_only_documents_of_the_collection_are_written(script: ScriptedMongo) -> None:
    with pytest.raises(InvalidArgumentError, match="events"):
        script.call(lambda adapter: adapter.insert_event({"$set": {}}))
    with pytest.raises(InvalidArgumentError):
        script.call(lambda adapter: adapter.get_event({"$ne": None}))


def test_the_server_is_asked_for_a_sign_of_life(script: ScriptedMongo) -> None:
    script.replies(None)
    script.call(lambda adapter: adapter.healthcheck(timeout=1.0))
    script.sent(verb="ping", timeout=1.0)


@pytest.mark.parametrize("adapter", [MongoDBAdapter, AsyncMongoDBAdapter])
def test_a_missing_secret_is_named(adapter: type[MongoDBAdapter | AsyncMongoDBAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match="MONGODB_URL"):
        adapter.from_config(secrets=nothing, environ={})


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "MongoDB",
        "connection_string": "${MONGODB_URL}",
        "database": "shop",
        "pool_size": 20,
        "pool_timeout": 10,
        "connect_timeout": 10,
        "timeout": 10,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {},
    }


@pytest.mark.parametrize(
    ("example", "reply"),
    [
        (examples.latest_event_of_order, EVENT_STORED),
        (examples.get_event, EVENT_STORED),
        (examples.insert_event, None),
        (examples.check, None),
    ],
)
def test_the_example_runs(example: Callable[[MongoDBAdapter], None], reply: Any) -> None:
    with ScriptedMongo.running(MongoDBAdapter, AsyncMongoDBAdapter, "sync", secrets=SECRETS) as script:
        script.replies(reply)
        script.call(example)
        assert len(script.calls) == 1
        script.forget()


def test_the_examples_that_read_are_run_in_turn() -> None:
    assert examples.check in examples.READING
