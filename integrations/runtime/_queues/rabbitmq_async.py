"""RabbitMQ on an event loop: publishing on one connection, and one more for each subscription."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final

import pika
from pika import exceptions as amqp

from .._clock import Clock
from .._errors import ConnectionFailedError, IntegrationError, NotFoundError
from .messages import Delivery, Outgoing, Route
from .rabbitmq_errors import translate
from .rabbitmq_link import Link, Talk
from .rabbitmq_publisher import Letter, Publisher
from .rabbitmq_topology import (
    Queue,
    Target,
    Topology,
    dead,
    incoming,
    outgoing,
    retried,
    topology,
)
from .settings import QueueSettings

RENEWAL: Final = 3600.0  # seconds after which a waiting queue is declared again, long before it expires


class AsyncRabbitBroker:
    """A broker; nothing is connected before the first call."""

    def __init__(self, settings: QueueSettings, parameters: pika.connection.Parameters, clock: Clock) -> None:
        self._settings, self._parameters, self._clock = settings, parameters, clock
        self._link: Link | None = None
        self._publisher: Publisher | None = None
        self._connecting = asyncio.Lock()
        self._subscriptions: set[AsyncRabbitSubscription] = set()
        self._topologies: dict[int, tuple[Route, Topology]] = {}
        self._closed = False

    translate = staticmethod(translate)

    async def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        made, kind = self.topology(route), route.content_type
        where = made.target
        async with self._within(timeout):
            publisher = await self._publishing()
            letters = []
            for message in messages:
                if message.delay > 0:
                    where = await self._prepared(publisher, made.delaying(message.delay))
                letters.append(Letter(where, outgoing(message, kind), message.body))
                where = made.target
            await publisher.publish(letters)

    async def subscribe(self, route: Route) -> AsyncRabbitSubscription:
        return await self.consume(route, None)

    async def consume(self, route: Route, wake: Callable[[], None] | None) -> AsyncRabbitSubscription:
        """Begin to consume; *wake* is called, on the loop, when something came or the connection is gone."""
        link = await self._connect()
        try:
            async with asyncio.timeout(self._settings.connect_timeout):
                made = AsyncRabbitSubscription(self, route, link, await link.talk(), wake)
                await made.begin()
        except BaseException:
            link.abort()
            raise
        self._subscriptions.add(made)
        return made

    async def declare(self, route: Route) -> None:
        made = self.topology(route)
        async with self._within(self._settings.connect_timeout):
            await (await self._publishing()).link.build(made)

    async def healthcheck(self, timeout: float) -> None:
        async with self._within(timeout):
            talk = await (await self._publishing()).link.talk()
            await talk.close()

    async def close(self) -> None:
        self._closed = True
        for subscription in list(self._subscriptions):
            await subscription.close()
        if self._link is not None:
            await self._link.close()
            self._link = self._publisher = None

    def topology(self, route: Route) -> Topology:
        """Return what *route* is here; the same route is asked for again and again."""
        found = self._topologies.get(id(route))
        if found is None or found[0] is not route:
            found = self._topologies[id(route)] = (route, topology(route, self._settings.options))
        return found[1]

    async def forward(self, waiting: Queue | None, target: Target, letter: Letter) -> None:
        """Publish a message once more, confirmed, by way of the queue *waiting* where there is one."""
        async with self._within(self._settings.publish_timeout):
            publisher = await self._publishing()
            if waiting is not None:
                target = await self._prepared(publisher, waiting)
            try:
                await publisher.publish([Letter(target, letter.properties, letter.body)])
            except NotFoundError:
                if waiting is None:
                    raise
                publisher.prepared.clear()  # somebody removed the queue
                await self._prepared(publisher, waiting)
                await publisher.publish([Letter(target, letter.properties, letter.body)])

    def now(self) -> str:
        """Return the time, as dead letters tell it."""
        return datetime.fromtimestamp(self._clock.time(), UTC).isoformat(timespec="milliseconds")

    def forget(self, subscription: AsyncRabbitSubscription) -> None:
        self._subscriptions.discard(subscription)

    async def _prepared(self, publisher: Publisher, queue: Queue) -> Target:
        """Declare a waiting queue, unless that was done lately."""
        now = self._clock.monotonic()
        if publisher.prepared.get(queue.name, -RENEWAL) <= now - RENEWAL:
            await publisher.link.declare(queue)
            publisher.prepared[queue.name] = now
        return Target("", queue.name)

    async def _publishing(self) -> Publisher:
        publisher = self._publisher
        if publisher is not None and publisher.open:
            return publisher
        async with self._connecting:
            if self._publisher is None or not self._publisher.open:
                if self._link is None or not self._link.open:
                    self._link = await self._connect()
                self._publisher = await Publisher.on(self._link)
            return self._publisher

    async def _connect(self) -> Link:
        if self._closed:
            raise ConnectionFailedError("the broker's connections are closed", retryable=False)
        return await Link.connect(self._parameters, self._settings.connect_timeout)

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[None]:
        """Limit what is asked on the publishing connection; one that does not answer is not used again."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            self._drop()
            raise

    def _drop(self) -> None:
        if self._link is not None:
            self._link.abort()
        self._link = self._publisher = None


class AsyncRabbitSubscription:
    """A consumer of one work queue. Heartbeats go on while handlers run: the loop sends them."""

    lease: float = 0.0  # while connected; the broker's consumer_timeout (30 minutes) ends the channel

    def __init__(
        self, broker: AsyncRabbitBroker, route: Route, link: Link, talk: Talk, wake: Callable[[], None] | None
    ) -> None:
        self._broker, self._route, self._link, self._talk = broker, route, link, talk
        self._topology = broker.topology(route)
        self._arrived = asyncio.Event()
        self._wake = wake or self._arrived.set
        self._consumer = ""
        self._unsettled: dict[int, None] = {}  # delivery tags, in the order in which they came
        self.ready: deque[Delivery] = deque()
        self.lost: IntegrationError | None = None
        self._closed = False

    async def begin(self) -> None:
        """Ask the broker for messages."""
        talk, channel = self._talk, self._talk.channel
        await talk.ask(lambda done: channel.basic_qos(prefetch_count=self._route.prefetch, callback=done))
        channel.add_on_cancel_callback(lambda _: self._end(amqp.ConsumerCancelled()))

        def consume(done: Callable[[Any], None]) -> None:
            self._consumer = channel.basic_consume(self._topology.work.name, self._came, callback=done)

        await talk.ask(consume)
        talk.on_end(self._end)

    async def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        if self.lost is None and wait > 0 and not (most and self.ready):
            self._arrived.clear()
            if most:
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._arrived.wait()
            else:
                await self._until_lost(wait)
        return self.take(most)

    def take(self, most: int) -> Sequence[Delivery]:
        """Return what is there.

        Raises:
            ConnectionFailedError: the connection is gone, and what was there comes again.
        """
        if self.lost is not None:
            raise self.lost
        ready = self.ready
        try:
            return [ready.popleft() for _ in range(min(most, len(ready)))]
        except IndexError:  # in a blocking program another thread notices the loss in this very moment
            raise self.lost or ConnectionFailedError("the connection is gone") from None

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        self.settle([delivery.tag[1] for delivery in deliveries if delivery.tag[0] is self])

    def settle(self, tags: Sequence[int]) -> None:
        """Ack, with one word where nothing before the last of them is open."""
        if self.lost is not None:
            raise self.lost
        unsettled, channel = self._unsettled, self._talk.channel
        known = [tag for tag in tags if unsettled.pop(tag, 0) is None]
        first = next(iter(unsettled), None)
        together = [tag for tag in known if first is None or tag < first]
        if together:
            channel.basic_ack(max(together), multiple=True)
        for tag in known:
            if first is not None and tag > first:
                channel.basic_ack(tag)

    async def retry(self, delivery: Delivery, delay: float) -> None:
        waiting = self._topology.retrying(delay) if delay > 0 else None
        properties = retried(delivery.tag[2], delivery.attempt + 1)
        await self._instead(delivery, waiting, self._topology.work, properties)

    async def dead_letter(self, delivery: Delivery, reason: str) -> None:
        properties = dead(delivery.tag[2], reason, self._broker.now())
        await self._instead(delivery, None, self._topology.dead, properties)

    async def extend(self, delivery: Delivery) -> None:
        """Do nothing: a message is this consumer's as long as the connection lives."""

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._broker.forget(self)
        self.ready.clear()
        await self._talk.close()
        await self._link.close()

    async def _instead(
        self, delivery: Delivery, waiting: Queue | None, queue: Queue, properties: pika.BasicProperties
    ) -> None:
        """Put a copy somewhere, confirmed, and only then ack the original; a stale one comes again anyhow."""
        if delivery.tag[0] is not self or delivery.tag[1] not in self._unsettled:
            return
        target = Target("", queue.name)
        await self._broker.forward(waiting, target, Letter(target, properties, delivery.body))
        self.settle([delivery.tag[1]])

    def _came(self, channel: Any, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        tag = method.delivery_tag
        self._unsettled[tag] = None
        self.ready.append(incoming(body, properties, method.redelivered, (self, tag, properties)))
        self._wake()

    def _end(self, reason: Exception) -> None:
        """What was consumed from is gone; whatever the reason, subscribing again is the mend."""
        if self.lost is None:
            found = translate(reason)
            said = str(found) if found else type(reason).__name__
            self.lost = found if isinstance(found, ConnectionFailedError) else ConnectionFailedError(said)
            self.ready.clear()
            self._wake()

    async def _until_lost(self, wait: float) -> None:
        """Wait, whatever comes meanwhile, for the end of the connection."""
        time = asyncio.get_running_loop().time
        until = time() + wait
        while self.lost is None and (left := until - time()) > 0:
            self._arrived.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._arrived.wait()
