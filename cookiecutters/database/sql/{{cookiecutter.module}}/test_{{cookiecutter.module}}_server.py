{% from "package" import brief %}
{% set b = cookiecutter._b %}
{% set t = b.test %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 100, 3) }} with a real {{ b.system }}: every query against rows that the schema allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest
from msgspec import Struct, convert, structs

from integrations.{{ b.module }} import {{ ([b.class_name] + t.imports) | join(", ") }}
from integrations.runtime import ConflictError
from integrations.runtime.sql import Query
from integrations.runtime.testing import server

SCHEMA: tuple[str, ...] = (
{% for statement in t.schema %}
    {{ statement }},
{% endfor %}
)
# One row of each table; tables that others point to come first.
ROWS: dict[str, str] = {
{% for row in t.rows %}
    {{ row.table | py }}: {{ row.sql }},
{% endfor %}
}


class SetUp({{ b.class_name }}):
    """The adapter, with what only tests do."""

    def run(self, statements: Iterable[str]) -> None:
        """Run statements that no method of the adapter has."""
        for statement in statements:
            self._execute(Query("set_up", statement))


@pytest.fixture
def {{ b.instance }}() -> Iterator[SetUp]:
    with SetUp(server({{ b.engine | py }}).fresh({{ b.module | py }})) as adapter:
        adapter.run(SCHEMA)
        yield adapter


def checked(row: Any, kind: Any) -> None:
    """Fail unless every value of the row is of the type that the adapter declares."""
    if isinstance(row, Struct):
        assert convert(structs.asdict(row), kind) == row
    else:
        assert convert(row, kind) == row


def test_the_server_answers({{ b.instance }}: SetUp) -> None:
    {{ b.instance }}.healthcheck()
    assert {{ b.instance }}.fetch("SELECT 1") == [(1,)]

{% for q in t.queries %}

def test_{{ q.name }}({{ b.instance }}: SetUp) -> None:
{% if q.tables %}
    {{ b.instance }}.run(ROWS[table] for table in {{ q.tables | py }})
{% endif %}
{% if q.returns == "one" %}
    found = {{ b.instance }}.{{ q.name }}({{ q.arguments }})
{% if q.certain and not b.queries[loop.index0].always %}
    assert found is not None
{% endif %}
    checked(found, {{ q.kind }}{{ " | None" if not (q.certain or b.queries[loop.index0].always) and "None" not in q.kind and q.kind != "Any" }})
{% elif q.returns in ("many", "stream") %}
{% if q.returns == "stream" %}
    with {{ b.instance }}.{{ q.name }}({{ q.arguments }}) as rows:
        found = list(rows)
{% else %}
    found = {{ b.instance }}.{{ q.name }}({{ q.arguments }})
{% endif %}
{% if q.certain %}
    assert found
{% endif %}
    for row in found:
        checked(row, {{ q.kind }})
{% elif q.returns == "batch" %}
    assert {{ b.instance }}.{{ q.name }}({{ q.arguments }}) == 1
{% elif q.certain %}
    assert {{ b.instance }}.{{ q.name }}({{ q.arguments }}) == 1
{% else %}
    assert {{ b.instance }}.{{ q.name }}({{ q.arguments }}) >= 0
{% endif %}

{% endfor %}
{% if t.unique %}

def test_a_second_row_of_the_same_key_is_a_conflict({{ b.instance }}: SetUp) -> None:
    {{ b.instance }}.run(ROWS.values())
    with pytest.raises(ConflictError):
        {{ b.instance }}.run([ROWS[{{ t.unique | py }}]])

{% endif %}
{% if t.rows %}

def test_what_a_transaction_did_is_undone_when_it_fails({{ b.instance }}: SetUp) -> None:
    def failing() -> None:
        with {{ b.instance }}.transaction() as tx:
            tx.run([ROWS[{{ t.rows[0].table | py }}]])
            raise LookupError

    with pytest.raises(LookupError):
        failing()
    assert {{ b.instance }}.fetch({{ ("SELECT count(*) FROM " ~ t.rows[0].table) | py }}) == [(0,)]

{% endif %}
{% if t.prepared %}

# What the server calls a type, and what stands for it in Python; of arrays a list, of what is not here `str`.
PYTHON: dict[str, type] = {
    "smallint": int, "integer": int, "bigint": int, "oid": int, "real": float, "double precision": float,
    "numeric": Decimal, "boolean": bool, "bytea": bytes, "date": dt.date, "time without time zone": dt.time,
    "timestamp without time zone": dt.datetime, "timestamp with time zone": dt.datetime, "interval": dt.timedelta,
    "uuid": UUID, "json": object, "jsonb": object,
}


def python(names: Iterable[str]) -> tuple[type, ...]:
    """The Python types of the server's."""
    return tuple(list if name.endswith("[]") else PYTHON.get(name, str) for name in names)


def fits(seen: tuple[type, ...], declared: tuple[type, ...]) -> bool:
    """Whether what the server sees is what is declared; `object` is anything."""
    pairs = zip(seen, declared, strict=False)
    return len(seen) == len(declared) and all(one in (other, object) for other, one in pairs)


@pytest.mark.parametrize(
    ("statement", "parameters", "columns"),
    [
{% for p in t.prepared %}
        pytest.param(
            {{ p.statement }},
            {{ p.parameters }},
            {{ p.columns }},
            id={{ p.name | py }},
        ),
{% endfor %}
    ],
)
def test_the_server_sees_the_types_that_the_adapter_declares(
    {{ b.instance }}: SetUp, statement: str, parameters: tuple[type, ...], columns: tuple[type, ...]
) -> None:
    told = "to_jsonb(p) -> 'parameter_types', to_jsonb(p) -> 'result_types'"  # the second from version 16 on
    with {{ b.instance }}.transaction() as tx:
        tx.run(["PREPARE checked AS " + statement.replace("%", "%%")])
        taken, given = tx.fetch(f"SELECT {told} FROM pg_prepared_statements AS p WHERE name = 'checked'")[0]
        tx.run(["DEALLOCATE checked"])
    assert fits(python(taken), parameters)
    if given is not None:
        assert fits(python(given), columns)

{% endif %}
