"""Every reason code of MQTT, and every exception class of paho, has its place in our tree."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt import MQTTException
from paho.mqtt.exception import MalformedPacket
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from integrations.runtime import (
    SYSTEM_CLOCK,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeoutError,
    Secret,
    UnavailableError,
)
from integrations.runtime._queues import mqtt
from integrations.runtime._queues.messages import Route
from integrations.runtime._queues.mqtt_errors import refused, translate
from integrations.runtime._queues.mqtt_messages import places, retry_of, retry_topic
from integrations.runtime._queues.settings import QueueSettings


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MQTTException("x"), InvalidArgumentError),
        (MalformedPacket("x"), InvalidArgumentError),
        (paho.WebsocketConnectionError("x"), ConnectionFailedError),
        (ssl.SSLCertVerificationError("x"), ConfigurationError),
        (TimeoutError(), RequestTimeoutError),
        (ConnectionRefusedError("x"), ConnectionFailedError),
    ],
)
def test_every_exception_of_paho_is_in_the_tree(error: Exception, expected: type[Exception]) -> None:
    assert type(translate(error)) is expected


def test_what_is_not_paho_s_passes() -> None:
    assert translate(KeyError("x")) is None


EXPECTED: Mapping[int, Mapping[int, type[Exception]]] = {
    PacketTypes.CONNACK: {
        0x80: UnavailableError,
        0x81: ConnectionFailedError,
        0x82: ConnectionFailedError,
        0x83: UnavailableError,
        0x84: ConfigurationError,
        0x85: InvalidRequestError,
        0x86: AuthenticationError,
        0x87: AuthenticationError,
        0x88: UnavailableError,
        0x89: UnavailableError,
        0x8A: PermissionDeniedError,
        0x8C: AuthenticationError,
        0x90: InvalidRequestError,
        0x95: InvalidRequestError,
        0x97: RateLimitedError,
        0x9A: InvalidRequestError,
        0x9B: InvalidRequestError,
        0x9C: UnavailableError,
        0x9D: UnavailableError,
        0x9F: RateLimitedError,
    },
    PacketTypes.PUBACK: {
        0x10: NotFoundError,
        0x80: UnavailableError,
        0x83: UnavailableError,
        0x87: PermissionDeniedError,
        0x90: InvalidRequestError,
        0x91: ConflictError,
        0x97: RateLimitedError,
        0x99: InvalidRequestError,
    },
    PacketTypes.SUBACK: {
        0x87: PermissionDeniedError,
        0x8F: InvalidRequestError,
        0x9E: InvalidRequestError,
        0xA1: InvalidRequestError,
        0xA2: InvalidRequestError,
    },
    PacketTypes.DISCONNECT: {
        0x8B: ConnectionFailedError,
        0x8D: ConnectionFailedError,
        0x8E: ConflictError,
        0x93: ConnectionFailedError,
        0x96: RateLimitedError,
    },
}


@pytest.mark.parametrize(
    ("packet", "code", "expected"),
    [(packet, code, kind) for packet, kinds in EXPECTED.items() for code, kind in kinds.items()],
)
def test_what_the_broker_says_decides_by_its_code(packet: int, code: int, expected: type[Exception]) -> None:
    connecting = packet == PacketTypes.CONNACK
    found = refused(ReasonCode(packet, identifier=code), connecting=connecting)
    assert type(found) is expected
    assert found.undone is connecting


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("amqp://broker", {}),
        ("mqtt://", {}),
        ("mqtt://broker:port", {}),
        ("mqtt://broker", {"options": {"keepalive": "often"}}),
        ("mqtt://broker", {"options": {"version": "4"}}),
    ],
)
def test_a_connection_string_that_cannot_be_used_is_refused_at_once(
    url: str, settings: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError):
        mqtt.connect(QueueSettings(service="MQTT", **settings), Secret(url), SYSTEM_CLOCK)


def test_user_and_password_may_hold_any_character_and_are_not_shown() -> None:
    found = mqtt.place(QueueSettings(service="MQTT"), Secret("mqtts://a%40b:p%2Fw@host"))
    assert (found.username, found.password, found.port) == ("a@b", "p/w", 8883)
    assert found.tls is not None
    assert "p/w" not in repr(found)


def test_a_retry_s_topic_carries_attempt_and_delay_and_survives_nonsense() -> None:
    where = places(Route("c", "orders/+/new", "dead", group="a/b"), {}, "", "MQTT")
    topic = retry_topic(where, 3, 1.5)
    assert topic == "orders/_/new/retry/a_b/3/1500"
    assert retry_of(topic) == (3, 1.5)
    assert retry_of("orders/retry/g/x/-1") == (1, 0.0)
    assert retry_of("orders/retry/g/٣/99999999999999999999") == (1, 0.0)
