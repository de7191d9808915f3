# Generated from integrations.yaml, entry "dynamodb"; see dynamodb_adapter.py for how to change it.
"""DynamoDB without a network: every operation against a scripted service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.dynamodb import DynamoDBAdapter, Job, JobByName, JobPayload, Session, examples
from integrations.dynamodb.dynamodb_adapter import JOBS
from integrations.runtime import (
    ConflictError,
    IntegrationError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeoutError,
    UnavailableError,
    UnexpectedResponseError,
)
from integrations.runtime.dynamodb import (
    AtLeast,
    Check,
    Delete,
    Get,
    Put,
    TransactionCanceledError,
    UnprocessedError,
)
from integrations.runtime.testing import ScriptedDynamo

TIMEOUT = 5  # seconds, unless the caller says otherwise
ATTEMPTS = 3  # of an operation that may be repeated
ENVIRON = {"DYNAMODB_MAX_ATTEMPTS": str(ATTEMPTS)}

JOB = Job(
    id="id-1",
    name="name-1",
    attempts=42,
    payload=JobPayload(kind="kind-1", size=20),
    status="queued",
    created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
)
JOB_KEPT = Job(
    id="id-1",
    name="name-1",
    attempts=42,
    payload=JobPayload(kind="kind-1", size=20),
    status="queued",
    version=1,
    created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
)
JOB_STORED: dict[str, Any] = {
    "attempts": {"N": "42"},
    "created_at": {"S": "2026-01-02T03:04:05.000000Z"},
    "id": {"S": "id-1"},
    "name": {"S": "name-1"},
    "payload": {"M": {"kind": {"S": "kind-1"}, "size": {"N": "20"}}},
    "status": {"S": "queued"},
    "version": {"N": "1"},
}
JOB_KEY: dict[str, Any] = {"id": {"S": "id-1"}}
SESSION = Session(
    id="id-1",
    user_id="user-1",
    data={"key": "value-1"},
    device="device-1",
    roles=["role-1"],
    created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    expires_at=dt.datetime(2126, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
)
SESSION_STORED: dict[str, Any] = {
    "created_at": {"S": "2026-01-02T03:04:05.000000Z"},
    "data": {"M": {"key": {"S": "value-1"}}},
    "device": {"S": "device-1"},
    "expires_at": {"N": "4922996645"},
    "id": {"S": "id-1"},
    "roles": {"SS": ["role-1"]},
    "user_id": {"S": "user-1"},
}
SESSION_KEY: dict[str, Any] = {"user_id": {"S": "user-1"}, "id": {"S": "id-1"}}


@pytest.fixture
def script() -> Iterator[ScriptedDynamo]:
    with ScriptedDynamo.running(DynamoDBAdapter, environ=ENVIRON) as running:
        yield running


def test_put_job(script: ScriptedDynamo) -> None:
    script.replies({})
    found = script.call(lambda adapter: adapter.put_job(JOB, timeout=7.5))
    script.sent(
        operation="put_item",
        timeout=7.5,
        TableName="jobs",
        Item=JOB_STORED,
        ConditionExpression="attribute_not_exists(#n0)",
        ExpressionAttributeNames={"#n0": "id"},
    )
    assert found == JOB_KEPT


def test_get_job(script: ScriptedDynamo) -> None:
    script.replies({"Item": JOB_STORED})
    found = script.call(lambda adapter: adapter.get_job("id-1", timeout=7.5))
    script.sent(operation="get_item", timeout=7.5, TableName="jobs", Key=JOB_KEY, ConsistentRead=False)
    assert found == JOB_KEPT


def test_update_job(script: ScriptedDynamo) -> None:
    script.replies({"Attributes": JOB_STORED})
    found = script.call(lambda adapter: adapter.update_job("id-1", attempts=42, timeout=7.5))
    script.sent(
        operation="update_item",
        timeout=7.5,
        TableName="jobs",
        Key=JOB_KEY,
        UpdateExpression="SET #n0 = :v0, #n1 = if_not_exists(#n1, :v1) + :v2",
        ConditionExpression="attribute_exists(#n2)",
        ExpressionAttributeNames={"#n0": "attempts", "#n1": "version", "#n2": "id"},
        ExpressionAttributeValues={":v0": {"N": "42"}, ":v1": {"N": "0"}, ":v2": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )
    assert found == JOB_KEPT


def test_delete_job(script: ScriptedDynamo) -> None:
    script.replies({"Attributes": JOB_STORED})
    found = script.call(lambda adapter: adapter.delete_job("id-1", timeout=7.5))
    script.sent(operation="delete_item", timeout=7.5, TableName="jobs", Key=JOB_KEY, ReturnValues="ALL_OLD")
    assert found is True


def test_scan_jobs(script: ScriptedDynamo) -> None:
    script.replies({"Items": [JOB_STORED]})
    found = script.call(lambda adapter: adapter.scan_jobs(timeout=7.5))
    script.sent(operation="scan", timeout=7.5, TableName="jobs", ConsistentRead=False)
    assert found == [JOB_KEPT]


def test_get_jobs(script: ScriptedDynamo) -> None:
    script.replies({"Responses": {"jobs": [JOB_STORED]}})
    found = script.call(lambda adapter: adapter.get_jobs([("id-1",)], timeout=7.5))
    script.sent(operation="batch_get_item", timeout=7.5, RequestItems={"jobs": {"Keys": [JOB_KEY]}})
    assert found == [JOB_KEPT]


def test_write_jobs(script: ScriptedDynamo) -> None:
    script.replies({})
    found = script.call(lambda adapter: adapter.write_jobs(put=[JOB_KEPT], delete=[("id-1",)], timeout=7.5))
    script.sent(
        operation="batch_write_item",
        timeout=7.5,
        RequestItems={"jobs": [{"PutRequest": {"Item": JOB_STORED}}, {"DeleteRequest": {"Key": JOB_KEY}}]},
    )
    assert found is None


def test_query_jobs_by_name(script: ScriptedDynamo) -> None:
    script.replies(
        {
            "Items": [
                {
                    "id": {"S": "id-1"},
                    "name": {"S": "name-1"},
                    "created_at": {"S": "2026-01-02T03:04:05.000000Z"},
                    "status": {"S": "queued"},
                }
            ]
        }
    )
    found = script.call(
        lambda adapter: adapter.query_jobs_by_name(
            "name-1", AtLeast(dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)), timeout=7.5
        )
    )
    script.sent(
        operation="query",
        timeout=7.5,
        TableName="jobs",
        KeyConditionExpression="#n0 = :v0 AND #n1 >= :v1",
        ExpressionAttributeNames={"#n0": "name", "#n1": "created_at"},
        ExpressionAttributeValues={":v0": {"S": "name-1"}, ":v1": {"S": "2026-01-02T03:04:05.000000Z"}},
        ScanIndexForward=True,
        IndexName="by_name",
    )
    assert found == [
        JobByName(
            id="id-1",
            name="name-1",
            status="queued",
            created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
        )
    ]


def test_query_jobs_by_status(script: ScriptedDynamo) -> None:
    script.replies({"Items": [JOB_STORED]})
    found = script.call(
        lambda adapter: adapter.query_jobs_by_status(
            "queued", AtLeast(dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)), timeout=7.5
        )
    )
    script.sent(
        operation="query",
        timeout=7.5,
        TableName="jobs",
        KeyConditionExpression="#n0 = :v0 AND #n1 >= :v1",
        ExpressionAttributeNames={"#n0": "status", "#n1": "created_at"},
        ExpressionAttributeValues={":v0": {"S": "queued"}, ":v1": {"S": "2026-01-02T03:04:05.000000Z"}},
        ScanIndexForward=True,
        IndexName="by_status",
    )
    assert found == [JOB_KEPT]


def test_put_session(script: ScriptedDynamo) -> None:
    script.replies({})
    found = script.call(lambda adapter: adapter.put_session(SESSION, timeout=7.5))
    script.sent(operation="put_item", timeout=7.5, TableName="sessions", Item=SESSION_STORED)
    assert found == SESSION


def test_get_session(script: ScriptedDynamo) -> None:
    script.replies({"Item": SESSION_STORED})
    found = script.call(lambda adapter: adapter.get_session("user-1", "id-1", timeout=7.5))
    script.sent(
        operation="get_item", timeout=7.5, TableName="sessions", Key=SESSION_KEY, ConsistentRead=False
    )
    assert found == SESSION


def test_update_session(script: ScriptedDynamo) -> None:
    script.replies({"Attributes": SESSION_STORED})
    found = script.call(
        lambda adapter: adapter.update_session(
            "user-1", "id-1", created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), timeout=7.5
        )
    )
    script.sent(
        operation="update_item",
        timeout=7.5,
        TableName="sessions",
        Key=SESSION_KEY,
        UpdateExpression="SET #n0 = :v0",
        ConditionExpression="attribute_exists(#n1)",
        ExpressionAttributeNames={"#n0": "created_at", "#n1": "user_id"},
        ExpressionAttributeValues={":v0": {"S": "2026-01-02T03:04:05.000000Z"}},
        ReturnValues="ALL_NEW",
    )
    assert found == SESSION


def test_delete_session(script: ScriptedDynamo) -> None:
    script.replies({"Attributes": SESSION_STORED})
    found = script.call(lambda adapter: adapter.delete_session("user-1", "id-1", timeout=7.5))
    script.sent(
        operation="delete_item", timeout=7.5, TableName="sessions", Key=SESSION_KEY, ReturnValues="ALL_OLD"
    )
    assert found is True


def test_query_sessions(script: ScriptedDynamo) -> None:
    script.replies({"Items": [SESSION_STORED]})
    found = script.call(lambda adapter: adapter.query_sessions("user-1", AtLeast("id-1"), timeout=7.5))
    script.sent(
        operation="query",
        timeout=7.5,
        TableName="sessions",
        KeyConditionExpression="#n0 = :v0 AND #n1 >= :v1",
        ExpressionAttributeNames={"#n0": "user_id", "#n1": "id"},
        ExpressionAttributeValues={":v0": {"S": "user-1"}, ":v1": {"S": "id-1"}},
        ScanIndexForward=True,
        ConsistentRead=False,
    )
    assert found == [SESSION]


def test_scan_sessions(script: ScriptedDynamo) -> None:
    script.replies({"Items": [SESSION_STORED]})
    found = script.call(lambda adapter: adapter.scan_sessions(timeout=7.5))
    script.sent(operation="scan", timeout=7.5, TableName="sessions", ConsistentRead=False)
    assert found == [SESSION]


def test_get_sessions(script: ScriptedDynamo) -> None:
    script.replies({"Responses": {"sessions": [SESSION_STORED]}})
    found = script.call(lambda adapter: adapter.get_sessions([("user-1", "id-1")], timeout=7.5))
    script.sent(operation="batch_get_item", timeout=7.5, RequestItems={"sessions": {"Keys": [SESSION_KEY]}})
    assert found == [SESSION]


def test_write_sessions(script: ScriptedDynamo) -> None:
    script.replies({})
    found = script.call(
        lambda adapter: adapter.write_sessions(put=[SESSION], delete=[("user-1", "id-1")], timeout=7.5)
    )
    script.sent(
        operation="batch_write_item",
        timeout=7.5,
        RequestItems={
            "sessions": [{"PutRequest": {"Item": SESSION_STORED}}, {"DeleteRequest": {"Key": SESSION_KEY}}]
        },
    )
    assert found is None


def test_get_job_gives_none_where_there_is_no_such_thing(script: ScriptedDynamo) -> None:
    script.replies({})
    assert script.call(lambda adapter: adapter.get_job("id-1", consistent=True)) is None
    script.sent(operation="get_item", timeout=TIMEOUT, TableName="jobs", Key=JOB_KEY, ConsistentRead=True)


def test_put_job_only_where_there_is_none(script: ScriptedDynamo) -> None:
    script.refuses("ConditionalCheckFailedException")
    with pytest.raises(ConflictError):
        script.call(lambda adapter: adapter.put_job(JOB, if_absent=True))
    assert script.calls[0]["ConditionExpression"] == "attribute_not_exists(#n0)"
    script.forget()


def test_put_job_over_the_version_that_was_read(script: ScriptedDynamo) -> None:
    script.replies({})
    found = script.call(lambda adapter: adapter.put_job(JOB_KEPT))
    assert found.version == 2
    assert script.calls[0]["ConditionExpression"] == "#n0 = :v0"
    assert script.calls[0]["ExpressionAttributeNames"] == {"#n0": "version"}
    assert script.calls[0]["ExpressionAttributeValues"] == {":v0": {"N": "1"}}
    script.forget()


def test_scan_jobs_walks_through_every_page(script: ScriptedDynamo) -> None:
    script.replies({"Items": [JOB_STORED], "LastEvaluatedKey": JOB_KEY}, {"Items": [JOB_STORED]})
    assert len(script.call(lambda adapter: adapter.scan_jobs(limit=5))) == 2
    assert "ExclusiveStartKey" not in script.calls[0]
    assert script.calls[1]["ExclusiveStartKey"] == JOB_KEY
    assert [call["Limit"] for call in script.calls] == [5, 4]
    script.forget()


def test_get_session_gives_none_where_there_is_no_such_thing(script: ScriptedDynamo) -> None:
    script.replies({})
    assert script.call(lambda adapter: adapter.get_session("user-1", "id-1", consistent=True)) is None
    script.sent(
        operation="get_item", timeout=TIMEOUT, TableName="sessions", Key=SESSION_KEY, ConsistentRead=True
    )


def test_put_session_only_where_there_is_none(script: ScriptedDynamo) -> None:
    script.refuses("ConditionalCheckFailedException")
    with pytest.raises(ConflictError):
        script.call(lambda adapter: adapter.put_session(SESSION, if_absent=True))
    assert script.calls[0]["ConditionExpression"] == "attribute_not_exists(#n0)"
    script.forget()


def test_scan_sessions_walks_through_every_page(script: ScriptedDynamo) -> None:
    script.replies({"Items": [SESSION_STORED], "LastEvaluatedKey": SESSION_KEY}, {"Items": [SESSION_STORED]})
    assert len(script.call(lambda adapter: adapter.scan_sessions(limit=5))) == 2
    assert "ExclusiveStartKey" not in script.calls[0]
    assert script.calls[1]["ExclusiveStartKey"] == SESSION_KEY
    assert [call["Limit"] for call in script.calls] == [5, 4]
    script.forget()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ConditionalCheckFailedException", ConflictError),
        ("ValidationException", InvalidRequestError),
        ("AccessDeniedException", PermissionDeniedError),
        ("ResourceNotFoundException", NotFoundError),
        ("ProvisionedThroughputExceededException", RateLimitedError),
        ("InternalServerError", UnavailableError),
    ],
)
def test_an_error_of_the_service_has_its_class(
    code: str, error: type[IntegrationError], script: ScriptedDynamo
) -> None:
    script.refuses(code, times=ATTEMPTS)
    with pytest.raises(error) as raised:
        script.call(lambda adapter: adapter.get_job("id-1"))
    assert raised.value.operation == "get_job"
    assert raised.value.attempts == (ATTEMPTS if raised.value.retryable else 1)
    script.forget()


def test_a_write_that_may_have_been_done_is_not_repeated(script: ScriptedDynamo) -> None:
    script.fails(RequestTimeoutError("slow"))
    with pytest.raises(RequestTimeoutError):
        script.call(lambda adapter: adapter.put_job(JOB))
    assert len(script.calls) == 1
    script.forget()


def test_what_a_batch_leaves_undone_is_asked_for_again(script: ScriptedDynamo) -> None:
    left = {"UnprocessedItems": {"jobs": [{"PutRequest": {"Item": JOB_STORED}}]}}
    script.replies(left, {})
    script.call(lambda adapter: adapter.write_jobs(put=[JOB_KEPT, JOB_KEPT]))
    assert [len(call["RequestItems"]["jobs"]) for call in script.calls] == [2, 1]
    assert len(script.clock.slept) == 1
    script.forget()


def test_what_is_never_done_of_a_batch_is_told(script: ScriptedDynamo) -> None:
    left = {"UnprocessedItems": {"jobs": [{"PutRequest": {"Item": JOB_STORED}}]}}
    script.replies(*[left] * ATTEMPTS)
    with pytest.raises(UnprocessedError) as raised:
        script.call(lambda adapter: adapter.write_jobs(put=[JOB_KEPT]))
    assert raised.value.left == ({"PutRequest": {"Item": JOB_STORED}},)
    script.forget()


def test_a_transaction_says_which_condition_failed(script: ScriptedDynamo) -> None:
    script.refuses("TransactionCanceledException", "None", "ConditionalCheckFailed")
    writes = [Put(JOBS, JOB), Delete(JOBS, ("id-1",), if_present=True)]
    with pytest.raises(TransactionCanceledError) as raised:
        script.call(lambda adapter: adapter.transact_write(writes))
    assert [(reason.index, reason.code) for reason in raised.value.reasons] == [(1, "ConditionalCheckFailed")]
    assert [list(item) for item in script.calls[0]["TransactItems"]] == [["Put"], ["Delete"]]
    script.forget()


def test_several_items_are_read_at_one_moment(script: ScriptedDynamo) -> None:
    script.replies({"Responses": [{"Item": JOB_STORED}, {}]})
    key = ("id-1",)
    found = script.call(lambda adapter: adapter.transact_get([Get(JOBS, key), Get(JOBS, key)]))
    assert found == [JOB_KEPT, None]
    script.forget()


def test_an_item_that_contradicts_its_type_is_told(script: ScriptedDynamo) -> None:
    script.replies({"Item": {"unknown": {"N": "1"}}})
    with pytest.raises(UnexpectedResponseError, match="Job"):
        script.call(lambda adapter: adapter.get_job("id-1"))
    script.forget()


def test_only_items_and_keys_of_the_table_are_sent(script: ScriptedDynamo) -> None:
    with pytest.raises(InvalidArgumentError, match="jobs"):
        script.call(lambda adapter: adapter.put_job({"S": "text"}))
    with pytest.raises(InvalidArgumentError):
        script.call(lambda adapter: adapter.transact_write([Check(JOBS, ({"S": "text"}, {"S": "text"}))]))


def test_the_service_is_asked_for_a_sign_of_life(script: ScriptedDynamo) -> None:
    script.replies({"Table": {"TableStatus": "ACTIVE"}})
    script.call(lambda adapter: adapter.healthcheck(timeout=1.0))
    script.sent(operation="describe_table", timeout=1.0, TableName="jobs")


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "DynamoDB",
        "region": "eu-central-1",
        "endpoint_url": None,
        "table_prefix": "",
        "pool_size": 10,
        "connect_timeout": 10,
        "timeout": 5,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {},
    }


@pytest.mark.parametrize(
    ("example", "reply"),
    [
        (examples.scan_jobs, {"Items": [JOB_STORED]}),
        (examples.get_job, {"Item": JOB_STORED}),
        (examples.put_job, {}),
        (examples.check, {}),
    ],
)
def test_the_example_runs(example: Callable[[DynamoDBAdapter], None], reply: Any) -> None:
    with ScriptedDynamo.running(DynamoDBAdapter) as script:
        script.replies(reply)
        script.call(example)
        assert len(script.calls) == 1
        script.forget()


def test_the_examples_that_read_are_run_in_turn() -> None:
    assert examples.check in examples.READING
