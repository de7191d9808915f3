"""Entries as a manifest has them, and what the pattern makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.lock import canonical
from generator.patterns import IntegrationPattern, catalog

CHECKOUT = Path(__file__).resolve().parents[2]
ADDRESSES = {
    "rabbitmq": "amqp://broker.example/",
    "kafka": "kafka://broker.example:9092",
    "sqs": "sqs://eu-central-1",
    "nats": "nats://broker.example:4222",
    "mqtt": "mqtt://broker.example",
}


def pattern() -> IntegrationPattern:
    return catalog(CHECKOUT).pattern("message_queue")


def entry(channels: Mapping[str, Any], variant: str = "rabbitmq", **more: Any) -> dict[str, Any]:
    """An entry as ``facts`` gives it to the pattern."""
    requirements = {
        "connection_string": ADDRESSES[variant],
        "channels": dict(channels),
        **more.pop("requirements", {}),
    }
    return {
        "name": "orders",
        "service": "Orders",
        "description": "",
        "environments": {},
        "spec": None,
        "variant": variant,
        "files": {},
        "requirements": requirements,
        **more,
    }


def complaints(raw: dict[str, Any]) -> dict[tuple[str | int, ...], str]:
    """What is wrong with an entry, by its place."""
    return {one.pointer: one.message for one in pattern().check(raw)}


def blueprint(raw: dict[str, Any], answers: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return pattern().resolve(canonical(pattern().normalise(raw)), dict(answers or {}))
