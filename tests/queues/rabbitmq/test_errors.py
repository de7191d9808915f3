"""Every exception class of pika has its place in our tree."""

from __future__ import annotations

import inspect
import ssl
from collections.abc import Mapping
from typing import Any

import pytest
from pika import exceptions as amqp
from pika.adapters.utils import connection_workflow as connecting

from integrations.runtime import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RequestTimeoutError,
    Secret,
    UnavailableError,
)
from integrations.runtime._queues import rabbitmq
from integrations.runtime._queues.rabbitmq_errors import translate
from integrations.runtime._queues.settings import QueueSettings, TlsConfig

SPECIAL: Mapping[type[Exception], type[Exception]] = {
    amqp.AuthenticationError: AuthenticationError,
    amqp.NoFreeChannels: UnavailableError,
    amqp.ConnectionBlockedTimeout: UnavailableError,
    amqp.AMQPHeartbeatTimeout: RequestTimeoutError,
    amqp.DuplicateConsumerTag: ConflictError,
    amqp.UnroutableError: NotFoundError,
    amqp.NackError: UnavailableError,
    amqp.UnsupportedAMQPFieldException: InvalidArgumentError,
    amqp.ShortStringTooLong: InvalidArgumentError,
    connecting.AMQPConnectorStackTimeout: RequestTimeoutError,
}
ARGUMENTS: Mapping[type[Exception], tuple[Any, ...]] = {
    amqp.ConnectionClosed: (200, "bye"),
    amqp.ConnectionClosedByBroker: (320, "CONNECTION_FORCED"),
    amqp.ConnectionClosedByClient: (200, "bye"),
    amqp.ChannelClosed: (200, "bye"),
    amqp.ChannelClosedByBroker: (504, "CHANNEL_ERROR"),
    amqp.ChannelClosedByClient: (200, "bye"),
    amqp.UnroutableError: ([],),
    amqp.NackError: ([],),
    connecting.AMQPConnectionWorkflowFailed: ([OSError("refused")],),
    connecting.AMQPConnectorSocketConnectError: (OSError("refused"),),
    connecting.AMQPConnectorTransportSetupError: (OSError("refused"),),
    connecting.AMQPConnectorAMQPHandshakeError: (OSError("refused"),),
    connecting.AMQPConnectorPhaseErrorBase: (OSError("refused"),),
}


def classes() -> list[type[Exception]]:
    found = [
        kind
        for module in (amqp, connecting)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == module.__name__
    ]
    return sorted(found, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_every_exception_of_pika_is_in_the_tree(kind: type[Exception]) -> None:
    found = translate(kind(*ARGUMENTS.get(kind, ("said",))))
    assert type(found) is SPECIAL.get(kind, ConnectionFailedError)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (311, "CONTENT_TOO_LARGE", InvalidRequestError),
        (313, "NO_CONSUMERS", UnavailableError),
        (320, "CONNECTION_FORCED", ConnectionFailedError),
        (402, "INVALID_PATH", NotFoundError),
        (403, "ACCESS_REFUSED", PermissionDeniedError),
        (404, "NOT_FOUND - no queue", NotFoundError),
        (404, "NOT_FOUND - home node 'x' of queue is down or inaccessible", UnavailableError),
        (405, "RESOURCE_LOCKED", ConflictError),
        (406, "PRECONDITION_FAILED - inequivalent arg", ConflictError),
        (501, "FRAME_ERROR", ConnectionFailedError),
        (506, "RESOURCE_ERROR", UnavailableError),
        (530, "NOT_ALLOWED - vhost", PermissionDeniedError),
        (530, "NOT_ALLOWED - vhost is down", UnavailableError),
        (540, "NOT_IMPLEMENTED", InvalidRequestError),
        (541, "INTERNAL_ERROR", UnavailableError),
    ],
)
def test_what_the_broker_says_decides_by_its_code(code: int, text: str, expected: type[Exception]) -> None:
    for kind in (amqp.ChannelClosedByBroker, amqp.ConnectionClosedByBroker):
        assert type(translate(kind(code, text))) is expected


def test_a_login_that_the_broker_refused_differs_from_one_that_was_cut_off() -> None:
    said = "ConnectionClosedByBroker: (403) 'ACCESS_REFUSED'"
    assert type(translate(amqp.ProbableAuthenticationError(said))) is AuthenticationError
    assert type(translate(amqp.ProbableAccessDeniedError(said))) is PermissionDeniedError
    assert type(translate(amqp.ProbableAuthenticationError("StreamLostError"))) is ConnectionFailedError


def test_errors_below_pika_are_in_the_tree_and_others_pass() -> None:
    assert type(translate(ssl.SSLCertVerificationError("x"))) is ConfigurationError
    assert type(translate(TimeoutError())) is RequestTimeoutError
    assert type(translate(ConnectionResetError("x"))) is ConnectionFailedError
    assert translate(KeyError("x")) is None


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("http://broker", {}),
        ("amqp://broker:port", {}),
        ("amqp://broker?nonsense=1", {}),
        ("amqp://broker", {"options": {"heartbeat": "often"}}),
        ("amqps://broker", {"tls": TlsConfig(mode="off")}),
        ("amqps://broker", {"tls": TlsConfig(ca="/nowhere.pem")}),
    ],
)
def test_a_connection_string_that_cannot_be_used_is_refused_at_once(
    url: str, settings: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError):
        rabbitmq.parameters(QueueSettings(service="RabbitMQ", **settings), Secret(url))


def test_no_error_of_a_connection_string_shows_its_password() -> None:
    with pytest.raises(ConfigurationError) as caught:
        rabbitmq.parameters(QueueSettings(service="RabbitMQ"), Secret("amqp://u:hunter2@h:x/?nonsense=1"))
    assert "hunter2" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_connection_is_encrypted_where_the_scheme_or_the_settings_say_so() -> None:
    def encrypted(url: str, **settings: Any) -> Any:
        made = rabbitmq.parameters(QueueSettings(service="RabbitMQ", **settings), Secret(url))
        return None if made.ssl_options is None else made.ssl_options.context.verify_mode

    assert encrypted("amqp://h") is None
    assert encrypted("amqps://h") == ssl.CERT_REQUIRED
    assert encrypted("amqp://h", tls=TlsConfig()) == ssl.CERT_REQUIRED
    assert encrypted("amqps://h", tls=TlsConfig(mode="require")) == ssl.CERT_NONE
