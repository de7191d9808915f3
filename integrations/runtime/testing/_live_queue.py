"""An adapter at a real broker, in either form, with addresses of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pytest

from .._queues.messages import REASON, Outgoing
from .._queues.trace import current_delivery
from ..queues import AsyncQueueAdapter, QueueAdapter
from ._running import Form, Running, of_form
from .servers import server

IDLE: Final = 2.0  # seconds after which nothing more is expected of a broker on this machine
SEPARATORS: Final = {"sqs": "-"}


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What lies among the dead letters of a channel."""

    body: bytes
    reason: str
    id: str


def sessions_kept() -> None:
    """Skip the test where the MQTT broker of this machine forgets sessions: amqtt, which comes by pip."""
    found = server("mqtt")
    if found.keeps == "nothing":
        pytest.skip(f"{found.version} keeps nothing for a session that is away: scripts/install-servers")


class LiveQueue(Running):
    """An adapter at the broker *url*, to be called alike in both forms.

    Attributes:
        adapter: the adapter.
    """

    @classmethod
    @contextmanager
    def running(
        cls,
        sync_class: type[QueueAdapter],
        async_class: type[AsyncQueueAdapter] | None,
        form: Form,
        url: str,
    ) -> Iterator[LiveQueue]:
        """Connect, with a prefix for every address that nobody else has, and close at the end.

        Skips the test where the broker that was found cannot keep what comes while a consumer is away.
        """
        queue = cls()
        kind = of_form(sync_class, async_class, form)
        if kind.VARIANT == "mqtt":
            sessions_kept()
        name = kind.PACKAGE.upper()
        prefix = f"t{secrets.token_hex(4)}{SEPARATORS.get(kind.VARIANT, '.')}"
        environ = {f"{name}_CONNECTION_STRING": url, f"{name}_ADDRESS_PREFIX": prefix}
        with queue._loop(form):
            queue.adapter = kind.from_config(environ=environ)
            queue.call(lambda adapter: adapter.declare())
            if kind.VARIANT == "mqtt":  # the broker keeps nothing for a session that it has not seen
                queue._subscribe_once()
            try:
                yield queue
            finally:
                queue._close()

    def _subscribe_once(self) -> None:
        for channel in self.adapter.CHANNELS:
            self.call(partial(_nothing, channel=channel))

    def put(self, channel: str, body: bytes) -> None:
        """Publish bytes as they are, though they may be no message of the channel."""
        adapter = self.adapter
        route = adapter._route(adapter._named(channel))
        key = "unreadable" if route.ordered else None
        message = Outgoing(body, f"m-{secrets.token_hex(8)}", key)
        self.call(lambda adapter: adapter._broker.publish(route, [message], 10.0))

    def dead_letters(self, channel: str, number: int = 1) -> list[DeadLetter]:
        """Take so many dead letters of the channel."""
        found = []

        def take(body: bytes) -> None:
            delivery = current_delivery()
            assert delivery is not None
            found.append(DeadLetter(body, delivery.headers.get(REASON, ""), delivery.id))

        self.call(lambda adapter: adapter.consume_dead_letters(channel, take, limit=number, idle=5 * IDLE))
        return found


def _nothing(adapter: Any, *, channel: Any) -> Any:
    """Consume for a moment, though nothing is there yet."""
    return adapter._consume(channel, print, idle=0.05)
