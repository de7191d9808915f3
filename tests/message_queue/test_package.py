"""What is generated from an entry, a document or a file: names, addresses, types; and what an oracle says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.patterns import Catalog, catalog
from generator.specs.documents import Documents

from .entries import CHECKOUT, blueprint, complaints, entry, pattern

ORDER = {"message": {"id": "string", "customer_id": "string", "total": "number"}, "key": "customer_id"}


def test_a_channel_becomes_a_constant_and_three_methods() -> None:
    [channel] = blueprint(entry({"order-created": ORDER}))["channels"]
    assert channel["constant"] == "ORDER_CREATED"
    assert channel["annotation"] == "OrderCreated"
    assert list(channel["methods"].values()) == [
        "publish_order_created",
        "publish_order_created_batch",
        "consume_order_created",
    ]
    assert channel["names"] == {
        "publish order-created": "publish_order_created",
        "batch order-created": "publish_order_created_batch",
        "consume order-created": "consume_order_created",
    }


@pytest.mark.parametrize(
    ("variant", "name", "told", "address", "dead"),
    [
        ("rabbitmq", "order-created", {}, "order-created", "order-created.dead-letter"),
        ("kafka", "orders.events", {}, "orders.events", "orders.events.dead-letter"),
        ("sqs", "orders.events", {}, "orders-events", "orders-events-dead-letter"),
        ("sqs", "pay", {"ordered": True}, "pay.fifo", "pay-dead-letter.fifo"),
        ("mqtt", "reading", {"address": "plant/readings"}, "plant/readings", "plant/readings/dead-letter"),
        ("nats", "mail", {"consume": {"dead_letter": "jobs.dead"}}, "mail", "jobs.dead"),
    ],
)
def test_addresses_are_spelled_as_the_broker_can(
    variant: str, name: str, told: dict[str, Any], address: str, dead: str
) -> None:
    raw = entry({name: {**ORDER, **told}}, variant)
    assert complaints(raw) == {}
    [channel] = blueprint(raw)["channels"]
    assert (channel["address"], channel["dead_letter"]) == (address, dead)


def test_a_field_whose_name_python_keeps_for_itself_is_the_key_all_the_same() -> None:
    [channel] = blueprint(entry({"jobs": {"message": {"class": "string"}, "key": "class"}}))["channels"]
    told = {part["name"]: part["value"] for part in channel["declaration"]}
    assert told["key"] == "class_"
    assert channel["key_value"] is not None


def test_defaults_are_left_to_the_runtime_and_what_is_said_is_not() -> None:
    consume = {"concurrency": 8, "retry_delay": "1m", "group": "billing"}
    [channel] = blueprint(entry({"order-created": {**ORDER, "consume": consume}}))["channels"]
    told = {part["name"]: part["value"] for part in channel["declaration"]}
    assert told == {
        "address": "order-created",
        "dead_letter": "order-created.dead-letter",
        "concurrency": 8,
        "retry_delay": 60,
        "group": "billing",
        "key": "customer_id",
    }
    assert channel["delays"] == [60, 120, 240, 480]


def test_a_broker_without_an_async_client_has_the_blocking_adapter_alone() -> None:
    made = blueprint(entry({"order-created": ORDER}, "sqs"))
    assert (made["forms"], made["public"]) == (["sync"], ["OrderCreated", "OrdersAdapter"])


def test_a_queue_that_keeps_order_holds_no_message_back() -> None:
    made = blueprint(entry({"a": ORDER, "b": {**ORDER, "ordered": True}}, "sqs"))
    assert {channel["name"]: channel["delay"] for channel in made["channels"]} == {"a": True, "b": False}


def test_the_variables_of_a_connection_string_are_secrets() -> None:
    raw = entry({"a": ORDER}, requirements={"connection_string": "amqps://u:${MQ_PASSWORD}@h/${VHOST}"})
    assert complaints(raw) == {}
    assert blueprint(raw)["secrets"] == ["MQ_PASSWORD", "VHOST"]


def test_answers_word_what_the_entry_does_not() -> None:
    answers = {"summaries": {"a": "An order was placed"}, "overview": {"overview": "What orders go through."}}
    made = blueprint(entry({"a": ORDER}), answers)
    assert made["channels"][0]["summary"] == "An order was placed."
    assert made["overview"] == "What orders go through."


def test_an_answer_about_a_channel_that_there_is_none_of_is_refused() -> None:
    [task] = [task for task in pattern().folder.subtasks if task.id == "summaries"]
    inputs = task.slice(pattern().normalise(entry({"a": ORDER})))
    assert pattern().verify("summaries", inputs, {"a": "Fine."}) == []
    faults = pattern().verify("summaries", inputs, {"b": "What?", "a": "two\nlines"})
    assert len(faults) == 2


def test_a_message_may_be_a_json_schema_in_a_file() -> None:
    schema = {
        "title": "Order",
        "type": "object",
        "required": ["id", "lines"],
        "properties": {
            "id": {"type": "string"},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
        },
        "$defs": {"line": {"type": "object", "properties": {"sku": {"type": "string"}}}},
    }
    raw = entry(
        {"a": {"message": "schemas/order.json", "key": "id"}},
        files={"schemas/order.json": json.dumps(schema)},
    )
    assert complaints(raw) == {}
    made = blueprint(raw)
    assert made["channels"][0]["annotation"] == "Order"
    assert made["models"]["names"] == ["Line", "Order"]
    stored = pattern().stored(pattern().normalise(raw))
    assert list(stored["files"]) == ["schemas/order.json"]
    assert len(stored["files"]["schemas/order.json"]) == 64


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "Write schemas: [a.json]"),
        ({"a.json": "["}, "holds no JSON Schema"),
        ({"a.json": '{"$ref": "other.json#/x"}'}, "which is not in the file"),
    ],
)
def test_a_schema_file_that_says_nothing_is_told(files: dict[str, str], said: str) -> None:
    found = complaints(entry({"a": {"message": "a.json"}}, files=files))
    assert any(said in message for message in found.values()), found


@pytest.mark.parametrize(
    ("requirements", "service", "variant"),
    [
        ({"connection_string": "amqps://h"}, "Whatever", "rabbitmq"),
        ({"connection_string": "kafka://h"}, "Whatever", "kafka"),
        ({"connection_string": "sqs://eu-west-1"}, "Whatever", "sqs"),
        ({"connection_string": "nats://h"}, "Whatever", "nats"),
        ({"connection_string": "mqtts://h"}, "Whatever", "mqtt"),
        ({"connection_string": "${URL}", "channels": {}}, "Redpanda", "kafka"),
        ({"channels": {}}, "AWS IoT Core", "mqtt"),
        ({"channels": {}}, "CloudAMQP", "rabbitmq"),
        ({}, "Synadia Cloud", "nats"),
    ],
)
def test_the_broker_is_told_by_its_scheme_or_the_services_name(
    requirements: dict[str, Any], service: str, variant: str
) -> None:
    found = catalog(CHECKOUT).detect({"name": "q", "service": service, "requirements": requirements})
    assert found is not None
    assert (found.pattern, found.variant) == ("message_queue", variant)


def judged(raw: dict[str, Any], *calls: dict[str, Any]) -> dict[str, Any]:
    normal = pattern().normalise(raw)
    names = blueprint(raw)["names"]
    judge = pattern().folder.oracle
    assert judge is not None
    return dict(judge(normal, calls, names))


PUBLISHED = {
    "operation": "publish_order_created",
    "address": "order-created",
    "key": "c-1",
    "body": {"id": "1", "customer_id": "c-1", "total": 1.5},
    "traced": True,
}
CONSUMED = {
    "operation": "consume_order_created",
    "address": "order-created",
    "attempt": 1,
    "outcome": "processed",
}
DEAD = {
    **CONSUMED,
    "outcome": "dead_lettered",
    "dead_letter": "order-created.dead-letter",
    "reason": "rejected",
}


def test_an_oracle_is_content_with_what_the_entry_says() -> None:
    found = judged(entry({"order-created": ORDER}), PUBLISHED, CONSUMED, DEAD)
    assert found["violations"] == []
    assert sorted(found["operations"]) == sorted(found["conforming"])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({**PUBLISHED, "address": "orders"}, "sent to 'orders'"),
        ({**PUBLISHED, "key": "c-2"}, "the key is 'c-2'"),
        ({**PUBLISHED, "body": {"id": "1"}}, "lacks 'customer_id'"),
        ({**PUBLISHED, "body": "text"}, "no object"),
        ({**PUBLISHED, "traced": False}, "no trace"),
        ({**DEAD, "reason": ""}, "no reason"),
        ({**CONSUMED, "outcome": "retried", "attempt": 5}, "attempt 5 is tried again"),
        ({**PUBLISHED, "operation": "publish_invoice"}, "no channel declares it"),
    ],
)
def test_an_oracle_tells_what_is_not_as_the_entry_says(call: dict[str, Any], said: str) -> None:
    found = judged(entry({"order-created": ORDER}), PUBLISHED, CONSUMED, DEAD, call)
    assert any(said in text for text in found["violations"]), found["violations"]


def test_a_consumer_that_never_met_a_dead_letter_is_not_proved() -> None:
    found = judged(entry({"order-created": ORDER}), PUBLISHED, CONSUMED)
    assert "consume order-created" not in found["conforming"]


def documented(tmp_path: Path, text: str, variant: str = "rabbitmq") -> dict[str, Any]:
    (tmp_path / "events.yaml").write_text(text)
    known = Catalog(catalog(CHECKOUT).folders, [], Documents(tmp_path))
    raw = entry({}, variant, spec="events.yaml")
    del raw["variant"], raw["requirements"]["connection_string"], raw["requirements"]["channels"]
    assert known.check("message_queue", raw, variant) == []
    return known.normalise("message_queue", raw, variant)


def test_a_document_makes_the_channels_of_an_entry(tmp_path: Path) -> None:
    text = """
asyncapi: 3.0.0
info: {title: Shop, version: "1"}
servers: {production: {host: "mq.example.com:5671", protocol: amqps}}
channels:
  placed:
    address: orders.placed
    messages: {order: {$ref: "#/components/messages/Placed"}}
operations:
  tell: {action: send, channel: {$ref: "#/channels/placed"}}
components:
  messages:
    Placed: {payload: {type: object, required: [id], properties: {id: {type: string}}}}
"""
    normal = documented(tmp_path, text)
    assert normal["requirements"]["connection_string"] == "amqps://mq.example.com:5671"
    assert normal["requirements"]["channels"]["placed"] == {
        "message": {"$ref": "#/types/Placed"},
        "address": "orders.placed",
        "consume": False,
    }
    stored = pattern().stored(normal)
    assert list(stored["documented"]["channels"]) == ["placed"]
    assert "channels" not in stored["requirements"]
