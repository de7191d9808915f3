"""Consume from Kafka: a group's share of the partitions, each committed only up to what is settled.

A message that is to be tried again is published to the retry topic first, with its attempt, and its time as
headers, and only then it is done with: so it never blocks its partition. The same consumer reads the retry
topic and holds what comes from it until it is due.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from confluent_kafka import TopicPartition

from .._clock import Clock
from .._errors import IntegrationError, NotFoundError
from .kafka_errors import failure
from .kafka_messages import DUE, GROUP, KafkaRun, delivery_of, headers_of, retry_topic, run_of, together
from .kafka_offsets import Lane
from .kafka_producer import Record
from .messages import ATTEMPT, FIRST_FAILED, REASON, Delivery, Route

COMMIT_EVERY: Final = 0.05  # seconds
HELD: Final = 1000  # messages of the retry topic that wait in memory; then its partitions are paused
ALIVE: Final = 1.0  # seconds after which a consumer that takes nothing shows that it lives
_MINE: Final = frozenset((DUE, GROUP))
# Told by the client as they happen, and worth a new subscription.
_LOST: Final = frozenset(("_ALL_BROKERS_DOWN", "_AUTHENTICATION", "_FATAL", "_MAX_POLL_EXCEEDED"))


class KafkaSubscription:
    """One member of a consumer group; see ``messages.Subscription``. One thread uses it.

    Args:
        consumer: makes the client's consumer, told the callbacks by keyword.
        send: publishes so many records, and returns when they are confirmed.
    """

    lease = 0.0  # a member holds its partitions as long as it is in the group

    def __init__(
        self,
        route: Route,
        group: str,
        consumer: Callable[..., Any],
        send: Callable[[Sequence[Record], int], None],
        clock: Clock,
    ) -> None:
        self._route, self._group, self._send, self._clock = route, group, send, clock
        self._retry_topic = retry_topic(route)
        self._lanes: dict[tuple[str, int], Lane] = {}
        self._ready: list[Any] = []  # came while nothing was wanted
        self._waiting: list[tuple[float, int, Lane, Any]] = []  # a heap, by the time when each is due
        self._numbers = count()
        self._lost: IntegrationError | None = None
        self._idle = self._full = False  # all partitions are paused; those of the retry topic are
        self._committed_at = self._polled_at = clock.monotonic()
        self._client = consumer(error_cb=self._told, on_commit=self._on_commit)
        topics = [route.address, self._retry_topic]
        self._client.subscribe(topics, on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._gone)

    def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        """See ``messages.Subscription``."""
        self._commit()
        if most <= 0:
            self._stand_by(wait)
            return ()
        self._go_on()
        found = self._due(most)
        fetched: Sequence[Delivery] = ()
        if len(found) < most:
            fetched = self._taken(self._fetch(most - len(found), 0.0 if found else self._patience(wait)))
        self._check()
        return [*found, *fetched] if found else fetched

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """See ``messages.Subscription``."""
        if isinstance(deliveries, KafkaRun):
            deliveries.lane.settle_all(deliveries.offsets)
        else:
            for delivery in deliveries:
                lane, message = delivery.tag
                lane.settle(message.offset())
        self._commit()  # of a partition that is not ours any more, nothing is committed

    def retry(self, delivery: Delivery, delay: float) -> None:
        """See ``messages.Subscription``; the message is in the retry topic before it is done with here."""
        due = str(int((self._clock.time() + delay) * 1000))
        own = {ATTEMPT: str(delivery.attempt + 1), DUE: due, GROUP: self._group}
        self._move(delivery, self._retry_topic, {**own, FIRST_FAILED: self._first_failed(delivery)})

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """See ``messages.Subscription``."""
        own = {REASON: reason, FIRST_FAILED: self._first_failed(delivery)}
        self._move(delivery, self._route.dead_letter, {**own, ATTEMPT: str(delivery.attempt)})

    def extend(self, delivery: Delivery) -> None:
        """Nothing: see ``lease``."""

    def close(self) -> None:
        """Commit what is settled, and leave the group: the rest goes to another member."""
        if self._lost is None:
            self._commit(wait=True)
        self._drop(self._lanes.values())
        with suppress(RuntimeError):  # closed already
            self._client.close()

    def positions(self, deliveries: Sequence[Delivery]) -> tuple[Sequence[Any], Any]:
        """Settle *deliveries* for a transaction, which commits them in our place.

        Returns the offsets and the group's metadata that ``send_offsets_to_transaction`` takes. When the
        transaction fails, ``invalidate``.
        """
        for delivery in deliveries:
            lane, message = delivery.tag
            if lane.alive:
                lane.settle(message.offset())
        return self._offsets(), self._client.consumer_group_metadata()

    def invalidate(self, error: IntegrationError) -> None:
        """What was settled is not committed: nothing more is received, and the core subscribes again."""
        self._lost = error
        self._drop(self._lanes.values())

    def _move(self, delivery: Delivery, topic: str, own: Mapping[str, str]) -> None:
        """Publish a message to another topic, bytes and headers untouched, and be done with it here."""
        lane, message = delivery.tag
        if not lane.alive:
            return
        kept = [(n, v) for n, v in message.headers() or () if n not in own and n not in _MINE]
        self._send([(topic, message.value() or b"", message.key(), [*kept, *own.items()])], 1)
        lane.settle(message.offset())
        self._commit()

    def _first_failed(self, delivery: Delivery) -> str:
        now = datetime.fromtimestamp(self._clock.time(), UTC).isoformat(timespec="seconds")
        return delivery.headers.get(FIRST_FAILED) or now

    def _fetch(self, most: int, wait: float) -> list[Any]:
        """Return what came, at once; wait only when there was nothing."""
        self._polled_at = self._clock.monotonic()
        found, self._ready = self._ready[:most], self._ready[most:]
        if not found:
            consume = self._client.consume
            found = consume(most, 0)
            if not found and wait > 0:
                found = consume(1, wait)
                if found and most > 1:
                    found += consume(most - 1, 0)
        return found

    def _taken(self, messages: list[Any]) -> Sequence[Delivery]:
        """Take messages in hand: together those that are of one partition, and the others the next time."""
        number = together(messages) if messages else 0
        lane = self._lanes.get((messages[0].topic(), messages[0].partition())) if number else None
        if lane is None or lane.topic == self._retry_topic:
            return self._deliveries(messages)
        self._ready = messages[number:] + self._ready
        return run_of(lane, messages[:number])

    def _deliveries(self, messages: Sequence[Any]) -> list[Delivery]:
        found: list[Delivery] = []
        add, retried = found.append, self._retry_topic
        partition, topic, lane = -1, "", None
        for message in messages:
            if message.error() is not None:
                self._told(message.error(), message.topic())
                continue
            if message.partition() != partition or message.topic() != topic:
                partition, topic = message.partition(), message.topic()
                lane = self._lanes.get((topic, partition))
            if lane is None:  # it was revoked meanwhile
                continue
            lane.take(message.offset())
            if topic != retried:
                add(delivery_of(lane, message, 1))
            else:
                self._hold(lane, message)
        return found

    def _hold(self, lane: Lane, message: Any) -> None:
        """Keep a message of the retry topic until it is due; that of another group is none of ours."""
        headers = headers_of(message)
        if headers.get(GROUP, self._group) not in ("", self._group):
            lane.settle(message.offset())
            return
        due = headers.get(DUE, "")
        when = int(due) / 1000 if due.isdecimal() and len(due) < 18 else 0.0
        heapq.heappush(self._waiting, (when, next(self._numbers), lane, message))
        if len(self._waiting) >= HELD and not self._full:
            self._full = True
            self._client.pause(self._assignment(self._retry_topic))

    def _due(self, most: int) -> list[Delivery]:
        """Return messages of the retry topic whose time has come."""
        found: list[Delivery] = []
        now = self._clock.time()
        while self._waiting and self._waiting[0][0] <= now and len(found) < most:
            _, _, lane, message = heapq.heappop(self._waiting)
            if lane.alive:
                attempt = headers_of(message).get(ATTEMPT, "")
                number = int(attempt) if attempt.isdecimal() and len(attempt) < 9 else 1
                found.append(delivery_of(lane, message, max(1, number)))
        if self._full and len(self._waiting) < HELD // 2:
            self._full = False
            self._client.resume(self._assignment(self._retry_topic))
        return found

    def _patience(self, wait: float) -> float:
        """Return how long to wait, so that what is due next is not late."""
        if not self._waiting:
            return wait
        return max(0.0, min(wait, self._waiting[0][0] - self._clock.time()))

    def _stand_by(self, wait: float) -> None:
        """Take nothing, but stay in the group: its partitions are paused meanwhile."""
        if wait <= 0 and self._clock.monotonic() - self._polled_at < ALIVE:
            return
        if not self._idle:
            self._idle = True
            self._client.pause(self._assignment())
        self._polled_at = self._clock.monotonic()
        self._ready += self._client.consume(1, wait)
        self._check()

    def _go_on(self) -> None:
        if self._idle:
            self._idle = False
            paused = self._retry_topic if self._full else ""
            self._client.resume([each for each in self._assignment() if each.topic != paused])

    def _assignment(self, topic: str = "") -> list[Any]:
        return [each for each in self._client.assignment() if topic in ("", each.topic)]

    def _commit(self, *, wait: bool = False) -> None:
        """Tell the broker up to where everything is settled, now and then."""
        now = self._clock.monotonic()
        if not wait and now - self._committed_at < COMMIT_EVERY:
            return
        self._committed_at = now
        offsets = self._offsets()
        if offsets:
            # a commit that fails is made again, or its messages come again: at least once
            with suppress(Exception):
                self._client.commit(offsets=offsets, asynchronous=not wait)

    def _offsets(self) -> list[Any]:
        found = []
        for lane in self._lanes.values():
            offset = lane.due()
            if offset is not None:
                lane.committed(offset)
                found.append(TopicPartition(lane.topic, lane.partition, offset))
        return found

    def _on_commit(self, error: Any, partitions: Sequence[Any]) -> None:
        for each in partitions:
            lane = self._lanes.get((each.topic, each.partition))
            if lane is not None and (error is not None or each.error is not None):
                lane.forgotten()

    def _assigned(self, client: Any, partitions: Sequence[Any]) -> None:
        self._idle = self._full = False  # new partitions are not paused
        for each in partitions:
            self._lanes[each.topic, each.partition] = Lane(each.topic, each.partition)

    def _revoked(self, client: Any, partitions: Sequence[Any]) -> None:
        """Commit what is settled; the rest is another member's now."""
        self._commit(wait=True)
        self._gone(client, partitions)

    def _gone(self, client: Any, partitions: Sequence[Any]) -> None:
        keys = [(each.topic, each.partition) for each in partitions]
        self._drop([self._lanes.pop(key) for key in keys if key in self._lanes])

    def _drop(self, lanes: Any) -> None:
        for lane in lanes:
            lane.alive = False
        self._waiting = [each for each in self._waiting if each[2].alive]
        heapq.heapify(self._waiting)
        self._ready = [m for m in self._ready if (m.topic(), m.partition()) in self._lanes]

    def _told(self, error: Any, topic: str | None = None) -> None:
        """The client says what went wrong; most of it, it mends by itself."""
        name = error.name()
        if name == "UNKNOWN_TOPIC_OR_PART":
            if topic != self._retry_topic:  # which is there when somebody has published to it
                # it was made a moment ago, and not every broker knows of it; else somebody has to make it
                self._lost = NotFoundError(error.str(), code=name, retryable=self._route.declare)
        elif error.fatal() or name in _LOST or name.endswith("AUTHORIZATION_FAILED"):
            self._lost = failure(name, error.str())

    def _check(self) -> None:
        if self._lost is not None:
            raise self._lost
