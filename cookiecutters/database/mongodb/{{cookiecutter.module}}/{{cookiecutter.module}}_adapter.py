{% from "documents" import blocking %}
{% from "package" import header %}
{% set b = cookiecutter._b %}
{{ header(b, cookiecutter._pattern) -}}
"""{{ b.headline | doc(0, 107, 3) }}"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from integrations.runtime.mongodb import AsyncMongoAdapter, Change, Collection, Find, Index, MongoAdapter, Operation, Stream, Update, Value, Written, awaited, streamed

{% if b.models.names %}
from .{{ b.module }}_models import {{ b.models.names | join(", ") }}

{% endif %}
{% for c in b.collections %}
{{ c.constant }}: Collection[{{ c.document }}] = Collection({{ c.name | py }}, {{ c.document }}{{ ", id=\"plain\"" if c.plain }}{% if c.indexes %}, indexes=({% for index in c.indexes %}{{ index }}, {% endfor %}){% endif %})
{% endfor %}

{% for m in b.methods %}
{{ m.constant }}: {{ m.annotation }} = {{ m.value }}
{% endfor %}


class {{ b.class_name }}(MongoAdapter):
    """{{ b.overview | doc(4, 107, 7) }}

    Every method takes `timeout`, seconds for all of the call, and raises an `IntegrationError` when it fails.
    What only reads is tried again when it fails for a passing reason; the driver repeats a write once, safely.
    `transaction()` and `run_in_transaction(…)` give the same methods inside a transaction, and
    `ensure_indexes()` makes what the collections declare.
    """

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
    COLLECTIONS = ({{ b.collections | map(attribute="constant") | join(", ") }}{{ "," if b.collections | length == 1 }})
{{ blocking(b.methods) -}}


class {{ b.async_name }}(AsyncMongoAdapter):
    """The same operations, to be awaited; `{{ b.class_name }}` documents their arguments and errors."""

    SERVICE = {{ b.service | py }}
    PACKAGE = {{ b.module | py }}
    CONFIG = Path(__file__).with_name("config.yaml")
    COLLECTIONS = ({{ b.collections | map(attribute="constant") | join(", ") }}{{ "," if b.collections | length == 1 }})

{% for m in b.methods %}
    {{ m.name }} = {{ m.form_of }}({{ b.class_name }}.{{ m.name }})
{% endfor %}
