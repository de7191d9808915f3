"""NATS JetStream, through nats-py.

A channel is a subject of a stream (made unless one takes the subject already), and each group a durable pull
consumer. A route's options:

    stream              its name; default: made from the address
    retention           limits (default: kept until a limit), workqueue (until acked), interest
    max_age             seconds that messages are kept
    max_bytes, replicas of the stream
    ack_wait            seconds after which an unacked message goes to another consumer; default 30
    max_ack_pending     messages that all consumers of a group together may hold, delayed ones included;
                        how many one of them holds is its prefetch

JetStream keeps the order of a subject, but not between several processes of one group.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nats.js import api
from nats.js.errors import NotFoundError as Missing

from .._clock import Clock
from .._errors import ConfigurationError, IntegrationError
from .._secrets import Secret
from .messages import Outgoing, Route
from .nats_consumer import DUE, ID, KEY, AsyncNatsSubscription, durable
from .nats_errors import translate
from .nats_link import Address, Letter, Link, address, connected
from .settings import QueueSettings

if TYPE_CHECKING:
    from .nats_blocking import NatsBroker

FORMS: Final = ("sync", "async")
OPTIONS: Final = frozenset(
    ("ack_wait", "max_ack_pending", "max_age", "max_bytes", "replicas", "retention", "stream")
)
ACK_WAIT: Final = 30.0
MAX_ACK_PENDING: Final = 20_000


def aconnect(settings: QueueSettings, url: Secret, clock: Clock) -> AsyncNatsBroker:
    """Return the broker behind *url*; nothing is opened yet."""
    return AsyncNatsBroker(address(settings, url), settings, clock)


def connect(settings: QueueSettings, url: Secret, clock: Clock) -> NatsBroker:
    """Return the blocking form."""
    from .nats_blocking import NatsBroker

    return NatsBroker(aconnect(settings, url, clock))


class AsyncNatsBroker:
    """See ``messages.AsyncBroker``."""

    def __init__(self, where: Address, settings: QueueSettings, clock: Clock) -> None:
        self._where, self._settings, self._clock = where, settings, clock
        self._link: Link | None = None
        self._opening = asyncio.Lock()

    async def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        """See ``messages.AsyncBroker``; JetStream drops a message whose id it has had a moment ago."""
        link = await self._opened()
        await link.publish([self._letter(route, message) for message in messages], timeout)

    async def subscribe(self, route: Route) -> AsyncNatsSubscription:
        """See ``messages.AsyncBroker``; the route's group, else its channel, names the durable consumer."""
        link = await self._opened()
        stream = await self._stream(link, route, route.address)
        name = durable(route.group or route.channel)
        consumer = await self._consumer(link, route, stream, name)
        lease = consumer.config.ack_wait or ACK_WAIT
        pull = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}"
        found = AsyncNatsSubscription(route, link, pull, lease, self._settings.publish_timeout, self._clock)
        return await found.listen()

    async def declare(self, route: Route) -> None:
        """See ``messages.AsyncBroker``: makes the streams that are not there."""
        link = await self._opened()
        options = _options(route)
        for subject in (route.address, route.dead_letter):
            try:
                await self._stream(link, route, subject)
            except Missing:
                named = options.get("stream") if subject == route.address else None
                await link.js.add_stream(
                    name=durable(named or subject),
                    subjects=[subject],
                    retention=api.RetentionPolicy(
                        options.get("retention", "limits") if subject == route.address else "limits"
                    ),
                    max_age=options.get("max_age"),
                    max_bytes=options.get("max_bytes"),
                    num_replicas=options.get("replicas"),
                    storage=api.StorageType.FILE,
                )

    async def healthcheck(self, timeout: float) -> None:
        """See ``messages.AsyncBroker``; JetStream has to answer, too."""
        async with asyncio.timeout(timeout):
            link = await self._opened()
            await link.js.account_info()

    async def close(self) -> None:
        """See ``messages.AsyncBroker``; once more does nothing."""
        link, self._link = self._link, None
        if link is not None:
            await link.close(self._settings.publish_timeout)

    def translate(self, error: Exception) -> IntegrationError | None:
        """See ``messages.AsyncBroker``."""
        return translate(error)

    async def _opened(self) -> Link:
        link = self._link
        if link is not None and link.open:
            return link
        async with self._opening:
            if self._link is None or not self._link.open:
                self._link = await connected(self._where)
            return self._link

    async def _stream(self, link: Link, route: Route, subject: str) -> str:
        """Return the stream that takes *subject*.

        Raises:
            NotFoundError: of nats-py; there is none.
        """
        return await link.js.find_stream_name_by_subject(subject)

    async def _consumer(self, link: Link, route: Route, stream: str, name: str) -> api.ConsumerInfo:
        try:
            known: api.ConsumerInfo = await link.js.consumer_info(stream, name)
            return known
        except Missing:
            if not route.declare:
                raise
        options = _options(route)
        config = api.ConsumerConfig(
            durable_name=name,
            filter_subject=route.address,
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=float(options.get("ack_wait", ACK_WAIT)),
            max_ack_pending=int(options.get("max_ack_pending", MAX_ACK_PENDING)),
            max_deliver=-1,
        )
        made: api.ConsumerInfo = await link.js.add_consumer(stream, config)
        return made

    def _letter(self, route: Route, message: Outgoing) -> Letter:
        headers = {**message.headers, ID: message.id}
        if message.key is not None:
            headers[KEY] = message.key
        if message.delay > 0:
            headers[DUE] = str(int((self._clock.time() + message.delay) * 1000))
        return Letter(route.address, message.body, headers)


def _options(route: Route) -> Mapping[str, Any]:
    if unknown := sorted(set(route.options) - OPTIONS):
        known = ", ".join(sorted(OPTIONS))
        raise ConfigurationError(
            f"{route.channel}: options.{unknown[0]} is unknown to NATS; it knows {known}"
        )
    return route.options
