# Generated from integrations.yaml, entry "nats". To change it, edit that entry (or cookiecutters/message_queue/)
# and run `nox -s generate -- nats`. Your own methods belong in nats_custom.py.
"""NATS: 2 channels, typed, blocking and async."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from integrations.runtime.queues import AsyncQueueAdapter, Channel, Consumed, QueueAdapter, StopEvent, awaited

from .nats_models import SendMail, UserRegistered

SEND_MAIL: Channel[SendMail] = Channel(
    name="send-mail",
    message=SendMail,
    method="send_mail",
    address="jobs.mail",
    dead_letter="jobs.mail.dead-letter",
    concurrency=8,
    max_attempts=8,
    retry_delay=30,
)
USER_REGISTERED: Channel[UserRegistered] = Channel(
    name="user-registered",
    message=UserRegistered,
    method="user_registered",
    address="shop.users.registered",
    dead_letter="shop.users.registered.dead-letter",
    concurrency=2,
    group="welcome",
    options={"max_age": 604800},
    key="user_id",
)


class NATSAdapter(QueueAdapter):
    """Events of the shop, and mails that are to be sent.

    Delivery is at least once: a message may come again after a lost connection, so handlers are idempotent,
    or made so by `Idempotent`. Every method raises an `IntegrationError` when it fails.
    """

    SERVICE = "NATS"
    PACKAGE = "nats"
    VARIANT = "nats"
    CONFIG = Path(__file__).with_name("config.yaml")
    CHANNELS = (
        SEND_MAIL,
        USER_REGISTERED,
    )

    def publish_send_mail(
        self,
        message: SendMail,
        *,
        key: str | None = None,
        delay: float = 0.0,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of send-mail, and wait until the broker has confirmed it.

        A mail is to be sent.

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
            SEND_MAIL, message, key=key, delay=delay, headers=headers, message_id=message_id, timeout=timeout
        )

    def publish_send_mail_batch(
        self,
        messages: Iterable[SendMail],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of send-mail, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch(SEND_MAIL, messages, headers=headers, timeout=timeout)

    def consume_send_mail(
        self,
        handler: Callable[[SendMail], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages of send-mail to *handler*, until SIGTERM or a reason below.

        A mail is to be sent.

        A message is acknowledged when *handler* returns. When it raises, the message comes again, 8 attempts
        in all; then, or at once after `RejectMessage`, it goes to jobs.mail.dead-letter, with the reason.

        Args:
            handler: processes one message; blocks, or is a coroutine function in the async adapter.
            concurrency: how many handlers run at once; 8 by default.
            limit: stop after so many messages.
            idle: stop when nothing came for so many seconds.
            stop: stop when this event is set; what is in hand is finished, the rest goes back.

        Returns:
            How many messages were processed, retried and sent to the dead letters.
        """
        return self._consume(SEND_MAIL, handler, concurrency=concurrency, limit=limit, idle=idle, stop=stop)

    def publish_user_registered(
        self,
        message: UserRegistered,
        *,
        key: str | None = None,
        delay: float = 0.0,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of user-registered, and wait until the broker has confirmed it.

        A user has registered.

        Args:
            message: what to say.
            key: its key; by default its user_id.
            delay: seconds before anyone receives it.
            headers: added to its own.
            message_id: its id, by which an idempotent consumer knows it again; a new one by default.
            timeout: seconds that the broker has to confirm it.

        Returns:
            Its id.
        """
        return self._publish(
            USER_REGISTERED,
            message,
            key=key,
            delay=delay,
            headers=headers,
            message_id=message_id,
            timeout=timeout,
        )

    def publish_user_registered_batch(
        self,
        messages: Iterable[UserRegistered],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of user-registered, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch(USER_REGISTERED, messages, headers=headers, timeout=timeout)

    def consume_user_registered(
        self,
        handler: Callable[[UserRegistered], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages of user-registered to *handler*, until SIGTERM or a reason below.

        A user has registered.

        A message is acknowledged when *handler* returns. When it raises, the message comes again, 5 attempts
        in all; then, or at once after `RejectMessage`, it goes to shop.users.registered.dead-letter, with the reason.

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
            USER_REGISTERED, handler, concurrency=concurrency, limit=limit, idle=idle, stop=stop
        )


class AsyncNATSAdapter(AsyncQueueAdapter):
    """The same operations, to be awaited; `NATSAdapter` documents their arguments and errors."""

    SERVICE = "NATS"
    PACKAGE = "nats"
    VARIANT = "nats"
    CONFIG = Path(__file__).with_name("config.yaml")
    CHANNELS = NATSAdapter.CHANNELS

    publish_send_mail = awaited(NATSAdapter.publish_send_mail)
    publish_send_mail_batch = awaited(NATSAdapter.publish_send_mail_batch)
    consume_send_mail = awaited(NATSAdapter.consume_send_mail)
    publish_user_registered = awaited(NATSAdapter.publish_user_registered)
    publish_user_registered_batch = awaited(NATSAdapter.publish_user_registered_batch)
    consume_user_registered = awaited(NATSAdapter.consume_user_registered)
