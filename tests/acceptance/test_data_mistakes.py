"""Wrong manifests of databases and queues: each mistake is located and says its mend; nothing is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import make_repository

SCHEMA = """\
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    customer text NOT NULL,
    total numeric(12, 2) NOT NULL
);
"""

DATABASE = """\
version: 1
integrations:
  - name: orders-db
    service: PostgreSQL
    requirements:
      connection_string: ${{ORDERS_DB_URL}}
      schema: db/orders.sql
      queries:
        {query}
"""

QUEUE = """\
version: 1
integrations:
  - name: order-events
    service: RabbitMQ
    requirements:
      connection_string: {address}
      channels:
        {channel}:
          message: {{id: string, total: number}}
          {more}
"""


def database(query: str) -> str:
    return DATABASE.format(query=query)


def queue(channel: str = "order-created", more: str = "consume: {}", address: str = "${AMQP_URL}") -> str:
    return QUEUE.format(channel=channel, more=more, address=address)


CASES = {
    "an unknown column": (
        database('get_order: {sql: "SELECT id, custmer FROM orders WHERE id = :id", returns: one}'),
        9,
        "customer",
    ),
    "an unknown table": (
        database('get_order: {sql: "SELECT id FROM order WHERE id = :id", returns: one}'),
        9,
        "order",
    ),
    "a parameter that the statement does not have": (
        database(
            "get_order: {sql: 'SELECT id FROM orders WHERE id = :id', returns: one,"
            " parameters: {ident: integer}}"
        ),
        9,
        "ident",
    ),
    "a wrong count of values": (
        database(
            "add_order: {sql: 'INSERT INTO orders (id, customer, total) VALUES (:id, :customer)',"
            " returns: exec}"
        ),
        9,
        "3",
    ),
    "a reserved word": (
        database('class: {sql: "SELECT id FROM orders WHERE id = :id", returns: one}'),
        9,
        "class",
    ),
    "a kind that there is not": (
        database('get_order: {sql: "SELECT id FROM orders WHERE id = :id", returns: first}'),
        9,
        "one",
    ),
    "a statement that changes the schema": (
        database('drop_all: {sql: "DROP TABLE orders", returns: exec}'),
        9,
        "migration",
    ),
    "two statements in one": (
        database(
            'get_order: {sql: "SELECT id FROM orders WHERE id = :id; DELETE FROM orders", returns: one}'
        ),
        9,
        "statement",
    ),
    "a password": (
        database('get_order: {sql: "SELECT id FROM orders", returns: many}').replace(
            "${ORDERS_DB_URL}", "postgresql://app:hunter2@db.example/orders"
        ),
        6,
        "password",
    ),
    "a schema that is not there": (
        database('get_order: {sql: "SELECT id FROM orders", returns: many}').replace(
            "db/orders.sql", "db/gone.sql"
        ),
        7,
        "db/gone.sql",
    ),
    "a dead letter that is refused": (queue(more="consume: {dead_letter: false}"), 10, "dead_letter"),
    "a bad address": (queue(address="amqp//localhost"), 6, "amqp"),
    "a scheme of no broker": (queue(address="amqq://localhost"), 6, "amqq"),
    "a key that is no field": (queue(more="key: customer"), 10, "customer"),
    "no attempt at all": (queue(more="consume: {max_attempts: 0}"), 10, "max_attempts"),
    "a type that there is not": (queue().replace("total: number", "total: numbr"), 9, "number"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_located_and_nothing_is_written(tmp_path: Path, case: str) -> None:
    text, line, word = CASES[case]
    repository = make_repository(tmp_path / "repo", text)
    (repository.root / "db").mkdir()
    (repository.root / "db" / "orders.sql").write_text(SCHEMA)
    before = repository.files()
    result = repository.run("generate")
    assert result.code == 1, result.out + result.err
    told = dict[int, str]()
    for number, message in re.findall(r"^integrations\.yaml:(\d+):\d+  (.*)$", result.err, re.MULTILINE):
        told[int(number)] = told.get(int(number), "") + message
    assert word in told.get(line, ""), result.err
    assert "nothing was changed" in result.err
    assert "hunter2" not in result.err
    assert repository.files() == before


def test_methods_in_words_are_refused_where_no_question_asks_for_them(tmp_path: Path) -> None:
    text = queue() + "    methods: {count_orders: Count what came today.}\n"
    result = make_repository(tmp_path / "repo", text).run("plan")
    assert result.code == 1
    assert "integrations.yaml:11:" in result.err
    assert "describe no methods" in result.err
