{% from "package" import brief %}
{% set b = cookiecutter._b %}
{% set both = b.channels | selectattr("publish") | selectattr("consume") | rejectattr("wild") | list %}
{% macro q(call) %}lambda queue: queue.{{ call }}{% endmacro %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 80, 3) }} at a real broker: what is published arrives, comes again, or is a dead letter; nothing is lost."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from integrations.{{ b.module }} import {{ (([b.async_name] if b.is_async else []) + [b.class_name] + b.shown_types) | join(", ") }}
from integrations.runtime.queues import Idempotent, MemoryStore, RejectMessage, RetryLater, current_delivery
from integrations.runtime.testing import LiveQueue, server

IDLE = 2.0  # seconds after which nothing more is expected

{% for c in both %}
{{ c.sample }} = {{ c.made }}
{% endfor %}


@pytest.fixture(scope="module")
def url() -> str:
    return server({{ b.variant | py }}).fresh({{ b.module | py }})


@pytest.fixture(params={{ b.forms | py }})
def live(request: pytest.FixtureRequest, url: str) -> Iterator[LiveQueue]:
    with LiveQueue.running({{ b.class_name }}, {{ b.async_name if b.is_async else "None" }}, request.param, url) as running:
        yield running


def test_the_broker_answers(live: LiveQueue) -> None:
    live.call({{ q("healthcheck") }}())

{% for c in both %}

def test_{{ c.word }}_arrives_as_it_was_published(live: LiveQueue) -> None:
    live.call({{ q(c.publish) }}({{ c.sample }}))
    seen: list[Any] = []
    found = live.call({{ q(c.consume) }}(seen.append, limit=1, idle=5 * IDLE))
    assert seen == [{{ c.sample }}]
    assert found.processed == 1

{% endfor %}
{% if both %}
{% set c = both[0] %}

def test_a_message_is_retried_until_its_handler_succeeds(live: LiveQueue) -> None:
    attempts: list[int] = []

    def fail_once(message: object) -> None:
        delivery = current_delivery()
        assert delivery is not None
        attempts.append(delivery.attempt)
        if len(attempts) == 1:
            raise RetryLater(0.2)

    live.call({{ q(c.publish) }}({{ c.sample }}))
    found = live.call({{ q(c.consume) }}(fail_once, limit=1, idle=5 * IDLE))
    assert (found.processed, found.retried, attempts) == (1, 1, [1, 2])


def test_a_message_that_is_rejected_is_a_dead_letter_with_its_reason(live: LiveQueue) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    name = live.call({{ q(c.publish) }}({{ c.sample }}))
    found = live.call({{ q(c.consume) }}(reject, limit=1, idle=5 * IDLE))
    [letter] = live.dead_letters({{ c.name | py }})
    assert letter.id.startswith(name)
    assert (letter.reason, found.dead_lettered) == ("rejected: the order is closed", 1)

{% if c.wrong %}

def test_bytes_that_are_no_message_are_a_dead_letter_untouched(live: LiveQueue) -> None:
    live.put({{ c.name | py }}, b"\xff{no message")
    live.call({{ q(c.publish) }}({{ c.sample }}))
    seen: list[Any] = []
    found = live.call({{ q(c.consume) }}(seen.append, limit=2, idle=5 * IDLE))
    [letter] = live.dead_letters({{ c.name | py }})
    assert letter.body == b"\xff{no message"
    assert "unreadable" in letter.reason
    assert (seen, found.processed, found.dead_lettered) == ([{{ c.sample }}], 1, 1)

{% endif %}

def test_a_batch_arrives_whole(live: LiveQueue) -> None:
    names = live.call({{ q(c.batch) }}([{{ c.sample }}] * 25))
    seen: list[str] = []

    def note(message: object) -> None:
        delivery = current_delivery()
        assert delivery is not None
        seen.append(delivery.id)

    live.call({{ q(c.consume) }}(note, limit=25, idle=5 * IDLE))
    assert sorted(seen) == sorted(names)


def test_messages_that_a_stopped_consumer_did_not_begin_go_back(live: LiveQueue) -> None:
    stop, seen = threading.Event(), list[Any]()

    def stop_after_one(message: object) -> None:
        seen.append(message)
        stop.set()

    live.call({{ q(c.batch) }}([{{ c.sample }}] * 3))
    found = live.call({{ q(c.consume) }}(stop_after_one, concurrency=1, stop=stop, idle=5 * IDLE))
    assert (found.processed, found.stopped_by) == (1, "stop")
    live.call({{ q(c.consume) }}(seen.append, limit=2, idle=10 * IDLE))
    assert len(seen) == 3


def test_a_message_that_is_delivered_twice_is_handled_once(live: LiveQueue) -> None:
    seen: list[Any] = []
    handler = Idempotent(MemoryStore())(seen.append)
    for _ in range(2):
        live.call({{ q(c.publish) }}({{ c.sample }}, message_id="m-1"))
    live.call({{ q(c.consume) }}(handler, limit=2, idle=IDLE))
    assert seen == [{{ c.sample }}]

{% set ordered = both | selectattr("ordered") | list %}
{% if ordered %}
{% set c = ordered[0] %}

def test_messages_of_one_key_are_handled_one_after_another_in_their_order(live: LiveQueue) -> None:
    busy, seen = set[str](), dict[str, list[str]]()

    def publish(queue: Any, key: str) -> Any:
        return queue.{{ c.publish }}({{ c.sample }}, key=key)

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
    live.call({{ q(c.consume) }}(note, concurrency=4, limit=12, idle=5 * IDLE))
    assert seen == sent

{% endif %}
{% endif %}
