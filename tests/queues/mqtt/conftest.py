"""A topic for each test, in both versions of MQTT, and one face for both forms of the driver."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from integrations.runtime import SYSTEM_CLOCK, Secret
from integrations.runtime._queues import mqtt
from integrations.runtime._queues.messages import Outgoing, Route
from integrations.runtime._queues.settings import QueueSettings
from integrations.runtime.testing import FaultProxy, Server, server
from tests.queues.awaited import Awaited

V5_BROKER = "mosquitto"


@dataclass(frozen=True)
class Mqtt:
    """A real broker, and clients of it in one form and version."""

    server: Server
    form: str
    version: str
    stack: ExitStack

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def modern(self) -> bool:
        return self.version == "5"

    def client(self, url: str | None = None, **settings: Any) -> Any:
        """Return a driver's broker, closed after the test."""
        options = {"version": self.version, **settings.pop("options", {})}
        told = QueueSettings(service="MQTT", options=options, **settings)
        secret = Secret(url or self.url)
        if self.form == "sync":
            blocking = mqtt.connect(told, secret, SYSTEM_CLOCK)
            self.stack.callback(blocking.close)
            return blocking
        runner = asyncio.Runner()
        made = Awaited(mqtt.aconnect(told, secret, SYSTEM_CLOCK), runner)
        self.stack.callback(runner.close)
        self.stack.callback(made.close)
        return made

    def proxy(self) -> tuple[FaultProxy, str]:
        """Return a way to the broker that can misbehave, and the URL that leads through it."""
        parts = urlsplit(self.url)
        made = FaultProxy(parts.hostname or "", parts.port or 0)
        self.stack.callback(made.close)
        return made, f"mqtt://{made.host}:{made.port}"


@pytest.fixture(scope="module")
def running() -> Server:
    return server("mqtt")


@pytest.fixture(params=["sync 5", "sync 3.1.1", "async 5"])
def broker(running: Server, request: pytest.FixtureRequest) -> Iterator[Mqtt]:
    form, version = str(request.param).split()
    if version == "5" and not running.version.startswith(V5_BROKER):
        pytest.skip(f"{running.version} does not speak MQTT 5")
    with ExitStack() as stack:
        yield Mqtt(running, form, version, stack)


@pytest.fixture
def route() -> Callable[..., Route]:
    address = f"orders/{secrets.token_hex(4)}"

    def made(**changed: Any) -> Route:
        told: dict[str, Any] = {"address": address, "dead_letter": f"{address}/dead", "group": "billing"}
        return Route("orders", **{**told, **changed})

    return made


def messages(count: int) -> list[Outgoing]:
    return [Outgoing(b"%d" % number, f"id-{number}") for number in range(count)]


def drained(subscription: Any, wait: float = 0.5) -> list[Any]:
    """Return and ack all that comes until nothing does."""
    found = []
    while got := subscription.receive(100, wait):
        subscription.ack(got)
        found += got
    return found


def bodies(deliveries: list[Any]) -> list[bytes]:
    return sorted(delivery.body for delivery in deliveries)
