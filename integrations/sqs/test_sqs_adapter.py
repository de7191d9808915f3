# Generated from integrations.yaml, entry "sqs"; see sqs_adapter.py for how to change it.
"""Amazon SQS without a network: every channel against a broker in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.runtime import ConnectionFailedError, RequestTimeoutError
from integrations.runtime.queues import PartlyPublishedError, RejectMessage, current_delivery
from integrations.runtime.testing import Form, ScriptedBroker
from integrations.sqs import AmazonSQSAdapter, Payments, ResizeImage, examples

SECRETS: dict[str, str] = {}
ATTEMPTS = 3  # of a publish, while the broker is away

PAYMENTS_MESSAGE = Payments(account="ada", amount=1250, currency="eur", payment_id="payment-1")
PAYMENTS_MESSAGE_JSON: Any = {"account": "ada", "amount": 1250, "currency": "eur", "payment_id": "payment-1"}
RESIZE_IMAGE_MESSAGE = ResizeImage(bucket="hello-world", path="docs/readme.md", width=42, height=42)
RESIZE_IMAGE_MESSAGE_JSON: Any = {
    "bucket": "hello-world",
    "height": 42,
    "path": "docs/readme.md",
    "width": 42,
}


@pytest.fixture(params=["sync"])
def broker(request: pytest.FixtureRequest) -> Iterator[ScriptedBroker]:
    with ScriptedBroker.running(AmazonSQSAdapter, None, request.param, secrets=SECRETS) as running:
        yield running


def test_publish_payments(broker: ScriptedBroker) -> None:
    assert broker.call(lambda sqs: sqs.publish_payments(PAYMENTS_MESSAGE))
    broker.published("publish_payments", "payments.fifo", PAYMENTS_MESSAGE_JSON, key="ada")


def test_publish_payments_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        lambda sqs: sqs.publish_payments(
            PAYMENTS_MESSAGE, key="another-key", headers={"x-tenant": "acme"}, message_id="m-7", timeout=2.5
        )
    )
    broker.published(
        "publish_payments",
        "payments.fifo",
        PAYMENTS_MESSAGE_JSON,
        key="another-key",
        headers={"x-tenant": "acme"},
    )
    assert found == "m-7"


def test_publish_payments_batch_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call(lambda sqs: sqs.publish_payments_batch([PAYMENTS_MESSAGE] * 3))
    for _ in range(3):
        broker.published("publish_payments", "payments.fifo", PAYMENTS_MESSAGE_JSON, key="ada")
    assert len(set(found)) == 3


def test_publish_resize_image(broker: ScriptedBroker) -> None:
    assert broker.call(lambda sqs: sqs.publish_resize_image(RESIZE_IMAGE_MESSAGE))
    broker.published("publish_resize_image", "resize-image", RESIZE_IMAGE_MESSAGE_JSON)


def test_publish_resize_image_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        lambda sqs: sqs.publish_resize_image(
            RESIZE_IMAGE_MESSAGE,
            key="another-key",
            delay=7.5,
            headers={"x-tenant": "acme"},
            message_id="m-7",
            timeout=2.5,
        )
    )
    broker.published(
        "publish_resize_image",
        "resize-image",
        RESIZE_IMAGE_MESSAGE_JSON,
        key="another-key",
        headers={"x-tenant": "acme"},
        delay=7.5,
    )
    assert found == "m-7"


def test_publish_resize_image_batch_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call(lambda sqs: sqs.publish_resize_image_batch([RESIZE_IMAGE_MESSAGE] * 3))
    for _ in range(3):
        broker.published("publish_resize_image", "resize-image", RESIZE_IMAGE_MESSAGE_JSON)
    assert len(set(found)) == 3


def test_consume_payments(broker: ScriptedBroker) -> None:
    broker.delivers("payments", PAYMENTS_MESSAGE_JSON)
    seen: list[Any] = []
    found = broker.call(lambda sqs: sqs.consume_payments(seen.append, limit=1, concurrency=1))
    broker.settled_as("consume_payments", "processed", address="payments.fifo", body=PAYMENTS_MESSAGE_JSON)
    assert seen == [PAYMENTS_MESSAGE]
    assert (found.processed, found.stopped_by) == (1, "limit")


def test_consume_payments_gives_a_rejected_message_to_the_dead_letters(broker: ScriptedBroker) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    broker.delivers("payments", PAYMENTS_MESSAGE_JSON)
    broker.call(lambda sqs: sqs.consume_payments(reject, limit=1, concurrency=1))
    broker.settled_as(
        "consume_payments",
        "dead_lettered",
        address="payments.fifo",
        dead_letter="payments-dead-letter.fifo",
        body=PAYMENTS_MESSAGE_JSON,
        reason="rejected: the order is closed",
    )


def test_consume_payments_gives_unreadable_bytes_to_the_dead_letters(broker: ScriptedBroker) -> None:
    broker.delivers("payments", b"{not JSON")
    broker.call(lambda sqs: sqs.consume_payments(pytest.fail, limit=1, concurrency=1))
    broker.settled_as(
        "consume_payments", "dead_lettered", dead_letter="payments-dead-letter.fifo", body=b"{not JSON"
    )
    assert "unreadable" in broker.script.calls[-1]["reason"]


def test_consume_resize_image(broker: ScriptedBroker) -> None:
    broker.delivers("resize-image", RESIZE_IMAGE_MESSAGE_JSON)
    seen: list[Any] = []
    found = broker.call(lambda sqs: sqs.consume_resize_image(seen.append, limit=1, concurrency=1))
    broker.settled_as(
        "consume_resize_image", "processed", address="resize-image", body=RESIZE_IMAGE_MESSAGE_JSON
    )
    assert seen == [RESIZE_IMAGE_MESSAGE]
    assert (found.processed, found.stopped_by) == (1, "limit")


def test_consume_resize_image_gives_a_rejected_message_to_the_dead_letters(broker: ScriptedBroker) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    broker.delivers("resize-image", RESIZE_IMAGE_MESSAGE_JSON)
    broker.call(lambda sqs: sqs.consume_resize_image(reject, limit=1, concurrency=1))
    broker.settled_as(
        "consume_resize_image",
        "dead_lettered",
        address="resize-image",
        dead_letter="resize-image-dead-letter",
        body=RESIZE_IMAGE_MESSAGE_JSON,
        reason="rejected: the order is closed",
    )


def test_consume_resize_image_gives_unreadable_bytes_to_the_dead_letters(broker: ScriptedBroker) -> None:
    broker.delivers("resize-image", b"{not JSON")
    broker.call(lambda sqs: sqs.consume_resize_image(pytest.fail, limit=1, concurrency=1))
    broker.settled_as(
        "consume_resize_image", "dead_lettered", dead_letter="resize-image-dead-letter", body=b"{not JSON"
    )
    assert "unreadable" in broker.script.calls[-1]["reason"]


@pytest.mark.parametrize(
    "call",
    [
        lambda sqs: sqs.publish_payments(PAYMENTS_MESSAGE),
        lambda sqs: sqs.publish_payments_batch([PAYMENTS_MESSAGE]),
        lambda sqs: sqs.publish_resize_image(RESIZE_IMAGE_MESSAGE),
        lambda sqs: sqs.publish_resize_image_batch([RESIZE_IMAGE_MESSAGE]),
    ],
)
def test_a_publish_is_repeated_while_the_broker_is_away_and_then_fails(
    broker: ScriptedBroker, call: Callable[[Any], Any]
) -> None:
    broker.call(lambda sqs: sqs.declare())
    broker.fails(ConnectionFailedError("away"), times=ATTEMPTS - 1)
    broker.call(call)
    for error in (ConnectionFailedError, RequestTimeoutError):
        broker.fails(error("nothing was confirmed"), times=ATTEMPTS)
        with pytest.raises(error) as raised:
            broker.call(call)
        assert raised.value.attempts == ATTEMPTS
        assert raised.value.service == "Amazon SQS"
    broker.forget()


def test_a_batch_repeats_what_the_broker_refused_alone_and_tells_what_failed(broker: ScriptedBroker) -> None:
    broker.call(lambda sqs: sqs.declare())
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.call(lambda sqs: sqs.publish_payments_batch([PAYMENTS_MESSAGE] * 3))
    broker.published("publish_payments", "payments.fifo", PAYMENTS_MESSAGE_JSON, key="ada")
    broker.fails(PartlyPublishedError("refused", failed=[0, 2]))
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.fails(PartlyPublishedError("refused", failed=[0]), times=ATTEMPTS - 2)
    with pytest.raises(PartlyPublishedError) as raised:
        broker.call(lambda sqs: sqs.publish_payments_batch([PAYMENTS_MESSAGE] * 3))
    assert raised.value.failed == (2,)


# Every consumer: its channel, a message, how it is called, its attempts and the seconds between them.
CONSUMERS: dict[str, tuple[str, Any, Callable[[Any, Callable[[Any], object]], Any], list[float]]] = {
    "consume_payments": (
        "payments",
        PAYMENTS_MESSAGE_JSON,
        lambda queue, handler: queue.consume_payments(handler, limit=1, concurrency=1),
        [5, 10, 20, 40],
    ),
    "consume_resize_image": (
        "resize-image",
        RESIZE_IMAGE_MESSAGE_JSON,
        lambda queue, handler: queue.consume_resize_image(handler, limit=1, concurrency=1),
        [20, 40],
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


@pytest.mark.parametrize("environment", [None, "development"])
def test_an_environment_is_ready_to_use(environment: str | None) -> None:
    with ScriptedBroker.running(
        AmazonSQSAdapter, None, "sync", secrets=SECRETS, environment=environment
    ) as broker:
        broker.call(lambda sqs: sqs.healthcheck())
        broker.call(lambda sqs: sqs.declare())
        assert len(broker.declared) == 2


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "Amazon SQS",
        "connection_string": "sqs://eu-central-1",
        "publish_timeout": 10,
        "connect_timeout": 10,
        "drain_timeout": 25,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {"development": {"connection_string": "http://127.0.0.1:9324"}},
    }


@pytest.mark.parametrize("form", ["sync"])
def test_a_variable_wins_over_the_configuration(form: Form) -> None:
    environ = {"SQS_ADDRESS_PREFIX": "t1-"}
    with ScriptedBroker.running(AmazonSQSAdapter, None, form, secrets=SECRETS, environ=environ) as broker:
        broker.call(lambda sqs: sqs.declare())
        assert broker.declared == ["t1-payments.fifo", "t1-resize-image"]


@pytest.mark.parametrize(
    "example",
    [
        examples.ask_the_broker,
        examples.publish_payments,
        examples.consume_payments,
        examples.publish_resize_image,
        examples.consume_resize_image,
    ],
)
def test_the_example_runs(example: Callable[[AmazonSQSAdapter], None]) -> None:
    with ScriptedBroker.running(AmazonSQSAdapter, None, "sync", secrets=SECRETS) as broker:
        broker.call(example)
        broker.forget()
