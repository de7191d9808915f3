# Generated from integrations.yaml, entry "rabbitmq". To change it, edit that entry (or cookiecutters/message_queue/)
# and run `nox -s generate -- rabbitmq`. Your own methods belong in rabbitmq_custom.py.
"""RabbitMQ: 3 channels, typed, blocking and async."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from integrations.runtime.queues import AsyncQueueAdapter, Channel, Consumed, QueueAdapter, StopEvent, awaited

from .rabbitmq_models import Order, OrderChanged, RenderInvoice

AUDIT_TRAIL: Channel[OrderChanged] = Channel(
    name="auditTrail",
    message=OrderChanged,
    method="audit_trail",
    address="audit-trail",
    dead_letter="audit-trail.dead-letter",
)
ORDER_CREATED: Channel[Order] = Channel(
    name="orderCreated",
    message=Order,
    method="order_created",
    address="order-created",
    dead_letter="order-created.dead-letter",
    concurrency=8,
    prefetch=100,
    key="customer_id",
)
RENDER_INVOICE: Channel[RenderInvoice] = Channel(
    name="renderInvoice",
    message=RenderInvoice,
    method="render_invoice",
    address="render-invoice",
    dead_letter="render-invoice.failed",
    concurrency=2,
    max_attempts=3,
    retry_delay=30,
)


class RabbitMQAdapter(QueueAdapter):
    """Orders as they are placed, and the jobs that follow.

    Delivery is at least once: a message may come again after a lost connection, so handlers are idempotent,
    or made so by `Idempotent`. Every method raises an `IntegrationError` when it fails.
    """

    SERVICE = "RabbitMQ"
    PACKAGE = "rabbitmq"
    VARIANT = "rabbitmq"
    CONFIG = Path(__file__).with_name("config.yaml")
    CHANNELS = (
        AUDIT_TRAIL,
        ORDER_CREATED,
        RENDER_INVOICE,
    )

    def publish_audit_trail(
        self,
        message: OrderChanged,
        *,
        key: str | None = None,
        delay: float = 0.0,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of auditTrail, and wait until the broker has confirmed it.

        Every change of an order, for the auditors.

        Args:
            message: what to say.
            key: its key; none by default.
            delay: seconds before anyone receives it.
            headers: added to its own.
            message_id: its id, by which an idempotent consumer knows it again; a new one by default.
            timeout: seconds that the broker has to confirm it.

        Returns:
            Its id.
        """
        return self._publish(
            AUDIT_TRAIL,
            message,
            key=key,
            delay=delay,
            headers=headers,
            message_id=message_id,
            timeout=timeout,
        )

    def publish_audit_trail_batch(
        self,
        messages: Iterable[OrderChanged],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of auditTrail, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch(AUDIT_TRAIL, messages, headers=headers, timeout=timeout)

    def publish_order_created(
        self,
        message: Order,
        *,
        key: str | None = None,
        delay: float = 0.0,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of orderCreated, and wait until the broker has confirmed it.

        An order was placed and is to be paid.

        Args:
            message: what to say.
            key: its key; by default its customer_id.
            delay: seconds before anyone receives it.
            headers: added to its own.
            message_id: its id, by which an idempotent consumer knows it again; a new one by default.
            timeout: seconds that the broker has to confirm it.

        Returns:
            Its id.
        """
        return self._publish(
            ORDER_CREATED,
            message,
            key=key,
            delay=delay,
            headers=headers,
            message_id=message_id,
            timeout=timeout,
        )

    def publish_order_created_batch(
        self,
        messages: Iterable[Order],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of orderCreated, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch(ORDER_CREATED, messages, headers=headers, timeout=timeout)

    def consume_order_created(
        self,
        handler: Callable[[Order], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages of orderCreated to *handler*, until SIGTERM or a reason below.

        An order was placed and is to be paid.

        A message is acknowledged when *handler* returns. When it raises, the message comes again, 5 attempts
        in all; then, or at once after `RejectMessage`, it goes to order-created.dead-letter, with the reason.

        Args:
            handler: processes one message; blocks, or is a coroutine function in the async adapter.
            concurrency: how many handlers run at once; 8 by default.
            limit: stop after so many messages.
            idle: stop when nothing came for so many seconds.
            stop: stop when this event is set; what is in hand is finished, the rest goes back.

        Returns:
            How many messages were processed, retried and sent to the dead letters.
        """
        return self._consume(
            ORDER_CREATED, handler, concurrency=concurrency, limit=limit, idle=idle, stop=stop
        )

    def publish_render_invoice(
        self,
        message: RenderInvoice,
        *,
        key: str | None = None,
        delay: float = 0.0,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of renderInvoice, and wait until the broker has confirmed it.

        An invoice is to be rendered.

        Args:
            message: what to say.
            key: its key; none by default.
            delay: seconds before anyone receives it.
            headers: added to its own.
            message_id: its id, by which an idempotent consumer knows it again; a new one by default.
            timeout: seconds that the broker has to confirm it.

        Returns:
            Its id.
        """
        return self._publish(
            RENDER_INVOICE,
            message,
            key=key,
            delay=delay,
            headers=headers,
            message_id=message_id,
            timeout=timeout,
        )

    def publish_render_invoice_batch(
        self,
        messages: Iterable[RenderInvoice],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of renderInvoice, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch(RENDER_INVOICE, messages, headers=headers, timeout=timeout)

    def consume_render_invoice(
        self,
        handler: Callable[[RenderInvoice], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages of renderInvoice to *handler*, until SIGTERM or a reason below.

        An invoice is to be rendered.

        A message is acknowledged when *handler* returns. When it raises, the message comes again, 3 attempts
        in all; then, or at once after `RejectMessage`, it goes to render-invoice.failed, with the reason.

        Args:
            handler: processes one message; blocks, or is a coroutine function in the async adapter.
            concurrency: how many handlers run at once; 2 by default.
            limit: stop after so many messages.
            idle: stop when nothing came for so many seconds.
            stop: stop when this event is set; what is in hand is finished, the rest goes back.

        Returns:
            How many messages were processed, retried and sent to the dead letters.
        """
        return self._consume(
            RENDER_INVOICE, handler, concurrency=concurrency, limit=limit, idle=idle, stop=stop
        )


class AsyncRabbitMQAdapter(AsyncQueueAdapter):
    """The same operations, to be awaited; `RabbitMQAdapter` documents their arguments and errors."""

    SERVICE = "RabbitMQ"
    PACKAGE = "rabbitmq"
    VARIANT = "rabbitmq"
    CONFIG = Path(__file__).with_name("config.yaml")
    CHANNELS = RabbitMQAdapter.CHANNELS

    publish_audit_trail = awaited(RabbitMQAdapter.publish_audit_trail)
    publish_audit_trail_batch = awaited(RabbitMQAdapter.publish_audit_trail_batch)
    publish_order_created = awaited(RabbitMQAdapter.publish_order_created)
    publish_order_created_batch = awaited(RabbitMQAdapter.publish_order_created_batch)
    consume_order_created = awaited(RabbitMQAdapter.consume_order_created)
    publish_render_invoice = awaited(RabbitMQAdapter.publish_render_invoice)
    publish_render_invoice_batch = awaited(RabbitMQAdapter.publish_render_invoice_batch)
    consume_render_invoice = awaited(RabbitMQAdapter.consume_render_invoice)
