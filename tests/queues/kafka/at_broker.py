"""A Kafka broker for one test module, with topics of its own, since Kafka has no spaces."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from integrations.runtime import Secret
from integrations.runtime._clock import SYSTEM_CLOCK
from integrations.runtime._queues.kafka import KafkaBroker, connect
from integrations.runtime._queues.messages import Delivery, Outgoing, Route, Subscription
from integrations.runtime._queues.settings import QueueSettings

SOON = 10.0  # seconds by which anything that is to come has come


def broker(url: str, **options: Any) -> KafkaBroker:
    settings = QueueSettings(
        service="Kafka", publish_timeout=8.0, timeout=8.0, options={"session_timeout": 6, **options}
    )
    return connect(settings, Secret(url), SYSTEM_CLOCK)


def route(**given: Any) -> Route:
    address = f"orders-{secrets.token_hex(4)}"
    return Route(
        **{"channel": "orders", "address": address, "dead_letter": f"{address}.dead-letter", **given}
    )


def outgoing(*bodies: str, key: str | None = None, **given: Any) -> list[Outgoing]:
    return [Outgoing(body.encode(), f"id-{body}", key, **given) for body in bodies]


def received(subscription: Subscription, number: int, patience: float = SOON) -> list[Delivery]:
    """Return *number* messages, or what came of them in time."""
    found: list[Delivery] = []
    until = time.monotonic() + patience
    while len(found) < number and time.monotonic() < until:
        found += subscription.receive(number - len(found), 0.2)
    return found


def bodies(deliveries: Sequence[Delivery]) -> list[str]:
    return [delivery.body.decode() for delivery in deliveries]


def eventually(check: Callable[[], bool], patience: float = SOON) -> bool:
    until = time.monotonic() + patience
    while not check():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
