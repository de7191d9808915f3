{% set b = cookiecutter._b %}
{% set t = b.test %}
{% set probe = t.probe %}
{# msgspec alone does not know the wrappers of unions #}
{% set typed, plain = ("typed", "plain") if b.models.unions else ("convert", "to_builtins") %}
{% macro lam(call) %}lambda {{ b.instance }}: {{ b.instance }}.{{ call }}{% endmacro %}
# Generated from integrations.yaml, entry "{{ b.name | comment }}"; see {{ b.module }}_adapter.py for how to change it.
"""{{ b.service | doc(0, 90, 3) }} without a network: every operation against a scripted service, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import yaml
{% if not b.models.unions %}
from msgspec import convert, to_builtins
{% endif %}

from integrations.{{ b.module }} import {{ ([b.class_name, b.async_name] + b.imports.test_models) | join(", ") }}, examples
from integrations.runtime import {{ b.imports.errors | join(", ") }}
from integrations.runtime.http import AsyncDownload, Download
from integrations.runtime.testing import ScriptedService, error_table{{ ", plain, typed" if b.models.unions }}

SECRETS{{ ": dict[str, str]" if not t.secrets }} = {{ t.secrets | py }}
BASE_URL = {{ t.base_url | py }}
ATTEMPTS = {{ t.attempts }}  # of an operation that may be repeated
TIMEOUT = {{ b.config.timeout }}  # seconds, unless the caller says otherwise

{% for name, value in t.constants.items() %}
{{ name }}: dict[str, Any] = {{ value | py }}
{% endfor %}


@pytest.fixture(params=["sync", "async"])
def service(request: pytest.FixtureRequest) -> Iterator[ScriptedService]:
    with ScriptedService.running({{ b.class_name }}, {{ b.async_name }}, request.param, secrets=SECRETS, {{ "environ=" ~ t.environ | py if t.environ else "base_url=BASE_URL" }}) as running:
        yield running

{% for op in t.operations %}

{% if op.form == "pages" %}
def test_{{ op.name }}_yields_every_page(service: ScriptedService) -> None:
{% for step in op.pages.steps %}
    service.replies({{ step.reply }})
{% endfor %}
    found = service.call({{ lam(op.name) }}({{ op.pages.arguments }}))
{% for step in op.pages.steps %}
    service.sent({{ step.sent }})
{% endfor %}
{% if op.typed %}
    assert found == {{ typed }}([{{ op.expected }}] * {{ op.pages.count }}, {{ op.typed }})
{% endif %}
    assert {{ plain }}(found) == [{{ op.expected }}] * {{ op.pages.count }}

{% if op.has_options or op.keyed %}

def test_{{ op.name }}_sends_every_option(service: ScriptedService) -> None:
    service.replies(json={{ op.pages.empty }})
    found = service.call({{ lam(op.name) }}({{ op.full.arguments }}))
    service.sent({{ op.full.sent }})
    assert found == []

{% endif %}
{% else %}
def test_{{ op.name }}(service: ScriptedService) -> None:
{% if op.form == "download" %}
    download = service.adapter.{{ op.name }}({{ op.least.arguments }})
    assert isinstance(download, Download | AsyncDownload)  # nothing is sent before it is entered
{% endif %}
    service.replies({{ op.reply }})
    found = service.call({{ lam(op.name) }}({{ op.full.arguments }}))
    service.sent({{ op.full.sent }})
{% if op.typed %}
    assert found == {{ typed }}({{ op.expected }}, {{ op.typed }})
{% endif %}
    assert {{ plain ~ "(found)" if op.form == "value" else "found" }} {{ "is" if op.expected in ("True", "False", "None") else "==" }} {{ op.expected }}

{% if op.has_options %}

def test_{{ op.name }}_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies({{ op.reply }})
    service.call({{ lam(op.name) }}({{ op.least.arguments }}))
    service.sent({{ op.least.sent }})

{% endif %}
{% endif %}
{% endfor %}
{% if b.incomplete %}
{% for verb in b.verbs %}
{% set json = verb in b.with_body %}

def test_{{ verb }}(service: ScriptedService) -> None:
    service.replies(json={"id": 1}{{ ", times=2" if json }})
    answer = service.call({{ lam(verb) }}("/things", query={"page": 2}, {{ "json={\"name\": \"first\"}, " if json }}headers={"X-Trace": "t-1"}, timeout=7.5))
    service.sent({{ verb | upper | py }}, "/things", query={"page": "2"}, {{ "json={\"name\": \"first\"}, " if json }}headers={"X-Trace": "t-1"}, timeout=7.5)
{% if json %}
    service.call({{ lam(verb) }}("/things", form={"name": "first"}))
    service.sent({{ verb | upper | py }}, "/things", form={"name": "first"})
{% endif %}
    assert answer.json() == {"id": 1}

{% endfor %}
{% endif %}

# {{ "Every method" if b.incomplete else "Every operation" }} with the least it takes, and how often it is sent while the service is down.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
{% for op in t.operations %}
    {{ op.name | py }}: ({{ "ATTEMPTS" if op.attempts > 1 else 1 }}, {{ lam(op.name) }}({{ op.least.arguments }})),
{% endfor %}
{% if b.incomplete %}
{% for verb in b.verbs %}
    {{ verb | py }}: ({{ "ATTEMPTS" if verb in ("get", "put", "delete") else 1 }}, {{ lam(verb) }}("/things")),
{% endfor %}
{% endif %}
    "request": (ATTEMPTS, {{ lam("request") }}("GET", "/anything")),
}
ONE_OF_EACH = {error: (status, error) for status, error in error_table()}.values()


@pytest.mark.parametrize("operation", CALLS)
def test_a_failure_is_raised_after_as_many_attempts_as_are_safe(service: ScriptedService, operation: str) -> None:
    attempts, call = CALLS[operation]
    service.fails(httpx2.ReadTimeout("slow"), times=attempts)
    with pytest.raises(RequestTimeoutError):
        service.call(call)
    for status, error in error_table() if operation == "request" else ONE_OF_EACH:
        service.replies(status, times=attempts if error.retryable else 1)
        with pytest.raises(error) as raised:
            service.call(call)
        assert raised.value.status == status
        assert (raised.value.service, raised.value.operation) == ({{ b.service | py }}, {{ '"request"' if b.incomplete else "operation" }})
    assert {seen.timeout for seen in service.requests} == {TIMEOUT}
    service.forget()

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
    attempts, call = CALLS[operation]
    service.replies(status, times=attempts if error.retryable else 1)
    with pytest.raises(error) as raised:
        service.call(call)
    assert raised.value.status == status
    assert meaning in str(raised.value)
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
    assert service.call(CALLS[operation][1])
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
        service.call(CALLS[operation][1])
    assert raised.value.status == 200
    assert raised.value.headers["x-request-id"] == "r-1"
    assert raised.value.body
    service.forget()

{% endif %}
{% if t.keyed %}

@pytest.mark.parametrize("operation", {{ t.keyed | map(attribute="name") | list | py }})
def test_a_call_has_a_key_of_its_own_which_its_attempts_share(service: ScriptedService, operation: str) -> None:
    attempts, call = CALLS[operation]
    service.replies(503, times=2 * attempts)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            service.call(call)
    keys = [seen.headers[{{ t.keyed[0].keyed | lower | py }}] for seen in service.requests]
    assert keys == [keys[0]] * attempts + [keys[-1]] * attempts
    assert keys[0] != keys[-1]
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

def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {{ b.config | py }}


@pytest.mark.parametrize("form", ["sync", "async"])
def test_a_variable_wins_over_the_configuration(form: Literal["sync", "async"]) -> None:
    environ = { {{- (b.prefix ~ "_BASE_URL") | py }}: "https://elsewhere.example"}
    with ScriptedService.running({{ b.class_name }}, {{ b.async_name }}, form, secrets=SECRETS, environ=environ) as service:
        assert "https://elsewhere.example" in repr(service.adapter)


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
