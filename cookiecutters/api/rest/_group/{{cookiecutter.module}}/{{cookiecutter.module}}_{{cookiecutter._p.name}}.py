{% from "operations" import awaiting, blocking, constants, models_of %}
{% from "package" import header %}
{% set b = cookiecutter._b %}
{% set g = cookiecutter._p %}
{{ header(b, cookiecutter._pattern) -}}
"""{{ g.headline | doc(0, 107, 3) }}"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from integrations.runtime.http import {{ g.imports.http | join(", ") }}

{{ models_of(b, g.imports) }}

{{ constants(g.methods) }}

class {{ g.class_name }}(HttpGroup):
    """{{ g.title | doc(4, 107, 7) }}, as `{{ g.name }}` of `{{ b.class_name }}`.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. What
    is not safe to repeat, a POST or PATCH, is tried again only where it says so.
    """
{{ blocking(g.methods) }}

class {{ g.async_name }}(AsyncHttpGroup):
    """The same operations, to be awaited; `{{ g.class_name }}` documents their arguments and errors."""

{{ awaiting(g.methods, g.class_name) -}}
