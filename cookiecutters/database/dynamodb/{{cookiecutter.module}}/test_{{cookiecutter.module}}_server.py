{% from "package" import brief %}
{% set b = cookiecutter._b %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 100, 3) }} on a real server: every operation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import uuid4

import pytest

from integrations.{{ b.module }} import {{ ([b.class_name] + b.models.names) | join(", ") }}
{% if b.tables %}
from integrations.{{ b.module }}.{{ b.module }}_adapter import {{ b.tables | map(attribute="constant") | join(", ") }}
{% endif %}
from integrations.runtime import ConflictError
from integrations.runtime.dynamodb import AtLeast, Check, Delete, Get, Put, TransactionCanceledError
from integrations.runtime.testing import running_dynamo, server

{% for d in b.test.lives %}
{{ d.name }} = {{ d.value }}
{% if d.kept %}
{{ d.name }}_KEPT = {{ d.kept }}
{% endif %}
{% endfor %}


@pytest.fixture
def store() -> Iterator[{{ b.class_name }}]:
    with running_dynamo({{ b.class_name }}, server("dynamodb").url, uuid4().hex[:12]) as adapter:
        yield adapter

{% for d in b.test.lives %}
{% set kept = d.name ~ ("_KEPT" if d.kept else "") %}

def test_{{ d.instance }}(store: {{ b.class_name }}) -> None:
    assert store.{{ d["kinds"]["get"] }}({{ d.given }}) is None
    assert store.{{ d["kinds"]["put"] }}({{ d.name }}, if_absent=True) == {{ kept }}
    assert store.{{ d["kinds"]["get"] }}({{ d.given }}, consistent=True) == {{ kept }}
    with pytest.raises(ConflictError):
        store.{{ d["kinds"]["put"] }}({{ d.name }}, if_absent=True)
{% if d.version %}
    with pytest.raises(ConflictError):
        store.{{ d["kinds"]["put"] }}({{ d.name }})
{% endif %}
{% for m in d.queries %}
    assert list(store.{{ m.least }}) == {{ m.live }}
    assert list(store.{{ m.call | replace(", timeout=7.5", "") }}) == {{ m.live }}
{% endfor %}
    assert list(store.{{ d["kinds"]["scan"] }}()) == [{{ kept }}]
{% if d["update"] %}
    changed = store.{{ d["update"].least }}
{% if d.version %}
    assert changed.{{ d.version }} == 2
{% else %}
    assert changed == {{ d.name }}
{% endif %}
{% endif %}
    assert store.{{ d["kinds"]["delete"] }}({{ d.given }}) is True
    assert store.{{ d["kinds"]["delete"] }}({{ d.given }}) is False
{% if d["update"] %}
    with pytest.raises(ConflictError):
        store.{{ d["update"].least }}
{% endif %}


def test_{{ d.instance }}_in_batches_and_transactions(store: {{ b.class_name }}) -> None:
    store.{{ d["kinds"]["write"] }}(put=[{{ kept }}])
    assert store.{{ d["kinds"]["get_many"] }}([({{ d.given }},)]) == [{{ kept }}]
    store.{{ d["kinds"]["write"] }}(delete=[({{ d.given }},)])
    assert store.{{ d["kinds"]["get_many"] }}([({{ d.given }},)]) == []
    key = ({{ d.given }},)
    store.transact_write([Put({{ d.constant }}, {{ d.name }}, if_absent=True)])
    assert store.transact_get([Get({{ d.constant }}, key)]) == [{{ kept }}]
    with pytest.raises(TransactionCanceledError):
        store.transact_write([Check({{ d.constant }}, key, absent=True)])
    store.transact_write([Delete({{ d.constant }}, key)])
    assert store.transact_get([Get({{ d.constant }}, key)]) == [None]

{% endfor %}

def test_tables_are_made_once(store: {{ b.class_name }}) -> None:
    store.create_tables()
    store.healthcheck()
