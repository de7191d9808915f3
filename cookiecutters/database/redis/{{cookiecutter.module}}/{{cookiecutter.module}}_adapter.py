{% from "package" import header %}
{% from "redis_methods" import blocking, constants %}
{% set b = cookiecutter._b %}
{{ header(b, cookiecutter._pattern) -}}
"""{{ b.headline | doc(0, 107, 3) }}"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from integrations.runtime.redis import (
    AsyncPipeline,
    AsyncKeyValueAdapter,
    CounterKey,
    DeadLetter,
    Entry,
    HashKey,
    Key,
    ListKey,
    Lock,
    LockKey,
    Pipeline,
    KeyValueAdapter,
    Scored,
    Script,
    SetKey,
    SortedSetKey,
    StreamKey,
    StringKey,
    awaited,
    iterated,
    locked,
    queued,
)

{% if b.models.names %}
from .{{ b.module }}_models import {{ b.models.names | join(", ") }}

{% endif %}
{{ constants(b) }}


class {{ b.class_name }}(KeyValueAdapter):
    """{{ b.overview | doc(4, 107, 7) }}

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. What
    is not safe to repeat is tried again only where nothing of it took effect.
    """

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
{{ blocking(b) }}
    def pipeline(self, *, atomic: bool = False, timeout: float | None = None) -> {{ b.pipeline_name }}:
        """Return a pipeline: its methods queue, and all is sent at once at the end of its `with`.

        Args:
            atomic: Make all of it one transaction.
            timeout: Seconds for all of it.
        """
        return {{ b.pipeline_name }}(self._send, atomic=atomic, timeout=timeout)


class {{ b.async_name }}(AsyncKeyValueAdapter):
    """The same operations, to be awaited; `{{ b.class_name }}` documents their arguments and errors."""

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    CONFIG = Path(__file__).with_name("config.yaml")

{% for m in b.methods %}
    {{ m.name }} = {{ m.form_of }}({{ b.class_name }}.{{ m.name }})
{% endfor %}

    def pipeline(self, *, atomic: bool = False, timeout: float | None = None) -> {{ b.async_pipeline_name }}:
        """Return a pipeline; see `{{ b.class_name }}.pipeline`."""
        return {{ b.async_pipeline_name }}(self._send, atomic=atomic, timeout=timeout)


class {{ b.queued_name }}:
    """What can be queued: each method returns a `Queued`, whose `.value` is there after `execute`."""

{% for m in b.methods if m.queued %}
    {{ m.name }} = queued({{ b.class_name }}.{{ m.name }})
{% endfor %}


class {{ b.pipeline_name }}({{ b.queued_name }}, Pipeline):
    """A pipeline, blocking."""


class {{ b.async_pipeline_name }}({{ b.queued_name }}, AsyncPipeline):
    """A pipeline, async."""
