{% from "package" import brief %}
{% set b = cookiecutter._b %}
{% set t = b.test %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 100, 3) }} without a server: every operation against a scripted one, blocking and async."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.{{ b.module }} import {{ ([b.class_name, b.async_name] + b.models.names) | join(", ") }}, examples
from integrations.runtime import ConflictError, IntegrationError, InvalidArgumentError, InvalidRequestError, MissingSecretError, PermissionDeniedError, RequestTimeoutError, SecretManager, TransactionConflictError, UnavailableError, UnexpectedResponseError
from integrations.runtime.mongodb import Change, Failure, PartlyWrittenError, Written
from integrations.runtime.testing import ScriptedMongo

SECRETS{{ ": dict[str, str]" if not t.secrets }} = {{ t.secrets | py }}
TIMEOUT = {{ t.timeout }}  # seconds, unless the caller says otherwise
ATTEMPTS = {{ t.attempts }}  # of an operation that may be repeated
ENVIRON = { {{- (b.prefix ~ "_MAX_ATTEMPTS") | py }}: str(ATTEMPTS)}

{% for d in t.documents %}
{{ d.name }} = {{ d.value }}
{{ d.name }}_STORED: dict[str, Any] = {{ d.stored }}
{% endfor %}


@pytest.fixture(params=["sync", "async"])
def script(request: pytest.FixtureRequest) -> Iterator[ScriptedMongo]:
    with ScriptedMongo.running({{ b.class_name }}, {{ b.async_name }}, request.param, secrets=SECRETS, environ=ENVIRON) as running:
        yield running

{% for m in t.methods %}

def test_{{ m.name }}(script: ScriptedMongo) -> None:
    script.replies({{ m.reply }})
    found = script.call(lambda adapter: adapter.{{ m.call }})
    script.sent({{ m.sent }})
    assert found {{ "is" if m.expected in ("None", "True") else "==" }} {{ m.expected }}

{% endfor %}
{% for c in t.lives %}
{% set d = c.name %}

def test_{{ c.standard["get"] }}_gives_none_where_there_is_no_such_thing(script: ScriptedMongo) -> None:
    script.replies(None)
    assert script.call(lambda adapter: adapter.{{ c.standard["get"] }}({{ d }}.id)) is None
    script.sent(verb="find_one", collection={{ c.collection | py }}, timeout=TIMEOUT, filter={"_id": {{ d }}.id})


def test_{{ c.standard["replace"] }}_and_{{ c.standard["delete"] }}_say_that_there_was_none(script: ScriptedMongo) -> None:
    script.replies(0, 0)
    assert script.call(lambda adapter: adapter.{{ c.standard["replace"] }}({{ d }})) is False
    assert script.call(lambda adapter: adapter.{{ c.standard["delete"] }}({{ d }}.id)) is False
    script.sent(verb="replace_one", collection={{ c.collection | py }}, timeout=TIMEOUT, filter={"_id": {{ d }}.id}, replacement={{ d }}_STORED)
    script.sent(verb="delete_one", collection={{ c.collection | py }}, timeout=TIMEOUT, filter={"_id": {{ d }}.id})


def test_{{ c.standard["watch"] }}_goes_on_after_the_last_change_when_the_connection_is_lost(script: ScriptedMongo) -> None:
    seen = {"operationType": "delete", "documentKey": {"_id": {{ d }}.id}, "_id": {"_data": "token-1"}}
    script.replies([seen, UnavailableError("gone")], [])
    found = script.call(lambda adapter: adapter.{{ c.standard["watch"] }}(wait=1.0))
    script.sent(verb="watch", collection={{ c.collection | py }})
    script.sent(verb="watch", collection={{ c.collection | py }}, resume_after="token-1")
    assert found == [Change("delete", {{ d }}.id, None, "token-1")]

{% endfor %}
{% if t.lives %}
{% set c = t.lives[0] %}
{% set d = c.name %}

@pytest.mark.parametrize(
    ("code", "error"),
    [
        (11000, ConflictError),
        (121, InvalidRequestError),
        (13, PermissionDeniedError),
        (50, RequestTimeoutError),
        (91, UnavailableError),
        (112, TransactionConflictError),
    ],
)
def test_an_error_of_the_server_has_its_class(code: int, error: type[IntegrationError], script: ScriptedMongo) -> None:
    script.refuses(code, times=ATTEMPTS)
    with pytest.raises(error) as raised:
        script.call(lambda adapter: adapter.{{ c.standard["get"] }}({{ d }}.id))
    assert raised.value.operation == {{ c.standard["get"] | py }}
    assert raised.value.attempts == (ATTEMPTS if raised.value.retryable else 1)
    script.forget()


def test_a_write_that_may_have_been_done_is_not_repeated(script: ScriptedMongo) -> None:
    script.fails(RequestTimeoutError("slow"))
    with pytest.raises(RequestTimeoutError):
        script.call(lambda adapter: adapter.{{ c.standard["insert"] }}({{ d }}))
    assert len(script.calls) == 1
    script.forget()


def test_refused_writes_of_a_batch_are_located(script: ScriptedMongo) -> None:
    refused = [Failure("write", 1, "11000", "duplicate")]
    script.fails(PartlyWrittenError(refused, Written(inserted=1)))
    with pytest.raises(PartlyWrittenError) as raised:
        script.call(lambda adapter: adapter.{{ c.standard["write"] }}(insert=[{{ d }}, {{ d }}]))
    assert raised.value.failures == (Failure("insert", 1, "11000", "duplicate"),)
    assert raised.value.written == Written(inserted=1)
    script.forget()


def test_a_transaction_is_committed_and_repeated_when_another_came_first(script: ScriptedMongo) -> None:
    script.replies(None)
    script.refuses(112)
    script.replies(None, None, None)
    script.in_transaction(lambda tx: tx.{{ c.standard["insert"] }}({{ d }}))
    assert [call["verb"] for call in script.calls] == ["begin", "insert_one", "begin", "insert_one", "commit"]
    assert script.calls[1]["transaction"] is True
    script.forget()


def test_an_error_in_a_transaction_leaves_nothing(script: ScriptedMongo) -> None:
    script.replies(None)
    script.refuses(121)
    with pytest.raises(InvalidRequestError):
        script.in_transaction(lambda tx: tx.{{ c.standard["insert"] }}({{ d }}))
    assert [call["verb"] for call in script.calls] == ["begin", "insert_one"]
    script.forget()


def test_indexes_are_made_as_declared(script: ScriptedMongo) -> None:
    script.replies({{ "None, " * (t.lives | selectattr("indexes") | list | length) }})
    script.call(lambda adapter: adapter.ensure_indexes(timeout=7.5))
{% for c in t.lives if c.indexes %}
    script.sent(verb="create_indexes", collection={{ c.collection | py }}, timeout=7.5, indexes=[{{ c.indexes | join(", ") }}])
{% endfor %}


def test_a_document_that_contradicts_its_type_is_told(script: ScriptedMongo) -> None:
    script.replies({"_id": {{ d }}.id, "unknown": 1})
    with pytest.raises(UnexpectedResponseError, match={{ (c.type) | py }}):
        script.call(lambda adapter: adapter.{{ c.standard["get"] }}({{ d }}.id))
    script.forget()


def test_only_documents_of_the_collection_are_written(script: ScriptedMongo) -> None:
    with pytest.raises(InvalidArgumentError, match={{ c.pattern }}):
        script.call(lambda adapter: adapter.{{ c.standard["insert"] }}({"$set": {}}))
    with pytest.raises(InvalidArgumentError):
        script.call(lambda adapter: adapter.{{ c.standard["get"] }}({"$ne": None}))


{% endif %}
def test_the_server_is_asked_for_a_sign_of_life(script: ScriptedMongo) -> None:
    script.replies(None)
    script.call(lambda adapter: adapter.healthcheck(timeout=1.0))
    script.sent(verb="ping", timeout=1.0)

{% if t.missing %}

@pytest.mark.parametrize("adapter", [{{ b.class_name }}, {{ b.async_name }}])
def test_a_missing_secret_is_named(adapter: type[{{ b.class_name }} | {{ b.async_name }}]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match={{ t.missing | py }}):
        adapter.from_config(secrets=nothing, environ={})

{% endif %}
{% if t.environments %}

@pytest.mark.parametrize("environment", {{ t.environments | py }})
def test_an_environment_is_ready_to_use(environment: str) -> None:
    with ScriptedMongo.running({{ b.class_name }}, {{ b.async_name }}, "sync", secrets=SECRETS, environment=environment) as script:
        script.replies(None)
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
        (examples.check, None),
    ],
)
def test_the_example_runs(example: Callable[[{{ b.class_name }}], None], reply: Any) -> None:
    with ScriptedMongo.running({{ b.class_name }}, {{ b.async_name }}, "sync", secrets=SECRETS) as script:
        script.replies(reply)
        script.call(example)
        assert len(script.calls) == 1
        script.forget()


def test_the_examples_that_read_are_run_in_turn() -> None:
    assert examples.check in examples.READING
