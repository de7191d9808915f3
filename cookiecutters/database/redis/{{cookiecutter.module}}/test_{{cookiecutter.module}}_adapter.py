{% from "package" import brief %}
{% set b = cookiecutter._b %}
{% set t = b.test %}
{% macro lam(m, arguments) %}lambda {{ b.instance }}: {{ b.instance }}.{{ m.name }}({{ arguments }}){% endmacro %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 100, 3) }} without a server: every operation against a script, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from msgspec import convert
from msgspec.json import encode

from integrations.{{ b.module }} import {{ ([b.class_name, b.async_name] + b.models.names) | join(", ") }}, examples
from integrations.runtime import (
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    IntegrationError,
    InvalidRequestError,
    MissingSecretError,
    PermissionDeniedError,
    RequestTimeoutError,
    SecretManager,
    UnavailableError,
    UnexpectedResponseError,
)
from integrations.runtime.redis import DeadLetter, Entry, Scored
from integrations.runtime.testing import ANYTHING, OK, Fields, ScriptedRedis

SECRETS: dict[str, str] = {{ t.secrets | py }}
ATTEMPTS = {{ t.attempts }}  # of an operation that may be repeated
TIMEOUT = {{ t.timeout }}  # seconds, unless the caller says otherwise

{% for name, value in t.constants.items() %}
{{ name }}: Any = {{ value | py }}
{% endfor %}


@pytest.fixture(params=["sync", "async"])
def redis(request: pytest.FixtureRequest) -> Iterator[ScriptedRedis]:
    with ScriptedRedis.running({{ b.class_name }}, {{ b.async_name }}, request.param, secrets=SECRETS) as running:
        yield running

{% for m in b.methods %}
{% for case in m.cases %}

def test_{{ m.name }}{{ "_" ~ loop.index if m.cases | length > 1 }}(redis: ScriptedRedis) -> None:
{% for reply in case.replies %}
    {{ reply }}
{% endfor %}
    found = redis.call({{ lam(m, case.arguments) }})
{% for turn in case.turns %}
    redis.sent({{ turn }})
{% endfor %}
    assert found {{ "is" if case.expected in ("None", "True", "False") else "==" }} {{ case.expected }}

{% endfor %}
{% endfor %}
{% if t.queued | length == 2 %}
{% set first, second = t.queued[0], t.queued[1] %}

@pytest.mark.parametrize("atomic", [False, True])
def test_a_pipeline_sends_all_at_once(redis: ScriptedRedis, atomic: bool) -> None:
    replies = [{{ first.cases[0].replies[0].removeprefix("redis.replies(").removesuffix(")") }}, {{ second.cases[0].replies[0].removeprefix("redis.replies(").removesuffix(")") }}]
    if atomic:
        redis.transaction(*replies)
    else:
        redis.replies_all(*replies)
    found = redis.pipelined(
        lambda p: [p.{{ first.name }}({{ first.cases[0].arguments }}), p.{{ second.name }}({{ second.cases[0].arguments }})], atomic=atomic, timeout=7.5
    )
    sent: list[list[Any]] = [{{ first.cases[0].turns[0] }}, {{ second.cases[0].turns[0] }}]
    redis.sent(*([["MULTI"], *sent, ["EXEC"]] if atomic else sent), timeout=7.5)
    assert found == [{{ first.cases[0].expected }}, {{ second.cases[0].expected }}]

{% endif %}

# Every operation, and how often it is sent while the server does not answer.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
{% for m in b.methods %}
    {{ m.name | py }}: ({{ "ATTEMPTS" if m.safe else 1 }}, {{ lam(m, m.sample) }}),
{% endfor %}
    "healthcheck": (ATTEMPTS, lambda {{ b.instance }}: {{ b.instance }}.healthcheck()),
    "command": (1, lambda {{ b.instance }}: {{ b.instance }}.command("INCR", "anything")),
}


@pytest.mark.parametrize("operation", CALLS)
def test_a_failure_is_raised_after_as_many_attempts_as_are_safe(redis: ScriptedRedis, operation: str) -> None:
    attempts, call = CALLS[operation]
    redis.fails(RequestTimeoutError("slow"), times=attempts)
    with pytest.raises(RequestTimeoutError) as raised:
        redis.call(call)
    assert (raised.value.service, raised.value.operation) == ({{ b.service | py }}, operation)
    assert len(redis.calls) == attempts
    redis.fails(ConnectionFailedError("not reached", undone=True), times=ATTEMPTS)
    with pytest.raises(ConnectionFailedError):
        redis.call(call)
    redis.refuses("OOM", times=ATTEMPTS)
    with pytest.raises(UnavailableError) as refused:
        redis.call(call)
    assert refused.value.code == "OOM"
    assert {seen["timeout"] for seen in redis.calls} <= {TIMEOUT, TIMEOUT + 2.5}
    redis.forget()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("NOAUTH", AuthenticationError),
        ("WRONGPASS", AuthenticationError),
        ("NOPERM", PermissionDeniedError),
        ("WRONGTYPE", InvalidRequestError),
        ("MOVED", InvalidRequestError),
        ("ERR", InvalidRequestError),
        ("LOADING", UnavailableError),
        ("READONLY", UnavailableError),
        ("CLUSTERDOWN", UnavailableError),
    ],
)
def test_a_refusal_has_the_code_of_the_server(redis: ScriptedRedis, code: str, error: type[IntegrationError]) -> None:
    redis.refuses(code, times=ATTEMPTS if error is UnavailableError else 1)
    with pytest.raises(error, match=code):
        redis.call(CALLS["healthcheck"][1])
    redis.forget()

{% if t.unreadable %}

@pytest.mark.parametrize(
    ("operation", "template"),
    [
{% for one in t.unreadable %}
        ({{ one.name | py }}, {{ one.template | py }}),
{% endfor %}
    ],
)
def test_what_cannot_be_read_is_named_and_not_shown(redis: ScriptedRedis, operation: str, template: str) -> None:
    redis.replies(b"{\"hidden\": ")
    with pytest.raises(UnexpectedResponseError) as raised:
        redis.call(CALLS[operation][1])
    assert template in str(raised.value)
    assert "hidden" not in str(raised.value)
    redis.forget()

{% endif %}
{% if t.missing %}

@pytest.mark.parametrize("adapter", [{{ b.class_name }}, {{ b.async_name }}])
def test_a_missing_secret_is_named(adapter: type[{{ b.class_name }} | {{ b.async_name }}]) -> None:
    with pytest.raises(MissingSecretError, match={{ t.missing | py }}):
        adapter.from_config(secrets=SecretManager(environ={}, mounts=()), environ={})

{% endif %}
{% if t.environments %}

@pytest.mark.parametrize("environment", {{ t.environments | py }})
def test_an_environment_is_ready_to_use(environment: str) -> None:
    with ScriptedRedis.running(
        {{ b.class_name }}, {{ b.async_name }}, "sync", secrets=SECRETS, environment=environment
    ) as redis:
        redis.replies(b"PONG")
        redis.call(CALLS["healthcheck"][1])
        redis.sent(["PING"])

{% endif %}

def test_a_closed_adapter_says_so() -> None:
    with ScriptedRedis.running({{ b.class_name }}, {{ b.async_name }}, "sync", secrets=SECRETS) as redis:
        redis.adapter.close()
        with pytest.raises(ConfigurationError, match="closed"):
            redis.call(CALLS["healthcheck"][1])


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {{ b.config | py }}


{% for e in b.examples %}

def test_the_example_{{ e.name }}_runs() -> None:
    with ScriptedRedis.running({{ b.class_name }}, {{ b.async_name }}, "sync", secrets=SECRETS) as redis:
{% for reply in e.cases[0].replies %}
        {{ reply }}
{% endfor %}
        redis.call(examples.{{ e.name }})
        redis.forget()

{% endfor %}

def test_the_example_check_health_runs() -> None:
    with ScriptedRedis.running({{ b.class_name }}, {{ b.async_name }}, "sync", secrets=SECRETS) as redis:
        redis.replies(b"PONG")
        redis.call(examples.check_health)
        redis.sent(["PING"])
