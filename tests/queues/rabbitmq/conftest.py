"""A virtual host for each module, a queue for each test, and one face for both forms of the driver."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from integrations.runtime import SYSTEM_CLOCK, Secret
from integrations.runtime._queues import rabbitmq
from integrations.runtime._queues.messages import Outgoing, Route
from integrations.runtime._queues.settings import QueueSettings
from integrations.runtime.testing import FaultProxy, Server, server
from tests.queues.awaited import Awaited


@dataclass(frozen=True)
class Rabbit:
    """A real broker, and clients of it in one form."""

    server: Server
    url: str
    form: str
    stack: ExitStack

    def client(self, url: str | None = None, **settings: Any) -> Any:
        """Return a driver's broker, closed after the test."""
        told = QueueSettings(service="RabbitMQ", **settings)
        secret = Secret(url or self.url)
        if self.form == "sync":
            blocking = rabbitmq.connect(told, secret, SYSTEM_CLOCK)
            self.stack.callback(blocking.close)
            return blocking
        runner = asyncio.Runner()
        made = Awaited(rabbitmq.aconnect(told, secret, SYSTEM_CLOCK), runner)
        self.stack.callback(runner.close)
        self.stack.callback(made.close)
        return made

    def proxy(self) -> tuple[FaultProxy, str]:
        """Return a way to the broker that can misbehave, and the URL that leads through it."""
        parts = urlsplit(self.url)
        made = FaultProxy(parts.hostname or "", parts.port or 0)
        self.stack.callback(made.close)
        place = f"{parts.username}:{parts.password}@{made.host}:{made.port}"
        return made, urlunsplit(parts._replace(netloc=place))


@pytest.fixture(scope="module")
def place() -> tuple[Server, str]:
    found = server("rabbitmq")
    return found, found.fresh("driver")


@pytest.fixture(params=rabbitmq.FORMS)
def rabbit(place: tuple[Server, str], request: pytest.FixtureRequest) -> Iterator[Rabbit]:
    with ExitStack() as stack:
        yield Rabbit(*place, request.param, stack)


@pytest.fixture
def route() -> Callable[..., Route]:
    address = f"orders-{secrets.token_hex(4)}"

    def made(**changed: Any) -> Route:
        told: dict[str, Any] = {"address": address, "dead_letter": f"{address}.dead-letter", **changed}
        return Route("orders", **told)

    return made


def messages(count: int) -> list[Outgoing]:
    return [Outgoing(b'{"number": %d}' % number, f"id-{number}") for number in range(count)]


def drained(subscription: Any, wait: float = 0.25) -> list[Any]:
    """Return and ack all that comes until nothing does."""
    found = []
    while got := subscription.receive(100, wait):
        subscription.ack(got)
        found += got
    return found
