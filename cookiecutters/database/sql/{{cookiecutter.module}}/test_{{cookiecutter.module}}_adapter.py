{% from "package" import brief %}
{% set b = cookiecutter._b %}
{% set t = b.test %}
{% macro lam(call) %}lambda {{ b.instance }}: {{ b.instance }}.{{ call }}{% endmacro %}
{% macro running(form, more="") %}ScriptedDatabase.running({{ b.class_name }}, {{ b.async_name or "None" }}, {{ form }}, secrets=SECRETS{{ ", environ=" ~ t.environ | py if t.environ }}{{ more }}){% endmacro %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 100, 3) }} without a server: every query against a scripted database{{ ", blocking and async" if b.asynchronous }}."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from integrations.{{ b.module }} import {{ ([b.class_name] + ([b.async_name] if b.asynchronous else []) + t.imports) | join(", ") }}, examples
from integrations.runtime import ConflictError, IntegrationError, MissingSecretError, RequestTimeoutError, SecretManager, TransactionConflictError, UnexpectedResponseError
from integrations.runtime.testing import ScriptedDatabase, error_codes

SECRETS{{ ": dict[str, str]" if not t.secrets }} = {{ t.secrets | py }}
ATTEMPTS = {{ t.attempts }}  # of a query that may be repeated


@pytest.fixture(params={{ '["sync", "async"]' if b.asynchronous else '["sync"]' }})
def db(request: pytest.FixtureRequest) -> Iterator[ScriptedDatabase]:
    with {{ running("request.param") }} as scripted:
        yield scripted

{% for q in t.queries %}

def test_{{ q.name }}(db: ScriptedDatabase) -> None:
{% if q.returns in ("exec", "batch") %}
    db.affects(1)
{% else %}
    db.rows([{{ q.raw }}])
{% endif %}
    found = db.call({{ lam(q.name) }}({{ q.arguments }}))
    db.sent(
        {{ q.statement }},
        {{ q.sent }},
    )
{% if q.returns in ("exec", "batch") %}
    assert found == 1
{% elif q.returns == "one" %}
    assert found == {{ q.expected }}
{% else %}
    assert found == [{{ q.expected }}]
{% endif %}

{% if b.queries[loop.index0].always %}

def test_{{ q.name }}_without_a_row_is_an_error(db: ScriptedDatabase) -> None:
    db.rows([])
    with pytest.raises(UnexpectedResponseError) as raised:
        db.call({{ lam(q.name) }}({{ q.arguments }}))
    assert (raised.value.operation, raised.value.undone) == ({{ q.name | py }}, False)
    db.forget()

{% elif q.returns in ("one", "many", "stream") %}

def test_{{ q.name }}_of_nothing_is_{{ "none" if q.returns == "one" else "empty" }}(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call({{ lam(q.name) }}({{ q.arguments }}))
    assert {{ "found is None" if q.returns == "one" else "found == []" }}
    db.forget()

{% endif %}
{% endfor %}
{% if b.incomplete %}

def test_fetch(db: ScriptedDatabase) -> None:
    db.rows([(1, "first")])
    found = db.call({{ lam("fetch") }}("SELECT 1, 'first'"))
    db.sent("SELECT 1, 'first'", {})
    assert found == [(1, "first")]

{% endif %}

# {{ "Every method" if b.incomplete else "Every query" }}, and how often it is sent while the database is down.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
{% for q in t.queries %}
    {{ q.name | py }}: ({{ "ATTEMPTS" if q.safe else 1 }}, {{ lam(q.name) }}({{ q.arguments }})),
{% endfor %}
{% if b.incomplete %}
    "fetch": (1, {{ lam("fetch") }}("SELECT 1")),
{% endif %}
}


@pytest.mark.parametrize("operation", CALLS)
def test_a_failure_is_raised_after_as_many_attempts_as_are_safe(db: ScriptedDatabase, operation: str) -> None:
    attempts, call = CALLS[operation]
    db.fails("timeout", times=attempts)
    with pytest.raises(RequestTimeoutError) as raised:
        db.call(call)
    assert (raised.value.service, raised.value.operation) == ({{ b.service | py }}, operation)
    assert raised.value.attempts == attempts
    db.forget()


@pytest.mark.parametrize("operation", CALLS)
def test_a_conflict_with_another_transaction_is_tried_again(db: ScriptedDatabase, operation: str) -> None:
    db.fails({{ t.serialization | py }}, times=ATTEMPTS)
    with pytest.raises(TransactionConflictError) as raised:
        db.call(CALLS[operation][1])
    assert raised.value.attempts == ATTEMPTS
    db.forget()


@pytest.mark.parametrize("operation", CALLS)
def test_a_constraint_that_forbids_it_is_a_conflict(db: ScriptedDatabase, operation: str) -> None:
    db.fails({{ t.conflict | py }})
    with pytest.raises(ConflictError) as raised:
        db.call(CALLS[operation][1])
    assert raised.value.code == {{ t.conflict | py }}
    assert raised.value.attempts == 1
    db.forget()


@pytest.mark.parametrize(("code", "error"), error_codes({{ b.engine | py }}))
def test_every_code_of_the_database_has_its_error(
    db: ScriptedDatabase, code: str, error: type[IntegrationError]
) -> None:
    db.fails(code, times=ATTEMPTS)
    with pytest.raises(error):
        db.call({{ lam(t.queries[0].name ~ "(" ~ t.queries[0].arguments ~ ")") if t.queries else lam('fetch("SELECT 1")') }})
    db.forget()


def test_a_failed_transaction_is_rolled_back() -> None:
    with {{ running('"sync"') }} as db:
        db.fails({{ t.conflict | py }})

        def within({{ b.instance }}: {{ b.class_name }}) -> None:
            with {{ b.instance }}.transaction() as tx:
                tx.fetch("SELECT 1")

        with pytest.raises(ConflictError):
            db.call(within)
        assert "COMMIT" not in db.commands
        assert db.commands[-1] in ("ROLLBACK", "(restored)")  # what failed for good is rolled back when lent again
        db.forget()

{% if t.secrets %}

@pytest.mark.parametrize("adapter", [{{ b.class_name }}{{ ", " ~ b.async_name if b.asynchronous }}])
def test_a_missing_secret_is_named(adapter: type[{{ b.class_name }}{{ " | " ~ b.async_name if b.asynchronous }}]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match={{ (t.secrets | list)[0] | py }}):
        adapter.from_config(secrets=nothing, environ={})

{% endif %}
{% if t.environments %}

@pytest.mark.parametrize("environment", {{ t.environments | py }})
def test_an_environment_is_ready_to_use(environment: str) -> None:
    with {{ running('"sync"', ", environment=environment") }} as db:
        db.rows([(1,)])
        assert db.call({{ lam('fetch("SELECT 1")') }}) == [(1,)]
        db.forget()

{% endif %}

def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {{ b.config | py }}


@pytest.mark.parametrize(
    ("example", "replies"),
    [
{% for e in b.examples %}
        (examples.{{ e.name }}, {{ "1" if e.returns in ("exec", "batch") else "[" ~ e.raw ~ "]" }}),
{% endfor %}
{% if b.incomplete %}
        (examples.ask, [(1,)]),
{% endif %}
    ],
)
def test_the_example_runs(example: Callable[[{{ b.class_name }}], None], replies: Any) -> None:
    with {{ running('"sync"') }} as db:
        if isinstance(replies, int):
            db.affects(replies)
        else:
            db.rows(replies)
        db.call(example)
        db.forget()
