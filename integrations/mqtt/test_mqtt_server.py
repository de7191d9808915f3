# Generated from integrations.yaml, entry "mqtt"; see mqtt_adapter.py for how to change it.
"""MQTT at a real broker: what is published arrives, comes again, or is a dead letter; nothing is lost."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.mqtt import AsyncMQTTAdapter, Command, MQTTAdapter, Reading
from integrations.runtime.queues import Idempotent, MemoryStore, RejectMessage, RetryLater, current_delivery
from integrations.runtime.testing import LiveQueue, server

IDLE = 2.0  # seconds after which nothing more is expected

COMMAND_MESSAGE = Command(action="open", device="device-1")
READING_MESSAGE = Reading(
    at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), celsius=12.5, sensor="sensor-1", humidity=12.5
)


@pytest.fixture(scope="module")
def url() -> str:
    return server("mqtt").fresh("mqtt")


@pytest.fixture(params=["sync", "async"])
def live(request: pytest.FixtureRequest, url: str) -> Iterator[LiveQueue]:
    with LiveQueue.running(MQTTAdapter, AsyncMQTTAdapter, request.param, url) as running:
        yield running


def test_the_broker_answers(live: LiveQueue) -> None:
    live.call(lambda queue: queue.healthcheck())


def test_command_arrives_as_it_was_published(live: LiveQueue) -> None:
    live.call(lambda queue: queue.publish_command(COMMAND_MESSAGE))
    seen: list[Any] = []
    found = live.call(lambda queue: queue.consume_command(seen.append, limit=1, idle=5 * IDLE))
    assert seen == [COMMAND_MESSAGE]
    assert found.processed == 1


def test_reading_arrives_as_it_was_published(live: LiveQueue) -> None:
    live.call(lambda queue: queue.publish_reading(READING_MESSAGE))
    seen: list[Any] = []
    found = live.call(lambda queue: queue.consume_reading(seen.append, limit=1, idle=5 * IDLE))
    assert seen == [READING_MESSAGE]
    assert found.processed == 1


def test_a_message_is_retried_until_its_handler_succeeds(live: LiveQueue) -> None:
    attempts: list[int] = []

    def fail_once(message: object) -> None:
        delivery = current_delivery()
        assert delivery is not None
        attempts.append(delivery.attempt)
        if len(attempts) == 1:
            raise RetryLater(0.2)

    live.call(lambda queue: queue.publish_command(COMMAND_MESSAGE))
    found = live.call(lambda queue: queue.consume_command(fail_once, limit=1, idle=5 * IDLE))
    assert (found.processed, found.retried, attempts) == (1, 1, [1, 2])


def test_a_message_that_is_rejected_is_a_dead_letter_with_its_reason(live: LiveQueue) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    name = live.call(lambda queue: queue.publish_command(COMMAND_MESSAGE))
    found = live.call(lambda queue: queue.consume_command(reject, limit=1, idle=5 * IDLE))
    [letter] = live.dead_letters("command")
    assert letter.id.startswith(name)
    assert (letter.reason, found.dead_lettered) == ("rejected: the order is closed", 1)


def test_bytes_that_are_no_message_are_a_dead_letter_untouched(live: LiveQueue) -> None:
    live.put("command", b"\xff{no message")
    live.call(lambda queue: queue.publish_command(COMMAND_MESSAGE))
    seen: list[Any] = []
    found = live.call(lambda queue: queue.consume_command(seen.append, limit=2, idle=5 * IDLE))
    [letter] = live.dead_letters("command")
    assert letter.body == b"\xff{no message"
    assert "unreadable" in letter.reason
    assert (seen, found.processed, found.dead_lettered) == ([COMMAND_MESSAGE], 1, 1)


def test_a_batch_arrives_whole(live: LiveQueue) -> None:
    names = live.call(lambda queue: queue.publish_command_batch([COMMAND_MESSAGE] * 25))
    seen: list[str] = []

    def note(message: object) -> None:
        delivery = current_delivery()
        assert delivery is not None
        seen.append(delivery.id)

    live.call(lambda queue: queue.consume_command(note, limit=25, idle=5 * IDLE))
    assert sorted(seen) == sorted(names)


def test_messages_that_a_stopped_consumer_did_not_begin_go_back(live: LiveQueue) -> None:
    stop, seen = threading.Event(), list[Any]()

    def stop_after_one(message: object) -> None:
        seen.append(message)
        stop.set()

    live.call(lambda queue: queue.publish_command_batch([COMMAND_MESSAGE] * 3))
    found = live.call(
        lambda queue: queue.consume_command(stop_after_one, concurrency=1, stop=stop, idle=5 * IDLE)
    )
    assert (found.processed, found.stopped_by) == (1, "stop")
    live.call(lambda queue: queue.consume_command(seen.append, limit=2, idle=10 * IDLE))
    assert len(seen) == 3


def test_a_message_that_is_delivered_twice_is_handled_once(live: LiveQueue) -> None:
    seen: list[Any] = []
    handler = Idempotent(MemoryStore())(seen.append)
    for _ in range(2):
        live.call(lambda queue: queue.publish_command(COMMAND_MESSAGE, message_id="m-1"))
    live.call(lambda queue: queue.consume_command(handler, limit=2, idle=IDLE))
    assert seen == [COMMAND_MESSAGE]
