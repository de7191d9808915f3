{% from "documents" import blocking %}
{% from "package" import header %}
{% set b = cookiecutter._b %}
{{ header(b, cookiecutter._pattern) -}}
"""{{ b.headline | doc(0, 107, 3) }}"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from msgspec import UNSET, UnsetType

from integrations.runtime.dynamodb import Condition, DynamoAdapter, Index, Operation, Query, Table

{% if b.models.names %}
from .{{ b.module }}_models import {{ b.models.names | join(", ") }}

{% endif %}
{% for t in b.tables %}
{{ t.constant }}: Table[{{ t.item }}] = {{ t.code }}
{% endfor %}

{% for m in b.methods %}
{{ m.constant }}: {{ m.annotation }} = {{ m.value }}
{% endfor %}


class {{ b.class_name }}(DynamoAdapter):
    """{{ b.overview | doc(4, 107, 7) }}

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. What only
    reads is tried again when it fails for a passing reason, and so is what was throttled. The driver, boto3, only
    blocks: in an async program, call these methods in threads.
    `transact_write([…])` does several writes or none; `create_tables()` is for tests and new accounts.
    """

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
    TABLES = ({{ b.tables | map(attribute="constant") | join(", ") }}{{ "," if b.tables | length == 1 }})
{{ blocking(b.methods) -}}
