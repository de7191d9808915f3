"""Kafka, through confluent-kafka (librdkafka).

A route's options: ``partitions`` and ``replication`` of topics that are made (default: the cluster's),
``config`` of such topics, and ``transactional_id``. Its topics: the address, ``<address>.retry``, and the
dead letters. The key picks the partition, which keeps the order.

Its async form runs the blocking one in a thread, as the driver's own async consumer does; the guarantees are
the same because the code is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from .._clock import Clock
from .._errors import ConfigurationError, IntegrationError
from .._secrets import Secret
from .kafka_config import Configuration, configuration
from .kafka_consumer import KafkaSubscription
from .kafka_errors import translate
from .kafka_messages import DUE, retry_topic
from .kafka_producer import ID, Headers, Publisher, Record
from .messages import Delivery, Outgoing, Route
from .settings import QueueSettings

if TYPE_CHECKING:
    from .kafka_async import AsyncKafkaBroker

FORMS: Final = ("sync", "async")
OPTIONS: Final = frozenset(("partitions", "replication", "config", "transactional_id"))


def connect(settings: QueueSettings, url: Secret, clock: Clock) -> KafkaBroker:
    """Return the broker behind *url*; nothing is opened yet."""
    return KafkaBroker(configuration(settings, url), settings, clock)


def aconnect(settings: QueueSettings, url: Secret, clock: Clock) -> AsyncKafkaBroker:
    """Return the async form."""
    from .kafka_async import AsyncKafkaBroker

    return AsyncKafkaBroker(connect(settings, url, clock))


class KafkaBroker:
    """See ``messages.Broker``."""

    chunk = 20_000  # messages that are under way at once: the client packs and pipelines them

    def __init__(self, config: Configuration, settings: QueueSettings, clock: Clock) -> None:
        self._config, self._settings, self._clock = config, settings, clock
        self._publishers: dict[str, Publisher] = {}
        self._lock = threading.Lock()

    def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        """See ``messages.Broker``; with a transactional id all messages are published, or none."""
        self._publisher(route).publish(self._records(route, messages), len(messages), timeout)

    def subscribe(self, route: Route) -> KafkaSubscription:
        """See ``messages.Broker``; the route's group, else its address, is the consumer group."""
        group = route.group or route.address
        config = self._config.consumer(group, route.prefetch)

        def consumer(**callbacks: Callable[..., None]) -> Any:
            return Consumer({**config, **callbacks})

        send = partial(self._publisher(None).publish, timeout=self._settings.publish_timeout)
        return KafkaSubscription(route, group, consumer, send, self._clock)

    def publish_and_ack(
        self,
        route: Route,
        messages: Sequence[Outgoing],
        subscription: KafkaSubscription,
        deliveries: Sequence[Delivery],
        timeout: float,
    ) -> None:
        """Publish what came of *deliveries*, and settle these, in one transaction: both or neither.

        Raises:
            ConfigurationError: there is no transactional id.
        """
        publisher = self._publisher(route)
        if not publisher.transactional:
            raise ConfigurationError("publish_and_ack needs options.transactional_id")
        offsets, group = subscription.positions(deliveries)
        try:
            records = self._records(route, messages)
            publisher.transact(records, len(messages), timeout, offsets, group)
        except Exception as error:
            subscription.invalidate(translate(error) or IntegrationError(str(error)))
            raise

    def declare(self, route: Route) -> None:
        """See ``messages.Broker``: makes the topics that are not there."""
        options = _options(route)
        timeout = self._settings.timeout
        topics = [
            NewTopic(
                name,
                num_partitions=int(options.get("partitions", -1)),
                replication_factor=int(options.get("replication", -1)),
                config={key: str(value) for key, value in options.get("config", {}).items()},
            )
            for name in dict.fromkeys((route.address, retry_topic(route), route.dead_letter))
        ]
        admin = AdminClient(dict(self._config.common))
        for made in admin.create_topics(topics, operation_timeout=timeout, request_timeout=timeout).values():
            try:
                made.result(timeout)
            except Exception as error:
                _unless_there(error)

    def healthcheck(self, timeout: float) -> None:
        """See ``messages.Broker``."""
        self._publisher(None).metadata(timeout)

    def close(self) -> None:
        """See ``messages.Broker``; subscriptions are closed by themselves."""
        with self._lock:
            publishers, self._publishers = self._publishers, {}
        for publisher in publishers.values():
            publisher.close(self._settings.publish_timeout)

    def translate(self, error: Exception) -> IntegrationError | None:
        """See ``messages.Broker``."""
        return translate(error)

    def _publisher(self, route: Route | None) -> Publisher:
        """Return the producer of a route; None: the one that moves messages between topics."""
        name = (
            ""
            if route is None
            else str(_options(route).get("transactional_id", self._config.transactional_id))
        )
        with self._lock:
            if name not in self._publishers:
                self._publishers[name] = Publisher(self._config.producer(name), self._clock)
            return self._publishers[name]

    def _records(self, route: Route, messages: Sequence[Outgoing]) -> Iterator[Record]:
        address = route.address
        shared: Mapping[str, str] | None = None
        rest: Headers = []
        for message in messages:
            if message.headers is not shared:  # a batch has one set of headers
                shared = message.headers
                rest = [(name, value) for name, value in shared.items() if name != ID]
            headers = [(ID, message.id), *rest]
            if message.delay > 0:
                due = str(int((self._clock.time() + message.delay) * 1000))
                yield retry_topic(route), message.body, message.key, [*headers, (DUE, due)]
            else:
                yield address, message.body, message.key, headers


def _options(route: Route) -> Mapping[str, Any]:
    if unknown := sorted(set(route.options) - OPTIONS):
        known = ", ".join(sorted(OPTIONS))
        raise ConfigurationError(
            f"{route.channel}: options.{unknown[0]} is unknown to Kafka; it knows {known}"
        )
    return route.options


def _unless_there(error: Exception) -> None:
    """Raise *error*, unless it says that the topic is there already."""
    meant = translate(error)
    if getattr(meant, "code", "") != "TOPIC_ALREADY_EXISTS":
        raise (meant or error) from error
