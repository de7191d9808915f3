# Generated from integrations.yaml, entry "kafka"; see kafka_adapter.py for how to change it.
"""Kafka without a network: every channel against a broker in memory, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.kafka import AsyncKafkaAdapter, KafkaAdapter, OrderEvent, PageViews, examples
from integrations.runtime import ConnectionFailedError, MissingSecretError, RequestTimeoutError, SecretManager
from integrations.runtime.queues import PartlyPublishedError, RejectMessage, current_delivery
from integrations.runtime.testing import Form, ScriptedBroker

SECRETS = {"KAFKA_URL": "secret-of-kafka-url"}
ATTEMPTS = 3  # of a publish, while the broker is away

ORDERS_EVENTS_MESSAGE = OrderEvent(
    kind="placed", at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), order_id="order-1", total=1250
)
ORDERS_EVENTS_MESSAGE_JSON: Any = {
    "at": "2026-01-02T03:04:05Z",
    "kind": "placed",
    "order_id": "order-1",
    "total": 1250,
}
PAGE_VIEWS_MESSAGE = PageViews(
    at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), path="docs/readme.md", visitor="visitor-1"
)
PAGE_VIEWS_MESSAGE_JSON: Any = {
    "at": "2026-01-02T03:04:05Z",
    "path": "docs/readme.md",
    "visitor": "visitor-1",
}


@pytest.fixture(params=["sync", "async"])
def broker(request: pytest.FixtureRequest) -> Iterator[ScriptedBroker]:
    with ScriptedBroker.running(KafkaAdapter, AsyncKafkaAdapter, request.param, secrets=SECRETS) as running:
        yield running


def test_publish_orders_events(broker: ScriptedBroker) -> None:
    assert broker.call(lambda kafka: kafka.publish_orders_events(ORDERS_EVENTS_MESSAGE))
    broker.published("publish_orders_events", "orders.events", ORDERS_EVENTS_MESSAGE_JSON, key="order-1")


def test_publish_orders_events_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        lambda kafka: kafka.publish_orders_events(
            ORDERS_EVENTS_MESSAGE,
            key="another-key",
            delay=7.5,
            headers={"x-tenant": "acme"},
            message_id="m-7",
            timeout=2.5,
        )
    )
    broker.published(
        "publish_orders_events",
        "orders.events",
        ORDERS_EVENTS_MESSAGE_JSON,
        key="another-key",
        headers={"x-tenant": "acme"},
        delay=7.5,
    )
    assert found == "m-7"


def test_publish_orders_events_batch_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call(lambda kafka: kafka.publish_orders_events_batch([ORDERS_EVENTS_MESSAGE] * 3))
    for _ in range(3):
        broker.published("publish_orders_events", "orders.events", ORDERS_EVENTS_MESSAGE_JSON, key="order-1")
    assert len(set(found)) == 3


def test_publish_page_views(broker: ScriptedBroker) -> None:
    assert broker.call(lambda kafka: kafka.publish_page_views(PAGE_VIEWS_MESSAGE))
    broker.published("publish_page_views", "page-views", PAGE_VIEWS_MESSAGE_JSON, key="visitor-1")


def test_publish_page_views_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        lambda kafka: kafka.publish_page_views(
            PAGE_VIEWS_MESSAGE,
            key="another-key",
            delay=7.5,
            headers={"x-tenant": "acme"},
            message_id="m-7",
            timeout=2.5,
        )
    )
    broker.published(
        "publish_page_views",
        "page-views",
        PAGE_VIEWS_MESSAGE_JSON,
        key="another-key",
        headers={"x-tenant": "acme"},
        delay=7.5,
    )
    assert found == "m-7"


def test_publish_page_views_batch_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call(lambda kafka: kafka.publish_page_views_batch([PAGE_VIEWS_MESSAGE] * 3))
    for _ in range(3):
        broker.published("publish_page_views", "page-views", PAGE_VIEWS_MESSAGE_JSON, key="visitor-1")
    assert len(set(found)) == 3


def test_consume_orders_events(broker: ScriptedBroker) -> None:
    broker.delivers("orders.events", ORDERS_EVENTS_MESSAGE_JSON)
    seen: list[Any] = []
    found = broker.call(lambda kafka: kafka.consume_orders_events(seen.append, limit=1, concurrency=1))
    broker.settled_as(
        "consume_orders_events", "processed", address="orders.events", body=ORDERS_EVENTS_MESSAGE_JSON
    )
    assert seen == [ORDERS_EVENTS_MESSAGE]
    assert (found.processed, found.stopped_by) == (1, "limit")


def test_consume_orders_events_gives_a_rejected_message_to_the_dead_letters(broker: ScriptedBroker) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    broker.delivers("orders.events", ORDERS_EVENTS_MESSAGE_JSON)
    broker.call(lambda kafka: kafka.consume_orders_events(reject, limit=1, concurrency=1))
    broker.settled_as(
        "consume_orders_events",
        "dead_lettered",
        address="orders.events",
        dead_letter="orders.events.dead-letter",
        body=ORDERS_EVENTS_MESSAGE_JSON,
        reason="rejected: the order is closed",
    )


def test_consume_orders_events_gives_unreadable_bytes_to_the_dead_letters(broker: ScriptedBroker) -> None:
    broker.delivers("orders.events", b"{not JSON")
    broker.call(lambda kafka: kafka.consume_orders_events(pytest.fail, limit=1, concurrency=1))
    broker.settled_as(
        "consume_orders_events", "dead_lettered", dead_letter="orders.events.dead-letter", body=b"{not JSON"
    )
    assert "unreadable" in broker.script.calls[-1]["reason"]


def test_consume_page_views(broker: ScriptedBroker) -> None:
    broker.delivers("page-views", PAGE_VIEWS_MESSAGE_JSON)
    seen: list[Any] = []
    found = broker.call(lambda kafka: kafka.consume_page_views(seen.append, limit=1, concurrency=1))
    broker.settled_as("consume_page_views", "processed", address="page-views", body=PAGE_VIEWS_MESSAGE_JSON)
    assert seen == [PAGE_VIEWS_MESSAGE]
    assert (found.processed, found.stopped_by) == (1, "limit")


def test_consume_page_views_gives_a_rejected_message_to_the_dead_letters(broker: ScriptedBroker) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    broker.delivers("page-views", PAGE_VIEWS_MESSAGE_JSON)
    broker.call(lambda kafka: kafka.consume_page_views(reject, limit=1, concurrency=1))
    broker.settled_as(
        "consume_page_views",
        "dead_lettered",
        address="page-views",
        dead_letter="page-views.dead-letter",
        body=PAGE_VIEWS_MESSAGE_JSON,
        reason="rejected: the order is closed",
    )


def test_consume_page_views_gives_unreadable_bytes_to_the_dead_letters(broker: ScriptedBroker) -> None:
    broker.delivers("page-views", b"{not JSON")
    broker.call(lambda kafka: kafka.consume_page_views(pytest.fail, limit=1, concurrency=1))
    broker.settled_as(
        "consume_page_views", "dead_lettered", dead_letter="page-views.dead-letter", body=b"{not JSON"
    )
    assert "unreadable" in broker.script.calls[-1]["reason"]


@pytest.mark.parametrize(
    "call",
    [
        lambda kafka: kafka.publish_orders_events(ORDERS_EVENTS_MESSAGE),
        lambda kafka: kafka.publish_orders_events_batch([ORDERS_EVENTS_MESSAGE]),
        lambda kafka: kafka.publish_page_views(PAGE_VIEWS_MESSAGE),
        lambda kafka: kafka.publish_page_views_batch([PAGE_VIEWS_MESSAGE]),
    ],
)
def test_a_publish_is_repeated_while_the_broker_is_away_and_then_fails(
    broker: ScriptedBroker, call: Callable[[Any], Any]
) -> None:
    broker.call(lambda kafka: kafka.declare())
    broker.fails(ConnectionFailedError("away"), times=ATTEMPTS - 1)
    broker.call(call)
    for error in (ConnectionFailedError, RequestTimeoutError):
        broker.fails(error("nothing was confirmed"), times=ATTEMPTS)
        with pytest.raises(error) as raised:
            broker.call(call)
        assert raised.value.attempts == ATTEMPTS
        assert raised.value.service == "Kafka"
    broker.forget()


def test_a_batch_repeats_what_the_broker_refused_alone_and_tells_what_failed(broker: ScriptedBroker) -> None:
    broker.call(lambda kafka: kafka.declare())
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.call(lambda kafka: kafka.publish_orders_events_batch([ORDERS_EVENTS_MESSAGE] * 3))
    broker.published("publish_orders_events", "orders.events", ORDERS_EVENTS_MESSAGE_JSON, key="order-1")
    broker.fails(PartlyPublishedError("refused", failed=[0, 2]))
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.fails(PartlyPublishedError("refused", failed=[0]), times=ATTEMPTS - 2)
    with pytest.raises(PartlyPublishedError) as raised:
        broker.call(lambda kafka: kafka.publish_orders_events_batch([ORDERS_EVENTS_MESSAGE] * 3))
    assert raised.value.failed == (2,)


# Every consumer: its channel, a message, how it is called, its attempts and the seconds between them.
CONSUMERS: dict[str, tuple[str, Any, Callable[[Any, Callable[[Any], object]], Any], list[float]]] = {
    "consume_orders_events": (
        "orders.events",
        ORDERS_EVENTS_MESSAGE_JSON,
        lambda queue, handler: queue.consume_orders_events(handler, limit=1, concurrency=1),
        [5, 10, 20, 40],
    ),
    "consume_page_views": (
        "page-views",
        PAGE_VIEWS_MESSAGE_JSON,
        lambda queue, handler: queue.consume_page_views(handler, limit=1, concurrency=1),
        [10, 20, 40, 80],
    ),
}


@pytest.mark.parametrize("operation", CONSUMERS)
def test_a_message_whose_handler_fails_comes_again_later_and_is_then_a_dead_letter(
    broker: ScriptedBroker, operation: str
) -> None:
    channel, body, consume, delays = CONSUMERS[operation]
    attempts: list[int] = []

    def fail(message: object) -> None:
        delivery = current_delivery()
        assert delivery is not None
        attempts.append(delivery.attempt)
        raise ZeroDivisionError("no")

    broker.delivers(channel, body)
    found = broker.call(lambda queue: consume(queue, fail))
    assert attempts == list(range(1, len(delays) + 2))
    assert sum(broker.clock.slept) == pytest.approx(sum(delays))
    assert (found.retried, found.dead_lettered, found.processed) == (len(delays), 1, 0)
    assert (
        broker.script.calls[-1]["reason"]
        == f"{len(attempts)} attempts used up, the last with ZeroDivisionError: no"
    )
    broker.forget()


@pytest.mark.parametrize("operation", CONSUMERS)
def test_a_consumer_subscribes_again_when_its_connection_is_gone(
    broker: ScriptedBroker, operation: str
) -> None:
    channel, body, consume, _ = CONSUMERS[operation]
    broker.delivers(channel, body)

    def lose_the_connection(message: object) -> None:
        if broker.connections == 1:
            broker.drop()

    found = broker.call(lambda queue: consume(queue, lose_the_connection))
    assert (found.processed, broker.connections) == (1, 2)
    broker.settled_as(operation, "processed", body=body)


@pytest.mark.parametrize("adapter", [KafkaAdapter, AsyncKafkaAdapter])
def test_a_missing_secret_is_named(adapter: type[KafkaAdapter | AsyncKafkaAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match="KAFKA_URL"):
        adapter.from_config(secrets=nothing, environ={})


@pytest.mark.parametrize("environment", [None])
def test_an_environment_is_ready_to_use(environment: str | None) -> None:
    with ScriptedBroker.running(
        KafkaAdapter, AsyncKafkaAdapter, "sync", secrets=SECRETS, environment=environment
    ) as broker:
        broker.call(lambda kafka: kafka.healthcheck())
        broker.call(lambda kafka: kafka.declare())
        assert len(broker.declared) == 2


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "Kafka",
        "connection_string": "${KAFKA_URL}",
        "publish_timeout": 10,
        "connect_timeout": 10,
        "drain_timeout": 25,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {},
    }


@pytest.mark.parametrize("form", ["sync", "async"])
def test_a_variable_wins_over_the_configuration(form: Form) -> None:
    environ = {"KAFKA_ADDRESS_PREFIX": "t1-"}
    with ScriptedBroker.running(
        KafkaAdapter, AsyncKafkaAdapter, form, secrets=SECRETS, environ=environ
    ) as broker:
        broker.call(lambda kafka: kafka.declare())
        assert broker.declared == ["t1-orders.events", "t1-page-views"]


@pytest.mark.parametrize(
    "example",
    [
        examples.ask_the_broker,
        examples.publish_orders_events,
        examples.consume_orders_events,
        examples.publish_page_views,
        examples.consume_page_views,
    ],
)
def test_the_example_runs(example: Callable[[KafkaAdapter], None]) -> None:
    with ScriptedBroker.running(KafkaAdapter, AsyncKafkaAdapter, "sync", secrets=SECRETS) as broker:
        broker.call(example)
        broker.forget()
