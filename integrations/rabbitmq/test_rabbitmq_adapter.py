# Generated from integrations.yaml, entry "rabbitmq"; see rabbitmq_adapter.py for how to change it.
"""RabbitMQ without a network: every channel against a broker in memory, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.rabbitmq import (
    AsyncRabbitMQAdapter,
    Order,
    OrderChanged,
    OrderLine,
    RabbitMQAdapter,
    RenderInvoice,
    examples,
)
from integrations.runtime import ConnectionFailedError, MissingSecretError, RequestTimeoutError, SecretManager
from integrations.runtime.queues import PartlyPublishedError, RejectMessage, current_delivery
from integrations.runtime.testing import Form, ScriptedBroker

SECRETS = {"AMQP_URL": "secret-of-amqp-url"}
ATTEMPTS = 3  # of a publish, while the broker is away

AUDIT_TRAIL_MESSAGE = OrderChanged(
    actor="actor-1", order_id="order-1", changed_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
)
AUDIT_TRAIL_MESSAGE_JSON: Any = {
    "actor": "actor-1",
    "changed_at": "2026-01-02T03:04:05Z",
    "order_id": "order-1",
}
ORDER_CREATED_MESSAGE = Order(
    id="id-1",
    currency="EUR",
    customer_id="customer-1",
    lines=[OrderLine(price=12.5, quantity=42, sku="sku-1")],
    total=1250,
    note="A short text.",
    created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
)
ORDER_CREATED_MESSAGE_JSON: Any = {
    "created_at": "2026-01-02T03:04:05Z",
    "currency": "EUR",
    "customer_id": "customer-1",
    "id": "id-1",
    "lines": [{"price": 12.5, "quantity": 42, "sku": "sku-1"}],
    "note": "A short text.",
    "total": 1250,
}
RENDER_INVOICE_MESSAGE = RenderInvoice(order_id="order-1", language="de")
RENDER_INVOICE_MESSAGE_JSON: Any = {"language": "de", "order_id": "order-1"}


@pytest.fixture(params=["sync", "async"])
def broker(request: pytest.FixtureRequest) -> Iterator[ScriptedBroker]:
    with ScriptedBroker.running(
        RabbitMQAdapter, AsyncRabbitMQAdapter, request.param, secrets=SECRETS
    ) as running:
        yield running


def test_publish_audit_trail(broker: ScriptedBroker) -> None:
    assert broker.call(lambda rabbitmq: rabbitmq.publish_audit_trail(AUDIT_TRAIL_MESSAGE))
    broker.published("publish_audit_trail", "audit-trail", AUDIT_TRAIL_MESSAGE_JSON)


def test_publish_audit_trail_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        lambda rabbitmq: rabbitmq.publish_audit_trail(
            AUDIT_TRAIL_MESSAGE,
            key="another-key",
            delay=7.5,
            headers={"x-tenant": "acme"},
            message_id="m-7",
            timeout=2.5,
        )
    )
    broker.published(
        "publish_audit_trail",
        "audit-trail",
        AUDIT_TRAIL_MESSAGE_JSON,
        key="another-key",
        headers={"x-tenant": "acme"},
        delay=7.5,
    )
    assert found == "m-7"


def test_publish_audit_trail_batch_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call(lambda rabbitmq: rabbitmq.publish_audit_trail_batch([AUDIT_TRAIL_MESSAGE] * 3))
    for _ in range(3):
        broker.published("publish_audit_trail", "audit-trail", AUDIT_TRAIL_MESSAGE_JSON)
    assert len(set(found)) == 3


def test_publish_order_created(broker: ScriptedBroker) -> None:
    assert broker.call(lambda rabbitmq: rabbitmq.publish_order_created(ORDER_CREATED_MESSAGE))
    broker.published("publish_order_created", "order-created", ORDER_CREATED_MESSAGE_JSON, key="customer-1")


def test_publish_order_created_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        lambda rabbitmq: rabbitmq.publish_order_created(
            ORDER_CREATED_MESSAGE,
            key="another-key",
            delay=7.5,
            headers={"x-tenant": "acme"},
            message_id="m-7",
            timeout=2.5,
        )
    )
    broker.published(
        "publish_order_created",
        "order-created",
        ORDER_CREATED_MESSAGE_JSON,
        key="another-key",
        headers={"x-tenant": "acme"},
        delay=7.5,
    )
    assert found == "m-7"


def test_publish_order_created_batch_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call(lambda rabbitmq: rabbitmq.publish_order_created_batch([ORDER_CREATED_MESSAGE] * 3))
    for _ in range(3):
        broker.published(
            "publish_order_created", "order-created", ORDER_CREATED_MESSAGE_JSON, key="customer-1"
        )
    assert len(set(found)) == 3


def test_publish_render_invoice(broker: ScriptedBroker) -> None:
    assert broker.call(lambda rabbitmq: rabbitmq.publish_render_invoice(RENDER_INVOICE_MESSAGE))
    broker.published("publish_render_invoice", "render-invoice", RENDER_INVOICE_MESSAGE_JSON)


def test_publish_render_invoice_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        lambda rabbitmq: rabbitmq.publish_render_invoice(
            RENDER_INVOICE_MESSAGE,
            key="another-key",
            delay=7.5,
            headers={"x-tenant": "acme"},
            message_id="m-7",
            timeout=2.5,
        )
    )
    broker.published(
        "publish_render_invoice",
        "render-invoice",
        RENDER_INVOICE_MESSAGE_JSON,
        key="another-key",
        headers={"x-tenant": "acme"},
        delay=7.5,
    )
    assert found == "m-7"


def test_publish_render_invoice_batch_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call(lambda rabbitmq: rabbitmq.publish_render_invoice_batch([RENDER_INVOICE_MESSAGE] * 3))
    for _ in range(3):
        broker.published("publish_render_invoice", "render-invoice", RENDER_INVOICE_MESSAGE_JSON)
    assert len(set(found)) == 3


def test_consume_order_created(broker: ScriptedBroker) -> None:
    broker.delivers("orderCreated", ORDER_CREATED_MESSAGE_JSON)
    seen: list[Any] = []
    found = broker.call(lambda rabbitmq: rabbitmq.consume_order_created(seen.append, limit=1, concurrency=1))
    broker.settled_as(
        "consume_order_created", "processed", address="order-created", body=ORDER_CREATED_MESSAGE_JSON
    )
    assert seen == [ORDER_CREATED_MESSAGE]
    assert (found.processed, found.stopped_by) == (1, "limit")


def test_consume_order_created_gives_a_rejected_message_to_the_dead_letters(broker: ScriptedBroker) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    broker.delivers("orderCreated", ORDER_CREATED_MESSAGE_JSON)
    broker.call(lambda rabbitmq: rabbitmq.consume_order_created(reject, limit=1, concurrency=1))
    broker.settled_as(
        "consume_order_created",
        "dead_lettered",
        address="order-created",
        dead_letter="order-created.dead-letter",
        body=ORDER_CREATED_MESSAGE_JSON,
        reason="rejected: the order is closed",
    )


def test_consume_order_created_gives_unreadable_bytes_to_the_dead_letters(broker: ScriptedBroker) -> None:
    broker.delivers("orderCreated", b"{not JSON")
    broker.call(lambda rabbitmq: rabbitmq.consume_order_created(pytest.fail, limit=1, concurrency=1))
    broker.settled_as(
        "consume_order_created", "dead_lettered", dead_letter="order-created.dead-letter", body=b"{not JSON"
    )
    assert "unreadable" in broker.script.calls[-1]["reason"]


def test_consume_render_invoice(broker: ScriptedBroker) -> None:
    broker.delivers("renderInvoice", RENDER_INVOICE_MESSAGE_JSON)
    seen: list[Any] = []
    found = broker.call(lambda rabbitmq: rabbitmq.consume_render_invoice(seen.append, limit=1, concurrency=1))
    broker.settled_as(
        "consume_render_invoice", "processed", address="render-invoice", body=RENDER_INVOICE_MESSAGE_JSON
    )
    assert seen == [RENDER_INVOICE_MESSAGE]
    assert (found.processed, found.stopped_by) == (1, "limit")


def test_consume_render_invoice_gives_a_rejected_message_to_the_dead_letters(broker: ScriptedBroker) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    broker.delivers("renderInvoice", RENDER_INVOICE_MESSAGE_JSON)
    broker.call(lambda rabbitmq: rabbitmq.consume_render_invoice(reject, limit=1, concurrency=1))
    broker.settled_as(
        "consume_render_invoice",
        "dead_lettered",
        address="render-invoice",
        dead_letter="render-invoice.failed",
        body=RENDER_INVOICE_MESSAGE_JSON,
        reason="rejected: the order is closed",
    )


def test_consume_render_invoice_gives_unreadable_bytes_to_the_dead_letters(broker: ScriptedBroker) -> None:
    broker.delivers("renderInvoice", b"{not JSON")
    broker.call(lambda rabbitmq: rabbitmq.consume_render_invoice(pytest.fail, limit=1, concurrency=1))
    broker.settled_as(
        "consume_render_invoice", "dead_lettered", dead_letter="render-invoice.failed", body=b"{not JSON"
    )
    assert "unreadable" in broker.script.calls[-1]["reason"]


@pytest.mark.parametrize(
    "call",
    [
        lambda rabbitmq: rabbitmq.publish_audit_trail(AUDIT_TRAIL_MESSAGE),
        lambda rabbitmq: rabbitmq.publish_audit_trail_batch([AUDIT_TRAIL_MESSAGE]),
        lambda rabbitmq: rabbitmq.publish_order_created(ORDER_CREATED_MESSAGE),
        lambda rabbitmq: rabbitmq.publish_order_created_batch([ORDER_CREATED_MESSAGE]),
        lambda rabbitmq: rabbitmq.publish_render_invoice(RENDER_INVOICE_MESSAGE),
        lambda rabbitmq: rabbitmq.publish_render_invoice_batch([RENDER_INVOICE_MESSAGE]),
    ],
)
def test_a_publish_is_repeated_while_the_broker_is_away_and_then_fails(
    broker: ScriptedBroker, call: Callable[[Any], Any]
) -> None:
    broker.call(lambda rabbitmq: rabbitmq.declare())
    broker.fails(ConnectionFailedError("away"), times=ATTEMPTS - 1)
    broker.call(call)
    for error in (ConnectionFailedError, RequestTimeoutError):
        broker.fails(error("nothing was confirmed"), times=ATTEMPTS)
        with pytest.raises(error) as raised:
            broker.call(call)
        assert raised.value.attempts == ATTEMPTS
        assert raised.value.service == "RabbitMQ"
    broker.forget()


def test_a_batch_repeats_what_the_broker_refused_alone_and_tells_what_failed(broker: ScriptedBroker) -> None:
    broker.call(lambda rabbitmq: rabbitmq.declare())
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.call(lambda rabbitmq: rabbitmq.publish_audit_trail_batch([AUDIT_TRAIL_MESSAGE] * 3))
    broker.published("publish_audit_trail", "audit-trail", AUDIT_TRAIL_MESSAGE_JSON)
    broker.fails(PartlyPublishedError("refused", failed=[0, 2]))
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.fails(PartlyPublishedError("refused", failed=[0]), times=ATTEMPTS - 2)
    with pytest.raises(PartlyPublishedError) as raised:
        broker.call(lambda rabbitmq: rabbitmq.publish_audit_trail_batch([AUDIT_TRAIL_MESSAGE] * 3))
    assert raised.value.failed == (2,)


# Every consumer: its channel, a message, how it is called, its attempts and the seconds between them.
CONSUMERS: dict[str, tuple[str, Any, Callable[[Any, Callable[[Any], object]], Any], list[float]]] = {
    "consume_order_created": (
        "orderCreated",
        ORDER_CREATED_MESSAGE_JSON,
        lambda queue, handler: queue.consume_order_created(handler, limit=1, concurrency=1),
        [10, 20, 40, 80],
    ),
    "consume_render_invoice": (
        "renderInvoice",
        RENDER_INVOICE_MESSAGE_JSON,
        lambda queue, handler: queue.consume_render_invoice(handler, limit=1, concurrency=1),
        [30, 60],
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


@pytest.mark.parametrize("adapter", [RabbitMQAdapter, AsyncRabbitMQAdapter])
def test_a_missing_secret_is_named(adapter: type[RabbitMQAdapter | AsyncRabbitMQAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match="AMQP_URL"):
        adapter.from_config(secrets=nothing, environ={})


@pytest.mark.parametrize("environment", [None])
def test_an_environment_is_ready_to_use(environment: str | None) -> None:
    with ScriptedBroker.running(
        RabbitMQAdapter, AsyncRabbitMQAdapter, "sync", secrets=SECRETS, environment=environment
    ) as broker:
        broker.call(lambda rabbitmq: rabbitmq.healthcheck())
        broker.call(lambda rabbitmq: rabbitmq.declare())
        assert len(broker.declared) == 3


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "RabbitMQ",
        "connection_string": "${AMQP_URL}",
        "publish_timeout": 10,
        "connect_timeout": 10,
        "drain_timeout": 25,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {},
    }


@pytest.mark.parametrize("form", ["sync", "async"])
def test_a_variable_wins_over_the_configuration(form: Form) -> None:
    environ = {"RABBITMQ_ADDRESS_PREFIX": "t1-"}
    with ScriptedBroker.running(
        RabbitMQAdapter, AsyncRabbitMQAdapter, form, secrets=SECRETS, environ=environ
    ) as broker:
        broker.call(lambda rabbitmq: rabbitmq.declare())
        assert broker.declared == ["t1-audit-trail", "t1-order-created", "t1-render-invoice"]


@pytest.mark.parametrize(
    "example",
    [
        examples.ask_the_broker,
        examples.publish_audit_trail,
        examples.publish_order_created,
        examples.consume_order_created,
        examples.publish_render_invoice,
        examples.consume_render_invoice,
    ],
)
def test_the_example_runs(example: Callable[[RabbitMQAdapter], None]) -> None:
    with ScriptedBroker.running(RabbitMQAdapter, AsyncRabbitMQAdapter, "sync", secrets=SECRETS) as broker:
        broker.call(example)
        broker.forget()
