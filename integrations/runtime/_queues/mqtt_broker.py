"""The blocking MQTT driver: a connection to publish, and two for each subscription."""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Final

import paho.mqtt.client as paho

from .._clock import Clock
from .._errors import ConfigurationError, ConnectionFailedError, IntegrationError, InvalidArgumentError
from .messages import Delivery, Outgoing, Route
from .mqtt_errors import translate
from .mqtt_messages import MOST, Places, dead, forwarded, incoming, places, properties, retry_of, retry_topic
from .mqtt_session import V5, Came, Letter, Place, Session
from .settings import QueueSettings

WAITING: Final = 256  # retries that a consumer holds until they are due, unless its prefetch is more


class MqttBroker:
    """A broker; nothing is connected before the first call."""

    def __init__(self, settings: QueueSettings, place: Place, version: int | None, clock: Clock) -> None:
        self._settings, self._place, self._clock = settings, place, clock
        self._version = version  # None: 5, unless the broker refuses
        self._publishing: Session | None = None
        self._lock = threading.Lock()
        self._open: set[MqttSubscription] = set()
        self._closed = False

    translate = staticmethod(translate)

    def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        if any(message.delay > 0 for message in messages):
            raise InvalidArgumentError("MQTT cannot publish with a delay: no broker keeps a message back")
        session = self._publisher()
        kind, topic = route.content_type, route.address
        modern = self._version == V5
        self.send(
            [Letter(topic, m.body, properties(m, kind) if modern else None) for m in messages],
            timeout,
            session,
        )

    def send(self, letters: Sequence[Letter], timeout: float, session: Session | None = None) -> None:
        """Publish *letters*, confirmed; a connection that did not answer in time is not used again."""
        session = session or self._publisher()
        try:
            session.publish(letters, timeout)
        except TimeoutError:
            self._drop(session)
            raise

    def subscribe(self, route: Route) -> MqttSubscription:
        return self.consume(route, threading.Event())

    def consume(
        self, route: Route, bell: threading.Event, changed: Callable[[], None] | None = None
    ) -> MqttSubscription:
        """Begin to consume; *changed* is called, in another thread, when something came or was lost."""
        made = MqttSubscription(self, route, self.places(route), bell, changed)
        try:
            made.begin(self._settings.connect_timeout)
        except BaseException:
            made.close()
            raise
        self._open.add(made)
        return made

    def declare(self, route: Route) -> None:
        """Have the broker keep dead letters: by a session of their own, since MQTT has no queues."""
        where = self.places(route)
        keeper = self.session(where.keeper, prefetch=1)
        try:
            keeper.subscribe(where.dead, self._settings.connect_timeout)
        finally:
            keeper.close()

    def healthcheck(self, timeout: float) -> None:
        """Connect once more: MQTT has no other question that every broker answers."""
        self.session("", timeout=timeout).close()

    def close(self) -> None:
        self._closed = True
        for subscription in list(self._open):
            subscription.close()
        if self._publishing is not None:
            self._drop(self._publishing)

    def session(
        self,
        client_id: str,
        *,
        prefetch: int = 0,
        came: Came | None = None,
        changed: Callable[[], None] | None = None,
        timeout: float | None = None,
    ) -> Session:
        """Return a connected session, in the newest version that the broker speaks."""
        if self._closed:
            raise ConnectionFailedError("the broker's connections are closed", retryable=False)
        wait = self._settings.connect_timeout if timeout is None else timeout

        def connected(version: int) -> Session:
            made = Session(
                self._place, version, client_id, prefetch=min(prefetch, MOST), came=came, changed=changed
            )
            made.connect(wait)
            self._version = version
            return made

        if self._version is not None:
            return connected(self._version)
        try:
            return connected(V5)
        except (ConfigurationError, ConnectionFailedError) as refusal:
            with suppress(IntegrationError):  # then what was said first is the reason
                return connected(paho.MQTTv311)
            raise refusal

    def places(self, route: Route) -> Places:
        told = self._settings
        return places(route, told.options, told.client_id, told.service)

    def now(self) -> str:
        """Return the time, as dead letters tell it."""
        return datetime.fromtimestamp(self._clock.time(), UTC).isoformat(timespec="milliseconds")

    def within(self) -> float:
        """Return the seconds in which the broker has to confirm a forwarded message."""
        return self._settings.publish_timeout

    def forget(self, subscription: MqttSubscription) -> None:
        self._open.discard(subscription)

    def _publisher(self) -> Session:
        with self._lock:
            if self._publishing is not None and self._publishing.lost is None:
                return self._publishing
            if self._publishing is not None:
                self._publishing.close()
            self._publishing = self.session("")
            return self._publishing

    def _drop(self, session: Session) -> None:
        with self._lock:
            if self._publishing is session:
                self._publishing = None
        session.close()


class MqttSubscription:
    """A consumer: one session for new messages, one for those that come again."""

    lease: float = 0.0  # the broker gives a message away only with the session

    def __init__(
        self,
        broker: MqttBroker,
        route: Route,
        where: Places,
        bell: threading.Event,
        changed: Callable[[], None] | None,
    ) -> None:
        self._broker, self._route, self._places = broker, route, where
        self._bell, self._tell = bell, changed
        self._ready: deque[Delivery] = deque()
        self._later: deque[tuple[float, Delivery]] = deque()  # put by paho's thread, with when they are due
        self._due: list[tuple[float, int, Delivery]] = []
        self._number = count()
        self._sessions: list[Session] = []
        self._closed = False

    def begin(self, timeout: float) -> None:
        """Connect both sessions and subscribe."""
        where, most = self._places, self._route.prefetch
        for client_id, topic, prefetch, came in (
            (f"{where.client_id}/retries", where.retries, max(most, WAITING), self._came_again),
            (where.client_id, where.subscribed, most, self._came),
        ):
            session = self._broker.session(client_id, prefetch=prefetch, came=came, changed=self._ring)
            self._sessions.append(session)
            session.subscribe(topic, timeout)

    def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        until = time.monotonic() + wait
        while True:
            self._bell.clear()
            if got := self.take(most):
                return got
            left = until - time.monotonic()
            if left <= 0:
                return ()
            self._bell.wait(min(left, self.next_due()))

    def take(self, most: int) -> Sequence[Delivery]:
        """Return what is there and due.

        Raises:
            ConnectionFailedError: a connection is gone, and what was there comes again.
        """
        for session in self._sessions:
            session.check()
        while self._later:
            due, delivery = self._later.popleft()
            heapq.heappush(self._due, (due, next(self._number), delivery))
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            self._ready.append(heapq.heappop(self._due)[2])
        return [self._ready.popleft() for _ in range(min(most, len(self._ready)))]

    def next_due(self) -> float:
        """Return the seconds until a held retry is due; many where there is none."""
        return max(0.0, self._due[0][0] - time.monotonic()) if self._due else 3600.0

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        for session in self._sessions:
            session.check()
            session.ack([delivery.tag[1] for delivery in deliveries if delivery.tag[0] is session])

    def retry(self, delivery: Delivery, delay: float) -> None:
        topic = retry_topic(self._places, delivery.attempt + 1, delay)
        self._instead(delivery, Letter(topic, delivery.body, forwarded(delivery.tag[2])))

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        told = dead(delivery.tag[2], reason, self._broker.now())
        self._instead(delivery, Letter(self._places.dead, delivery.body, told))

    def extend(self, delivery: Delivery) -> None:
        """Do nothing: a message is this consumer's as long as its session lives."""

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._broker.forget(self)
            for session in self._sessions:
                session.close()

    def _instead(self, delivery: Delivery, letter: Letter) -> None:
        """Publish a copy, confirmed, and only then ack the original; a stale one comes again anyhow."""
        if any(session is delivery.tag[0] for session in self._sessions):
            self._broker.send([letter], self._broker.within())
            self.ack([delivery])

    def _came(self, session: Session, message: paho.MQTTMessage) -> None:
        self._ready.append(incoming(message, (session, message.mid, message.properties)))
        self._ring()

    def _came_again(self, session: Session, message: paho.MQTTMessage) -> None:
        delivery = incoming(message, (session, message.mid, message.properties))
        attempt, delay = retry_of(message.topic)
        delivery.attempt += attempt - 1
        self._later.append((time.monotonic() + delay, delivery))
        self._ring()

    def _ring(self) -> None:
        self._bell.set()
        if self._tell is not None:
            self._tell()
