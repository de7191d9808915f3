{% from "package" import brief %}
{% set b = cookiecutter._b %}
{% set t = b.test %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 100, 3) }} on a real server: every kind of key, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import convert

from integrations.{{ b.module }} import {{ ([b.class_name, b.async_name] + b.models.names) | join(", ") }}
from integrations.runtime.redis import Scored
from integrations.runtime.testing import RunningRedis, server

{% for name, value in t.constants.items() %}
{{ name }}: Any = {{ value | py }}
{% endfor %}


@pytest.fixture(scope="module")
def url() -> str:
    return server("redis").fresh({{ b.module | py }})


@pytest.fixture(params=["sync", "async"])
def live(request: pytest.FixtureRequest, url: str) -> Iterator[RunningRedis]:
    with RunningRedis.running({{ b.class_name }}, {{ b.async_name }}, request.param, url) as running:
        yield running


def test_the_server_answers(live: RunningRedis) -> None:
    live.call(lambda {{ b.instance }}: {{ b.instance }}.healthcheck())

{% for key in t.live %}

def test_{{ key.name }}(live: RunningRedis) -> None:
{% for call, check in key.steps %}
    found = live.call(lambda {{ b.instance }}: {{ b.instance }}.{{ call }})
    assert {{ check }}
{% endfor %}

{% endfor %}
