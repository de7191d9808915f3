# Generated from integrations.yaml, entry "sqs". To change it, edit that entry (or cookiecutters/message_queue/)
# and run `nox -s generate -- sqs`. Your own methods belong in sqs_custom.py.
"""Amazon SQS: 2 channels, typed, blocking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from integrations.runtime.queues import Channel, Consumed, QueueAdapter, StopEvent

from .sqs_models import Payments, ResizeImage

PAYMENTS: Channel[Payments] = Channel(
    name="payments",
    message=Payments,
    method="payments",
    address="payments.fifo",
    dead_letter="payments-dead-letter.fifo",
    retry_delay=5,
    ordered=True,
    key="account",
)
RESIZE_IMAGE: Channel[ResizeImage] = Channel(
    name="resize-image",
    message=ResizeImage,
    method="resize_image",
    address="resize-image",
    dead_letter="resize-image-dead-letter",
    concurrency=4,
    prefetch=10,
    max_attempts=3,
    retry_delay=20,
    options={"visibility_timeout": 60},
)


class AmazonSQSAdapter(QueueAdapter):
    """Jobs that run in the background, and the payments that must keep their order.

    Delivery is at least once: a message may come again after a lost connection, so handlers are idempotent,
    or made so by `Idempotent`. Every method raises an `IntegrationError` when it fails.

    The broker's client blocks, so there is no async form.
    """

    SERVICE = "Amazon SQS"
    PACKAGE = "sqs"
    VARIANT = "sqs"
    CONFIG = Path(__file__).with_name("config.yaml")
    CHANNELS = (
        PAYMENTS,
        RESIZE_IMAGE,
    )

    def publish_payments(
        self,
        message: Payments,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of payments, and wait until the broker has confirmed it.

        A payment is to be booked, one after another for each account.

        Args:
            message: what to say.
            key: its key; by default its account.
            headers: added to its own.
            message_id: its id, by which an idempotent consumer knows it again; a new one by default.
            timeout: seconds that the broker has to confirm it.

        Returns:
            Its id.
        """
        return self._publish(
            PAYMENTS, message, key=key, headers=headers, message_id=message_id, timeout=timeout
        )

    def publish_payments_batch(
        self,
        messages: Iterable[Payments],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of payments, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch(PAYMENTS, messages, headers=headers, timeout=timeout)

    def consume_payments(
        self,
        handler: Callable[[Payments], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages of payments to *handler*, until SIGTERM or a reason below.

        A payment is to be booked, one after another for each account.

        A message is acknowledged when *handler* returns. When it raises, the message comes again, 5 attempts
        in all; then, or at once after `RejectMessage`, it goes to payments-dead-letter.fifo, with the reason.

        Args:
            handler: processes one message; it blocks.
            concurrency: how many handlers run at once; 1 by default.
            limit: stop after so many messages.
            idle: stop when nothing came for so many seconds.
            stop: stop when this event is set; what is in hand is finished, the rest goes back.

        Returns:
            How many messages were processed, retried and sent to the dead letters.
        """
        return self._consume(PAYMENTS, handler, concurrency=concurrency, limit=limit, idle=idle, stop=stop)

    def publish_resize_image(
        self,
        message: ResizeImage,
        *,
        key: str | None = None,
        delay: float = 0.0,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of resize-image, and wait until the broker has confirmed it.

        A picture is to be made smaller.

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
            RESIZE_IMAGE,
            message,
            key=key,
            delay=delay,
            headers=headers,
            message_id=message_id,
            timeout=timeout,
        )

    def publish_resize_image_batch(
        self,
        messages: Iterable[ResizeImage],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of resize-image, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch(RESIZE_IMAGE, messages, headers=headers, timeout=timeout)

    def consume_resize_image(
        self,
        handler: Callable[[ResizeImage], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages of resize-image to *handler*, until SIGTERM or a reason below.

        A picture is to be made smaller.

        A message is acknowledged when *handler* returns. When it raises, the message comes again, 3 attempts
        in all; then, or at once after `RejectMessage`, it goes to resize-image-dead-letter, with the reason.

        Args:
            handler: processes one message; it blocks.
            concurrency: how many handlers run at once; 4 by default.
            limit: stop after so many messages.
            idle: stop when nothing came for so many seconds.
            stop: stop when this event is set; what is in hand is finished, the rest goes back.

        Returns:
            How many messages were processed, retried and sent to the dead letters.
        """
        return self._consume(
            RESIZE_IMAGE, handler, concurrency=concurrency, limit=limit, idle=idle, stop=stop
        )
