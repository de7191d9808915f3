"""Every mistake in an entry is told where it stands, with its mend, and none makes the reading fail."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .entries import complaints, entry, pattern

ID = {"id": "string"}
CHANNELS = ("requirements", "channels")


@pytest.mark.parametrize(
    ("variant", "channels", "at", "said"),
    [
        ("rabbitmq", {"a": {"message": ID, "dead_letter": False}}, ("a", "dead_letter"), "would be lost"),
        (
            "rabbitmq",
            {"a": {"message": ID, "consume": {"dead_letter": False}}},
            ("a", "consume", "dead_letter"),
            "Remove dead_letter, or name a queue",
        ),
        (
            "rabbitmq",
            {"a": {"message": ID, "key": "customer"}},
            ("a", "key"),
            "no field of the message. Use one of id",
        ),
        ("rabbitmq", {"a": {"message": "bytes", "key": "id"}}, ("a", "key"), "have no fields"),
        ("rabbitmq", {"a": {"message": "Order"}}, ("a", "message"), "is not a type"),
        ("rabbitmq", {"a": {}}, ("a",), "what are its messages?"),
        (
            "rabbitmq",
            {"a": {"message": ID}, "b": {"message": ID, "address": "a"}},
            ("b", "address"),
            "'a' has the queue 'a' too",
        ),
        (
            "rabbitmq",
            {"a-b": {"message": ID}, "a.b": {"message": ID}},
            ("a.b",),
            "publish_a_b is that of 'a-b' too",
        ),
        (
            "rabbitmq",
            {"order": {"message": ID}, "order-batch": {"message": ID}},
            ("order-batch",),
            "publish_order_batch is that of 'order' too",
        ),
        ("rabbitmq", {"1st": {"message": ID}}, ("1st",), "cannot name a channel"),
        (
            "rabbitmq",
            {"dead_letters": {"message": ID}},
            ("dead_letters",),
            "every adapter has consume_dead_letters",
        ),
        (
            "rabbitmq",
            {"a": {"message": ID, "address": "amq.direct"}},
            ("a", "address"),
            "keeps names with amq.",
        ),
        ("rabbitmq", {"a": {"message": ID, "publish": False, "consume": False}}, ("a",), "neither published"),
        (
            "rabbitmq",
            {"a": {"message": ID, "consume": {"max_attempts": 0}}},
            ("a", "consume", "max_attempts"),
            "from 1",
        ),
        (
            "rabbitmq",
            {"a": {"message": ID, "consume": {"retry_delay": "soon"}}},
            ("a", "consume", "retry_delay"),
            "time",
        ),
        (
            "rabbitmq",
            {"a": {"message": ID, "ordered": True}},
            ("a", "ordered"),
            "order is kept for messages of one key",
        ),
        (
            "rabbitmq",
            {"a": {"message": ID, "options": {"colour": 1}}},
            ("a", "options", "colour"),
            "knows no option",
        ),
        (
            "rabbitmq",
            {"a": {"message": ID, "consume": {"dead_letter": "a"}}},
            ("a", "consume", "dead_letter"),
            "is its own",
        ),
        (
            "rabbitmq",
            {"a": {"message": ID, "consume": {"dead_letter": "b"}}, "b": {"message": ID}},
            ("a", "consume", "dead_letter"),
            "is that of 'b'",
        ),
        ("kafka", {"orders/new": {"message": ID}}, ("orders/new",), "Write 'orders-new'"),
        ("kafka", {"a": {"message": ID, "address": ".."}}, ("a", "address"), "a topic of Kafka"),
        ("sqs", {"a": {"message": ID, "address": "my orders"}}, ("a", "address"), "Write 'my-orders'"),
        ("sqs", {"a": {"message": ID, "address": "x" * 81}}, ("a", "address"), "at most 80"),
        (
            "sqs",
            {"a": {"message": ID, "key": "id", "ordered": True, "address": "a"}},
            ("a", "address"),
            "Write address: a.fifo",
        ),
        ("sqs", {"a": {"message": ID, "address": "a.fifo"}}, ("a", "address"), "ordered: true"),
        (
            "sqs",
            {"a": {"message": ID, "key": "id", "ordered": True, "consume": {"dead_letter": "dead"}}},
            ("a", "consume", "dead_letter"),
            "Write 'dead.fifo'",
        ),
        ("nats", {"a": {"message": ID, "address": "a..b"}}, ("a", "address"), "words with dots"),
        ("nats", {"a": {"message": ID, "address": "a.*"}}, ("a", "address"), "so nothing is published there"),
        (
            "nats",
            {"a": {"message": ID, "publish": False, "address": "a.>.b", "consume": {"dead_letter": "d"}}},
            ("a", "address"),
            "> for all the rest, at the end",
        ),
        (
            "mqtt",
            {"a": {"message": ID, "address": "plant/+"}},
            ("a", "address"),
            "so nothing is published there",
        ),
        ("mqtt", {"a": {"message": ID, "address": "$SYS/a"}}, ("a", "address"), "belong to the broker"),
        (
            "mqtt",
            {"a": {"message": ID, "publish": False, "address": "plant/#"}},
            ("a",),
            "where do its dead letters go?",
        ),
    ],
)
def test_a_mistake_in_a_channel_is_told_where_it_stands(
    variant: str, channels: dict[str, Any], at: tuple[str, ...], said: str
) -> None:
    found = complaints(entry(channels, variant))
    assert (*CHANNELS, *at) in found
    assert said in found[(*CHANNELS, *at)]


@pytest.mark.parametrize(
    ("requirements", "at", "said"),
    [
        (
            {"connection_string": "amqp://u:hunter2@h"},
            "connection_string",
            "Write ${ORDERS_PASSWORD} in its place",
        ),
        ({"connection_string": "kafka://h"}, "connection_string", "kafka:// is no scheme of RabbitMQ"),
        ({"connection_string": "broker"}, "connection_string", "this is no connection string"),
        ({"connection_string": "amqp://"}, "connection_string", "this is no connection string"),
        ({"publish_timeout": "soon"}, "publish_timeout", "is not a time"),
        ({"rate_limit": "often"}, "rate_limit", "is not a rate"),
        ({"prefetch": 0}, "prefetch", "is not a number from 1"),
    ],
)
def test_a_mistake_in_the_settings_is_told_where_it_stands(
    requirements: dict[str, Any], at: str, said: str
) -> None:
    found = complaints(entry({"a": {"message": ID}}, requirements=requirements))
    assert said in found["requirements", at]


def test_an_environment_is_read_like_the_entry() -> None:
    raw = entry(
        {"a": {"message": ID}},
        environments={"staging": {"colour": "red", "connection_string": "amqp://u:hunter2@h"}},
    )
    found = complaints(raw)
    assert "an environment has no 'colour'" in found["environments", "staging", "colour"]
    assert "holds a password" in found["environments", "staging", "connection_string"]


def test_an_entry_that_says_nothing_travels_nowhere() -> None:
    assert "what travels through it?" in complaints(entry({}))[("requirements",)]


@pytest.mark.parametrize("variant", ["rabbitmq", "kafka", "sqs", "nats", "mqtt"])
def test_a_sound_entry_has_no_complaints(variant: str) -> None:
    channels = {
        "order-created": {"message": {**ID, "total": "number?"}, "key": "id", "consume": {"max_attempts": 3}},
        "audit": {"message": "bytes", "consume": False},
    }
    assert complaints(entry(channels, variant)) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "message",
        "address",
        "key",
        "summary",
        "publish",
        "consume",
        "dead_letter",
        "ordered",
        "declare",
        "options",
    ]
)


@settings(max_examples=120, deadline=None)
@given(
    channels=st.dictionaries(
        st.text(max_size=10), st.dictionaries(KEYS, JSON, max_size=6) | JSON, max_size=3
    ),
    variant=st.sampled_from(["rabbitmq", "kafka", "sqs", "nats", "mqtt"]),
)
def test_no_entry_makes_the_reading_fail(channels: dict[str, Any], variant: str) -> None:
    for one in pattern().check(entry(channels, variant)):
        assert one.message.rstrip().endswith((".", "?", "…"))
