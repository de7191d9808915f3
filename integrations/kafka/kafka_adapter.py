# Generated from integrations.yaml, entry "kafka". To change it, edit that entry (or cookiecutters/message_queue/)
# and run `nox -s generate -- kafka`. Your own methods belong in kafka_custom.py.
"""Kafka: 2 channels, typed, blocking and async."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from integrations.runtime.queues import AsyncQueueAdapter, Channel, Consumed, QueueAdapter, StopEvent, awaited

from .kafka_models import OrderEvent, PageViews

ORDERS_EVENTS: Channel[OrderEvent] = Channel(
    name="orders.events",
    message=OrderEvent,
    method="orders_events",
    address="orders.events",
    dead_letter="orders.events.dead-letter",
    concurrency=4,
    prefetch=500,
    retry_delay=5,
    group="billing",
    ordered=True,
    options={"partitions": 6},
    key="order_id",
)
PAGE_VIEWS: Channel[PageViews] = Channel(
    name="page-views",
    message=PageViews,
    method="page_views",
    address="page-views",
    dead_letter="page-views.dead-letter",
    prefetch=1000,
    group="analytics",
    key="visitor",
)


class KafkaAdapter(QueueAdapter):
    """What happens to orders, for every team that wants to know, in the order in which it happened.

    Delivery is at least once: a message may come again after a lost connection, so handlers are idempotent,
    or made so by `Idempotent`. Every method raises an `IntegrationError` when it fails.
    """

    SERVICE = "Kafka"
    PACKAGE = "kafka"
    VARIANT = "kafka"
    CONFIG = Path(__file__).with_name("config.yaml")
    CHANNELS = (
        ORDERS_EVENTS,
        PAGE_VIEWS,
    )

    def publish_orders_events(
        self,
        message: OrderEvent,
        *,
        key: str | None = None,
        delay: float = 0.0,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of orders.events, and wait until the broker has confirmed it.

        Something happened to an order.

        Args:
            message: what to say.
            key: its key; by default its order_id.
            delay: seconds before anyone receives it.
            headers: added to its own.
            message_id: its id, by which an idempotent consumer knows it again; a new one by default.
            timeout: seconds that the broker has to confirm it.

        Returns:
            Its id.
        """
        return self._publish(
            ORDERS_EVENTS,
            message,
            key=key,
            delay=delay,
            headers=headers,
            message_id=message_id,
            timeout=timeout,
        )

    def publish_orders_events_batch(
        self,
        messages: Iterable[OrderEvent],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of orders.events, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch(ORDERS_EVENTS, messages, headers=headers, timeout=timeout)

    def consume_orders_events(
        self,
        handler: Callable[[OrderEvent], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages of orders.events to *handler*, until SIGTERM or a reason below.

        Something happened to an order.

        A message is acknowledged when *handler* returns. When it raises, the message comes again, 5 attempts
        in all; then, or at once after `RejectMessage`, it goes to orders.events.dead-letter, with the reason.

        Args:
            handler: processes one message; blocks, or is a coroutine function in the async adapter.
            concurrency: how many handlers run at once; 4 by default.
            limit: stop after so many messages.
            idle: stop when nothing came for so many seconds.
            stop: stop when this event is set; what is in hand is finished, the rest goes back.

        Returns:
            How many messages were processed, retried and sent to the dead letters.
        """
        return self._consume(
            ORDERS_EVENTS, handler, concurrency=concurrency, limit=limit, idle=idle, stop=stop
        )

    def publish_page_views(
        self,
        message: PageViews,
        *,
        key: str | None = None,
        delay: float = 0.0,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of page-views, and wait until the broker has confirmed it.

        A page was looked at.

        Args:
            message: what to say.
            key: its key; by default its visitor.
            delay: seconds before anyone receives it.
            headers: added to its own.
            message_id: its id, by which an idempotent consumer knows it again; a new one by default.
            timeout: seconds that the broker has to confirm it.

        Returns:
            Its id.
        """
        return self._publish(
            PAGE_VIEWS, message, key=key, delay=delay, headers=headers, message_id=message_id, timeout=timeout
        )

    def publish_page_views_batch(
        self,
        messages: Iterable[PageViews],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of page-views, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch(PAGE_VIEWS, messages, headers=headers, timeout=timeout)

    def consume_page_views(
        self,
        handler: Callable[[PageViews], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages of page-views to *handler*, until SIGTERM or a reason below.

        A page was looked at.

        A message is acknowledged when *handler* returns. When it raises, the message comes again, 5 attempts
        in all; then, or at once after `RejectMessage`, it goes to page-views.dead-letter, with the reason.

        Args:
            handler: processes one message; blocks, or is a coroutine function in the async adapter.
            concurrency: how many handlers run at once; 1 by default.
            limit: stop after so many messages.
            idle: stop when nothing came for so many seconds.
            stop: stop when this event is set; what is in hand is finished, the rest goes back.

        Returns:
            How many messages were processed, retried and sent to the dead letters.
        """
        return self._consume(PAGE_VIEWS, handler, concurrency=concurrency, limit=limit, idle=idle, stop=stop)


class AsyncKafkaAdapter(AsyncQueueAdapter):
    """The same operations, to be awaited; `KafkaAdapter` documents their arguments and errors."""

    SERVICE = "Kafka"
    PACKAGE = "kafka"
    VARIANT = "kafka"
    CONFIG = Path(__file__).with_name("config.yaml")
    CHANNELS = KafkaAdapter.CHANNELS

    publish_orders_events = awaited(KafkaAdapter.publish_orders_events)
    publish_orders_events_batch = awaited(KafkaAdapter.publish_orders_events_batch)
    consume_orders_events = awaited(KafkaAdapter.consume_orders_events)
    publish_page_views = awaited(KafkaAdapter.publish_page_views)
    publish_page_views_batch = awaited(KafkaAdapter.publish_page_views_batch)
    consume_page_views = awaited(KafkaAdapter.consume_page_views)
