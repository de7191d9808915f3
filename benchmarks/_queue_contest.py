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


class Event(msgspec.Struct):
    """What travels: about 150 bytes of JSON."""

    id: str
    customer: str
    total: float
    lines: list[str]
    number: int


class Bare(Protocol):
    """A client by hand, connected; where it says itself how long consuming took, that counts."""

    def publish(self, events: Sequence[Event]) -> None: ...
    def consume(self, count: int) -> float | None: ...
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
        steady: consuming is measured from the first message on, where joining takes longer than all of it.
    """

    system: str
    variant: str
    bare: Callable[[str, str], Bare]
    options: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""
    steady: bool = False


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
        prefetch=PREFETCH,
        options=contest.options,
    )

    class Measured(QueueAdapter):
        SERVICE, PACKAGE, VARIANT, CHANNELS = "Contest", "contest", contest.variant, (channel,)

    events = [made(number) for number in range(count)]
    with Measured(QueueSettings(service="Contest", connection_string=url, publish_timeout=60.0)) as adapter:
        adapter.declare()
        bare = contest.bare(url, address)
        ours = _Ours(adapter, channel, contest.steady)
        bare.publish(events[:1000])
        ours.consume(1000)
        ours.publish(events[:1000])
        bare.consume(1000)
        pairs = [_round(bare, ours, events, first=number % 2 == 0) for number in range(rounds)]
        bare.close()
    publishing, consuming = zip(*pairs, strict=True)
    return _figures(publishing), _figures(consuming)


def made(number: int) -> Event:
    return Event(
        f"order-{number:012d}", f"customer-{number % 97}", number / 7, ["widget", "gadget", "bolt"], number
    )


class _Ours:
    """The adapter, as a generated package calls it."""

    def __init__(self, adapter: QueueAdapter, channel: Channel[Event], steady: bool) -> None:
        self._adapter, self._channel, self._steady = adapter, channel, steady

    def publish(self, events: Sequence[Event]) -> None:
        self._adapter._publish_batch(self._channel, events)

    def consume(self, count: int) -> float | None:
        if not self._steady:
            self._adapter._consume(self._channel, lambda event: None, limit=count)
            return None
        began: list[float] = []
        ended = [0.0]
        left = count

        def handler(event: Event) -> None:
            nonlocal left
            left -= 1
            if not began:
                began.append(time.perf_counter())
            elif not left:
                ended[0] = time.perf_counter()

        self._adapter._consume(self._channel, handler, limit=count)
        return ended[0] - began[0]


Pair = tuple[float, float]  # messages a second: bare, ours


def _round(bare: Bare, ours: _Ours, events: Sequence[Event], *, first: bool) -> tuple[Pair, Pair]:
    """Let each publish and consume once; who begins, alternates."""
    rates: dict[str, Pair] = {}
    for name, client in (("bare", bare), ("ours", ours)) if first else (("ours", ours), ("bare", bare)):
        rates[name] = (
            _rate(lambda client=client: client.publish(events), len(events)),  # type: ignore[misc]
            _rate(lambda client=client: client.consume(len(events)), len(events)),  # type: ignore[misc]
        )
    return (rates["bare"][0], rates["ours"][0]), (rates["bare"][1], rates["ours"][1])


def _rate(work: Callable[[], float | None], count: int) -> float:
    started = time.perf_counter()
    told = work()
    return count / (told or time.perf_counter() - started)


def _figures(pairs: Sequence[Pair]) -> Figures:
    return Figures(
        median(bare for bare, _ in pairs),
        median(ours for _, ours in pairs),
        median(ours / bare for bare, ours in pairs),
    )
