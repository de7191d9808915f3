"""What a channel is on RabbitMQ: its queues with their arguments, and its messages with their properties.

Pure: nothing here talks to a broker. Of a route with the address ``orders`` there are

    orders                      the work queue, durable; quorum, unless the option ``queue_type`` says classic
    orders.dead-letter          the dead letters (the route's own name), durable, of the same type
    orders.retry.<ms>           made when first needed: messages wait here, nobody consumes it, and the broker
                                moves each back to ``orders`` when its time is over
    orders.delay.<ms>           the same for delayed publishing through an exchange; back to that exchange

A quorum queue hands what has waited over with confirmation (``at-least-once``), so nothing is lost in between
even by a crash; a classic one may lose a message if the node is killed in the very moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from pika import BasicProperties

from .._errors import ConfigurationError, InvalidArgumentError
from .channel import new_id
from .messages import ATTEMPT, FIRST_FAILED, NO_HEADERS, REASON, Delivery, Outgoing, Route

KEY: Final = "x-key"  # the header that carries a message's key
DELIVERIES: Final = "x-delivery-count"  # a quorum queue counts how often it has handed a message out before
LINGERS: Final = 24 * 3600 * 1000  # milliseconds that an unused waiting queue stays beyond its delay
LONGEST: Final = 2**32 - 1 - LINGERS  # milliseconds; the broker's own limit
PERSISTENT: Final = 2
# Headers that the broker or this driver wrote: no handler sees them, and a retried message starts without.
OURS: Final = frozenset(
    {
        ATTEMPT,
        KEY,
        DELIVERIES,
        "x-death",
        *(
            f"x-{which}-death-{what}"
            for which in ("first", "last")
            for what in ("exchange", "queue", "reason")
        ),
    }
)
ROUTING: Final = frozenset({"CC", "BCC"})  # the broker would send copies of a forwarded message there


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable queue to be declared."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message is published: an exchange ("" is the default one) and a routing key."""

    exchange: str
    routing_key: str


@dataclass(frozen=True, slots=True)
class Topology:
    """What a route is on the broker.

    Attributes:
        work: the queue that is consumed.
        dead: the queue of the dead letters.
        target: where messages are published.
        exchange_type: of the target's exchange, where it has one that is ours to declare.
        binding: the routing pattern by which that exchange feeds the queue.
    """

    work: Queue
    dead: Queue
    target: Target
    exchange_type: str
    binding: str
    quorum: bool

    def retrying(self, seconds: float) -> Queue:
        """Return the queue where a message waits before it comes again."""
        return self._waiting("retry", seconds, Target("", self.work.name))

    def delaying(self, seconds: float) -> Queue:
        """Return the queue where a message waits before it is published to the target."""
        return self._waiting("delay" if self.target.exchange else "retry", seconds, self.target)

    def _waiting(self, kind: str, seconds: float, back: Target) -> Queue:
        wait = milliseconds(seconds)
        return Queue(
            f"{self.work.name}.{kind}.{wait}",
            {
                "x-message-ttl": wait,
                "x-expires": wait + LINGERS,
                **_moving_to(back, self.quorum),
            },
        )


def topology(route: Route, defaults: Mapping[str, Any]) -> Topology:
    """Return what *route* is on the broker; its own options come before *defaults*.

    Raises:
        ConfigurationError: an option is unknown or cannot be.
    """
    options = {**defaults, **route.options}
    kind = options.get("queue_type", "quorum")
    if kind not in ("quorum", "classic"):
        raise ConfigurationError(f"{route.channel}: queue_type is quorum or classic, not {kind!r}")
    exchange = str(options.get("exchange", ""))
    routing_key = str(options.get("routing_key", route.address))
    if not exchange and routing_key != route.address:
        raise ConfigurationError(f"{route.channel}: routing_key needs an exchange")
    quorum = kind == "quorum"
    single = {"x-single-active-consumer": True} if route.ordered else {}
    dying = _moving_to(Target("", route.dead_letter), quorum) if quorum else {}
    return Topology(
        Queue(route.address, {"x-queue-type": kind, **dying, **single}),
        Queue(route.dead_letter, {"x-queue-type": kind}),
        Target(exchange, routing_key),
        str(options.get("exchange_type", "topic")),
        str(options.get("binding", routing_key)),
        quorum,
    )


def milliseconds(seconds: float) -> int:
    """Return a delay as it names its queue: rounded up to two digits, so that there are few such queues.

    Raises:
        InvalidArgumentError: it is longer than the broker can wait.
    """
    exact = max(1, ceil(seconds * 1000))
    if exact > LONGEST:
        raise InvalidArgumentError(f"RabbitMQ delays by at most {LONGEST // 86_400_000} days")
    step = int(10 ** max(0, len(str(exact)) - 2))
    return min(LONGEST, -(-exact // step) * step)


def outgoing(message: Outgoing, content_type: str) -> BasicProperties:
    """Return the properties of a message that is published for the first time."""
    headers: dict[str, Any] | None = dict(message.headers) if message.headers else None
    if message.key is not None:
        headers = {**(headers or {}), KEY: message.key}
    return BasicProperties(content_type, None, headers, PERSISTENT, message_id=message.id)


def incoming(body: bytes, properties: BasicProperties, redelivered: bool, tag: Any) -> Delivery:
    """Return a message as it came; classic queues do not count how often it was handed out before: once.

    A message without an id gets one, for two such messages are not the same one.
    """
    headers = properties.headers
    if not headers:
        return Delivery(
            body, properties.message_id or new_id(), None, NO_HEADERS, 2 if redelivered else 1, tag
        )
    count = headers.get(DELIVERIES)
    before = _number(count) if count is not None else int(redelivered)
    key = headers.get(KEY)
    return Delivery(
        body,
        properties.message_id or new_id(),
        None if key is None else _text(key),
        {name: _text(value) for name, value in headers.items() if name not in OURS},
        max(1, _number(headers.get(ATTEMPT, 1))) + before,
        tag,
    )


def retried(properties: BasicProperties, attempt: int) -> BasicProperties:
    """Return the properties of a message that is published again as its *attempt*."""
    kept = {name: value for name, value in _kept(properties).items() if name not in OURS or name == KEY}
    return _forwarded(properties, {**kept, ATTEMPT: attempt})


def dead(properties: BasicProperties, reason: str, now: str) -> BasicProperties:
    """Return the properties of a dead letter: the untouched ones, the reason, and when."""
    told = _kept(properties)
    return _forwarded(properties, {**told, REASON: reason, FIRST_FAILED: told.get(FIRST_FAILED, now)})


def _forwarded(properties: BasicProperties, headers: Mapping[str, Any]) -> BasicProperties:
    """Return *properties* with other headers.

    Without an expiration, or the copy would vanish; without a user id, which the broker compares with ours.
    """
    return BasicProperties(
        content_type=properties.content_type,
        content_encoding=properties.content_encoding,
        headers=dict(headers),
        delivery_mode=PERSISTENT,
        priority=properties.priority,
        correlation_id=properties.correlation_id,
        reply_to=properties.reply_to,
        message_id=properties.message_id,
        timestamp=properties.timestamp,
        type=properties.type,
        app_id=properties.app_id,
    )


def _kept(properties: BasicProperties) -> dict[str, Any]:
    return {name: value for name, value in (properties.headers or {}).items() if name not in ROUTING}


def _moving_to(target: Target, quorum: bool) -> dict[str, Any]:
    """Return the arguments of a queue whose messages the broker moves on when they die there."""
    safely = {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"} if quorum else {}
    return {
        "x-queue-type": "quorum" if quorum else "classic",
        "x-dead-letter-exchange": target.exchange,
        "x-dead-letter-routing-key": target.routing_key,
        **safely,
    }


def _number(value: Any) -> int:
    """Return a count that somebody else may have written."""
    return max(0, min(int(value), 1_000_000)) if isinstance(value, int) else 0


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else str(value)
