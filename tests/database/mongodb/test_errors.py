"""Every error of the driver becomes one of the tree, and numbers of the server keep their meaning."""

from __future__ import annotations

import inspect
import operator
from typing import Any

import bson.errors
import pymongo.errors
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
    PoolExhaustedError,
    RateLimitedError,
    RequestTimeoutError,
    ServiceError,
    TransactionConflictError,
    UnavailableError,
)
from integrations.runtime._errors import UnexpectedResponseError
from integrations.runtime._mongodb.errors import translate
from integrations.runtime.mongodb import PartlyWrittenError, Written
from integrations.runtime.testing import ScriptedMongo

from .conftest import EVERY, ORDER, Order


def _kinds() -> list[type[Exception]]:
    found = [*vars(pymongo.errors).values(), *vars(bson.errors).values()]
    return sorted(
        {
            kind
            for kind in found
            if inspect.isclass(kind)
            and issubclass(kind, Exception)
            and kind.__module__.partition(".")[0] in ("pymongo", "bson")
        },
        key=lambda kind: kind.__name__,
    )


def _made(kind: Any) -> Exception:
    wants = inspect.signature(kind.__init__).parameters
    made: Exception
    if kind is pymongo.errors.BulkWriteError:
        made = kind({"writeErrors": [{"index": 0, "code": 11000, "errmsg": "twice"}], "nInserted": 1})
    elif kind is pymongo.errors.EncryptionError or kind is pymongo.errors.EncryptedCollectionError:
        made = kind(ValueError("no key"), *([{}] if "encrypted_fields" in wants else []))
    elif kind is pymongo.errors.ClientBulkWriteException:
        made = kind({}, False)
    else:
        made = kind("it failed")
    return made


@pytest.mark.parametrize("kind", _kinds(), ids=lambda kind: kind.__name__)
def test_no_error_of_the_driver_is_unknown(kind: type[Exception]) -> None:
    assert isinstance(translate(_made(kind)), IntegrationError)


def test_an_error_of_nobody_passes_unchanged() -> None:
    assert translate(KeyError("x")) is None
    assert translate(OverflowError("x")) is None


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (11000, ConflictError),
        (86, ConflictError),
        (121, InvalidRequestError),
        (2, InvalidRequestError),
        (13, PermissionDeniedError),
        (18, AuthenticationError),
        (26, NotFoundError),
        (16500, RateLimitedError),
        *((code, UnavailableError) for code in (91, 189, 10107, 11600, 13435, 13436)),
        (112, TransactionConflictError),
        (251, TransactionConflictError),
    ],
)
def test_a_number_of_the_server_has_its_class_and_is_kept(code: int, error: type[ServiceError]) -> None:
    found = translate(pymongo.errors.OperationFailure("no", code))
    assert type(found) is error
    assert isinstance(found, ServiceError)
    assert found.code == str(code)


def test_time_limits_of_the_server_are_time_outs() -> None:
    assert type(translate(pymongo.errors.ExecutionTimeout("slow", 50))) is RequestTimeoutError
    assert type(translate(pymongo.errors.WTimeoutError("slow", 64))) is RequestTimeoutError


@pytest.mark.parametrize(
    ("error", "expected", "undone"),
    [
        (pymongo.errors.AutoReconnect("x"), ConnectionFailedError, False),
        (pymongo.errors.NetworkTimeout("x"), RequestTimeoutError, False),
        (pymongo.errors.ServerSelectionTimeoutError("x"), ConnectionFailedError, True),
        (pymongo.errors.WaitQueueTimeoutError("x"), PoolExhaustedError, True),
        (pymongo.errors.NotPrimaryError("x", {"code": 10107}), UnavailableError, False),
        (pymongo.errors.InvalidURI("x"), ConfigurationError, False),
        (pymongo.errors.InvalidOperation("x"), InvalidArgumentError, False),
        (bson.errors.InvalidBSON("x"), UnexpectedResponseError, False),
    ],
)
def test_what_went_wrong_before_the_server_has_its_class(
    error: Exception, expected: type[IntegrationError], undone: bool
) -> None:
    found = translate(error)
    assert type(found) is expected
    assert found.undone is undone


def test_a_transient_error_asks_for_the_whole_transaction_again() -> None:
    for error in (pymongo.errors.AutoReconnect("x"), pymongo.errors.OperationFailure("x", 6)):
        error._add_error_label("TransientTransactionError")
        assert type(translate(error)) is TransactionConflictError


def test_the_copy_of_the_whole_answer_is_no_part_of_the_text() -> None:
    told = pymongo.errors.OperationFailure("no such thing", 2, {"errmsg": "no such thing", "secret": "deep"})
    assert "deep" not in str(translate(told))


def test_a_commit_that_nobody_confirmed_is_asked_for_again_and_the_transaction_is_not(
    script: ScriptedMongo,
) -> None:
    script.replies(None, None)
    script.fails(ConnectionFailedError("gone while committing"))
    script.replies(None)
    script.in_transaction(lambda tx: tx._insert(ORDER, Order(customer="ada")))
    assert [call["verb"] for call in script.calls] == ["begin", "insert_one", "commit", "commit"]
    script.forget()


def test_a_commit_that_never_is_confirmed_is_no_reason_to_do_all_of_it_again(script: ScriptedMongo) -> None:
    script.replies(None, None)
    script.fails(ConnectionFailedError("gone while committing"), times=3)
    with pytest.raises(ConnectionFailedError):
        script.in_transaction(lambda tx: tx._insert(ORDER, Order(customer="ada")))
    assert [call["verb"] for call in script.calls] == ["begin", "insert_one", *["commit"] * 3]
    script.forget()


def test_a_conflict_at_the_commit_runs_all_of_it_again(script: ScriptedMongo) -> None:
    script.replies(None, None)
    script.refuses(112)
    script.replies(None, None, None)
    script.in_transaction(lambda tx: tx._insert(ORDER, Order(customer="ada")))
    assert [call["verb"] for call in script.calls] == ["begin", "insert_one", "commit"] * 2
    script.forget()


def test_transactions_are_not_nested(script: ScriptedMongo) -> None:
    script.replies(None)
    with pytest.raises(InvalidArgumentError, match="nested"):
        script.in_transaction(lambda tx: tx.run_in_transaction(lambda inner: None))
    script.forget()


def test_a_stream_that_breaks_off_is_told(script: ScriptedMongo) -> None:
    script.fails(UnavailableError("not yet"))
    script.replies([])
    assert script.call(lambda a: a._streamed(EVERY)) == []
    script.replies([{"_id": "x", "customer": 5}])
    with pytest.raises(UnexpectedResponseError, match="customer"):
        script.call(lambda a: a._streamed(EVERY))
    script.forget()


def test_a_stream_of_changes_gives_up_after_as_many_failures_as_attempts(script: ScriptedMongo) -> None:
    script.fails(UnavailableError("gone"), times=3)
    with pytest.raises(UnavailableError) as raised:
        script.call(lambda a: a._watch(ORDER, wait=1.0))
    assert raised.value.attempts == 3
    assert len(script.clock.slept) == 2
    script.forget()


def test_nothing_to_write_is_refused(script: ScriptedMongo) -> None:
    with pytest.raises(InvalidArgumentError, match="nothing"):
        script.call(lambda a: a._write(ORDER))


def test_many_failures_of_a_batch_are_told_in_short() -> None:
    errors = [{"index": n, "code": 11000, "errmsg": f"number {n}"} for n in range(9)]
    found = translate(pymongo.errors.BulkWriteError({"writeErrors": errors, "nInserted": 2}))
    assert isinstance(found, PartlyWrittenError)
    assert found.written == Written(inserted=2)
    assert str(found) == (
        "9 writes were refused; write 0: 11000 number 0; write 1: 11000 number 1; write 2: 11000 number 2;"
        " and 6 more"
    )


def test_no_write_that_may_have_been_done_is_repeated(script: ScriptedMongo) -> None:
    order = Order(customer="ada")
    script.fails(RequestTimeoutError("slow"), times=3)
    for write in ("_insert", "_replace"):
        with pytest.raises(RequestTimeoutError):
            script.call(operator.methodcaller(write, ORDER, order))
    with pytest.raises(RequestTimeoutError):
        script.call(lambda a: a._delete(ORDER, order.id))
    assert [call["verb"] for call in script.calls] == ["insert_one", "replace_one", "delete_one"]
    script.forget()
