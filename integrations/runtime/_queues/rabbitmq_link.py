"""pika's callbacks as coroutines of the running event loop: a connection and its channels.

What waits when a connection or channel ends fails with pika's own error, so nothing waits for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import pika
from pika import exceptions as amqp
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel

from .rabbitmq_errors import not_connected
from .rabbitmq_topology import Queue, Topology

CONFLICT: Final = 406
FAREWELL: Final = 3.0  # seconds that the broker has to answer a goodbye


class Talk:
    """One channel: what is asked on it, is answered or fails with it."""

    def __init__(self, connection: AsyncioConnection) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: set[asyncio.Future[Any]] = set()
        self._ending: list[Callable[[Exception], object]] = []
        self.ended: Exception | None = None
        self._opened = self._expect()
        self.channel: Channel = connection.channel(on_open_callback=lambda _: settle(self._opened, None))
        self.channel.add_on_close_callback(self._closed)

    async def opened(self) -> Talk:
        """Return this channel when it can be used."""
        await self._opened
        return self

    async def ask(self, send: Callable[[Callable[[Any], None]], object]) -> Any:
        """Return the answer; *send* gets the callback that pika gives it to."""
        answer = self._expect()
        try:
            send(lambda frame: settle(answer, frame))
            return await answer
        finally:
            self._waiting.discard(answer)

    def on_end(self, tell: Callable[[Exception], object]) -> None:
        """Have *tell* called once, with the reason, when the channel ends."""
        self._ending.append(tell)

    async def close(self) -> None:
        """Say goodbye; nothing where it has ended already."""
        if self.ended is None and self.channel.is_open:
            ended = asyncio.Event()
            self.on_end(lambda _: ended.set())
            self.channel.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL):
                    await ended.wait()

    def _expect(self) -> asyncio.Future[Any]:
        future = self._loop.create_future()
        self._waiting.add(future)
        return future

    def _closed(self, channel: Channel, reason: Exception) -> None:
        self.ended = reason
        while self._waiting:
            fail(self._waiting.pop(), reason)
        for tell in self._ending:
            tell(reason)


class Link:
    """One connection."""

    def __init__(self, connection: AsyncioConnection) -> None:
        self._connection = connection
        self._gone = asyncio.Event()
        connection.add_on_close_callback(lambda *_: self._gone.set())

    @classmethod
    async def connect(cls, parameters: pika.connection.Parameters, timeout: float) -> Link:
        """Return an open connection.

        Raises:
            IntegrationError: there is none within *timeout* seconds; nothing was sent (`undone`).
        """
        opened = asyncio.get_running_loop().create_future()
        connection = AsyncioConnection(
            parameters,
            on_open_callback=lambda made: settle(opened, made),
            on_open_error_callback=lambda _, error: fail(opened, error),
            on_close_callback=lambda *_: None,
        )
        try:
            async with asyncio.timeout(timeout):
                await opened
        except BaseException as error:
            if not connection.is_closed:
                with suppress(Exception):  # it may be anywhere on its way
                    connection.close()
            if isinstance(error, Exception):
                raise not_connected(error) from error
            raise
        return cls(connection)

    @property
    def open(self) -> bool:
        return bool(self._connection.is_open)

    async def build(self, made: Topology) -> None:
        """Make the queues of a route, and its exchange where it has one."""
        await self.declare(made.dead)
        await self.declare(made.work)
        exchange = made.target.exchange
        if not exchange:
            return
        talk = await self.talk()
        ask = talk.channel.exchange_declare
        if not exchange.startswith("amq."):
            await talk.ask(lambda done: ask(exchange, made.exchange_type, durable=True, callback=done))
        bind = talk.channel.queue_bind
        await talk.ask(lambda done: bind(made.work.name, exchange, made.binding, callback=done))
        await talk.close()

    async def declare(self, queue: Queue) -> None:
        """Make a queue; one that is there already, with whatever arguments, is used as it is."""
        talk = await self.talk()  # its own: the broker answers a conflict by closing it
        ask, arguments = talk.channel.queue_declare, dict(queue.arguments)
        try:
            await talk.ask(lambda done: ask(queue.name, durable=True, arguments=arguments, callback=done))
        except amqp.ChannelClosedByBroker as error:
            if error.reply_code != CONFLICT or "inequivalent" not in error.reply_text:
                raise
        await talk.close()

    async def talk(self) -> Talk:
        """Return a new channel."""
        return await Talk(self._connection).opened()

    async def close(self) -> None:
        """Say goodbye, and leave when the broker does not answer."""
        if self._connection.is_open:
            self._connection.close()
        if not self._connection.is_closed:
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL):
                    await self._gone.wait()
        self.abort()

    def abort(self) -> None:
        """Drop the connection without a goodbye: the broker is not trusted to answer."""
        if not self._connection.is_closed:
            # pika's own way after missed heartbeats; its public close() waits for the broker
            self._connection._terminate_stream(amqp.AMQPHeartbeatTimeout("the broker did not answer in time"))


def settle(future: asyncio.Future[Any], value: Any) -> None:
    """Give a future its value, unless it has one or nobody waits any more."""
    if not future.done():
        future.set_result(value)


def fail(future: asyncio.Future[Any], error: Exception) -> None:
    """Give a future its error, unless it has something already or nobody waits any more."""
    if not future.done():
        future.set_exception(error)
