{% from "package" import brief %}
{% set b = cookiecutter._b %}
{% set t = b.test %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 100, 3) }} without a network: every operation against a scripted service."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.{{ b.module }} import {{ ([b.class_name] + b.models.names) | join(", ") }}, examples
{% if b.tables %}
from integrations.{{ b.module }}.{{ b.module }}_adapter import {{ b.tables | map(attribute="constant") | join(", ") }}
{% endif %}
from integrations.runtime import ConflictError, IntegrationError, InvalidArgumentError, InvalidRequestError, NotFoundError, PermissionDeniedError, RateLimitedError, RequestTimeoutError, UnavailableError, UnexpectedResponseError
from integrations.runtime.dynamodb import AtLeast, BeginsWith, Between, Check, Delete, Get, Put, TransactionCanceledError, UnprocessedError
from integrations.runtime.testing import ScriptedDynamo

TIMEOUT = {{ t.timeout }}  # seconds, unless the caller says otherwise
ATTEMPTS = {{ t.attempts }}  # of an operation that may be repeated
ENVIRON = { {{- (b.prefix ~ "_MAX_ATTEMPTS") | py }}: str(ATTEMPTS)}

{% for d in t.lives %}
{{ d.name }} = {{ d.value }}
{% if d.kept %}
{{ d.name }}_KEPT = {{ d.kept }}
{% endif %}
{{ d.name }}_STORED: dict[str, Any] = {{ d.stored }}
{{ d.name }}_KEY: dict[str, Any] = {{ d.key }}
{% endfor %}


@pytest.fixture
def script() -> Iterator[ScriptedDynamo]:
    with ScriptedDynamo.running({{ b.class_name }}, environ=ENVIRON) as running:
        yield running

{% for m in t.methods %}

def test_{{ m.name }}(script: ScriptedDynamo) -> None:
    script.replies({{ m.reply }})
    found = script.call(lambda adapter: adapter.{{ m.call }})
    script.sent({{ m.sent }})
    assert found {{ "is" if m.expected in ("None", "True") else "==" }} {{ m.expected }}

{% endfor %}
{% for d in t.lives %}

def test_{{ d["kinds"]["get"] }}_gives_none_where_there_is_no_such_thing(script: ScriptedDynamo) -> None:
    script.replies({})
    assert script.call(lambda adapter: adapter.{{ d["kinds"]["get"] }}({{ d.given }}, consistent=True)) is None
    script.sent(operation="get_item", timeout=TIMEOUT, TableName={{ d.table | py }}, Key={{ d.name }}_KEY, ConsistentRead=True)


def test_{{ d["kinds"]["put"] }}_only_where_there_is_none(script: ScriptedDynamo) -> None:
    script.refuses("ConditionalCheckFailedException")
    with pytest.raises(ConflictError):
        script.call(lambda adapter: adapter.{{ d["kinds"]["put"] }}({{ d.name }}, if_absent=True))
    assert script.calls[0]["ConditionExpression"] == "attribute_not_exists(#n0)"
    script.forget()
{% if d.version %}


def test_{{ d["kinds"]["put"] }}_over_the_version_that_was_read(script: ScriptedDynamo) -> None:
    script.replies({})
    found = script.call(lambda adapter: adapter.{{ d["kinds"]["put"] }}({{ d.name }}_KEPT))
    assert found.{{ d.version }} == 2
    assert script.calls[0]["ConditionExpression"] == "#n0 = :v0"
    assert script.calls[0]["ExpressionAttributeNames"] == {"#n0": {{ d.version | py }}}
    assert script.calls[0]["ExpressionAttributeValues"] == {":v0": {"N": "1"}}
    script.forget()
{% endif %}


def test_{{ d["kinds"]["scan"] }}_walks_through_every_page(script: ScriptedDynamo) -> None:
    script.replies({"Items": [{{ d.name }}_STORED], "LastEvaluatedKey": {{ d.name }}_KEY}, {"Items": [{{ d.name }}_STORED]})
    assert len(script.call(lambda adapter: adapter.{{ d["kinds"]["scan"] }}(limit=5))) == 2
    assert "ExclusiveStartKey" not in script.calls[0]
    assert script.calls[1]["ExclusiveStartKey"] == {{ d.name }}_KEY
    assert [call["Limit"] for call in script.calls] == [5, 4]
    script.forget()

{% endfor %}
{% if t.lives %}
{% set d = t.lives[0] %}
{% set item = d.name ~ ("_KEPT" if d.kept else "") %}

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
def test_an_error_of_the_service_has_its_class(code: str, error: type[IntegrationError], script: ScriptedDynamo) -> None:
    script.refuses(code, times=ATTEMPTS)
    with pytest.raises(error) as raised:
        script.call(lambda adapter: adapter.{{ d["kinds"]["get"] }}({{ d.given }}))
    assert raised.value.operation == {{ d["kinds"]["get"] | py }}
    assert raised.value.attempts == (ATTEMPTS if raised.value.retryable else 1)
    script.forget()


def test_a_write_that_may_have_been_done_is_not_repeated(script: ScriptedDynamo) -> None:
    script.fails(RequestTimeoutError("slow"))
    with pytest.raises(RequestTimeoutError):
        script.call(lambda adapter: adapter.{{ d["kinds"]["put"] }}({{ d.name }}))
    assert len(script.calls) == 1
    script.forget()


def test_what_a_batch_leaves_undone_is_asked_for_again(script: ScriptedDynamo) -> None:
    left = {"UnprocessedItems": { {{- d.table | py }}: [{"PutRequest": {"Item": {{ d.name }}_STORED}}]}}
    script.replies(left, {})
    script.call(lambda adapter: adapter.{{ d["kinds"]["write"] }}(put=[{{ item }}, {{ item }}]))
    assert [len(call["RequestItems"][{{ d.table | py }}]) for call in script.calls] == [2, 1]
    assert len(script.clock.slept) == 1
    script.forget()


def test_what_is_never_done_of_a_batch_is_told(script: ScriptedDynamo) -> None:
    left = {"UnprocessedItems": { {{- d.table | py }}: [{"PutRequest": {"Item": {{ d.name }}_STORED}}]}}
    script.replies(*[left] * ATTEMPTS)
    with pytest.raises(UnprocessedError) as raised:
        script.call(lambda adapter: adapter.{{ d["kinds"]["write"] }}(put=[{{ item }}]))
    assert raised.value.left == ({"PutRequest": {"Item": {{ d.name }}_STORED}},)
    script.forget()


def test_a_transaction_says_which_condition_failed(script: ScriptedDynamo) -> None:
    script.refuses("TransactionCanceledException", "None", "ConditionalCheckFailed")
    writes = [Put({{ d.constant }}, {{ d.name }}), Delete({{ d.constant }}, ({{ d.given }},), if_present=True)]
    with pytest.raises(TransactionCanceledError) as raised:
        script.call(lambda adapter: adapter.transact_write(writes))
    assert [(reason.index, reason.code) for reason in raised.value.reasons] == [(1, "ConditionalCheckFailed")]
    assert [list(item) for item in script.calls[0]["TransactItems"]] == [["Put"], ["Delete"]]
    script.forget()


def test_several_items_are_read_at_one_moment(script: ScriptedDynamo) -> None:
    script.replies({"Responses": [{"Item": {{ d.name }}_STORED}, {}]})
    key = ({{ d.given }},)
    found = script.call(lambda adapter: adapter.transact_get([Get({{ d.constant }}, key), Get({{ d.constant }}, key)]))
    assert found == [{{ item }}, None]
    script.forget()


def test_an_item_that_contradicts_its_type_is_told(script: ScriptedDynamo) -> None:
    script.replies({"Item": {"unknown": {"N": "1"}}})
    with pytest.raises(UnexpectedResponseError, match={{ d.type | py }}):
        script.call(lambda adapter: adapter.{{ d["kinds"]["get"] }}({{ d.given }}))
    script.forget()


def test_only_items_and_keys_of_the_table_are_sent(script: ScriptedDynamo) -> None:
    with pytest.raises(InvalidArgumentError, match={{ d.pattern }}):
        script.call(lambda adapter: adapter.{{ d["kinds"]["put"] }}({"S": "text"}))
    with pytest.raises(InvalidArgumentError):
        script.call(lambda adapter: adapter.transact_write([Check({{ d.constant }}, ({"S": "text"}, {"S": "text"}))]))


def test_the_service_is_asked_for_a_sign_of_life(script: ScriptedDynamo) -> None:
    script.replies({"Table": {"TableStatus": "ACTIVE"}})
    script.call(lambda adapter: adapter.healthcheck(timeout=1.0))
    script.sent(operation="describe_table", timeout=1.0, TableName={{ d.table | py }})

{% endif %}
{% if t.environments %}

@pytest.mark.parametrize("environment", {{ t.environments | py }})
def test_an_environment_is_ready_to_use(environment: str) -> None:
    with ScriptedDynamo.running({{ b.class_name }}, environment=environment) as script:
        script.replies({})
        script.call(lambda adapter: adapter.healthcheck())
        script.forget()

{% endif %}

def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {{ b.config | py }}


@pytest.mark.parametrize(
    ("example", "reply"),
    [
{% for e in b.examples %}
        (examples.{{ e.name }}, {{ e.reply }}),
{% endfor %}
        (examples.check, {}),
    ],
)
def test_the_example_runs(example: Callable[[{{ b.class_name }}], None], reply: Any) -> None:
    with ScriptedDynamo.running({{ b.class_name }}) as script:
        script.replies(reply)
        script.call(example)
        assert len(script.calls) == 1
        script.forget()


def test_the_examples_that_read_are_run_in_turn() -> None:
    assert examples.check in examples.READING
