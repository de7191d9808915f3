"""Consume from JetStream: a durable pull consumer, asked for as many messages as there is room for.

The client's own ``fetch`` makes a task for every message; here one request is answered into one buffer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as Inbox

from .._clock import Clock
from .._errors import ConnectionFailedError, IntegrationError, NotFoundError
from .messages import FIRST_FAILED, NO_HEADERS, REASON, Delivery, Route
from .nats_errors import answered
from .nats_link import Letter, Link

ID: Final = "Nats-Msg-Id"
KEY: Final = "message-key"
DUE: Final = "x-due"  # of a delayed message: milliseconds since 1970
DEAD: Final = "/dead-letter"  # what the id of a dead letter ends with
MARGIN: Final = 5.0  # seconds after which a request should have ended, whatever came of it
EMPTY: Final = frozenset(("404", "408"))  # no messages; the request's time is over


class AsyncNatsSubscription:
    """See ``messages.AsyncSubscription``.

    Args:
        pull: where messages are asked for.
        lease: seconds that the server waits for an ack.
    """

    def __init__(
        self, route: Route, link: Link, pull: str, lease: float, timeout: float, clock: Clock
    ) -> None:
        self._route, self._link, self._pull, self.lease = route, link, pull, lease
        self._timeout, self._clock = timeout, clock
        self._buffer: deque[Msg] = deque()
        self._held: dict[str, Msg] = {}  # by where they are acked
        self._asked = 0  # messages that were asked for and have not come
        self._expires = 0.0
        self._news = asyncio.Event()
        self._error: IntegrationError | None = None
        self._inbox: Inbox | None = None
        self._reply = link.nc.new_inbox()
        link.watch(self._news.set)

    async def listen(self) -> AsyncNatsSubscription:
        """Begin to hear what is asked for."""
        self._inbox = await self._link.nc.subscribe(self._reply, cb=self._arrived, pending_bytes_limit=0)
        return self

    async def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        """See ``messages.AsyncSubscription``."""
        self._check()
        if most <= 0:
            await asyncio.sleep(wait)
            return ()
        if len(self._buffer) < most:
            await self._ask(most - len(self._buffer), wait)
        if not self._buffer and wait > 0:
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._news.wait()
            self._check()
        return await self._taken(most)

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """See ``messages.AsyncSubscription``."""
        self._check()
        publish = self._link.nc.publish
        for delivery in deliveries:
            if self._held.pop(delivery.tag.reply, None) is not None:
                await publish(delivery.tag.reply)

    async def retry(self, delivery: Delivery, delay: float) -> None:
        """See ``messages.AsyncSubscription``; the server counts the attempts and keeps the time."""
        if self._held.pop(delivery.tag.reply, None) is not None:
            await delivery.tag.nak(delay=delay)

    async def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """See ``messages.AsyncSubscription``."""
        msg: Msg = delivery.tag
        if msg.reply not in self._held:
            return
        now = datetime.fromtimestamp(self._clock.time(), UTC).isoformat(timespec="seconds")
        headers = {FIRST_FAILED: now, **(msg.headers or {}), REASON: reason}
        # a stream that takes both subjects would drop it as a duplicate of the original
        headers[ID] = f"{delivery.id}{DEAD}"
        await self._link.publish([Letter(self._route.dead_letter, msg.data, headers)], self._timeout)
        await self.ack([delivery])

    async def extend(self, delivery: Delivery) -> None:
        """See ``messages.AsyncSubscription``."""
        if delivery.tag.reply in self._held:
            await delivery.tag.in_progress()

    async def close(self) -> None:
        """Give back what is not settled; the server counts an attempt for it."""
        if self._inbox is not None and self._link.open:
            with suppress(Exception):
                await self._inbox.unsubscribe()
            for msg in (*self._held.values(), *self._buffer):
                with suppress(Exception):
                    await msg.nak()
            with suppress(Exception):
                await self._link.nc.flush(max(1, int(self._timeout)))
        self._held.clear()
        self._buffer.clear()

    async def _ask(self, room: int, wait: float) -> None:
        """Ask for messages, unless as many are on their way."""
        now = self._clock.monotonic()
        if self._asked and now > self._expires + MARGIN:
            await self._link.nc.flush(max(1, int(self._timeout)))  # raises when the server is gone
            self._asked = 0
        if self._asked >= room and (now < self._expires or wait <= 0):
            return
        lasting = max(wait, 0.02)
        request = {"batch": room - min(self._asked, room - 1), "expires": int(lasting * 1e9)}
        self._asked += request["batch"]
        self._expires = max(self._expires, now + lasting)
        await self._link.nc.publish(self._pull, msgspec.json.encode(request), self._reply)

    async def _arrived(self, msg: Msg) -> None:
        status = msg.headers.get("Status") if msg.headers and not msg.data else None
        if status is None:
            self._asked = max(0, self._asked - 1)
            self._buffer.append(msg)
        else:
            self._told(status, msg.headers or {})
        self._news.set()

    def _told(self, status: str, headers: Mapping[str, str]) -> None:
        """The server says how a request ended."""
        pending = headers.get("Nats-Pending-Messages", "")
        self._asked = max(0, self._asked - int(pending)) if pending.isdecimal() else 0
        text = headers.get("Description", "")
        if status == "503":
            self._error = ConnectionFailedError("nobody answers for the consumer")
        elif status == "409" and "deleted" in text.lower():
            self._error = NotFoundError(text, status=409, retryable=self._route.declare)
        elif status not in EMPTY and status != "409":  # 409: the leader changes, or the request was too large
            self._error = answered(int(status) if status.isdecimal() else 500, 0, text)

    async def _taken(self, most: int) -> list[Delivery]:
        found: list[Delivery] = []
        buffer, held = self._buffer, self._held
        while buffer and len(found) < most:
            msg = buffer.popleft()
            attempt = delivered(msg.reply)
            headers = msg.headers or NO_HEADERS
            if DUE in headers:
                if attempt == 1 and await self._early(msg, headers[DUE]):
                    continue
                attempt = max(1, attempt - 1)
            held[msg.reply] = msg
            found.append(
                Delivery(msg.data, headers.get(ID) or msg.reply, headers.get(KEY), headers, attempt, msg)
            )
        return found

    async def _early(self, msg: Msg, due: str) -> bool:
        """Send a delayed message back until it is due."""
        left = int(due) / 1000 - self._clock.time() if due.isdecimal() and len(due) < 18 else 0.0
        await msg.nak(delay=max(left, 0.001))
        return True

    def _check(self) -> None:
        if self._link.lost is not None:
            raise ConnectionFailedError(f"the connection is lost: {self._link.lost}")
        if self._error is not None:
            raise self._error


def delivered(reply: str) -> int:
    """Return how often a message was handed out, from where it is acked: $JS.ACK.<…>.<number>.<…>."""
    tokens = reply.split(".")
    number = tokens[4] if len(tokens) == 9 else tokens[6] if len(tokens) > 10 else "1"
    return int(number) if number.isdecimal() else 1


def durable(text: Any) -> str:
    """Return a name for a stream or consumer, which may hold no dots, blanks or wildcards."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in str(text))
