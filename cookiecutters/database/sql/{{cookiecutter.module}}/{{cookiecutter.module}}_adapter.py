{% from "queries" import awaiting, blocking, constants %}
{% from "package" import header %}
{% set b = cookiecutter._b %}
{{ header(b, cookiecutter._pattern) -}}
"""{{ b.headline | doc(0, 107, 3) }}"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from integrations.runtime.sql import {{ "AsyncSqlAdapter, " if b.asynchronous }}Query, SqlAdapter{{ ", awaited, streamed" if b.asynchronous }}

{% if b.models %}
from .{{ b.module }}_models import {{ b.models | map(attribute="name") | join(", ") }}
{% endif %}

{{ constants(b.queries) }}

class {{ b.class_name }}(SqlAdapter):
    """{{ b.overview | doc(4, 107, 7) }}

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. Only
    what reads is tried again, and what the server says it has undone.
{% if not b.asynchronous %}

    Blocking alone: its driver has no async form.
{% endif %}
    """

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
    ENGINE = {{ b.engine | py }}
{{ blocking(b.queries) -}}
{% if b.asynchronous %}


class {{ b.async_name }}(AsyncSqlAdapter):
    """The same queries, to be awaited; `{{ b.class_name }}` documents their arguments and errors."""

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
    ENGINE = {{ b.engine | py }}

{{ awaiting(b.queries, b.class_name) -}}
{% endif %}
