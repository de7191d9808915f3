{% from "operations" import awaiting, blocking, constants, docstring, models_of %}
{% from "package" import header %}
{% set b = cookiecutter._b %}
{{ header(b, cookiecutter._pattern) -}}
"""{{ b.headline | doc(0, 107, 3) }}"""

from __future__ import annotations

import datetime as dt
{% if b.described.methods %}
import math
{% endif %}
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

{% if b.described.errors %}
from integrations.runtime import {{ b.described.errors | join(", ") }}
{% endif %}
from integrations.runtime.http import {{ b.imports.http | join(", ") }}

{{ models_of(b, b.imports) }}
{% if b.groups %}
if TYPE_CHECKING:
{% for g in b.groups %}
    from .{{ g.file }} import {{ g.async_name }}, {{ g.class_name }}
{% endfor %}

{% endif %}
{{ constants(b.methods) }}

class {{ b.class_name }}(HttpAdapter):
    """{{ b.overview | doc(4, 107, 7) }}
{% if b.unconfirmed %}

    Its operations are proposed, not confirmed by a document or a person.
{% endif %}
{% if b.groups %}

    Operations are grouped by subject; a group is imported when it is first used.
{% endif %}

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. What
    is not safe to repeat, a POST or PATCH, is tried again only where it says so.
    """

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
{% for g in b.groups %}

    @cached_property
    def {{ g.name }}(self) -> {{ g.class_name }}:
        """{{ g.summary | doc(8, 107, 11) }}"""
        from .{{ g.file }} import {{ g.class_name }}

        return {{ g.class_name }}(self)
{% endfor %}
{{ blocking(b.methods) -}}
{% for d in b.described.methods %}

    {{ d.signature }}
{{ docstring(d.doc) -}}
{{ d.body -}}
{% endfor %}
{% if b.incomplete %}
{% for verb in b.verbs %}

    def {{ verb }}(self, path: str, *, query: Mapping[str, Any] | None = None, {% if verb in b.with_body %}json: Any = None, form: Mapping[str, Any] | None = None, {% endif %}headers: Mapping[str, Any] | None = None, timeout: float | None = None) -> RawResponse:
        """{{ verb | upper }} `path`, below the base URL; `.json()` of the answer is its data."""
        return self.request({{ verb | upper | py }}, path, query=query, {% if verb in b.with_body %}json=json, form=form, {% endif %}headers=headers, timeout=timeout)
{% endfor %}
{% endif %}


class {{ b.async_name }}(AsyncHttpAdapter):
    """The same operations, to be awaited; `{{ b.class_name }}` documents their arguments and errors.{% if b.described.methods %}


    What is described in words blocks, so `{{ b.class_name }}` alone has it: {% for d in b.described.methods %}`{{ d.name }}`{{ ", " if not loop.last }}{% endfor %}.
    {% endif %}"""

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
{% for g in b.groups %}

    @cached_property
    def {{ g.name }}(self) -> {{ g.async_name }}:
        """{{ g.summary | doc(8, 107, 11) }}"""
        from .{{ g.file }} import {{ g.async_name }}

        return {{ g.async_name }}(self)
{% endfor %}

{{ awaiting(b.methods, b.class_name) -}}
{% if b.incomplete %}
{% for verb in b.verbs %}
    {{ verb }} = awaited({{ b.class_name }}.{{ verb }})
{% endfor %}
{% endif %}
