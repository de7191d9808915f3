"""Every error of the driver becomes one of the tree; what a batch leaves undone is never lost."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import botocore.exceptions
import pytest

from integrations.runtime import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeoutError,
    ServiceError,
    TransactionConflictError,
    UnavailableError,
)
from integrations.runtime._dynamodb.attributes import attribute, key_of, number
from integrations.runtime._dynamodb.errors import translate
from integrations.runtime.dynamodb import Put, TransactionCanceledError, UnprocessedError
from integrations.runtime.testing import FakeClock, ScriptedDynamo

from .conftest import JOB, JOBS, OF_QUEUE, Job, Work

KINDS = sorted(
    {
        kind
        for kind in vars(botocore.exceptions).values()
        if inspect.isclass(kind) and issubclass(kind, Exception) and not issubclass(kind, Warning)
        if kind.__module__ == "botocore.exceptions"
    },
    key=lambda kind: kind.__name__,
)


def client_error(code: str, status: int = 400, **besides: Any) -> Exception:
    answer = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **besides,
    }
    error: Exception = botocore.exceptions.ClientError(answer, "PutItem")
    return error


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_error_of_the_driver_is_unknown(kind: Any) -> None:
    answered = issubclass(kind, botocore.exceptions.ClientError)
    error = kind({"Error": {"Code": "Odd"}}, "PutItem") if answered else kind.__new__(kind)
    assert isinstance(translate(error), IntegrationError)


def test_an_error_of_nobody_passes_unchanged() -> None:
    assert translate(KeyError("x")) is None


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("ConditionalCheckFailedException", 400, ConflictError),
        ("ResourceInUseException", 400, ConflictError),
        ("TransactionConflictException", 400, TransactionConflictError),
        ("ReplicatedWriteConflictException", 400, TransactionConflictError),
        ("ProvisionedThroughputExceededException", 400, RateLimitedError),
        ("ThrottlingException", 400, RateLimitedError),
        ("RequestLimitExceeded", 400, RateLimitedError),
        ("ValidationException", 400, InvalidRequestError),
        ("ItemCollectionSizeLimitExceededException", 400, InvalidRequestError),
        ("ResourceNotFoundException", 400, NotFoundError),
        ("AccessDeniedException", 400, PermissionDeniedError),
        ("UnrecognizedClientException", 400, AuthenticationError),
        ("ExpiredTokenException", 400, AuthenticationError),
        ("InternalServerError", 500, UnavailableError),
        ("SomethingNew", 503, UnavailableError),
        ("SomethingNew", 400, InvalidRequestError),
    ],
)
def test_a_word_of_the_service_has_its_class_and_is_kept(
    code: str, status: int, error: type[ServiceError]
) -> None:
    found = translate(client_error(code, status))
    assert type(found) is error
    assert isinstance(found, ServiceError)
    assert found.code == code
    assert found.undone is (error in (RateLimitedError, TransactionConflictError))


@pytest.mark.parametrize(
    ("error", "expected", "undone"),
    [
        (botocore.exceptions.EndpointConnectionError(endpoint_url="x"), ConnectionFailedError, True),
        (botocore.exceptions.ConnectTimeoutError(endpoint_url="x"), RequestTimeoutError, True),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="x"), RequestTimeoutError, False),
        (botocore.exceptions.ConnectionClosedError(endpoint_url="x"), ConnectionFailedError, False),
        (botocore.exceptions.NoCredentialsError(), ConfigurationError, False),
        (botocore.exceptions.NoRegionError(), ConfigurationError, False),
        (botocore.exceptions.ParamValidationError(report="x"), InvalidArgumentError, False),
    ],
)
def test_what_went_wrong_before_the_service_has_its_class(
    error: Exception, expected: type[IntegrationError], undone: bool
) -> None:
    found = translate(error)
    assert type(found) is expected
    assert found.undone is undone


@pytest.mark.parametrize(
    ("reasons", "error"),
    [
        (["None", "ConditionalCheckFailed"], TransactionCanceledError),
        (["TransactionConflict", "ConditionalCheckFailed"], TransactionCanceledError),
        (["TransactionConflict", "None"], TransactionConflictError),
        (["ThrottlingError"], RateLimitedError),
        (["ValidationError", "None"], InvalidRequestError),
        ([], TransactionCanceledError),
    ],
)
def test_a_cancelled_transaction_is_what_its_reasons_say(
    reasons: list[str], error: type[IntegrationError]
) -> None:
    told = [{"Code": code} for code in reasons]
    assert type(translate(client_error("TransactionCanceledException", CancellationReasons=told))) is error


def test_a_throttled_write_is_repeated_since_nothing_of_it_was_done(script: ScriptedDynamo) -> None:
    script.refuses("ThrottlingException", times=2)
    script.replies({})
    script.call(lambda a: a._put(JOB, Job(queue="q", id="1")))
    assert len(script.calls) == 3
    script.forget()


def test_a_transaction_is_repeated_with_the_same_writes(script: ScriptedDynamo) -> None:
    script.fails(RequestTimeoutError("slow"))
    script.replies({})
    script.call(lambda a: a.transact_write([Put(JOBS, Job(queue="q", id="1"))]))
    assert script.calls[0] == script.calls[1]
    script.forget()


class HalfDone:
    """A service that does half of every batch, and says what it left."""

    def __init__(self) -> None:
        self.done: list[Any] = []

    def call(self, operation: str, arguments: Mapping[str, Any], timeout: float) -> Mapping[str, Any]:
        (asked,) = arguments["RequestItems"].values()
        parts = asked["Keys"] if operation == "batch_get_item" else asked
        half = (len(parts) + 1) // 2
        self.done += parts[:half]
        if operation == "batch_write_item":
            return {"UnprocessedItems": {"jobs": parts[half:]} if parts[half:] else {}}
        left = {"UnprocessedKeys": {"jobs": {"Keys": parts[half:]}} if parts[half:] else {}}
        items = [
            {**key, "status": {"S": "x"}, "made_at": {"S": "2026-01-01T00:00:00Z"}} for key in parts[:half]
        ]
        return {"Responses": {"jobs": items}, **left}

    def translate(self, error: Exception) -> IntegrationError | None:
        return None

    def close(self) -> None:
        """Nothing to do."""


def test_every_write_and_key_of_a_batch_arrives_though_each_request_leaves_half() -> None:
    service, clock = HalfDone(), FakeClock()
    ids = [f"{n:03}" for n in range(160)]
    with Work.from_config(environ={}, engine=service, clock=clock) as work:
        work._batch_write(JOB, put=[Job(queue="q", id=id) for id in ids])
        assert sorted(write["PutRequest"]["Item"]["id"]["S"] for write in service.done) == ids
        assert sorted(job.id for job in work._batch_get(JOB, [("q", id) for id in ids])) == ids
    assert clock.slept


def test_what_is_never_done_of_a_batch_is_given_back(script: ScriptedDynamo) -> None:
    writes = [{"PutRequest": {"Item": {"id": {"S": str(n)}}}} for n in range(2)]
    script.replies(*[{"UnprocessedItems": {"jobs": writes}}] * 3)
    with pytest.raises(UnprocessedError) as raised:
        script.call(lambda a: a._batch_write(JOB, put=[Job(queue="q", id=str(n)) for n in range(2)]))
    assert list(raised.value.left) == writes
    assert raised.value.attempts == 3
    script.forget()


def test_a_batch_that_is_throttled_as_a_whole_is_repeated(script: ScriptedDynamo) -> None:
    script.refuses("ProvisionedThroughputExceededException")
    script.replies({})
    script.call(lambda a: a._batch_write(JOB, put=[Job(queue="q", id="1")]))
    assert len(script.calls) == 2
    script.forget()


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 10**39 + 1, Decimal("1." + "1" * 40), "a\ud800"]
)
def test_what_dynamodb_does_not_hold_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgumentError):
        attribute(value)


@pytest.mark.parametrize("value", [0, -5, 2**63, 10**37 + 1, 0.1, 1e-7, 1.5e300 / 1e200])
def test_a_number_comes_back_the_same(value: Any) -> None:
    assert number(attribute(value)["N"]) == value


@pytest.mark.parametrize(
    "key", [(), ("q",), ("q", "1", "2"), (1, "1"), ({"S": "q"}, "1"), (["q"], "1"), (None, "1")]
)
def test_a_key_of_another_shape_is_refused(key: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidArgumentError):
        key_of(JOBS, key)


def test_a_condition_that_is_plain_data_is_refused(script: ScriptedDynamo) -> None:
    with pytest.raises(InvalidArgumentError, match="condition is"):
        script.call(lambda a: a._query(OF_QUEUE, "q", {"begins_with": "a"}))


def test_every_name_and_value_of_an_expression_is_a_placeholder(script: ScriptedDynamo) -> None:
    script.replies(
        {"Attributes": {"queue": {"S": "q"}, "id": {"S": "1"}, "made_at": {"S": "2026-01-01T00:00:00Z"}}}
    )
    script.call(lambda a: a._update(JOB, "q", "1", changes={"status": "a", "name": None}))
    (call,) = script.calls
    assert call["UpdateExpression"] == "SET #n0 = :v0 REMOVE #n1"
    assert call["ExpressionAttributeNames"] == {"#n0": "status", "#n1": "name", "#n2": "queue"}
    script.forget()
