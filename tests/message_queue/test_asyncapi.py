"""AsyncAPI documents, 2.x and 3.0, also broken and hostile ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import SpecError
from generator.specs.asyncapi import Channels, channels
from generator.specs.documents import Documents
from generator.specs.source import Source

PAYLOAD = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}


def read(tmp_path: Path, document: Any, variant: str = "rabbitmq") -> Channels:
    (tmp_path / "events.json").write_text(json.dumps(document))
    return channels(Source.open(tmp_path, "events.json"), variant)


def version_2(**channel: Any) -> dict[str, Any]:
    return {
        "asyncapi": "2.6.0",
        "info": {"title": "t", "version": "1"},
        "channels": {"orders/created": channel},
    }


def test_in_version_2_others_publish_what_the_application_receives(tmp_path: Path) -> None:
    message = {"message": {"name": "OrderCreated", "payload": PAYLOAD}}
    [hears] = read(tmp_path, version_2(publish=message)).channels
    [tells] = read(tmp_path, version_2(subscribe=message)).channels
    assert (hears.name, hears.address) == ("orders-created", "orders/created")
    assert hears.roles == {"consume"}
    assert tells.roles == {"publish"}
    assert tells.message == {"$ref": "#/types/OrderCreated"}


def test_in_version_3_operations_say_send_and_receive(tmp_path: Path) -> None:
    document = {
        "asyncapi": "3.0.0",
        "channels": {
            "a": {
                "address": "orders",
                "messages": {"m": {"payload": {"$ref": "#/components/schemas/Order"}}},
            },
            "b": {"messages": {"m": {"payload": {"type": "string"}}}},
        },
        "operations": {
            "x": {"action": "send", "channel": {"$ref": "#/channels/a"}},
            "y": {"action": "shout", "channel": {"$ref": "#/channels/b"}},
        },
        "components": {"schemas": {"Order": PAYLOAD}},
    }
    found = read(tmp_path, document)
    by_name = {channel.name: channel for channel in found.channels}
    assert by_name["a"].roles == {"publish"}
    assert by_name["b"].roles == {"publish", "consume"}
    assert by_name["b"].address == "b"
    assert list(found.types) == ["Order"]
    assert any("neither send nor receive" in finding.message for finding in found.findings)


def test_several_messages_of_a_channel_are_one_of_their_types(tmp_path: Path) -> None:
    messages = [{"name": "A", "payload": PAYLOAD}, {"name": "B", "payload": {**PAYLOAD, "required": []}}]
    [channel] = read(tmp_path, version_2(publish={"message": {"oneOf": messages}})).channels
    assert channel.message == {"oneOf": [{"$ref": "#/types/A"}, {"$ref": "#/types/B"}]}


@pytest.mark.parametrize(
    ("variant", "bindings", "operation", "wanted"),
    [
        (
            "rabbitmq",
            {"amqp": {"queue": {"name": "q"}, "exchange": {"name": "shop", "type": "topic"}}},
            {},
            {"address": "q", "options": {"exchange": "shop", "exchange_type": "topic"}},
        ),
        (
            "kafka",
            {"kafka": {"topic": "t", "partitions": 6, "replicas": 3}},
            {"kafka": {"groupId": {"type": "string", "enum": ["billing"]}}},
            {"address": "t", "group": "billing", "options": {"partitions": 6, "replication": 3}},
        ),
        ("nats", {}, {"nats": {"queue": "workers"}}, {"group": "workers"}),
        ("mqtt", {}, {"mqtt": {"qos": 0}}, {}),
        (
            "sqs",
            {"sqs": {"queue": {"name": "q", "visibilityTimeout": 60}, "deadLetterQueue": {"name": "d"}}},
            {},
            {"address": "q", "dead_letter": "d", "options": {"visibility_timeout": 60}},
        ),
    ],
)
def test_bindings_of_the_broker_in_use_count(
    tmp_path: Path, variant: str, bindings: Any, operation: Any, wanted: dict[str, Any]
) -> None:
    channel = {"bindings": bindings, "publish": {"message": {"payload": PAYLOAD}, "bindings": operation}}
    [found] = read(tmp_path, version_2(**channel), variant).channels
    assert found.options == wanted


def test_servers_are_told_without_credentials(tmp_path: Path) -> None:
    document = version_2(publish={"message": {"payload": PAYLOAD}})
    document["servers"] = {
        "a": {"url": "amqps://mq.example.com:5671", "protocol": "amqps"},
        "b": {"url": "user:hunter2@mq.example.com", "protocol": "amqp"},
        "c": {"url": "{host}:5672", "protocol": "amqp"},
    }
    assert read(tmp_path, document).servers == (("amqps", "mq.example.com:5671"),)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"contentType": "avro/binary", "payload": {}}, "passed as they are"),
        ({"schemaFormat": "application/vnd.apache.avro;version=1.9.0", "payload": {}}, "passed as they are"),
        ({"headers": {"type": "object"}, "payload": PAYLOAD}, "headers are given and read"),
        ({"$ref": "#/components/messages/None"}, "nothing is known"),
        ({"$ref": "https://example.com/m.json"}, "nothing is known"),
    ],
)
def test_what_cannot_be_followed_is_a_finding(tmp_path: Path, message: Any, said: str) -> None:
    found = read(tmp_path, version_2(publish={"message": message}))
    assert any(said in finding.message for finding in found.findings), found.findings


def test_an_address_with_parameters_is_left_out_and_told(tmp_path: Path) -> None:
    document = {
        "asyncapi": "2.0.0",
        "channels": {"light/{id}": {"publish": {"message": {"payload": PAYLOAD}}}},
    }
    found = read(tmp_path, document)
    assert not found.channels
    assert "has parameters" in found.findings[0].message


def test_a_document_of_another_kind_is_refused(tmp_path: Path) -> None:
    documents: list[Any] = [{"openapi": "3.0.0"}, [], "text", None, {"asyncapi": {}}]
    for document in documents:
        with pytest.raises(SpecError, match="no AsyncAPI document"):
            read(tmp_path, document)


def test_a_document_is_told_by_the_word_that_comes_first(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("asyncapi: 3.0.0\ninfo: {description: 'openapi: no'}\n")
    (tmp_path / "b.yaml").write_text("openapi: 3.0.0\ninfo: {description: 'asyncapi: no'}\n")
    known = Documents(tmp_path)
    assert (known.format("a.yaml"), known.format("b.yaml")) == ("asyncapi", "openapi")


WORDS = (
    "a",
    "messages",
    "message",
    "payload",
    "oneOf",
    "address",
    "bindings",
    "action",
    "channel",
    "$ref",
    "traits",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just({"$ref": "#/channels/a"}),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(WORDS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    version=st.sampled_from(["2.6.0", "3.0.0", "4"]),
    parts=st.dictionaries(st.sampled_from(["channels", "operations", "servers", "components"]), JSON),
)
def test_no_document_makes_the_reading_fail(tmp_path: Path, version: str, parts: dict[str, Any]) -> None:
    for variant in ("rabbitmq", "kafka", "sqs", "nats", "mqtt"):
        read(tmp_path, {"asyncapi": version, **parts}, variant)
