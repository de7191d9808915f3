"""A NATS server for one test module, in an account of its own."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Any

from integrations.runtime import Secret
from integrations.runtime._clock import SYSTEM_CLOCK
from integrations.runtime._queues.messages import Delivery, Outgoing, Route, Subscription
from integrations.runtime._queues.nats import connect
from integrations.runtime._queues.nats_blocking import NatsBroker
from integrations.runtime._queues.settings import QueueSettings

SOON = 10.0  # seconds by which anything that is to come has come


def broker(url: str, **settings: Any) -> NatsBroker:
    given = {"service": "NATS", "publish_timeout": 5.0, "timeout": 5.0, "connect_timeout": 2.0, **settings}
    return connect(QueueSettings(**given), Secret(url), SYSTEM_CLOCK)


def route(**given: Any) -> Route:
    address = f"orders.{secrets.token_hex(4)}"
    return Route(
        **{"channel": "orders", "address": address, "dead_letter": f"{address}.dead-letter", **given}
    )


def outgoing(*bodies: str, **given: Any) -> list[Outgoing]:
    return [Outgoing(body.encode(), f"id-{body}", **given) for body in bodies]


def received(subscription: Subscription, number: int, patience: float = SOON) -> list[Delivery]:
    """Return *number* messages, or what came of them in time."""
    found: list[Delivery] = []
    until = time.monotonic() + patience
    while len(found) < number and time.monotonic() < until:
        found += subscription.receive(number - len(found), 0.2)
    return found


def bodies(deliveries: Sequence[Delivery]) -> list[str]:
    return [delivery.body.decode() for delivery in deliveries]
