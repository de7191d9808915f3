{% from "tests" import each, lam, setup, tables %}
{% set b = cookiecutter._b %}
{% set t = b.test %}
{% set probe = t.probe %}
# Generated from integrations.yaml, entry "{{ b.name | comment }}"; see {{ b.module }}_adapter.py for how to change it.
"""{{ b.service | doc(0, 100, 3) }} without a network: every operation against a scripted service, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import yaml
{% if not b.wrapped %}
from msgspec import convert, to_builtins
{% endif %}

from integrations.{{ b.module }} import {{ ([b.class_name, b.async_name] + b.imports.test_models) | join(", ") }}, examples
from integrations.runtime import {{ b.imports.errors | join(", ") }}
from integrations.runtime.http import AsyncDownload, Download
from integrations.runtime.testing import ScriptedService, error_table{{ ", plain, typed" if b.wrapped }}

{{ setup(b, t) }}
{{ each(b, t) -}}
{% if b.incomplete %}
{% for verb in b.verbs %}
{% set json = verb in b.with_body %}

def test_{{ verb }}(service: ScriptedService) -> None:
    service.replies(json={"id": 1}{{ ", times=2" if json }})
    answer = service.call({{ lam(b, verb) }}("/things", query={"page": 2}, {{ "json={\"name\": \"first\"}, " if json }}headers={"X-Trace": "t-1"}, timeout=7.5))
    service.sent({{ verb | upper | py }}, "/things", query={"page": "2"}, {{ "json={\"name\": \"first\"}, " if json }}headers={"X-Trace": "t-1"}, timeout=7.5)
{% if json %}
    service.call({{ lam(b, verb) }}("/things", form={"name": "first"}))
    service.sent({{ verb | upper | py }}, "/things", form={"name": "first"})
{% endif %}
    assert answer.json() == {"id": 1}

{% endfor %}
{% endif %}

{{ tables(b, t, true) }}
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
        service.call({{ lam(b, probe.call) }}({{ probe.least.arguments }}))
        service.sent({{ probe.least.sent }})
{% else %}
        service.replies(json={})
        service.call({{ lam(b, "get") }}("/things"))
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
