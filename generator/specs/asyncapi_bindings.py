"""What the bindings of an AsyncAPI document say about a channel on one broker.

https://github.com/asyncapi/bindings : only what an adapter can follow is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.specs.lenient import mapping, text

_KEYS = {
    "rabbitmq": ("amqp", "amqps"),
    "kafka": ("kafka",),
    "nats": ("nats",),
    "mqtt": ("mqtt",),
    "sqs": ("sqs",),
}


def bound(
    variant: str, channel: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what is said there: address, group, dead_letter, ordered, options; absent where nothing is."""
    mine = _binding(variant, channel)
    found: dict[str, Any] = _OF[variant](mine, [_binding(variant, one) for one in operations])
    return {key: value for key, value in found.items() if value not in ("", None, {}, False)}


def _binding(variant: str, node: Mapping[str, Any]) -> Mapping[str, Any]:
    bindings = mapping(node.get("bindings"))
    return next((mapping(bindings[key]) for key in _KEYS[variant] if key in bindings), {})


def _rabbitmq(channel: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    queue, exchange = mapping(channel.get("queue")), mapping(channel.get("exchange"))
    named = text(exchange.get("name"))
    options = {"exchange": named, "exchange_type": text(exchange.get("type"))} if named else {}
    return {
        "address": text(queue.get("name")),
        "options": {key: told for key, told in options.items() if told},
    }


def _kafka(channel: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    sizes = {"partitions": channel.get("partitions"), "replication": channel.get("replicas")}
    options = {key: told for key, told in sizes.items() if isinstance(told, int) and 0 < told < 10_000}
    return {"address": text(channel.get("topic")), "group": _group(operations, "groupId"), "options": options}


def _nats(channel: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"group": _group(operations, "queue")}


def _mqtt(channel: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {}  # QoS 1 is what at-least-once needs, whatever else is said


def _sqs(channel: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    queue = mapping(channel.get("queue"))
    seconds = queue.get("visibilityTimeout")
    options = {"visibility_timeout": seconds} if isinstance(seconds, int) and 0 < seconds <= 43_200 else {}
    dead = text(mapping(channel.get("deadLetterQueue")).get("name"))
    ordered = queue.get("fifoQueue") is True
    return {"address": text(queue.get("name")), "dead_letter": dead, "ordered": ordered, "options": options}


def _group(operations: Sequence[Mapping[str, Any]], key: str) -> str:
    for operation in operations:
        told = operation.get(key)
        schema = mapping(told)
        listed = schema.get("enum")
        first = listed[0] if isinstance(listed, list) and listed else schema.get("const")
        if found := text(told) or text(first):
            return found
    return ""


_OF = {"rabbitmq": _rabbitmq, "kafka": _kafka, "nats": _nats, "mqtt": _mqtt, "sqs": _sqs}
