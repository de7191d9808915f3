"""What sets one broker apart from another: how it is addressed, what it can do, what an address may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WILD = {"mqtt": "+#", "nats": "*>"}


@dataclass(frozen=True, slots=True)
class Broker:
    """One variant.

    Attributes:
        title: how people call it.
        schemes: of its connection strings; the first is the usual one.
        places: what an address is there: a queue, topic or subject.
        joint: what stands between an address and the words behind it.
        delays: whether it can hold a published message back.
        options: keys that ``options`` of a channel may have.
        settings: keys that ``options`` of the entry may have.
        example: a connection string, as a mend shows it.
        notes: what a user must know of it, one sentence each.
        is_async: whether its client has an async form.
    """

    title: str
    schemes: tuple[str, ...]
    places: str
    joint: str
    delays: bool
    options: frozenset[str]
    settings: frozenset[str]
    example: str
    notes: tuple[str, ...] = ()
    is_async: bool = True


BROKERS: Mapping[str, Broker] = {
    "rabbitmq": Broker(
        "RabbitMQ",
        ("amqp", "amqps"),
        "queue",
        ".",
        True,
        frozenset({"exchange", "exchange_type", "routing_key", "binding", "queue_type"}),
        frozenset({"exchange", "exchange_type", "queue_type"}),
        "amqps://user:${{{prefix}_PASSWORD}}@host/vhost",
        (
            "Queues are quorum queues, which survive the loss of a node, unless `queue_type` says `classic`.",
            "Every publish is confirmed by the broker, and a message that no queue takes is an error.",
            "A retry waits in a queue of its own that hands the message back when its delay is over.",
        ),
    ),
    "kafka": Broker(
        "Kafka",
        ("kafka", "kafkas"),
        "topic",
        ".",
        True,
        frozenset({"partitions", "replication", "config", "transactional_id"}),
        frozenset({"sasl_mechanism", "librdkafka", "session_timeout", "transactional_id"}),
        "kafka://host1:9092,host2:9092",
        (
            "Kafka acknowledges positions, not messages: a position is committed when every message before it"
            " is settled, so after a crash the messages behind the oldest unfinished one come again.",
            "A message that is retried is published again, its attempt in a header, and only then committed.",
            "Messages of one key lie in one partition, in their order; as many consumers of one group are at"
            " work as a topic has partitions.",
        ),
    ),
    "sqs": Broker(
        "Amazon SQS",
        ("sqs", "https", "http"),
        "queue",
        "-",
        True,
        frozenset({"attributes", "retention", "visibility_timeout"}),
        frozenset({"account", "profile", "region"}),
        "sqs://eu-central-1",
        (
            "Credentials are those that the AWS SDK finds: environment variables, a profile, a role.",
            "A message that is being handled is hidden from others, as long as that takes.",
            "Queues whose name ends with `.fifo` keep the order of messages of one key; others do not.",
            "The AWS SDK blocks, so there is no async adapter: call this one in a thread.",
        ),
        is_async=False,
    ),
    "nats": Broker(
        "NATS JetStream",
        ("nats", "tls"),
        "subject",
        ".",
        True,
        frozenset({"ack_wait", "max_ack_pending", "max_age", "max_bytes", "replicas", "retention", "stream"}),
        frozenset({"credentials", "nkey"}),
        "tls://${{{prefix}_TOKEN}}@host:4222",
        (
            "Messages lie in JetStream streams; a durable consumer remembers what was acknowledged.",
            "A publish is repeated with the same id, which the stream drops within its window of duplicates.",
        ),
    ),
    "mqtt": Broker(
        "MQTT",
        ("mqtt", "mqtts"),
        "topic",
        "/",
        False,
        frozenset({"client_id", "keepalive", "shared", "version"}),
        frozenset({"client_id", "keepalive", "shared", "version"}),
        "mqtts://user:${{{prefix}_PASSWORD}}@host:8883",
        (
            "MQTT brokers do not redeliver on request: a message that is retried is published again, under a"
            " topic that this consumer alone has, and only then acknowledged.",
            "Delivery is QoS 1, at least once, in a session that the broker keeps while the client is away;"
            " consumers of one group share a subscription.",
            "Nobody receives what was published before the first consumer of a session subscribed.",
        ),
    ),
}


def dead_letter(broker: Broker, address: str) -> str:
    """Where messages of *address* go that cannot be processed, unless the entry says so."""
    if address.endswith(".fifo"):
        return f"{address.removesuffix('.fifo')}{broker.joint}dead-letter.fifo"
    return f"{address}{broker.joint}dead-letter"


def address_of(variant: str, name: str, channel: Mapping[str, Any]) -> str:
    """The address of a channel: its own, or else its name, as the broker can spell it."""
    if channel.get("address"):
        return str(channel["address"])
    if variant != "sqs":
        return name
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name)
    return f"{plain}.fifo" if channel.get("ordered") else plain


def address_fault(variant: str, address: str, *, publishes: bool) -> str:
    """What is wrong with an address, with its mend; "" for nothing."""
    if not address or len(address.encode("utf-8", "replace")) > 255 or not address.isprintable():
        return "an address is printable text of at most 255 bytes. Shorten it."
    return _FAULTS[variant](address, publishes)


def _rabbitmq(address: str, publishes: bool) -> str:
    return (
        f"RabbitMQ keeps names with amq. for itself. Write {address[4:]!r}."
        if address.startswith("amq.")
        else ""
    )


def _kafka(address: str, publishes: bool) -> str:
    if re.fullmatch(r"[A-Za-z0-9._-]{1,249}", address) and address not in (".", ".."):
        return ""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", address).strip(".-") or "orders"
    return f"a topic of Kafka has letters, digits, dots, _ and -, at most 249. Write {plain[:249]!r}."


def _sqs(address: str, publishes: bool) -> str:
    if re.fullmatch(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo", address):
        return ""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", address).strip("-")[:75] or "orders"
    return (
        f"a queue of SQS has letters, digits, _ and -, at most 80, and may end with .fifo. Write {plain!r}."
    )


def _nats(address: str, publishes: bool) -> str:
    tokens = address.split(".")
    if address.startswith("$") or any(not token or re.search(r"\s", token) for token in tokens):
        return "a subject of NATS is words with dots between them, without blanks. Write 'orders.created'."
    if publishes and ("*" in address or ">" in address):
        return "* and > stand for many subjects, so nothing is published there. Say publish: false."
    mend = "* stands for one whole word, > for all the rest, at the end. Write 'orders.*'."
    return mend if _is_misplaced(tokens, *WILD["nats"]) else ""


def _mqtt(address: str, publishes: bool) -> str:
    if address.startswith("$"):
        return "topics with $ belong to the broker. Write the topic without it."
    if publishes and ("+" in address or "#" in address):
        return "+ and # stand for many topics, so nothing is published there. Say publish: false."
    mend = "+ stands for one whole level, # for all the rest, at the end. Write 'orders/+'."
    return mend if _is_misplaced(address.split("/"), *WILD["mqtt"]) else ""


def _is_misplaced(parts: list[str], one: str, rest: str) -> bool:
    """Does a sign that stands for parts stand beside letters, or the one for all the rest not at the end?"""
    return rest in parts[:-1] or any(len(part) > 1 and (one in part or rest in part) for part in parts)


_FAULTS = {"rabbitmq": _rabbitmq, "kafka": _kafka, "sqs": _sqs, "nats": _nats, "mqtt": _mqtt}
