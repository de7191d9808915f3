# Generated from integrations.yaml, entry "mqtt". To change it, edit that entry (or cookiecutters/message_queue/)
# and run `nox -s generate -- mqtt`. Your own methods belong in mqtt_custom.py.
"""MQTT: 2 channels, typed, blocking and async."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from integrations.runtime.queues import AsyncQueueAdapter, Channel, Consumed, QueueAdapter, StopEvent, awaited

from .mqtt_models import Command, Reading

COMMAND: Channel[Command] = Channel(
    name="command",
    message=Command,
    method="command",
    address="plant/commands",
    dead_letter="plant/commands/dead-letter",
    max_attempts=3,
    retry_delay=2,
    group="devices",
    key="device",
)
READING: Channel[Reading] = Channel(
    name="reading",
    message=Reading,
    method="reading",
    address="plant/readings",
    dead_letter="plant/readings/dead-letter",
    concurrency=2,
    max_attempts=3,
    retry_delay=5,
    group="archive",
    key="sensor",
)


class MQTTAdapter(QueueAdapter):
    """What sensors measure, and what devices are told.

    Delivery is at least once: a message may come again after a lost connection, so handlers are idempotent,
    or made so by `Idempotent`. Every method raises an `IntegrationError` when it fails.
    """

    SERVICE = "MQTT"
    PACKAGE = "mqtt"
    VARIANT = "mqtt"
    CONFIG = Path(__file__).with_name("config.yaml")
    CHANNELS = (
        COMMAND,
        READING,
    )

    def publish_command(
        self,
        message: Command,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of command, and wait until the broker has confirmed it.

        A device is to do something.

        Args:
            message: what to say.
            key: its key; by default its device.
            headers: added to its own.
            message_id: its id, by which an idempotent consumer knows it again; a new one by default.
            timeout: seconds that the broker has to confirm it.

        Returns:
            Its id.
        """
        return self._publish(
            COMMAND, message, key=key, headers=headers, message_id=message_id, timeout=timeout
        )

    def publish_command_batch(
        self,
        messages: Iterable[Command],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of command, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch(COMMAND, messages, headers=headers, timeout=timeout)

    def consume_command(
        self,
        handler: Callable[[Command], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages of command to *handler*, until SIGTERM or a reason below.

        A device is to do something.

        A message is acknowledged when *handler* returns. When it raises, the message comes again, 3 attempts
        in all; then, or at once after `RejectMessage`, it goes to plant/commands/dead-letter, with the reason.

        Args:
            handler: processes one message; blocks, or is a coroutine function in the async adapter.
            concurrency: how many handlers run at once; 1 by default.
            limit: stop after so many messages.
            idle: stop when nothing came for so many seconds.
            stop: stop when this event is set; what is in hand is finished, the rest goes back.

        Returns:
            How many messages were processed, retried and sent to the dead letters.
        """
        return self._consume(COMMAND, handler, concurrency=concurrency, limit=limit, idle=idle, stop=stop)

    def publish_reading(
        self,
        message: Reading,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Publish a message of reading, and wait until the broker has confirmed it.

        A sensor has measured.

        Args:
            message: what to say.
            key: its key; by default its sensor.
            headers: added to its own.
            message_id: its id, by which an idempotent consumer knows it again; a new one by default.
            timeout: seconds that the broker has to confirm it.

        Returns:
            Its id.
        """
        return self._publish(
            READING, message, key=key, headers=headers, message_id=message_id, timeout=timeout
        )

    def publish_reading_batch(
        self,
        messages: Iterable[Reading],
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> list[str]:
        """Publish many messages of reading, each with its own key and id, confirmed together.

        Args:
            messages: what to say, in order.
            headers: added to the headers of each.
            timeout: seconds that the broker has to confirm a chunk of them.

        Returns:
            Their ids.

        Raises:
            PartlyPublishedError: some are not confirmed: `.failed` has their indices.
        """
        return self._publish_batch(READING, messages, headers=headers, timeout=timeout)

    def consume_reading(
        self,
        handler: Callable[[Reading], object],
        *,
        concurrency: int | None = None,
        limit: int | None = None,
        idle: float | None = None,
        stop: StopEvent | None = None,
    ) -> Consumed:
        """Hand messages of reading to *handler*, until SIGTERM or a reason below.

        A sensor has measured.

        A message is acknowledged when *handler* returns. When it raises, the message comes again, 3 attempts
        in all; then, or at once after `RejectMessage`, it goes to plant/readings/dead-letter, with the reason.

        Args:
            handler: processes one message; blocks, or is a coroutine function in the async adapter.
            concurrency: how many handlers run at once; 2 by default.
            limit: stop after so many messages.
            idle: stop when nothing came for so many seconds.
            stop: stop when this event is set; what is in hand is finished, the rest goes back.

        Returns:
            How many messages were processed, retried and sent to the dead letters.
        """
        return self._consume(READING, handler, concurrency=concurrency, limit=limit, idle=idle, stop=stop)


class AsyncMQTTAdapter(AsyncQueueAdapter):
    """The same operations, to be awaited; `MQTTAdapter` documents their arguments and errors."""

    SERVICE = "MQTT"
    PACKAGE = "mqtt"
    VARIANT = "mqtt"
    CONFIG = Path(__file__).with_name("config.yaml")
    CHANNELS = MQTTAdapter.CHANNELS

    publish_command = awaited(MQTTAdapter.publish_command)
    publish_command_batch = awaited(MQTTAdapter.publish_command_batch)
    consume_command = awaited(MQTTAdapter.consume_command)
    publish_reading = awaited(MQTTAdapter.publish_reading)
    publish_reading_batch = awaited(MQTTAdapter.publish_reading_batch)
    consume_reading = awaited(MQTTAdapter.consume_reading)
