"""Kafka's driver at a broker: confirmed, consumed, retried, dead, in the right order, and never lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

pytest.importorskip("confluent_kafka")

from confluent_kafka import KafkaException

from integrations.runtime import (
    ConfigurationError,
    ConnectionFailedError,
    NotFoundError,
    RequestTimeoutError,
    Secret,
)
from integrations.runtime._clock import SYSTEM_CLOCK
from integrations.runtime._queues.kafka import KafkaBroker, aconnect
from integrations.runtime._queues.messages import (
    FIRST_FAILED,
    REASON,
    Delivery,
    Outgoing,
    PartlyPublishedError,
    Route,
)
from integrations.runtime._queues.settings import QueueSettings
from integrations.runtime.testing import server

from .at_broker import bodies, broker, eventually, outgoing, received, route

running = server("kafka")
FEW = {"partitions": 1}


@pytest.fixture
def kafka() -> Iterator[KafkaBroker]:
    made = broker(running.url)
    yield made
    made.close()


@pytest.fixture
def orders(kafka: KafkaBroker) -> Route:
    made = route(options=FEW)
    kafka.declare(made)
    return made


def test_what_was_confirmed_is_consumed_as_it_was_sent(kafka: KafkaBroker, orders: Route) -> None:
    sent = Outgoing(b"\x00\xff bytes", "id-1", "customer-7", {"traceparent": "00-é"})
    kafka.publish(orders, [sent], 8)
    subscription = kafka.subscribe(orders)
    (got,) = received(subscription, 1)
    subscription.close()
    assert (got.body, got.id, got.key, got.attempt) == (sent.body, "id-1", "customer-7", 1)
    assert got.headers["traceparent"] == "00-é"


def test_a_message_of_a_stranger_has_the_id_of_its_place(kafka: KafkaBroker, orders: Route) -> None:
    from confluent_kafka import Producer

    stranger = Producer({"bootstrap.servers": running.url.removeprefix("kafka://")})
    stranger.produce(orders.address, None)
    stranger.flush(8)
    subscription = kafka.subscribe(orders)
    (got,) = received(subscription, 1)
    subscription.close()
    assert (got.body, got.id, got.key) == (b"", f"{orders.address}/0/0", None)


def test_an_ack_commits_nothing_past_an_unsettled_message(kafka: KafkaBroker, orders: Route) -> None:
    kafka.publish(orders, outgoing("a", "b", "c", "d"), 8)
    first = kafka.subscribe(orders)
    a, b, c, _ = received(first, 4)
    first.ack([c])
    first.ack([a])
    first.close()
    second = kafka.subscribe(orders)
    assert bodies(received(second, 3)) == ["b", "c", "d"]
    second.close()
    assert b.attempt == 1


def test_what_is_acked_does_not_come_again(kafka: KafkaBroker, orders: Route) -> None:
    kafka.publish(orders, outgoing("a", "b"), 8)
    first = kafka.subscribe(orders)
    first.ack(received(first, 2))
    first.close()
    kafka.publish(orders, outgoing("c"), 8)
    second = kafka.subscribe(orders)
    assert bodies(received(second, 1)) == ["c"]
    second.close()


def test_a_retry_comes_when_it_is_due_and_blocks_nothing(kafka: KafkaBroker, orders: Route) -> None:
    kafka.publish(orders, outgoing("poison", "good", key="one"), 8)
    subscription = kafka.subscribe(orders)
    poison, good = received(subscription, 2)
    begun = time.monotonic()
    subscription.retry(poison, 0.6)
    kafka.publish(orders, outgoing("later", key="one"), 8)
    assert bodies(received(subscription, 1)) == ["later"]
    (again,) = received(subscription, 1)
    assert time.monotonic() - begun > 0.55
    assert (again.body, again.id, again.key, again.attempt) == (b"poison", "id-poison", "one", 2)
    subscription.ack([good, again])
    subscription.close()


def test_a_retry_outlives_its_consumer(kafka: KafkaBroker, orders: Route) -> None:
    kafka.publish(orders, outgoing("a"), 8)
    first = kafka.subscribe(orders)
    first.retry(received(first, 1)[0], 0.3)
    first.close()
    second = kafka.subscribe(orders)
    (again,) = received(second, 1)
    assert (again.body, again.attempt) == (b"a", 2)
    second.retry(again, 0.0)
    assert received(second, 1)[0].attempt == 3
    second.close()


def test_a_retry_of_one_group_is_not_handled_by_another(kafka: KafkaBroker, orders: Route) -> None:
    from dataclasses import replace

    kafka.publish(orders, outgoing("a"), 8)
    ours, theirs = (kafka.subscribe(replace(orders, group=f"{orders.address}-{n}")) for n in (1, 2))
    theirs.ack(received(theirs, 1))
    ours.retry(received(ours, 1)[0], 0.0)
    assert received(ours, 1)[0].attempt == 2
    kafka.publish(orders, outgoing("b"), 8)
    assert bodies(received(theirs, 1)) == ["b"]
    ours.close()
    theirs.close()


def test_a_message_published_with_a_delay_comes_when_it_is_due(kafka: KafkaBroker, orders: Route) -> None:
    subscription = kafka.subscribe(orders)
    kafka.publish(orders, outgoing("first"), 8)
    assert bodies(received(subscription, 1)) == ["first"]  # it has joined its group
    begun = time.monotonic()
    kafka.publish(orders, outgoing("late", delay=0.7), 8)
    kafka.publish(orders, outgoing("now"), 8)
    assert bodies(received(subscription, 1)) == ["now"]
    (late,) = received(subscription, 1)
    assert (late.body, late.attempt) == (b"late", 1)
    assert time.monotonic() - begun > 0.65
    subscription.close()


def test_a_dead_letter_has_the_bytes_the_headers_and_the_reason(kafka: KafkaBroker, orders: Route) -> None:
    kafka.publish(orders, [Outgoing(b"\xff\x00", "id-1", "one", {"tenant": "x"})], 8)
    subscription = kafka.subscribe(orders)
    subscription.dead_letter(received(subscription, 1)[0], "unreadable: ü")
    subscription.close()
    graveyard = kafka.subscribe(route(address=orders.dead_letter))
    (dead,) = received(graveyard, 1)
    graveyard.close()
    assert (dead.body, dead.id, dead.key) == (b"\xff\x00", "id-1", "one")
    assert dead.headers["tenant"] == "x"
    assert dead.headers[REASON] == "unreadable: ü"
    assert dead.headers[FIRST_FAILED].startswith("20")
    kafka.publish(orders, outgoing("next"), 8)
    left = kafka.subscribe(orders)
    assert bodies(received(left, 1)) == ["next"]
    left.close()


def test_a_message_of_one_key_follows_the_other(kafka: KafkaBroker) -> None:
    many = route(options={"partitions": 4})
    kafka.declare(many)
    sent = [Outgoing(f"{key}{n}".encode(), f"{key}{n}", key) for n in range(25) for key in "abcd"]
    kafka.publish(many, sent, 8)
    subscription = kafka.subscribe(many)
    got = bodies(received(subscription, 100))
    subscription.close()
    for key in "abcd":
        assert [body for body in got if body[0] == key] == [f"{key}{n}" for n in range(25)]


def test_a_second_consumer_gets_its_share_and_the_first_settles_nothing_of_it(kafka: KafkaBroker) -> None:
    shared = route(options={"partitions": 2})
    kafka.declare(shared)
    kafka.publish(shared, [Outgoing(b"%d" % n, f"id-{n}", str(n)) for n in range(20)], 8)
    first, second = kafka.subscribe(shared), kafka.subscribe(shared)
    stale: list[Delivery] = []
    fresh: list[Delivery] = []

    def both_have_some() -> bool:
        stale.extend(first.receive(100, 0.05))
        fresh.extend(second.receive(100, 0.05))
        return bool(fresh) and bool(stale)

    assert eventually(both_have_some)
    first.ack(stale)  # those of the partition that was taken away are not ours to settle any more
    second.close()
    taken = {delivery.id for delivery in fresh}
    again: set[str] = set()

    def comes_again() -> bool:
        again.update(delivery.id for delivery in first.receive(100, 0.1))
        return taken <= again

    assert eventually(comes_again)
    first.close()


def test_what_is_in_hand_when_the_broker_restarts_comes_again(kafka: KafkaBroker, orders: Route) -> None:
    if not running.ours or running.keeps == "nothing":
        pytest.skip("this broker cannot be restarted with its data")
    kafka.publish(orders, outgoing("a", "b", "c"), 8)
    subscription = kafka.subscribe(orders)
    a, *_ = received(subscription, 3)
    subscription.ack([a])
    time.sleep(0.1)
    subscription.receive(1, 0.1)  # commits
    running.stop()
    with pytest.raises(ConnectionFailedError) as caught:
        received(subscription, 1)
    assert caught.value.retryable
    subscription.close()
    running.restart()
    again = kafka.subscribe(orders)
    assert bodies(received(again, 2)) == ["b", "c"]
    again.close()


def test_a_broker_that_is_away_confirms_nothing(kafka: KafkaBroker) -> None:
    away = broker("kafka://127.0.0.1:9")
    begun = time.monotonic()
    with pytest.raises(RequestTimeoutError):
        away.publish(route(), outgoing("a"), 0.5)
    assert time.monotonic() - begun < 3
    with pytest.raises(KafkaException) as caught:
        away.healthcheck(0.5)
    assert isinstance(away.translate(caught.value), ConnectionFailedError)


def test_a_message_that_is_too_large_is_told_by_its_index(kafka: KafkaBroker, orders: Route) -> None:
    batch = [*outgoing("a"), Outgoing(bytes(5_000_000), "large"), *outgoing("b")]
    with pytest.raises(PartlyPublishedError) as caught:
        kafka.publish(orders, batch, 8)
    assert caught.value.failed == (1,)
    assert caught.value.code == "MSG_SIZE_TOO_LARGE"
    assert not caught.value.retryable


def test_a_topic_that_nobody_made_is_not_found(kafka: KafkaBroker) -> None:
    subscription = kafka.subscribe(route(declare=False))
    with pytest.raises(NotFoundError) as caught:
        received(subscription, 1)
    assert not caught.value.retryable
    subscription.close()


def test_declaring_twice_changes_nothing(kafka: KafkaBroker, orders: Route) -> None:
    kafka.publish(orders, outgoing("a"), 8)
    kafka.declare(orders)
    subscription = kafka.subscribe(orders)
    assert bodies(received(subscription, 1)) == ["a"]
    subscription.close()


def test_an_unknown_option_of_a_channel_is_refused(kafka: KafkaBroker) -> None:
    with pytest.raises(ConfigurationError, match=r"options\.partition is unknown"):
        kafka.declare(route(options={"partition": 3}))


def test_a_consumer_that_takes_nothing_keeps_what_it_has_and_loses_nothing(
    kafka: KafkaBroker, orders: Route
) -> None:
    kafka.publish(orders, outgoing("a", "b", "c"), 8)
    subscription = kafka.subscribe(orders)
    (a,) = received(subscription, 1)
    begun = time.monotonic()
    for _ in range(3):
        assert subscription.receive(0, 0.2) == ()
    assert time.monotonic() - begun > 0.35  # it waited, and did not spin
    assert bodies(received(subscription, 2)) == ["b", "c"]
    subscription.ack([a])
    subscription.close()


def test_a_transaction_publishes_and_settles_both_or_neither(orders: Route) -> None:
    kafka = broker(running.url, transactional_id=f"{orders.address}-1")
    results = route(options=FEW)
    kafka.declare(results)
    kafka.publish(orders, outgoing("a", "b"), 8)
    subscription = kafka.subscribe(orders)
    first, second = received(subscription, 2)
    kafka.publish_and_ack(results, outgoing("A"), subscription, [first], 8)
    with pytest.raises(Exception, match="MSG_SIZE_TOO_LARGE"):
        kafka.publish_and_ack(
            results, [*outgoing("B"), Outgoing(bytes(5_000_000), "large")], subscription, [second], 8
        )
    with pytest.raises(Exception, match="MSG_SIZE_TOO_LARGE"):
        subscription.receive(1, 0.1)
    subscription.close()
    kafka.publish(results, outgoing("C"), 8)
    outcome, left = kafka.subscribe(results), kafka.subscribe(orders)
    assert bodies(received(left, 1)) == ["b"]
    assert bodies(received(outcome, 2)) == ["A", "C"]
    for each in (outcome, left):
        each.close()
    kafka.close()


def test_settling_in_a_transaction_needs_an_id(kafka: KafkaBroker, orders: Route) -> None:
    subscription = kafka.subscribe(orders)
    with pytest.raises(ConfigurationError, match="transactional_id"):
        kafka.publish_and_ack(orders, [], subscription, [], 8)
    subscription.close()


def test_the_async_form_does_the_same(orders: Route) -> None:
    async def go() -> tuple[list[str], int, list[str]]:
        settings = QueueSettings(service="Kafka", options={"session_timeout": 6})
        kafka = aconnect(settings, Secret(running.url), SYSTEM_CLOCK)
        await kafka.declare(orders)
        await kafka.healthcheck(8)
        await kafka.publish(orders, outgoing("a", "b", "c"), 8)
        subscription = await kafka.subscribe(orders)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await subscription.receive(3, 8.0)
        got = list(await subscription.receive(3, 0.1))
        while len(got) < 3:
            got += await subscription.receive(3, 0.2)
        await subscription.ack(got[:1])
        await subscription.retry(got[1], 0.0)
        await subscription.dead_letter(got[2], "why not")
        again: list[Delivery] = []
        while not again:
            again += await subscription.receive(1, 0.2)
        await subscription.close()
        graveyard = await kafka.subscribe(route(address=orders.dead_letter))
        dead: list[Delivery] = []
        while not dead:
            dead += await graveyard.receive(1, 0.2)
        await graveyard.close()
        await kafka.close()
        return bodies(got), again[0].attempt, bodies(dead)

    assert asyncio.run(asyncio.wait_for(go(), 30)) == (["a", "b", "c"], 2, ["c"])
