"""pika's callbacks as coroutines of the running event loop: a connection, its channels, confirmed publishing.

What waits when a connection or channel ends fails with pika's own error, so nothing waits for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import pika
from pika import exceptions as amqp
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel

from .._errors import IntegrationError, ServiceError
from .messages import PartlyPublishedError
from .rabbitmq_errors import not_connected, refused, translate, unroutable
from .rabbitmq_topology import Queue, Target, Topology

CONFLICT: Final = 406
FAREWELL: Final = 3.0  # seconds that the broker has to answer a goodbye


@dataclass(frozen=True, slots=True, eq=False)
class Letter:
    """A message with all that the broker has to know."""

    target: Target
    properties: pika.BasicProperties
    body: bytes


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


class _Batch:
    """Letters that are published together."""

    __slots__ = ("done", "left", "letters", "nacked", "open", "returned")

    def __init__(self, letters: Sequence[Letter], done: asyncio.Future[None]) -> None:
        self.letters, self.done = letters, done
        self.left = len(letters)
        self.open = set(range(len(letters)))
        self.returned: set[int] = set()
        self.nacked: set[int] = set()

    def settle(self, index: int, nacked: bool) -> None:
        self.open.discard(index)
        if nacked:
            self.nacked.add(index)
        if not self.open:
            settle(self.done, None)

    def outcome(self) -> ServiceError | None:
        """Return what became of it, when every letter is settled; None: all is well."""
        failed = sorted(self.returned | self.nacked)
        if not failed:
            return None
        target = self.letters[failed[0]].target
        where = target.exchange or target.routing_key
        error = unroutable(len(self.returned), where) if self.returned else refused(len(self.nacked), where)
        if len(failed) == len(self.letters):
            return error
        return PartlyPublishedError(
            error.reason, failed=failed, code=error.code, retryable=bool(self.nacked) and not self.returned
        )


class Publisher:
    """A channel in confirm mode: publishing returns when the broker has confirmed."""

    def __init__(self, link: Link, talk: Talk) -> None:
        self._link, self._talk = link, talk
        self._next = self._first = 1  # numbers of the next letter, and of the first that may be open
        self._open: dict[int, tuple[_Batch, int]] = {}
        self.prepared: dict[str, float] = {}  # waiting queues, and when they were declared last
        talk.channel.add_on_return_callback(self._returned)
        talk.on_end(self._ended)

    @classmethod
    async def on(cls, link: Link) -> Publisher:
        """Return a publisher on a channel of its own."""
        talk = await link.talk()
        made = cls(link, talk)
        await talk.ask(lambda done: talk.channel.confirm_delivery(made._settled, callback=done))
        return made

    @property
    def open(self) -> bool:
        return self._talk.ended is None and self._link.open

    @property
    def link(self) -> Link:
        return self._link

    async def publish(self, letters: Sequence[Letter]) -> None:
        """Return when the broker has every letter, and each is in a queue.

        Raises:
            NotFoundError: no queue takes them.
            UnavailableError: the broker did not accept them.
            PartlyPublishedError: only some of them are confirmed.
        """
        if not letters:
            return
        batch = _Batch(letters, asyncio.get_running_loop().create_future())
        try:
            self._write(batch)
            await batch.done
        except Exception as error:
            batch.done.cancel()
            raise self._partly(batch, error) from error
        if failure := batch.outcome():
            raise failure

    def _write(self, batch: _Batch) -> None:
        send, waiting = self._talk.channel.basic_publish, self._open
        for index, letter in enumerate(batch.letters):
            target = letter.target
            send(target.exchange, target.routing_key, letter.body, letter.properties, True)
            waiting[self._next] = (batch, index)
            self._next += 1

    def _partly(self, batch: _Batch, error: Exception) -> Exception:
        """Return *error*, or that it came when a part was confirmed already."""
        failed = sorted(batch.open | batch.returned | batch.nacked)
        found = error if isinstance(error, IntegrationError) else translate(error)
        if found is None or len(failed) == len(batch.letters):
            return error
        return PartlyPublishedError(found.reason, failed=failed, retryable=found.retryable)

    def _settled(self, frame: Any) -> None:
        method = frame.method
        nacked = isinstance(method, pika.spec.Basic.Nack)
        number, waiting = method.delivery_tag, self._open
        if not method.multiple:
            if found := waiting.pop(number, None):
                found[0].settle(found[1], nacked)
            return
        while self._first <= number:
            if found := waiting.pop(self._first, None):
                found[0].settle(found[1], nacked)
            self._first += 1

    def _returned(self, channel: Channel, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        """Note a letter that no queue takes; its confirmation is still to come. Rare, so it is looked for."""
        for batch, index in self._open.values():
            letter = batch.letters[index]
            if (
                index not in batch.returned
                and letter.properties.message_id == properties.message_id
                and letter.target == Target(method.exchange, method.routing_key)
                and letter.body == body
            ):
                batch.returned.add(index)
                return

    def _ended(self, reason: Exception) -> None:
        for batch, _ in self._open.values():
            fail(batch.done, reason)
        self._open.clear()


def settle(future: asyncio.Future[Any], value: Any) -> None:
    """Give a future its value, unless it has one or nobody waits any more."""
    if not future.done():
        future.set_result(value)


def fail(future: asyncio.Future[Any], error: Exception) -> None:
    """Give a future its error, unless it has something already or nobody waits any more."""
    if not future.done():
        future.set_exception(error)
