"""Publish to Kafka and wait until every message is confirmed; optionally all of a batch or none of it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from confluent_kafka import Producer

from .._clock import Clock
from .._errors import IntegrationError, RequestTimeoutError, ServiceError, UnavailableError
from .kafka_errors import failure, translate
from .messages import PartlyPublishedError

ID: Final = "message-id"  # of every message: Outgoing.id
_ENDED: Final = frozenset(
    ("_FATAL", "_FENCED", "OUT_OF_ORDER_SEQUENCE_NUMBER", "DUPLICATE_SEQUENCE_NUMBER", "UNKNOWN_PRODUCER_ID")
)
ANYWHERE: Final = -1  # the partition: the one of the key
NOW: Final = 0  # the timestamp
SLICE: Final = 0.2  # seconds that one wait for room takes at most
GLANCE: Final = 0.01  # the same for confirmations: a flush waits for the messages of other threads, too
Headers = list[tuple[str, Any]]


# A message as Kafka has it: topic, body, key, headers. Made one by one as they are sent: nothing piles up.
Record = tuple[str, bytes, str | bytes | None, Headers]


class _Batch:
    """Messages of which some are not confirmed yet."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.confirmed = bytearray(size)
        self.error: IntegrationError | None = None
        self.fatal = False  # the producer can publish nothing any more

    def told(self, index: int, error: Any, message: Any) -> None:
        """The broker has confirmed a message, or it cannot be delivered."""
        self.left -= 1
        if error is None:
            self.confirmed[index] = 1
        else:
            self.fatal = self.fatal or error.fatal() or error.name() in _ENDED
            self.error = self.error or failure(error.name(), error.str())

    def refused(self, error: IntegrationError) -> None:
        """The client did not even take a message."""
        self.left -= 1
        self.error = self.error or error

    def check(self) -> None:
        """Raise unless every message is confirmed."""
        if all(self.confirmed):
            return
        error = self.error or RequestTimeoutError("the broker did not confirm in time")
        failed = [index for index, confirmed in enumerate(self.confirmed) if not confirmed]
        if len(failed) == len(self.confirmed):
            raise error
        raise PartlyPublishedError(
            f"{len(failed)} of {len(self.confirmed)} messages are not confirmed: {error}",
            failed=failed,
            code=error.code if isinstance(error, ServiceError) else "",
            retryable=error.retryable,
        ) from error


class Publisher:
    """One producer, shared by threads; it connects when it is first used.

    Args:
        config: of the producer; with a transactional.id each batch is a transaction.
    """

    def __init__(self, config: Mapping[str, Any], clock: Clock) -> None:
        self._config, self._clock = config, clock
        self._producer: Any = None
        self._opening, self._polling = threading.Lock(), threading.Lock()
        self._transaction = threading.RLock()  # one at a time is what Kafka allows
        self.transactional = "transactional.id" in config

    def publish(self, records: Iterable[Record], size: int, timeout: float) -> None:
        """Return when all *records*, which are *size*, are confirmed; see ``Broker.publish``."""
        if self.transactional:
            self.transact(records, size, timeout)
        elif size:
            producer = self._opened(timeout)
            self._confirmed(producer, records, size, self._clock.monotonic() + timeout)

    def transact(
        self, records: Iterable[Record], size: int, timeout: float, offsets: Any = None, group: Any = None
    ) -> None:
        """Publish all *records* and commit *offsets* of a consumer's *group*, or do nothing at all."""
        until = self._clock.monotonic() + timeout
        with self._transaction:
            producer = self._opened(timeout)
            self._begin(producer)
            try:
                self._confirmed(producer, records, size, until)
                if offsets:
                    producer.send_offsets_to_transaction(offsets, group, self._left(until))
                producer.commit_transaction(self._left(until))
            except Exception as error:
                self._abort(producer, timeout)
                raise (translate(error) or error) from error

    def metadata(self, timeout: float) -> Any:
        """Return what the cluster says of itself."""
        return self._opened(timeout).list_topics(timeout=timeout)

    def close(self, timeout: float) -> None:
        """Wait for what is under way, and let go of the connection."""
        with self._opening:
            producer, self._producer = self._producer, None
        if producer is not None:
            producer.flush(timeout)

    def _opened(self, timeout: float) -> Any:
        with self._opening:
            if self._producer is None:
                producer = Producer(dict(self._config))
                if self.transactional:
                    producer.init_transactions(timeout)
                self._producer = producer
            return self._producer

    def _confirmed(self, producer: Any, records: Iterable[Record], size: int, until: float) -> None:
        batch = _Batch(size)
        produce, told = producer.produce, batch.told
        for index, (topic, body, key, headers) in enumerate(records):
            try:  # by position, which takes half of the time
                produce(topic, body, key, ANYWHERE, partial(told, index), None, NOW, headers)
            except BufferError:
                record = (topic, body, key, ANYWHERE, partial(told, index), None, NOW, headers)
                self._squeeze(producer, record, batch, until)
            except Exception as error:
                self._refused(error, batch)
        self._wait(producer, batch, until)
        if batch.fatal:
            self._give_up(producer)
        batch.check()

    def _squeeze(self, producer: Any, record: tuple[Any, ...], batch: _Batch, until: float) -> None:
        """The client's queue is full: wait until it has room."""
        while self._clock.monotonic() < until:
            producer.poll(SLICE)
            try:
                producer.produce(*record)
            except BufferError:
                continue
            except Exception as error:
                self._refused(error, batch)
            return
        batch.refused(UnavailableError("the client's queue is full", code="_QUEUE_FULL"))

    def _refused(self, error: Exception, batch: _Batch) -> None:
        meant = translate(error)
        if meant is None:
            raise error
        code = error.args[0] if error.args else None
        batch.fatal = batch.fatal or "_FATAL" in str(error) or bool(getattr(code, "fatal", bool)())
        batch.refused(meant)

    def _wait(self, producer: Any, batch: _Batch, until: float) -> None:
        """Wait for confirmations; one thread at a time asks for everybody's."""
        while batch.left and (left := until - self._clock.monotonic()) > 0:
            if self._polling.acquire(timeout=left):
                try:
                    while batch.left and (left := until - self._clock.monotonic()) > 0:
                        # unlike poll, it lets nothing linger for company
                        producer.flush(min(left, GLANCE))
                finally:
                    self._polling.release()

    def _begin(self, producer: Any) -> None:
        try:
            producer.begin_transaction()
        except Exception as error:
            self._give_up(producer)
            raise (translate(error) or error) from error

    def _abort(self, producer: Any, timeout: float) -> None:
        """Take a transaction back; a producer that cannot is given up, and the broker's timeout does it."""
        try:
            producer.abort_transaction(timeout)
        except Exception:
            self._give_up(producer)

    def _left(self, until: float) -> float:
        return max(0.1, until - self._clock.monotonic())

    def _give_up(self, producer: Any) -> None:
        """Let the next call make a new producer."""
        with self._opening:
            if self._producer is producer:
                self._producer = None
