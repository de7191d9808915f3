"""Count messages through a broker that is restarted while they travel: what came of every single one.

A publisher sends numbered messages, most of them fine, some poison (rejected), some unreadable, some failing
twice before they succeed. A consumer handles them, idempotently; another one collects the dead letters.
Meanwhile the broker is restarted, again and again, each time with what it has on its disk.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from integrations.runtime._clock import SystemClock
from integrations.runtime._queues.settings import QueueSettings
from integrations.runtime._settings import RetryConfig
from integrations.runtime.queues import Channel, Idempotent, MemoryStore, QueueAdapter, RejectMessage

BATCH = 500
STALLED = 90.0  # seconds without any progress after which a trial is over
SUBSCRIBING = 1.0  # seconds that a consumer needs at most to be known to the broker
POISON, UNREADABLE, FLAKY = 500, 1000, 100  # one in so many
PATIENT = RetryConfig(max_attempts=200, base_delay=0.2, max_delay=1.0)


class Brisk(SystemClock):
    """Time as it is, and chance that keeps the waits between attempts to connect short."""

    def random(self) -> float:
        return 0.1 * super().random()


class Restarted(Protocol):
    """A server of ``integrations.runtime.testing``."""

    def restart(self) -> None: ...


class Event(msgspec.Struct):
    number: int
    kind: str = "good"


@dataclass(frozen=True, slots=True)
class Subject:
    """A broker to be tried.

    Attributes:
        system: its name in ``integrations.runtime.testing.server``.
        variant: its driver.
        options: of the channels.
        settings: of the adapters, beside the connection.
        dead: how the dead letters' channel differs, for it is no work queue everywhere.
        fresh: whether the system has spaces of its own for each trial.
    """

    system: str
    variant: str
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    dead: Callable[[str], Mapping[str, Any]] = lambda address: {}
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the messages of one trial."""

    published: int
    processed: int
    dead: int
    lost: int
    both: int  # processed, and a dead letter too: after a crash between the two steps of giving up
    duplicates: int  # handed to the handler again after they were done
    repeated: int  # duplicates that reached an idempotent consumer's effect
    restarts: int
    seconds: float


class Counts:
    """What is known of each message."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.published: set[int] = set()
        self.effects: Counter[int] = Counter()
        self.dead: set[int] = set()
        self.failures: Counter[int] = Counter()
        self.duplicates = 0

    def settled(self) -> int:
        return len(self.effects.keys() | self.dead)

    def moved(self) -> int:
        """Return a number that changes with all progress."""
        return len(self.published) + self.settled() + self.failures.total()

    def outcome(self, restarts: int, seconds: float) -> Outcome:
        done = self.effects.keys()
        return Outcome(
            len(self.published),
            len(done),
            len(self.dead),
            len(self.published - done - self.dead),
            len(done & self.dead),
            self.duplicates,
            sum(count - 1 for count in self.effects.values()),
            restarts,
            seconds,
        )


class Trial:
    """One run; see the module."""

    def __init__(self, subject: Subject, url: str, messages: int) -> None:
        address = f"trial-{secrets.token_hex(4)}"
        dead = f"{address}.dead-letter"
        self._subject, self._url, self._messages = subject, url, messages
        common: dict[str, Any] = {"options": subject.options, "retry_delay": 0.2, "prefetch": 200}
        self.events: Channel[Event] = Channel(
            name="events", message=Event, method="event", address=address, dead_letter=dead, **common
        )
        self.raw: Channel[bytes] = Channel(
            name="raw", message=bytes, method="raw", address=address, dead_letter=dead, **common
        )
        other = {"address": dead, "dead_letter": f"{dead}.again", **common, **subject.dead(dead)}
        self.dead: Channel[bytes] = Channel(name="dead", message=bytes, method="dead", **other)
        self.counts = Counts()
        self._over = threading.Event()
        self._failed: list[BaseException] = []
        self._begun: list[str] = []

    def run(self, server: Restarted, restarts: int) -> Outcome:
        """Publish, consume and restart until every message is accounted for, or nothing moves any more.

        Raises:
            Exception: whatever ended one of the threads.
        """
        begun = time.monotonic()
        threads = [self._thread(work) for work in (self._consume, self._collect, self._publish)]
        done = self._restarting(server, restarts)
        self._wait()
        self._over.set()
        for thread in threads:
            thread.join(60)
        if self._failed:
            raise self._failed[0]
        return self.counts.outcome(done, time.monotonic() - begun)

    def _restarting(self, server: Restarted, restarts: int) -> int:
        """Restart each time that another share of the messages is done, and say how often that was."""
        for number in range(restarts):
            share = self._messages * (number + 1) // (restarts + 2)
            self._wait(lambda share=share: self.counts.settled() >= share)  # type: ignore[misc]
            if self._failed or self._over.is_set():
                return number
            server.restart()
        return restarts

    def _wait(self, until: Callable[[], bool] | None = None) -> None:
        """Wait for *until*, by default that all is accounted for; at most as long as anything moves."""
        enough = until or (lambda: self.counts.settled() >= self._messages)
        moved, since = self.counts.moved(), time.monotonic()
        while not enough() and not self._failed and time.monotonic() - since < STALLED:
            time.sleep(0.02)
            if (now := self.counts.moved()) != moved:
                moved, since = now, time.monotonic()

    def _thread(self, work: Callable[[QueueAdapter], object]) -> threading.Thread:
        def whole() -> None:
            try:
                with self.adapter() as adapter:
                    work(adapter)
            except BaseException as error:
                self._failed.append(error)

        thread = threading.Thread(target=whole, name=f"trial-{work.__name__}", daemon=True)
        thread.start()
        return thread

    def adapter(self) -> QueueAdapter:
        """Return an adapter of its own connections."""

        class Tried(QueueAdapter):
            SERVICE, PACKAGE, VARIANT = "Trial", "trial", self._subject.variant

        return Tried(
            QueueSettings(
                service="Trial",
                connection_string=self._url,
                publish_timeout=30.0,
                retry=PATIENT,
                **self._subject.settings,
            ),
            clock=Brisk(),
        )

    def _publish(self, adapter: QueueAdapter) -> None:
        self._ready()
        for start in range(0, self._messages, BATCH):
            numbers = range(start, min(start + BATCH, self._messages))
            unreadable = [number for number in numbers if number % UNREADABLE == 7]
            adapter._publish_batch(self.events, [event(n) for n in numbers if n % UNREADABLE != 7])
            adapter._publish_batch(self.raw, [b"{not json %d" % number for number in unreadable])
            self.counts.published.update(numbers)

    def _ready(self) -> None:
        """Let the consumers be there first, for some brokers drop what nobody has asked for."""
        until = time.monotonic() + 10
        while len(self._begun) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(SUBSCRIBING)

    def _consume(self, adapter: QueueAdapter) -> None:
        counts = self.counts

        def effect(message: Event) -> None:
            number = message.number
            if message.kind == "poison":
                raise RejectMessage(f"poison {number}")
            if message.kind == "flaky" and counts.failures[number] < 2:
                counts.failures[number] += 1
                raise ValueError("not yet")
            counts.effects[number] += 1

        once = Idempotent(MemoryStore(10 * self._messages))(effect)

        def handler(message: Event) -> None:
            counts.duplicates += message.number in counts.effects
            once(message)

        self._begun.append("events")
        adapter._consume(self.events, handler, stop=self._over)

    def _collect(self, adapter: QueueAdapter) -> None:
        def handler(body: bytes) -> None:
            self.counts.dead.add(number_of(body))

        self._begun.append("dead")
        adapter._consume(self.dead, handler, stop=self._over)


def event(number: int) -> Event:
    """Return the message of a number: what it is, its number decides."""
    kind = "poison" if number % POISON == 3 else "flaky" if number % FLAKY == 5 else "good"
    return Event(number, kind)


def number_of(body: bytes) -> int:
    """Return the number of a message that may be unreadable."""
    return int("".join(filter(str.isdigit, body.decode())))


def row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"
