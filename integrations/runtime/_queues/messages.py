"""What the core and the drivers of brokers say to each other.

A driver module ``integrations/runtime/_queues/<variant>.py`` has

    FORMS: tuple[str, ...]                                   "sync", and "async" where it has both
    connect(settings, url, clock) -> Broker                  opens nothing yet: the first call does
    aconnect(settings, url, clock) -> AsyncBroker            where "async" is one of its forms

and raises errors of the tree, or errors of its own that ``translate`` knows. What may be assumed:

- A blocking subscription is used by one thread, the one that consumes. ``extend`` alone may be called by
  another one at the same time. An async broker and all of its subscriptions live on one event loop.
- ``publish`` of a blocking broker may be called by several threads at once, also by handlers while another
  thread consumes.
- ``receive`` may return a ``run.Run`` of messages that were never tried; then ``ack`` is given parts of it.
- ``receive(0, wait)`` takes nothing: it lets the connection live (heartbeats) for at most *wait* seconds.
- After an error that says that the connection is gone, the core closes the subscription (errors of that are
  no matter) and subscribes again, with back-off; it settles nothing of before, for that comes again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol

import msgspec

from .._errors import IntegrationError, ServiceError

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
REASON: Final = "x-death-reason"  # of a dead letter: why
FIRST_FAILED: Final = "x-first-failed"  # of a dead letter: when, ISO 8601 in UTC
ATTEMPT: Final = "x-attempt"  # of a message that was published again to be retried: which attempt it is
LONGEST_DELAY: Final = 900.0  # seconds between two attempts, however often it was doubled


@dataclass(frozen=True, slots=True)
class Route:
    """Where the messages of one channel go, and what is done about those that fail.

    Attributes:
        channel: its name in the manifest, for metrics and errors.
        address: the queue, topic or subject.
        dead_letter: where messages go that cannot be processed.
        max_attempts: how often a message is handed to the handler, all attempts together.
        retry_delay: seconds before the second attempt; doubled each time, at most LONGEST_DELAY.
        prefetch: how many unsettled messages one consumer may hold.
        group: the consumer group, durable name or shared subscription; "" where the broker needs none.
        ordered: messages of one key are handled one after another, in the order in which they came.
        declare: whether the adapter makes the queues, topics or streams that are not there.
        options: what only this broker knows, e.g. ``{"partitions": 6}``.
        content_type: the media type of bodies.
    """

    channel: str
    address: str
    dead_letter: str
    max_attempts: int = 5
    retry_delay: float = 10.0
    prefetch: int = 32
    group: str = ""
    ordered: bool = False
    declare: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
    content_type: str = "application/json"

    def delay(self, attempt: int) -> float:
        """Return the seconds to wait after *attempt*, from 1, failed."""
        return min(LONGEST_DELAY, self.retry_delay * 2.0 ** min(attempt - 1, 32))


# Structs, not dataclasses: one is made for every message, and these cost a tenth of it.
class Outgoing(msgspec.Struct, frozen=True, eq=False):
    """A message to be published; *delay* is in seconds before anyone receives it."""

    body: bytes
    id: str
    key: str | None = None
    headers: Mapping[str, str] = NO_HEADERS
    delay: float = 0.0


class Delivery(msgspec.Struct, eq=False):
    """A message as it came; *attempt* counts from 1, *tag* is the driver's own."""

    body: bytes
    id: str
    key: str | None
    headers: Mapping[str, str]
    attempt: int
    tag: Any = None


class PartlyPublishedError(ServiceError):
    """The broker took some messages of a batch, and not those at the indices *failed*."""

    retryable = True

    def __init__(self, reason: str = "", *, failed: Sequence[int] = (), **answer: Any) -> None:
        super().__init__(reason, **answer)
        self.failed = tuple(failed)


class Subscription(Protocol):
    """What one consumer holds of a channel."""

    @property
    def lease(self) -> float:
        """Seconds after which the broker gives an unsettled message to another; 0: never while connected."""
        ...

    def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        """Return at most *most* messages; empty when nothing came within *wait* seconds.

        Raises:
            ConnectionFailedError: the connection is gone.
        """
        ...

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """They are processed: the broker forgets them."""
        ...

    def retry(self, delivery: Delivery, delay: float) -> None:
        """Let it come again after *delay* seconds with attempt + 1; it is never lost in between."""
        ...

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """Send the untouched bytes and headers, with REASON and FIRST_FAILED, to the dead letter address.

        The broker has confirmed that before the original is acked.
        """
        ...

    def extend(self, delivery: Delivery) -> None:
        """Begin its lease anew; nothing where there is none."""
        ...

    def close(self) -> None:
        """Give what is not settled back to the broker, without counting an attempt where it can."""
        ...


class Broker(Protocol):
    """A connection to one broker, in blocking form."""

    def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        """Return when the broker has confirmed every message.

        Raises:
            RequestTimeoutError: it did not within *timeout* seconds.
            PartlyPublishedError: it refused some, and the broker says which.
        """
        ...

    def subscribe(self, route: Route) -> Subscription:
        """Begin to consume."""
        ...

    def declare(self, route: Route) -> None:
        """Make what the route needs, its dead letters too; nothing where it is there already."""
        ...

    def healthcheck(self, timeout: float) -> None:
        """Return when the broker has answered.

        Raises:
            IntegrationError: it did not.
        """
        ...

    def close(self) -> None:
        """Close every connection; once more does nothing."""
        ...

    def translate(self, error: Exception) -> IntegrationError | None:
        """Return the error of the tree that a driver's error is; None: it is none of the driver's."""
        ...


class AsyncSubscription(Protocol):
    """The async form of ``Subscription``."""

    @property
    def lease(self) -> float: ...
    async def receive(self, most: int, wait: float) -> Sequence[Delivery]: ...
    async def ack(self, deliveries: Sequence[Delivery]) -> None: ...
    async def retry(self, delivery: Delivery, delay: float) -> None: ...
    async def dead_letter(self, delivery: Delivery, reason: str) -> None: ...
    async def extend(self, delivery: Delivery) -> None: ...
    async def close(self) -> None: ...


class AsyncBroker(Protocol):
    """The async form of ``Broker``."""

    async def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None: ...
    async def subscribe(self, route: Route) -> AsyncSubscription: ...
    async def declare(self, route: Route) -> None: ...
    async def healthcheck(self, timeout: float) -> None: ...
    async def close(self) -> None: ...
    def translate(self, error: Exception) -> IntegrationError | None: ...
