# Generated from integrations.yaml, entry "mqtt"; see mqtt_adapter.py for how to change it.
"""MQTT without a network: every channel against a broker in memory, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.mqtt import AsyncMQTTAdapter, Command, MQTTAdapter, Reading, examples
from integrations.runtime import ConnectionFailedError, MissingSecretError, RequestTimeoutError, SecretManager
from integrations.runtime.queues import PartlyPublishedError, RejectMessage, current_delivery
from integrations.runtime.testing import Form, ScriptedBroker

SECRETS = {"MQTT_PASSWORD": "secret-of-mqtt-password"}
ATTEMPTS = 3  # of a publish, while the broker is away

COMMAND_MESSAGE = Command(action="open", device="device-1")
COMMAND_MESSAGE_JSON: Any = {"action": "open", "device": "device-1"}
READING_MESSAGE = Reading(
    at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), celsius=12.5, sensor="sensor-1", humidity=12.5
)
READING_MESSAGE_JSON: Any = {
    "at": "2026-01-02T03:04:05Z",
    "celsius": 12.5,
    "humidity": 12.5,
    "sensor": "sensor-1",
}


@pytest.fixture(params=["sync", "async"])
def broker(request: pytest.FixtureRequest) -> Iterator[ScriptedBroker]:
    with ScriptedBroker.running(MQTTAdapter, AsyncMQTTAdapter, request.param, secrets=SECRETS) as running:
        yield running


def test_publish_command(broker: ScriptedBroker) -> None:
    assert broker.call(lambda mqtt: mqtt.publish_command(COMMAND_MESSAGE))
    broker.published("publish_command", "plant/commands", COMMAND_MESSAGE_JSON, key="device-1")


def test_publish_command_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        lambda mqtt: mqtt.publish_command(
            COMMAND_MESSAGE, key="another-key", headers={"x-tenant": "acme"}, message_id="m-7", timeout=2.5
        )
    )
    broker.published(
        "publish_command",
        "plant/commands",
        COMMAND_MESSAGE_JSON,
        key="another-key",
        headers={"x-tenant": "acme"},
    )
    assert found == "m-7"


def test_publish_command_batch_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call(lambda mqtt: mqtt.publish_command_batch([COMMAND_MESSAGE] * 3))
    for _ in range(3):
        broker.published("publish_command", "plant/commands", COMMAND_MESSAGE_JSON, key="device-1")
    assert len(set(found)) == 3


def test_publish_reading(broker: ScriptedBroker) -> None:
    assert broker.call(lambda mqtt: mqtt.publish_reading(READING_MESSAGE))
    broker.published("publish_reading", "plant/readings", READING_MESSAGE_JSON, key="sensor-1")


def test_publish_reading_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        lambda mqtt: mqtt.publish_reading(
            READING_MESSAGE, key="another-key", headers={"x-tenant": "acme"}, message_id="m-7", timeout=2.5
        )
    )
    broker.published(
        "publish_reading",
        "plant/readings",
        READING_MESSAGE_JSON,
        key="another-key",
        headers={"x-tenant": "acme"},
    )
    assert found == "m-7"


def test_publish_reading_batch_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call(lambda mqtt: mqtt.publish_reading_batch([READING_MESSAGE] * 3))
    for _ in range(3):
        broker.published("publish_reading", "plant/readings", READING_MESSAGE_JSON, key="sensor-1")
    assert len(set(found)) == 3


def test_consume_command(broker: ScriptedBroker) -> None:
    broker.delivers("command", COMMAND_MESSAGE_JSON)
    seen: list[Any] = []
    found = broker.call(lambda mqtt: mqtt.consume_command(seen.append, limit=1, concurrency=1))
    broker.settled_as("consume_command", "processed", address="plant/commands", body=COMMAND_MESSAGE_JSON)
    assert seen == [COMMAND_MESSAGE]
    assert (found.processed, found.stopped_by) == (1, "limit")


def test_consume_command_gives_a_rejected_message_to_the_dead_letters(broker: ScriptedBroker) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    broker.delivers("command", COMMAND_MESSAGE_JSON)
    broker.call(lambda mqtt: mqtt.consume_command(reject, limit=1, concurrency=1))
    broker.settled_as(
        "consume_command",
        "dead_lettered",
        address="plant/commands",
        dead_letter="plant/commands/dead-letter",
        body=COMMAND_MESSAGE_JSON,
        reason="rejected: the order is closed",
    )


def test_consume_command_gives_unreadable_bytes_to_the_dead_letters(broker: ScriptedBroker) -> None:
    broker.delivers("command", b"{not JSON")
    broker.call(lambda mqtt: mqtt.consume_command(pytest.fail, limit=1, concurrency=1))
    broker.settled_as(
        "consume_command", "dead_lettered", dead_letter="plant/commands/dead-letter", body=b"{not JSON"
    )
    assert "unreadable" in broker.script.calls[-1]["reason"]


def test_consume_reading(broker: ScriptedBroker) -> None:
    broker.delivers("reading", READING_MESSAGE_JSON)
    seen: list[Any] = []
    found = broker.call(lambda mqtt: mqtt.consume_reading(seen.append, limit=1, concurrency=1))
    broker.settled_as("consume_reading", "processed", address="plant/readings", body=READING_MESSAGE_JSON)
    assert seen == [READING_MESSAGE]
    assert (found.processed, found.stopped_by) == (1, "limit")


def test_consume_reading_gives_a_rejected_message_to_the_dead_letters(broker: ScriptedBroker) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    broker.delivers("reading", READING_MESSAGE_JSON)
    broker.call(lambda mqtt: mqtt.consume_reading(reject, limit=1, concurrency=1))
    broker.settled_as(
        "consume_reading",
        "dead_lettered",
        address="plant/readings",
        dead_letter="plant/readings/dead-letter",
        body=READING_MESSAGE_JSON,
        reason="rejected: the order is closed",
    )


def test_consume_reading_gives_unreadable_bytes_to_the_dead_letters(broker: ScriptedBroker) -> None:
    broker.delivers("reading", b"{not JSON")
    broker.call(lambda mqtt: mqtt.consume_reading(pytest.fail, limit=1, concurrency=1))
    broker.settled_as(
        "consume_reading", "dead_lettered", dead_letter="plant/readings/dead-letter", body=b"{not JSON"
    )
    assert "unreadable" in broker.script.calls[-1]["reason"]


@pytest.mark.parametrize(
    "call",
    [
        lambda mqtt: mqtt.publish_command(COMMAND_MESSAGE),
        lambda mqtt: mqtt.publish_command_batch([COMMAND_MESSAGE]),
        lambda mqtt: mqtt.publish_reading(READING_MESSAGE),
        lambda mqtt: mqtt.publish_reading_batch([READING_MESSAGE]),
    ],
)
def test_a_publish_is_repeated_while_the_broker_is_away_and_then_fails(
    broker: ScriptedBroker, call: Callable[[Any], Any]
) -> None:
    broker.call(lambda mqtt: mqtt.declare())
    broker.fails(ConnectionFailedError("away"), times=ATTEMPTS - 1)
    broker.call(call)
    for error in (ConnectionFailedError, RequestTimeoutError):
        broker.fails(error("nothing was confirmed"), times=ATTEMPTS)
        with pytest.raises(error) as raised:
            broker.call(call)
        assert raised.value.attempts == ATTEMPTS
        assert raised.value.service == "MQTT"
    broker.forget()


def test_a_batch_repeats_what_the_broker_refused_alone_and_tells_what_failed(broker: ScriptedBroker) -> None:
    broker.call(lambda mqtt: mqtt.declare())
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.call(lambda mqtt: mqtt.publish_command_batch([COMMAND_MESSAGE] * 3))
    broker.published("publish_command", "plant/commands", COMMAND_MESSAGE_JSON, key="device-1")
    broker.fails(PartlyPublishedError("refused", failed=[0, 2]))
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.fails(PartlyPublishedError("refused", failed=[0]), times=ATTEMPTS - 2)
    with pytest.raises(PartlyPublishedError) as raised:
        broker.call(lambda mqtt: mqtt.publish_command_batch([COMMAND_MESSAGE] * 3))
    assert raised.value.failed == (2,)


# Every consumer: its channel, a message, how it is called, its attempts and the seconds between them.
CONSUMERS: dict[str, tuple[str, Any, Callable[[Any, Callable[[Any], object]], Any], list[float]]] = {
    "consume_command": (
        "command",
        COMMAND_MESSAGE_JSON,
        lambda queue, handler: queue.consume_command(handler, limit=1, concurrency=1),
        [2, 4],
    ),
    "consume_reading": (
        "reading",
        READING_MESSAGE_JSON,
        lambda queue, handler: queue.consume_reading(handler, limit=1, concurrency=1),
        [5, 10],
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


@pytest.mark.parametrize("adapter", [MQTTAdapter, AsyncMQTTAdapter])
def test_a_missing_secret_is_named(adapter: type[MQTTAdapter | AsyncMQTTAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match="MQTT_PASSWORD"):
        adapter.from_config(secrets=nothing, environ={})


@pytest.mark.parametrize("environment", [None])
def test_an_environment_is_ready_to_use(environment: str | None) -> None:
    with ScriptedBroker.running(
        MQTTAdapter, AsyncMQTTAdapter, "sync", secrets=SECRETS, environment=environment
    ) as broker:
        broker.call(lambda mqtt: mqtt.healthcheck())
        broker.call(lambda mqtt: mqtt.declare())
        assert len(broker.declared) == 2


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "MQTT",
        "connection_string": "mqtts://shop:${MQTT_PASSWORD}@broker.example.com:8883",
        "publish_timeout": 10,
        "connect_timeout": 10,
        "drain_timeout": 25,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {},
    }


@pytest.mark.parametrize("form", ["sync", "async"])
def test_a_variable_wins_over_the_configuration(form: Form) -> None:
    environ = {"MQTT_ADDRESS_PREFIX": "t1-"}
    with ScriptedBroker.running(
        MQTTAdapter, AsyncMQTTAdapter, form, secrets=SECRETS, environ=environ
    ) as broker:
        broker.call(lambda mqtt: mqtt.declare())
        assert broker.declared == ["t1-plant/commands", "t1-plant/readings"]


@pytest.mark.parametrize(
    "example",
    [
        examples.ask_the_broker,
        examples.publish_command,
        examples.consume_command,
        examples.publish_reading,
        examples.consume_reading,
    ],
)
def test_the_example_runs(example: Callable[[MQTTAdapter], None]) -> None:
    with ScriptedBroker.running(MQTTAdapter, AsyncMQTTAdapter, "sync", secrets=SECRETS) as broker:
        broker.call(example)
        broker.forget()
