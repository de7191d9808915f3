"""Every error of NATS' client has its place in the tree."""

from __future__ import annotations

import pytest

pytest.importorskip("nats")

from nats import errors as client
from nats.js import errors as jetstream

from integrations.runtime import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    IntegrationError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeoutError,
    Secret,
    UnavailableError,
)
from integrations.runtime._queues.nats_errors import KINDS, translate
from integrations.runtime._queues.nats_link import address
from integrations.runtime._queues.settings import QueueSettings

CLASSES = {
    found
    for module in (client, jetstream)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, client.Error)
}


def test_every_class_of_the_installed_client_is_listed() -> None:
    assert {found.__name__ for found in CLASSES if found not in KINDS} == set()
    assert len(CLASSES) > 50


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (client.AuthorizationError(), AuthenticationError),
        (client.Error("nats: 'Authorization Violation'"), AuthenticationError),
        (client.Error("nats: 'maximum connections exceeded'"), UnavailableError),
        (client.ConnectionClosedError(), ConnectionFailedError),
        (client.TimeoutError(), RequestTimeoutError),
        (client.Error('nats: permissions violation for publish to "x"'), PermissionDeniedError),
        (jetstream.NotFoundError(code=404, err_code=10059, description="stream not found"), NotFoundError),
        (jetstream.BadRequestError(code=400, err_code=10058), ConflictError),
        (jetstream.APIError(code=503, err_code=10077), UnavailableError),
        (jetstream.APIError(code=429, err_code=10167), RateLimitedError),
        (ConnectionRefusedError(), ConnectionFailedError),
        (TimeoutError(), RequestTimeoutError),
    ],
)
def test_an_error_means_what_it_says(error: Exception, kind: type[IntegrationError]) -> None:
    assert type(translate(error)) is kind


def test_an_error_of_somebody_else_is_none_of_ours() -> None:
    assert translate(KeyError("order")) is None


def test_servers_get_the_usual_port_and_the_credentials() -> None:
    where = address(QueueSettings(service="NATS"), Secret("nats://me:p%40ss@h1,h2:4333"))
    assert [each.reveal() for each in where.servers] == [
        "nats://me:p%40ss@h1:4222",
        "nats://me:p%40ss@h2:4333",
    ]
    assert where.tls is None


def test_the_tls_scheme_encrypts() -> None:
    assert address(QueueSettings(service="NATS"), Secret("tls://h1")).tls is not None


@pytest.mark.parametrize("url", ["nats://", "http://h1", "h1:4222", "nats://h1:port", "nats://h1:0"])
def test_a_wrong_connection_string_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="connection_string"):
        address(QueueSettings(service="NATS"), Secret(url))


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"options\.nkeys is unknown"):
        address(QueueSettings(service="NATS", options={"nkeys": "x"}), Secret("nats://h1"))
