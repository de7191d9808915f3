"""The messages that a consumer has in hand, and which of them may be handled now.

``Lanes`` decides and does nothing else: of an ordered channel, one message of a key at a time, and a message
that is to be tried again keeps its key's place meanwhile. ``Hand`` is the same between threads.
"""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from .messages import Delivery
from .verdicts import Again, Verdict

Outcome = tuple[Delivery, Verdict]


class Lanes:
    """Messages in hand: those that are not settled yet.

    Attributes:
        busy: how many are being handled.
        done: what became of those that were handled since someone looked.
    """

    def __init__(self, *, ordered: bool) -> None:
        self.busy = 0
        self.done: list[Outcome] = []
        self._closed = False
        self._held: dict[Delivery, None] = {}
        self._ordered = ordered
        self._ready: deque[Delivery] = deque()
        self._behind: dict[str, deque[Delivery]] = {}  # by key, while one of that key is under way
        self._delayed: list[tuple[float, int, Delivery]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[Delivery]:
        return iter(self._held)

    def __contains__(self, delivery: object) -> bool:
        return delivery in self._held

    @property
    def waiting(self) -> int:
        """How many messages may be handled now, and nobody has taken."""
        return len(self._ready)

    @property
    def is_restless(self) -> bool:
        """Whether something is to be settled soon."""
        return bool(self.busy or self._ready or self.done)

    def add(self, batch: Iterable[Delivery]) -> None:
        """Take messages in hand, in the order in which they came."""
        for delivery in batch:
            self._held[delivery] = None
            key = delivery.key if self._ordered else None
            if key is None:
                self._ready.append(delivery)
            elif key in self._behind:
                self._behind[key].append(delivery)
            else:
                self._behind[key] = deque()
                self._ready.append(delivery)

    def take(self) -> Delivery | None:
        """Return the next message that may be handled, if there is one."""
        if self._closed or not self._ready:
            return None
        self.busy += 1
        return self._ready.popleft()

    def close(self) -> None:
        """Hand nothing out any more."""
        self._closed = True

    def finish(self, delivery: Delivery, verdict: Verdict, now: float) -> None:
        """A message was handled; of an ordered channel it waits here for its next attempt."""
        self.busy -= 1
        self.done.append((delivery, verdict))
        if not self._ordered or delivery.key is None:
            return
        if isinstance(verdict, Again):
            delivery.attempt += 1
            heapq.heappush(self._delayed, (now + verdict.delay, next(self._numbers), delivery))
            return
        behind = self._behind[delivery.key]
        if behind:
            self._ready.append(behind.popleft())
        else:
            del self._behind[delivery.key]

    def release(self, now: float) -> float | None:
        """Let messages go on whose delay is over; return the seconds until the next, None without one."""
        while self._delayed and self._delayed[0][0] <= now:
            self._ready.append(heapq.heappop(self._delayed)[2])
        return self._delayed[0][0] - now if self._delayed else None

    def outcomes(self) -> Sequence[Outcome]:
        """Return what became of messages since the last time, in the order in which they were handled."""
        found, self.done = self.done, []
        return found

    def keeps(self, delivery: Delivery, verdict: Verdict) -> bool:
        """Whether a message waits here for its next attempt instead of at the broker."""
        return isinstance(verdict, Again) and self._ordered and delivery.key is not None

    def settled(self, deliveries: Iterable[Delivery]) -> None:
        """The broker knows what became of them."""
        for delivery in deliveries:
            self._held.pop(delivery, None)


class Hand:
    """``Lanes`` between one thread that receives and settles, and those that handle."""

    def __init__(self, *, ordered: bool) -> None:
        self._lanes = Lanes(ordered=ordered)
        self._lock = threading.Lock()
        self._ready = threading.Condition(self._lock)  # something may be handled, or nothing will be
        self._outcome = threading.Condition(self._lock)  # something was handled
        self._closed = False
        self.broken: BaseException | None = None  # what stopped a thread that handles

    def __len__(self) -> int:
        return len(self._lanes)

    def __contains__(self, delivery: object) -> bool:
        return delivery in self._lanes

    def __iter__(self) -> Iterator[Delivery]:
        with self._lock:
            return iter(list(self._lanes))

    @property
    def busy(self) -> int:
        """How many messages are being handled."""
        return self._lanes.busy

    @property
    def is_restless(self) -> bool:
        """Whether something is to be settled soon."""
        with self._lock:
            return self._lanes.is_restless

    def add(self, batch: Iterable[Delivery]) -> None:
        """Take messages in hand."""
        with self._lock:
            self._lanes.add(batch)
            self._ready.notify(self._lanes.waiting)

    def take(self, *, block: bool = True) -> Delivery | None:
        """Return the next message to handle, and wait for it; None when there will be none any more."""
        with self._lock:
            while not self._closed:
                if (found := self._lanes.take()) is not None or not block:
                    return found
                self._ready.wait()
        return None

    def finish(self, delivery: Delivery, verdict: Verdict, now: float) -> None:
        """A message was handled."""
        with self._lock:
            self._lanes.finish(delivery, verdict, now)
            self._outcome.notify()
            if self._lanes.waiting:
                self._ready.notify()

    def stop(self, error: BaseException) -> None:
        """A thread that handles cannot go on: its error ends the run."""
        with self._lock:
            self._lanes.busy -= 1
            self.broken = self.broken or error
            self._outcome.notify()

    def release(self, now: float) -> float | None:
        """Let messages go on whose delay is over; see ``Lanes``."""
        with self._lock:
            waits = self._lanes.release(now)
            if self._lanes.waiting:
                self._ready.notify(self._lanes.waiting)
        return waits

    def await_outcome(self, wait: float) -> None:
        """Wait up to *wait* seconds, while messages are being handled, for what becomes of the first."""
        with self._lock:
            if self._lanes.busy and not self._lanes.done and self.broken is None:
                self._outcome.wait(wait)

    def outcomes(self) -> Sequence[Outcome]:
        """Return what became of messages since the last time."""
        with self._lock:
            return self._lanes.outcomes()

    def keeps(self, delivery: Delivery, verdict: Verdict) -> bool:
        """Whether a message waits here for its next attempt."""
        return self._lanes.keeps(delivery, verdict)

    def settled(self, deliveries: Sequence[Delivery]) -> None:
        """The broker knows what became of them."""
        with self._lock:
            self._lanes.settled(deliveries)

    def close(self) -> None:
        """Hand nothing out any more."""
        with self._lock:
            self._closed = True
            self._ready.notify_all()
