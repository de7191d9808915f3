"""What blocking and async consumers share: set-up, what becomes of a message, and when to stop. No I/O."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic, TypeVar

from .._guard import Guard
from .channel import Channel
from .draining import Halt, StopEvent
from .messages import Delivery, Route
from .run import Run
from .tally import Tally
from .trace import CURRENT
from .verdicts import UNREADABLE, UNSETTLED, Again, Dead, Verdict, unreadable, unsettled, verdict

T = TypeVar("T")
PATIENCE: Final = 1.0  # seconds that one wait for messages takes at most, so that a stop is soon seen
GLANCE: Final = 0.02  # the same, while handlers run whose messages are then to be acked
FLUSH: Final = 0.5  # seconds after which processed messages are acked, though their batch is not done
QUICK: Final = 0.005  # seconds: handlers that took less are timed STRIDE at once, slower ones each
STRIDE: Final = 8
LONGEST_BACKOFF: Final = 30.0  # seconds between two attempts to connect
_LOG: Final = logging.getLogger("integrations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Generic[T]):
    """How one run of a consumer goes on."""

    channel: Channel[T]
    route: Route
    handler: Callable[[T], object]
    concurrency: int
    limit: int | None
    idle: float | None
    stop: StopEvent | None
    grace: float


class Pace:
    """When to look at the clock, which costs as much as a small message; called, it looks.

    Returns how many messages may be handled until the next look, or 0 when what is processed is to be acked.
    """

    __slots__ = ("_began", "_monotonic", "_seen")

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._began = self._seen = monotonic()

    def __call__(self) -> int:
        now = self._monotonic()
        quick, self._seen = now - self._seen < QUICK, now
        return 0 if now - self._began > FLUSH else STRIDE if quick else 1


@dataclass(slots=True)
class Walk:
    """How far the messages of a run are processed.

    Attributes:
        stop: the index of the first that is not.
        verdict: what becomes of that one, where it was looked at.
        broken: what ends the whole run of the consumer, e.g. SystemExit in a handler.
    """

    stop: int
    verdict: Verdict = None
    broken: BaseException | None = None


class ConsumerBase(Generic[T]):
    """One run of a consumer, without its I/O."""

    def __init__(self, plan: Plan[T], guard: Guard) -> None:
        self._plan, self._guard, self._clock = plan, guard, guard.clock
        self._route, self._handler = plan.route, plan.handler
        self._decode = plan.channel.decode
        self._operation = plan.channel.consuming
        self._halt = Halt(plan.stop)
        self._tally = Tally(plan.channel.name, guard.metrics, plan.limit)
        self._most = plan.route.max_attempts + UNSETTLED
        self._held: Collection[Delivery] = ()
        self._failures = 0  # connections in a row that brought nothing
        self._seen = guard.clock.monotonic()  # when a message came last
        self._until: float | None = None  # when the grace time ends, once there is a reason to stop

    @property
    def in_flight(self) -> int:
        """How many messages are in hand and not settled."""
        return len(self._held)

    def _read(self, delivery: Delivery) -> T | Dead:
        """Return the message, or where it goes because it cannot be read or stops its consumer."""
        if delivery.attempt > self._most:
            return unsettled(delivery)
        try:
            return self._decode(delivery.body)
        except UNREADABLE as error:
            return unreadable(error)

    def _walk(self, run: Run, start: int) -> Walk:
        """Handle messages of *run* from index *start* on, until there is something else to be done."""
        walk = Walk(start)
        try:
            self._on(run, walk)
        except BaseException as error:
            walk.broken = error
        return walk

    def _on(self, run: Run, walk: Walk) -> None:
        decode, handler, enter, halt, stop = (
            self._decode,
            self._handler,
            CURRENT.set,
            self._halt,
            self._plan.stop,
        )
        place, left, pace = walk.stop, 1, Pace(self._clock.monotonic)
        try:
            for raw, body in islice(zip(run.raw, run.bodies, strict=True), place, None):
                try:
                    message = decode(body)
                except UNREADABLE as error:
                    walk.verdict = unreadable(error)
                    return
                enter(raw)
                try:
                    handler(message)
                except Exception as error:
                    walk.verdict = self._failed(error, run.delivery(raw))
                    return
                place += 1
                left -= 1
                if halt.signalled or (stop is not None and stop.is_set()) or not (left or (left := pace())):
                    return
        finally:
            walk.stop = place

    def _failed(self, error: Exception, delivery: Delivery) -> Verdict:
        return verdict(error, delivery.attempt, self._route)

    def _came(self) -> None:
        self._failures, self._seen = 0, self._clock.monotonic()

    def _over(self, held: int = 0) -> str:
        """Return why the run ends now, or ""."""
        if self._halt:
            return self._halt.reason
        if self._tally.room(1) == 0:
            return "limit"
        idle = self._plan.idle
        return (
            "idle" if idle is not None and not held and self._clock.monotonic() - self._seen >= idle else ""
        )

    def _wait(self) -> float:
        """Return the seconds to wait for messages."""
        if self._plan.idle is None:
            return PATIENCE
        return min(PATIENCE, max(0.0, self._plan.idle - (self._clock.monotonic() - self._seen)))

    def _count(self, delivery: Delivery, verdict: Again | Dead) -> None:
        if isinstance(verdict, Again):
            self._tally.add("retried")
            return
        self._tally.add("dead_lettered")
        _LOG.warning("%s: message %s is a dead letter: %s", self._route.channel, delivery.id, verdict.reason)

    def _lost(self, error: Exception) -> None:
        """Raise *error* unless it may pass: then the consumer subscribes again."""
        failure = self._guard.translated(error, self._operation)
        if failure is None:
            raise error
        if not failure.retryable:
            raise failure from (None if failure is error else error)
        self._failures += 1
        _LOG.warning("%s: subscribing again: %s", self._route.channel, failure)

    def _backoff(self) -> float:
        """Return the seconds until the next attempt to connect."""
        return float(self._clock.random()) * min(LONGEST_BACKOFF, 0.25 * 2.0 ** min(self._failures, 16))

    def _deadline(self) -> float:
        """Return when the grace time ends that begins with the first call."""
        if self._until is None:
            self._until = self._clock.monotonic() + self._plan.grace
        return self._until

    def _straight(self) -> bool:
        """Whether messages are simply handled one after another as they came."""
        return self._plan.concurrency == 1 and not self._route.ordered


__all__ = ["CURRENT", "FLUSH", "GLANCE", "PATIENCE", "Again", "ConsumerBase", "Dead", "Plan", "Run"]
