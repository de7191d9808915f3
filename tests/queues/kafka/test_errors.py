"""Every code of Kafka's library has its place in the tree."""

from __future__ import annotations

import pytest

pytest.importorskip("confluent_kafka")

from confluent_kafka import KafkaError, KafkaException

from integrations.runtime import (
    AuthenticationError,
    ConflictError,
    ConnectionFailedError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RequestTimeoutError,
    ServiceError,
    UnavailableError,
)
from integrations.runtime._queues.kafka_errors import KINDS, translate

NAMES = {
    KafkaError(code).name()
    for name in dir(KafkaError)
    if not name.startswith("__") and isinstance(code := getattr(KafkaError, name), int)
}


def test_every_code_of_the_installed_library_is_listed() -> None:
    assert {name for name in NAMES if name not in KINDS} == set()
    assert len(NAMES) > 150


@pytest.mark.parametrize(
    ("code", "kind", "retryable"),
    [
        (KafkaError._ALL_BROKERS_DOWN, ConnectionFailedError, True),
        (KafkaError._SSL, ConnectionFailedError, False),
        (KafkaError._MSG_TIMED_OUT, RequestTimeoutError, True),
        (KafkaError._AUTHENTICATION, AuthenticationError, False),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, PermissionDeniedError, False),
        (KafkaError.UNKNOWN_TOPIC_OR_PART, NotFoundError, False),
        (KafkaError.MSG_SIZE_TOO_LARGE, InvalidRequestError, False),
        (KafkaError.NOT_ENOUGH_REPLICAS, UnavailableError, True),
        (KafkaError.ILLEGAL_GENERATION, ConnectionFailedError, True),
        (KafkaError.TOPIC_ALREADY_EXISTS, ConflictError, False),
        (KafkaError._INVALID_ARG, InvalidArgumentError, False),
    ],
)
def test_a_code_means_what_its_name_says(code: int, kind: type[Exception], retryable: bool) -> None:
    found = translate(KafkaException(KafkaError(code)))
    assert type(found) is kind
    assert found.retryable is retryable


def test_the_code_is_in_the_text() -> None:
    found = translate(KafkaException(KafkaError(KafkaError.POLICY_VIOLATION)))
    assert isinstance(found, ServiceError)
    assert found.code == "POLICY_VIOLATION"
    assert "POLICY_VIOLATION" in str(found)


def test_a_full_queue_has_taken_nothing() -> None:
    found = translate(KafkaException(KafkaError(KafkaError._QUEUE_FULL)))
    assert found is not None
    assert found.undone


def test_an_error_of_somebody_else_is_none_of_ours() -> None:
    assert translate(KeyError("order")) is None
    assert translate(ValueError("not of the driver")) is None
