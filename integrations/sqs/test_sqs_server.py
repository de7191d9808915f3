# Generated from integrations.yaml, entry "sqs"; see sqs_adapter.py for how to change it.
"""Amazon SQS at a real broker: what is published arrives, comes again, or is a dead letter; nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from integrations.runtime.queues import Idempotent, MemoryStore, RejectMessage, RetryLater, current_delivery
from integrations.runtime.testing import LiveQueue, server
from integrations.sqs import AmazonSQSAdapter, Payments, ResizeImage

IDLE = 2.0  # seconds after which nothing more is expected

PAYMENTS_MESSAGE = Payments(account="ada", amount=1250, currency="eur", payment_id="payment-1")
RESIZE_IMAGE_MESSAGE = ResizeImage(bucket="hello-world", path="docs/readme.md", width=42, height=42)


@pytest.fixture(scope="module")
def url() -> str:
    return server("sqs").fresh("sqs")


@pytest.fixture(params=["sync"])
def live(request: pytest.FixtureRequest, url: str) -> Iterator[LiveQueue]:
    with LiveQueue.running(AmazonSQSAdapter, None, request.param, url) as running:
        yield running


def test_the_broker_answers(live: LiveQueue) -> None:
    live.call(lambda queue: queue.healthcheck())


def test_payments_arrives_as_it_was_published(live: LiveQueue) -> None:
    live.call(lambda queue: queue.publish_payments(PAYMENTS_MESSAGE))
    seen: list[Any] = []
    found = live.call(lambda queue: queue.consume_payments(seen.append, limit=1, idle=5 * IDLE))
    assert seen == [PAYMENTS_MESSAGE]
    assert found.processed == 1


def test_resize_image_arrives_as_it_was_published(live: LiveQueue) -> None:
    live.call(lambda queue: queue.publish_resize_image(RESIZE_IMAGE_MESSAGE))
    seen: list[Any] = []
    found = live.call(lambda queue: queue.consume_resize_image(seen.append, limit=1, idle=5 * IDLE))
    assert seen == [RESIZE_IMAGE_MESSAGE]
    assert found.processed == 1


def test_a_message_is_retried_until_its_handler_succeeds(live: LiveQueue) -> None:
    attempts: list[int] = []

    def fail_once(message: object) -> None:
        delivery = current_delivery()
        assert delivery is not None
        attempts.append(delivery.attempt)
        if len(attempts) == 1:
            raise RetryLater(0.2)

    live.call(lambda queue: queue.publish_payments(PAYMENTS_MESSAGE))
    found = live.call(lambda queue: queue.consume_payments(fail_once, limit=1, idle=5 * IDLE))
    assert (found.processed, found.retried, attempts) == (1, 1, [1, 2])


def test_a_message_that_is_rejected_is_a_dead_letter_with_its_reason(live: LiveQueue) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    name = live.call(lambda queue: queue.publish_payments(PAYMENTS_MESSAGE))
    found = live.call(lambda queue: queue.consume_payments(reject, limit=1, idle=5 * IDLE))
    [letter] = live.dead_letters("payments")
    assert letter.id.startswith(name)
    assert (letter.reason, found.dead_lettered) == ("rejected: the order is closed", 1)


def test_bytes_that_are_no_message_are_a_dead_letter_untouched(live: LiveQueue) -> None:
    live.put("payments", b"\xff{no message")
    live.call(lambda queue: queue.publish_payments(PAYMENTS_MESSAGE))
    seen: list[Any] = []
    found = live.call(lambda queue: queue.consume_payments(seen.append, limit=2, idle=5 * IDLE))
    [letter] = live.dead_letters("payments")
    assert letter.body == b"\xff{no message"
    assert "unreadable" in letter.reason
    assert (seen, found.processed, found.dead_lettered) == ([PAYMENTS_MESSAGE], 1, 1)


def test_a_batch_arrives_whole(live: LiveQueue) -> None:
    names = live.call(lambda queue: queue.publish_payments_batch([PAYMENTS_MESSAGE] * 25))
    seen: list[str] = []

    def note(message: object) -> None:
        delivery = current_delivery()
        assert delivery is not None
        seen.append(delivery.id)

    live.call(lambda queue: queue.consume_payments(note, limit=25, idle=5 * IDLE))
    assert sorted(seen) == sorted(names)


def test_messages_that_a_stopped_consumer_did_not_begin_go_back(live: LiveQueue) -> None:
    stop, seen = threading.Event(), list[Any]()

    def stop_after_one(message: object) -> None:
        seen.append(message)
        stop.set()

    live.call(lambda queue: queue.publish_payments_batch([PAYMENTS_MESSAGE] * 3))
    found = live.call(
        lambda queue: queue.consume_payments(stop_after_one, concurrency=1, stop=stop, idle=5 * IDLE)
    )
    assert (found.processed, found.stopped_by) == (1, "stop")
    live.call(lambda queue: queue.consume_payments(seen.append, limit=2, idle=10 * IDLE))
    assert len(seen) == 3


def test_a_message_that_is_delivered_twice_is_handled_once(live: LiveQueue) -> None:
    seen: list[Any] = []
    handler = Idempotent(MemoryStore())(seen.append)
    for _ in range(2):
        live.call(lambda queue: queue.publish_payments(PAYMENTS_MESSAGE, message_id="m-1"))
    live.call(lambda queue: queue.consume_payments(handler, limit=2, idle=IDLE))
    assert seen == [PAYMENTS_MESSAGE]


def test_messages_of_one_key_are_handled_one_after_another_in_their_order(live: LiveQueue) -> None:
    busy, seen = set[str](), dict[str, list[str]]()

    def publish(queue: Any, key: str) -> Any:
        return queue.publish_payments(PAYMENTS_MESSAGE, key=key)

    def note(message: object) -> None:
        delivery = current_delivery()
        assert delivery is not None
        key = str(delivery.key)
        assert key not in busy
        busy.add(key)
        seen.setdefault(key, []).append(delivery.id)
        busy.discard(key)

    sent: dict[str, list[str]] = {}
    for number in range(12):
        key = f"key-{number % 3}"
        name = live.call(partial(publish, key=key))
        sent.setdefault(key, []).append(name)
    live.call(lambda queue: queue.consume_payments(note, concurrency=4, limit=12, idle=5 * IDLE))
    assert seen == sent
