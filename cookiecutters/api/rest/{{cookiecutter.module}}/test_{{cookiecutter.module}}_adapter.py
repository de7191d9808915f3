{% set b = cookiecutter._b %}
{% set t = b.test %}
{% set probe = t.probe %}
{% macro lam(call) %}lambda {{ b.instance }}: {{ b.instance }}.{{ call }}{% endmacro %}
# Generated from integrations.yaml, entry "{{ b.name | comment }}"; see {{ b.module }}_adapter.py for how to change it.
"""{{ b.service | doc(0, 90, 3) }} without a network: every operation against a scripted service, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec import to_builtins

from integrations.{{ b.module }} import {{ ([b.class_name, b.async_name] + b.imports.test_models) | join(", ") }}, examples
from integrations.runtime import {{ b.imports.errors | join(", ") }}
from integrations.runtime.testing import ScriptedService, error_table

SECRETS{{ ": dict[str, str]" if not t.secrets }} = {{ t.secrets | py }}
BASE_URL = {{ t.base_url | py }}
ATTEMPTS = {{ b.config.retry.max_attempts }}  # of an operation that may be repeated

{% for name, value in t.constants.items() %}
{{ name }}: dict[str, Any] = {{ value | py }}
{% endfor %}


@pytest.fixture(params=["sync", "async"])
def service(request: pytest.FixtureRequest) -> Iterator[ScriptedService]:
    with ScriptedService.running({{ b.class_name }}, {{ b.async_name }}, request.param, secrets=SECRETS, base_url=BASE_URL) as running:
        yield running

{% for op in t.operations %}
{% set call = op.everything or op.least %}

{% if op.form == "pages" %}
def test_{{ op.name }}_yields_every_page(service: ScriptedService) -> None:
{% for step in op.pages.steps %}
    service.replies({{ step.reply }})
{% endfor %}
    found = service.call({{ lam(op.name) }}({{ op.least.arguments }}))
{% for step in op.pages.steps %}
    service.sent({{ step.sent }})
{% endfor %}
    assert to_builtins(found) == [{{ op.expected }}] * {{ op.pages.count }}

{% if op.everything %}

def test_{{ op.name }}_sends_every_option(service: ScriptedService) -> None:
    service.replies(json={{ op.pages.empty }})
    found = service.call({{ lam(op.name) }}({{ op.everything.arguments }}))
    service.sent({{ op.everything.sent }})
    assert found == []

{% endif %}
{% else %}
def test_{{ op.name }}(service: ScriptedService) -> None:
    service.replies({{ op.reply }})
{% if op.form == "value" %}
    found = service.call({{ lam(op.name) }}({{ call.arguments }}))
    service.sent({{ call.sent }})
    assert to_builtins(found) {{ "is" if op.expected in ("True", "False", "None") else "==" }} {{ op.expected }}
{% else %}
    found = service.call({{ lam(op.name) }}({{ call.arguments }}))
    service.sent({{ call.sent }})
    assert found {{ "is" if op.expected == "None" else "==" }} {{ op.expected }}
{% endif %}

{% if op.everything %}

def test_{{ op.name }}_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies({{ op.reply }})
    service.call({{ lam(op.name) }}({{ op.least.arguments }}))
    service.sent({{ op.least.sent }})

{% endif %}
{% endif %}
{% endfor %}
{% if t.operations %}

# Every operation with the least it takes, and how often it is sent while the service is down.
OUTAGES: dict[str, tuple[int, Callable[[Any], Any]]] = {
{% for op in t.operations %}
    {{ op.name | py }}: ({{ "ATTEMPTS" if op.attempts > 1 or b.config.retry.max_attempts == 1 else 1 }}, {{ lam(op.name) }}({{ op.least.arguments }})),
{% endfor %}
}


@pytest.mark.parametrize("operation", OUTAGES)
def test_an_outage_is_raised_after_as_many_attempts_as_are_safe(service: ScriptedService, operation: str) -> None:
    attempts, call = OUTAGES[operation]
    service.replies(503, times=attempts)
    with pytest.raises(UnavailableError) as raised:
        service.call(call)
    assert raised.value.operation == operation
    assert len(service.requests) == attempts
    service.forget()

{% endif %}
{% if t.operations | selectattr("errors") | list %}

@pytest.mark.parametrize(
    ("operation", "status", "error", "meaning"),
    [
{% for op in t.operations %}
{% for e in op.errors %}
        ({{ op.name | py }}, {{ e.status }}, {{ e.error }}, {{ e.meaning | py }}),
{% endfor %}
{% endfor %}
    ],
)
def test_a_declared_error_says_what_it_means(
    service: ScriptedService, operation: str, status: int, error: type[ServiceError], meaning: str
) -> None:
    attempts, call = OUTAGES[operation]
    service.replies(status, times=attempts if error.retryable else 1)
    with pytest.raises(error) as raised:
        service.call(call)
    assert raised.value.status == status
    assert meaning in str(raised.value)
    service.forget()

{% endif %}
{% if probe %}

@pytest.mark.parametrize(("status", "error"), error_table())
def test_each_error_status_has_its_class(service: ScriptedService, status: int, error: type[ServiceError]) -> None:
    service.replies(status{{ ", times=ATTEMPTS if error.retryable else 1" if probe.attempts > 1 }})
    with pytest.raises(error) as raised:
        service.call({{ lam(probe.name) }}({{ probe.least.arguments }}))
    assert raised.value.status == status
    service.forget()

{% endif %}
{% if t.extra %}

@pytest.mark.parametrize(
    ("operation", "replies"),
    [
{% for op in t.extra %}
        ({{ op.name | py }}, [{{ op.extra | join(", ") }}]),
{% endfor %}
    ],
)
def test_a_field_that_is_not_declared_does_no_harm(service: ScriptedService, operation: str, replies: list[Any]) -> None:
    for reply in replies:
        service.replies(json=reply)
    assert service.call(OUTAGES[operation][1])
    service.forget()

{% endif %}
{% if t.unexpected %}

@pytest.mark.parametrize(
    ("operation", "reply"),
    [
{% for op in t.unexpected %}
        ({{ op.name | py }}, {{ op.wrong }}),
{% endfor %}
    ],
)
def test_an_answer_of_another_type_is_an_error_that_carries_it(service: ScriptedService, operation: str, reply: Any) -> None:
    service.replies(json=reply, headers={"X-Request-Id": "r-1"})
    with pytest.raises(UnexpectedResponseError) as raised:
        service.call(OUTAGES[operation][1])
    assert raised.value.status == 200
    assert raised.value.headers["x-request-id"] == "r-1"
    assert raised.value.body
    service.forget()

{% endif %}
{% if t.keyed %}
{% set op = t.keyed %}

{% if b.config.retry.max_attempts > 1 %}
def test_every_attempt_carries_the_same_key(service: ScriptedService) -> None:
    service.replies(503)
    service.replies({{ op.reply }})
    service.call({{ lam(op.name) }}({{ op.least.arguments }}))
    first, second = (seen.headers[{{ op.keyed | lower | py }}] for seen in service.requests)
    assert first == second
    service.forget()


{% endif %}
def test_a_key_of_your_own_is_sent_as_it_is(service: ScriptedService) -> None:
    service.replies({{ op.reply }})
    service.call({{ lam(op.name) }}({{ op.least.arguments }}{{ ", " if op.least.arguments }}idempotency_key="order-1"))
    service.sent({{ op.with_key }})

{% endif %}
{% if b.incomplete %}
{% for verb in b.verbs %}

def test_{{ verb }}(service: ScriptedService) -> None:
    service.replies(json={"id": 1})
    answer = service.call({{ lam(verb) }}("/things", query={"page": 2}{{ ", json={\"name\": \"first\"}" if verb in b.with_body }}))
    service.sent({{ verb | upper | py }}, "/things", query={"page": "2"}{{ ", json={\"name\": \"first\"}" if verb in b.with_body }})
    assert answer.json() == {"id": 1}

{% endfor %}

@pytest.mark.parametrize(("status", "error"), error_table())
def test_each_error_status_has_its_class(service: ScriptedService, status: int, error: type[ServiceError]) -> None:
    service.replies(status, times=ATTEMPTS if error.retryable else 1)
    with pytest.raises(error):
        service.call({{ lam("get") }}("/things"))
    service.forget()


def test_a_post_is_never_repeated(service: ScriptedService) -> None:
    service.replies(503)
    with pytest.raises(UnavailableError):
        service.call({{ lam("post") }}("/things", json={"name": "first"}))
    assert len(service.requests) == 1
    service.forget()

{% endif %}
{% if t.missing %}

@pytest.mark.parametrize("adapter", [{{ b.class_name }}, {{ b.async_name }}])
def test_a_missing_secret_is_named(adapter: type[{{ b.class_name }} | {{ b.async_name }}]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match={{ "r" if "|" in t.missing }}{{ t.missing | py }}):
        adapter.from_config(secrets=nothing, environ={ {%- if t.base_url %}{{ t.variable | py }}: {{ t.base_url | py }}{% endif -%} })

{% endif %}
{% if t.environments and (probe or b.incomplete) %}

@pytest.mark.parametrize("environment", {{ t.environments | py }})
def test_an_environment_is_ready_to_use(environment: str) -> None:
    with ScriptedService.running(
        {{ b.class_name }}, {{ b.async_name }}, "sync", secrets=SECRETS, base_url=BASE_URL, environment=environment
    ) as service:
{% if probe %}
        service.replies({{ probe.reply }})
        service.call({{ lam(probe.name) }}({{ probe.least.arguments }}))
        service.sent({{ probe.least.sent }})
{% else %}
        service.replies(json={})
        service.call({{ lam("get") }}("/things"))
        service.sent("GET", "/things")
{% endif %}

{% endif %}

@pytest.mark.parametrize(
    ("example", "replies"),
    [
{% for e in b.examples %}
        (examples.{{ e.name }}, [{{ e.replies | join(", ") }}]),
{% endfor %}
{% if b.incomplete %}
        (examples.read_anything, [{"json": {}}]),
{% endif %}
    ],
)
def test_the_example_runs(example: Callable[[{{ b.class_name }}], None], replies: list[dict[str, Any]]) -> None:
    with ScriptedService.running({{ b.class_name }}, {{ b.async_name }}, "sync", secrets=SECRETS, base_url=BASE_URL) as service:
        for reply in replies:
            service.replies(**reply)
        service.call(example)
        service.forget()
