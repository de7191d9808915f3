"""What the server and its driver call an error → the error of the tree."""

from __future__ import annotations

import inspect
import ssl

import pytest
import redis.exceptions

from integrations.runtime import (
    AuthenticationError,
    ConflictError,
    ConnectionFailedError,
    IntegrationError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    PoolExhaustedError,
    RequestTimeoutError,
    ServiceError,
    TransactionConflictError,
    UnavailableError,
)
from integrations.runtime._redis.errors import error_of
from integrations.runtime.redis import Refusal, translate

CLASSES = [
    kind
    for kind in vars(redis.exceptions).values()
    if inspect.isclass(kind) and issubclass(kind, Exception) and kind.__module__ == "redis.exceptions"
]


def made(kind: type[Exception]) -> Exception:
    """An error of the driver; those of a cluster read a slot and an address out of their text."""
    moved = issubclass(kind, redis.exceptions.AskError)
    return kind("3999 127.0.0.1:6381" if moved else "what the server said")


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_of_the_driver_has_a_place_in_the_tree(kind: type[Exception]) -> None:
    failure = translate(made(kind))
    assert isinstance(failure, IntegrationError)
    assert type(failure) is not IntegrationError


@pytest.mark.parametrize(
    ("name", "expected", "code", "undone"),
    [
        ("ConnectionError", ConnectionFailedError, None, False),
        ("TimeoutError", RequestTimeoutError, None, False),
        ("MaxConnectionsError", PoolExhaustedError, None, True),
        ("BusyLoadingError", UnavailableError, "LOADING", True),
        ("ReadOnlyError", UnavailableError, "READONLY", True),
        ("AuthenticationError", AuthenticationError, "WRONGPASS", True),
        ("NoPermissionError", PermissionDeniedError, "NOPERM", True),
        ("OutOfMemoryError", UnavailableError, "OOM", True),
        ("ClusterDownError", UnavailableError, "CLUSTERDOWN", True),
        ("MovedError", InvalidRequestError, "MOVED", True),
        ("WatchError", TransactionConflictError, "", True),
    ],
)
def test_a_driver_error_says_whether_anything_was_done(
    name: str, expected: type[IntegrationError], code: str | None, undone: bool
) -> None:
    failure = translate(made(getattr(redis.exceptions, name)))
    assert type(failure) is expected
    assert failure.undone is undone
    assert code is None or (isinstance(failure, ServiceError) and failure.code == code)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("WRONGTYPE", InvalidRequestError),
        ("NOGROUP", NotFoundError),
        ("BUSYGROUP", ConflictError),
        ("BUSY", UnavailableError),
        ("NOBODYKNOWS", InvalidRequestError),
    ],
)
def test_the_first_word_of_a_reply_decides(code: str, expected: type[ServiceError]) -> None:
    failure = translate(redis.exceptions.ResponseError(f"{code} and some words"))
    assert type(failure) is expected
    assert failure.code == code


def test_an_unknown_command_is_told_without_its_arguments() -> None:
    failure = error_of(Refusal("ERR", "unknown command 'X', with args beginning with: 'my secret value'"))
    assert "unknown command" in str(failure)
    assert "secret" not in str(failure)


def test_a_server_with_too_many_clients_may_be_asked_again() -> None:
    failure = error_of(Refusal("ERR", "max number of clients reached"))
    assert (type(failure), failure.undone, failure.retryable) == (UnavailableError, True, True)


def test_a_certificate_that_is_not_trusted_is_not_tried_again() -> None:
    try:
        raise redis.exceptions.ConnectionError("no") from ssl.SSLCertVerificationError("self-signed")
    except redis.exceptions.ConnectionError as error:
        failure = translate(error)
    assert failure is not None
    assert "certificate" in str(failure)
    assert not failure.retryable


def test_an_error_of_somebody_else_passes_through() -> None:
    assert translate(KeyError("mine")) is None
