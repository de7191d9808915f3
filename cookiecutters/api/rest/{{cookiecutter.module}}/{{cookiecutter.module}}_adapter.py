{% set b = cookiecutter._b %}
{% macro docstring(doc) %}
        """{{ doc.summary | doc(8, 97, 11) }}
{%- for paragraph in doc.paragraphs %}


        {{ paragraph | doc(8) }}
{%- endfor %}
{% if doc.args %}


        Args:
{%- for arg in doc.args %}

            {{ arg.name }}: {{ arg.text | doc(16, 100, 14 + arg.name | length) }}
{%- endfor %}
{% endif %}
{% if doc.returns %}


        Returns:
            {{ doc.returns | doc(12) }}
{%- endif %}
{% if doc.yields %}


        Yields:
            {{ doc.yields | doc(12) }}
{%- endif %}
{% if doc.raises %}


        Raises:
{%- for error in doc.raises %}

            {{ error.error }}: {{ error.text | doc(16, 100, 14 + error.error | length) }}
{%- endfor %}
{% endif %}
{% if doc.paragraphs or doc.args or doc.returns or doc.yields or doc.raises %}

        {% endif %}"""
{% endmacro %}
# Generated from integrations.yaml, entry "{{ b.name | comment }}". To change it, edit that entry (or cookiecutters/api/)
# and run `nox -s generate -- {{ b.name | comment }}`. Your own methods belong in {{ b.module }}_custom.py.
"""{{ b.headline | doc(0, 97, 3) }}"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from integrations.runtime.http import {{ b.imports.http | join(", ") }}

{% if b.imports.models %}
from .{{ b.module }}_models import {{ b.imports.models | join(", ") }}
{% endif %}

{% for m in b.methods %}
{{ m.constant }}: Operation[{{ m.annotation }}] = Operation(
    {{- m.name | py }}, {{ m.method | py }}, {{ m.path | py }}{% for part in m.declaration %}, {{ part }}{% endfor -%}
)
{% endfor %}


class {{ b.class_name }}(HttpAdapter):
    """{{ b.overview | doc(4, 97, 7) }}

    Every method takes `timeout`, the seconds that one attempt may take, and raises an
    `IntegrationError` when it fails.
    """

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
{% for m in b.methods %}

    def {{ m.name }}({{ m.signature }}) -> {{ m.result }}:
{{ docstring(m.doc) -}}
{{ "        " }}{{ "return " if m.result != "None" }}self.{{ m.call }}({{ m.constant }}{% for a in m.arguments %}, {{ a }}{% endfor %})
{% endfor %}
{% if b.incomplete %}
{% for verb in b.verbs %}

    def {{ verb }}(self, path: str, *, query: Mapping[str, Any] | None = None, {% if verb in b.with_body %}json: Any = None, form: Mapping[str, Any] | None = None, {% endif %}headers: Mapping[str, Any] | None = None, timeout: float | None = None) -> RawResponse:
        """{{ verb | upper }} `path`, below the base URL; `.json()` of the answer is its data."""
        return self.request({{ verb | upper | py }}, path, query=query, {% if verb in b.with_body %}json=json, form=form, {% endif %}headers=headers, timeout=timeout)
{% endfor %}
{% endif %}


class {{ b.async_name }}(AsyncHttpAdapter):
    """The same operations, to be awaited; `{{ b.class_name }}` documents their arguments and errors."""

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
{% for m in b.methods %}

    {{ "async " if m.awaited }}def {{ m.name }}({{ m.signature }}) -> {{ m.async_result }}:
        """{{ m.doc.summary | doc(8, 97, 11) }}"""
        {{ "return " if m.result != "None" }}{{ "await " if m.awaited }}self.{{ m.call }}({{ m.constant }}{% for a in m.arguments %}, {{ a }}{% endfor %})
{% endfor %}
{% if b.incomplete %}
{% for verb in b.verbs %}

    async def {{ verb }}(self, path: str, *, query: Mapping[str, Any] | None = None, {% if verb in b.with_body %}json: Any = None, form: Mapping[str, Any] | None = None, {% endif %}headers: Mapping[str, Any] | None = None, timeout: float | None = None) -> RawResponse:
        """{{ verb | upper }} `path`, below the base URL; `.json()` of the answer is its data."""
        return await self.request({{ verb | upper | py }}, path, query=query, {% if verb in b.with_body %}json=json, form=form, {% endif %}headers=headers, timeout=timeout)
{% endfor %}
{% endif %}
