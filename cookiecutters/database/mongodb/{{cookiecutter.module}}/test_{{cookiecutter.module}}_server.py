{% from "package" import brief %}
{% set b = cookiecutter._b %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 100, 3) }} on a real server: every operation, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from integrations.{{ b.module }} import {{ ([b.class_name, b.async_name] + b.models.names) | join(", ") }}
from integrations.runtime import ConflictError
from integrations.runtime.mongodb import PartlyWrittenError, Written
from integrations.runtime.testing import RunningMongo, server

{% for d in b.test.documents %}
{{ d.name }} = {{ d.value }}
{% endfor %}


@pytest.fixture(params=["sync", "async"])
def running(request: pytest.FixtureRequest) -> Iterator[RunningMongo]:
    url = server("mongodb").fresh(f"{{ b.module }}_{request.param}")
    with RunningMongo.on({{ b.class_name }}, {{ b.async_name }}, request.param, url) as adapter:
        adapter.call(lambda store: store.ensure_indexes())
        yield adapter

{% for c in b.test.lives %}
{% set d = c.name %}

def test_{{ c.collection | replace("-", "_") | replace(".", "_") }}(running: RunningMongo) -> None:
    call = running.call
    assert call(lambda store: store.{{ c.standard["get"] }}({{ d }}.id)) is None
    call(lambda store: store.{{ c.standard["insert"] }}({{ d }}))
    assert call(lambda store: store.{{ c.standard["get"] }}({{ d }}.id)) == {{ d }}
    assert call(lambda store: store.{{ c.standard["count"] }}()) == 1
    with pytest.raises(ConflictError):
        call(lambda store: store.{{ c.standard["insert"] }}({{ d }}))
    assert call(lambda store: store.{{ c.standard["replace"] }}({{ d }})) is True
{% for m in c.finds if m.live %}
    assert call(lambda store: store.{{ m.least }}) == {{ m.live }}
{% endfor %}
{% for m in c.updates if m.live %}
    assert call(lambda store: store.{{ m.least }}) == {{ m.live }}
{% if not loop.last %}
    call(lambda store: store.{{ c.standard["replace"] }}({{ d }}))
{% endif %}
{% endfor %}
    assert call(lambda store: store.{{ c.standard["delete"] }}({{ d }}.id)) is True
    assert call(lambda store: store.{{ c.standard["delete"] }}({{ d }}.id)) is False

{% for m in c.finds if not m.live %}

def test_{{ m.name }}_is_understood(running: RunningMongo) -> None:
    assert not running.call(lambda store: store.{{ m.least }})

{% endfor %}

def test_{{ c.standard["write"] }}(running: RunningMongo) -> None:
    call = running.call
    assert call(lambda store: store.{{ c.standard["insert_many"] }}([{{ d }}])) == Written(inserted=1)
    with pytest.raises(PartlyWrittenError) as raised:
        call(lambda store: store.{{ c.standard["insert_many"] }}([{{ d }}]))
    assert [(failure.kind, failure.index, failure.code) for failure in raised.value.failures] == [("insert", 0, "11000")]
    assert call(lambda store: store.{{ c.standard["write"] }}(replace=[{{ d }}], delete=[{{ d }}.id])) == Written(replaced=1, deleted=1)


def test_{{ c.standard["watch"] }}(running: RunningMongo) -> None:
    change = running.followed(
        lambda store: store.{{ c.standard["watch"] }}(wait=10.0), lambda store: store.{{ c.standard["insert"] }}({{ d }})
    )
    assert (change.kind, change.id, change.document) == ("insert", {{ d }}.id, {{ d }})

{% endfor %}
{% if b.test.lives %}
{% set c = b.test.lives[0] %}
{% set d = c.name %}

def test_a_transaction_is_done_whole_or_not_at_all(running: RunningMongo) -> None:
    def insert(store: {{ b.class_name }}) -> None:
        return store.{{ c.standard["insert"] }}({{ d }})

    with pytest.raises(ConflictError):
        running.in_transaction(insert, insert)
    assert running.call(lambda store: store.{{ c.standard["count"] }}()) == 0
    running.in_transaction(insert)
    assert running.call(lambda store: store.{{ c.standard["count"] }}()) == 1


{% endif %}
def test_indexes_are_made_once(running: RunningMongo) -> None:
    running.call(lambda store: store.ensure_indexes())
    running.call(lambda store: store.healthcheck())
