"""An adapter against the bare client that encodes and decodes the same messages, in one run."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Protocol

import msgspec

from integrations.runtime._queues.settings import QueueSettings
from integrations.runtime.queues import Channel, QueueAdapter

PREFETCH = 200
KAFKA_BATCH = 500


class Event(msgspec.Struct):
    """What travels: about 150 bytes of JSON."""

    id: str
    customer: str
    total: float
    lines: list[str]
    number: int


Handler = Callable[[Event], object]


class Client(Protocol):
    """Who publishes, and hands so many messages, read, to a handler, settling what it has processed."""

    def publish(self, events: Sequence[Event]) -> None: ...
    def consume(self, count: int, handler: Handler) -> None: ...


class Bare(Client, Protocol):
    """A client by hand, connected."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Contest:
    """An adapter, and whom it is measured against.

    Attributes:
        system: its name in ``integrations.runtime.testing.server``.
        variant: its driver.
        bare: makes the bare client for a URL and an address.
        options: of the channel.
        told: what to say of the bare client.
        steady: consuming is measured from the first message handled to the last, where joining takes longer
            than all of it.
        prefetch: how many messages both take at a time.
    """

    system: str
    variant: str
    bare: Callable[[str, str], Bare]
    options: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""
    steady: bool = False
    prefetch: int = PREFETCH


@dataclass(frozen=True, slots=True)
class Figures:
    """Messages a second, medians of the rounds, and the median of the rounds' ratios."""

    bare: float
    ours: float
    ratio: float


def compared(contest: Contest, url: str, rounds: int, count: int) -> tuple[Figures, Figures]:
    """Return the figures of publishing and of consuming."""
    address = f"contest-{secrets.token_hex(4)}"
    channel: Channel[Event] = Channel(
        name="events",
        message=Event,
        method="event",
        address=address,
        dead_letter=f"{address}.dead-letter",
        prefetch=contest.prefetch,
        options=contest.options,
    )

    class Measured(QueueAdapter):
        SERVICE, PACKAGE, VARIANT, CHANNELS = "Contest", "contest", contest.variant, (channel,)

    events = [made(number) for number in range(count)]
    with Measured(QueueSettings(service="Contest", connection_string=url, publish_timeout=60.0)) as adapter:
        adapter.declare()
        bare = contest.bare(url, address)
        clients: dict[str, Client] = {"bare": bare, "ours": _Ours(adapter, channel)}
        for one, other in (("bare", "ours"), ("ours", "bare")):
            clients[one].publish(events[:1000])
            clients[other].consume(1000, lambda event: None)
        steady = contest.steady
        pairs = [_round(clients, events, steady=steady, first=number % 2 == 0) for number in range(rounds)]
        bare.close()
    publishing, consuming = zip(*pairs, strict=True)
    return _figures(publishing), _figures(consuming)


def made(number: int) -> Event:
    return Event(
        f"order-{number:012d}", f"customer-{number % 97}", number / 7, ["widget", "gadget", "bolt"], number
    )


class _Ours:
    """The adapter, as a generated package calls it."""

    def __init__(self, adapter: QueueAdapter, channel: Channel[Event]) -> None:
        self._adapter, self._channel = adapter, channel

    def publish(self, events: Sequence[Event]) -> None:
        self._adapter._publish_batch(self._channel, events)

    def consume(self, count: int, handler: Handler) -> None:
        self._adapter._consume(self._channel, handler, limit=count)


Pair = tuple[float, float]  # messages a second: bare, ours


def _round(
    clients: Mapping[str, Client], events: Sequence[Event], *, steady: bool, first: bool
) -> tuple[Pair, Pair]:
    """Let each publish and consume once; who begins, alternates."""
    rates: dict[str, Pair] = {}
    for name, client in sorted(clients.items(), reverse=not first):
        published = _seconds(lambda client=client: client.publish(events))  # type: ignore[misc]
        consumed = _consuming(client, len(events), steady=steady)
        rates[name] = (len(events) / published, len(events) / consumed)
    return (rates["bare"][0], rates["ours"][0]), (rates["bare"][1], rates["ours"][1])


def _consuming(client: Client, count: int, *, steady: bool) -> float:
    """Return the seconds that consuming took, for both by the same handler; see ``Contest.steady``."""
    began = ended = 0.0
    left = count

    def handler(event: Event) -> None:
        nonlocal began, ended, left
        left -= 1
        if not began:
            began = time.perf_counter()
        elif not left:
            ended = time.perf_counter()

    whole = _seconds(lambda: client.consume(count, handler))
    return ended - began if steady else whole


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _figures(pairs: Sequence[Pair]) -> Figures:
    return Figures(
        median(bare for bare, _ in pairs),
        median(ours for _, ours in pairs),
        median(ours / bare for bare, ours in pairs),
    )
