"""NATS' driver at a server: confirmed, consumed, retried, dead, and never lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

pytest.importorskip("nats")

from integrations.runtime import (
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    NotFoundError,
    Secret,
)
from integrations.runtime._clock import SYSTEM_CLOCK
from integrations.runtime._queues.messages import (
    FIRST_FAILED,
    REASON,
    Delivery,
    Outgoing,
    PartlyPublishedError,
    Route,
)
from integrations.runtime._queues.nats import aconnect
from integrations.runtime._queues.nats_blocking import NatsBroker
from integrations.runtime._queues.nats_link import WINDOW
from integrations.runtime._queues.settings import QueueSettings
from integrations.runtime.testing import FaultProxy, server

from .at_server import bodies, broker, outgoing, received, route

running = server("nats")
URL = running.fresh("nats_driver")


@pytest.fixture
def nats() -> Iterator[NatsBroker]:
    made = broker(URL)
    yield made
    made.close()


@pytest.fixture
def orders(nats: NatsBroker) -> Route:
    made = route()
    nats.declare(made)
    return made


def test_what_was_confirmed_is_consumed_as_it_was_sent(nats: NatsBroker, orders: Route) -> None:
    sent = Outgoing(b"\x00\xff bytes\r\n", "id-1", "customer-7", {"traceparent": "00-é"})
    nats.publish(orders, [sent, *outgoing("")], 5)
    subscription = nats.subscribe(orders)
    got, empty = received(subscription, 2)
    subscription.close()
    assert (got.body, got.id, got.key, got.attempt) == (sent.body, "id-1", "customer-7", 1)
    assert got.headers["traceparent"] == "00-é"
    assert (empty.body, empty.key) == (b"", None)


def test_more_messages_than_fit_under_way_are_all_stored(nats: NatsBroker, orders: Route) -> None:
    number = WINDOW + 500
    nats.publish(orders, [Outgoing(b"%d" % n, f"id-{n}") for n in range(number)], 20)
    subscription = nats.subscribe(orders)
    got: list[bytes] = []
    while batch := subscription.receive(1000, 1.0):
        got += [delivery.body for delivery in batch]
        subscription.ack(batch)
    subscription.close()
    assert got == [b"%d" % n for n in range(number)]


def test_a_message_published_twice_is_stored_once(nats: NatsBroker, orders: Route) -> None:
    nats.publish(orders, outgoing("a"), 5)
    nats.publish(orders, outgoing("a", "b"), 5)
    subscription = nats.subscribe(orders)
    assert bodies(received(subscription, 2)) == ["a", "b"]
    subscription.close()


def test_what_is_acked_does_not_come_again_and_the_rest_does_at_once(nats: NatsBroker, orders: Route) -> None:
    nats.publish(orders, outgoing("a", "b", "c"), 5)
    first = nats.subscribe(orders)
    a, b, c = received(first, 3)
    first.ack([a, c])
    first.close()
    begun = time.monotonic()
    second = nats.subscribe(orders)
    (again,) = received(second, 1)
    assert (again.body, again.attempt) == (b.body, 2)
    assert time.monotonic() - begun < 5  # long before its lease is over
    second.ack([again])
    assert received(second, 1, 0.5) == []
    second.close()


def test_what_was_not_handed_out_yet_goes_back_too(nats: NatsBroker, orders: Route) -> None:
    first = nats.subscribe(orders)
    assert first.receive(10, 0.05) == []  # ten are asked for
    nats.publish(orders, outgoing("a", "b"), 5)
    first.close()
    second = nats.subscribe(orders)
    assert sorted(bodies(received(second, 2))) == ["a", "b"]
    second.close()


def test_a_retry_comes_when_it_is_due_and_blocks_nothing(nats: NatsBroker, orders: Route) -> None:
    nats.publish(orders, outgoing("poison", "good"), 5)
    subscription = nats.subscribe(orders)
    poison, good = received(subscription, 2)
    begun = time.monotonic()
    subscription.retry(poison, 0.5)
    nats.publish(orders, outgoing("later"), 5)
    assert bodies(received(subscription, 1)) == ["later"]
    (again,) = received(subscription, 1)
    assert time.monotonic() - begun > 0.45
    assert (again.body, again.attempt) == (b"poison", 2)
    subscription.ack([good, again])
    subscription.close()


def test_a_message_published_with_a_delay_comes_when_it_is_due(nats: NatsBroker, orders: Route) -> None:
    nats.publish(orders, outgoing("late", delay=0.5), 5)
    nats.publish(orders, outgoing("now"), 5)
    begun = time.monotonic()
    subscription = nats.subscribe(orders)
    assert bodies(received(subscription, 1)) == ["now"]
    (late,) = received(subscription, 1)
    assert (late.body, late.attempt) == (b"late", 1)
    assert time.monotonic() - begun > 0.4
    subscription.close()


def test_a_dead_letter_has_the_bytes_the_headers_and_the_reason(nats: NatsBroker, orders: Route) -> None:
    nats.publish(orders, [Outgoing(b"\xff\x00", "id-1", "one", {"tenant": "x"})], 5)
    subscription = nats.subscribe(orders)
    subscription.dead_letter(received(subscription, 1)[0], "unreadable: ü")
    assert received(subscription, 1, 0.3) == []
    subscription.close()
    graveyard = nats.subscribe(route(address=orders.dead_letter, channel="dead"))
    (dead,) = received(graveyard, 1)
    graveyard.close()
    assert (dead.body, dead.key) == (b"\xff\x00", "one")
    assert dead.headers["tenant"] == "x"
    assert dead.headers[REASON] == "unreadable: ü"
    assert dead.headers[FIRST_FAILED].startswith("20")


def test_a_dead_letter_is_not_taken_for_a_duplicate_where_one_stream_has_both(nats: NatsBroker) -> None:
    both = route()

    async def make() -> None:
        import nats as client

        connection = await client.connect(URL)
        await connection.jetstream().add_stream(
            name=both.address.replace(".", "_"), subjects=[f"{both.address}.>", both.address]
        )
        await connection.close()

    asyncio.run(make())
    nats.declare(both)
    nats.publish(both, outgoing("a"), 5)
    subscription = nats.subscribe(both)
    subscription.dead_letter(received(subscription, 1)[0], "why not")
    subscription.close()
    graveyard = nats.subscribe(route(address=both.dead_letter, channel="dead"))
    assert bodies(received(graveyard, 1)) == ["a"]
    graveyard.close()


def test_a_message_whose_time_is_extended_stays_with_its_consumer(nats: NatsBroker) -> None:
    slow = route(options={"ack_wait": 1})
    nats.declare(slow)
    nats.publish(slow, outgoing("slow", "forgotten"), 5)
    subscription = nats.subscribe(slow)
    assert subscription.lease == 1
    kept, _ = received(subscription, 2)
    again: list[Delivery] = []
    until = time.monotonic() + 2.0
    while time.monotonic() < until:
        subscription.extend(kept)
        again += subscription.receive(2, 0.3)
    assert bodies(again)[0] == "forgotten"
    assert "slow" not in bodies(again)
    subscription.ack([kept])
    subscription.close()


def test_two_groups_get_every_message_and_two_consumers_of_one_share_them(nats: NatsBroker) -> None:
    one = route(group="billing")
    nats.declare(one)
    other = Route(one.channel, one.address, one.dead_letter, group="audit")
    nats.publish(one, [Outgoing(b"%d" % n, f"id-{n}") for n in range(10)], 5)
    first, second, third = nats.subscribe(one), nats.subscribe(one), nats.subscribe(other)
    shared = [*received(first, 5), *received(second, 5)]
    assert sorted(int(each.body) for each in shared) == list(range(10))
    assert [int(each.body) for each in received(third, 10)] == list(range(10))
    for each in (first, second, third):
        each.close()


def test_a_consumer_takes_no_more_than_it_asked_for(nats: NatsBroker, orders: Route) -> None:
    nats.publish(orders, [Outgoing(b"%d" % n, f"id-{n}") for n in range(10)], 5)
    first, second = nats.subscribe(orders), nats.subscribe(orders)
    assert len(received(first, 3)) == 3
    assert len(received(second, 7)) == 7
    first.close()
    second.close()


def test_a_reset_connection_is_told_and_the_rest_comes_again(orders: Route) -> None:
    address = URL.rpartition("@")[0] + "@"
    with FaultProxy("127.0.0.1", running.port) as proxy:
        nats = broker(f"{address}{proxy.host}:{proxy.port}")
        nats.publish(orders, outgoing("a", "b"), 5)
        subscription = nats.subscribe(orders)
        a, b = received(subscription, 2)
        subscription.ack([a])
        nats.healthcheck(5)  # so that the ack is at the server
        proxy.reset()
        with pytest.raises(ConnectionFailedError) as caught:
            received(subscription, 1)
        assert caught.value.retryable
        with pytest.raises(ConnectionFailedError):
            subscription.ack([b])  # it is stale
        subscription.close()
        again = nats.subscribe(orders)
        nats.publish(orders, outgoing("c"), 5)
        assert bodies(received(again, 1)) == ["c"]
        again.close()
        nats.close()


def test_a_publisher_whose_connection_breaks_is_told_that_it_is_not_confirmed(orders: Route) -> None:
    address = URL.rpartition("@")[0] + "@"
    with FaultProxy("127.0.0.1", running.port) as proxy:
        nats = broker(f"{address}{proxy.host}:{proxy.port}")
        nats.healthcheck(5)
        proxy.partition()
        with pytest.raises(ConnectionFailedError):
            nats.publish(orders, outgoing("a"), 0.4)
        proxy.heal()
        proxy.reset()
        with suppress(ConnectionFailedError):  # unless it knows already that this connection is dead
            nats.publish(orders, outgoing("a"), 5)
        nats.publish(orders, outgoing("a"), 5)  # the same id: stored once, whatever became of the others
        subscription = nats.subscribe(orders)
        assert bodies(received(subscription, 2, 0.6)) == ["a"]
        subscription.close()
        nats.close()


def test_what_is_in_hand_when_the_server_restarts_comes_again(nats: NatsBroker) -> None:
    if not running.ours:
        pytest.skip("this server is somebody else's")
    orders = route(options={"ack_wait": 2})
    nats.declare(orders)
    nats.publish(orders, outgoing("a", "b"), 5)
    subscription = nats.subscribe(orders)
    a, _ = received(subscription, 2)
    subscription.ack([a])
    nats.healthcheck(5)
    running.kill()
    with pytest.raises(ConnectionFailedError):
        received(subscription, 1)
    with pytest.raises(ConnectionFailedError) as caught:
        nats.subscribe(orders)
    assert caught.value.undone
    running.restart()
    again = nats.subscribe(orders)
    attempts = {each.body: each.attempt for each in received(again, 2, 4.0)}
    assert attempts[b"b"] == 2  # and perhaps a, whose ack the killed server had not written yet
    again.close()


def test_wrong_credentials_are_refused() -> None:
    wrong = broker(f"nats://s1:wrong@127.0.0.1:{running.port}")
    with pytest.raises(AuthenticationError) as caught:
        wrong.healthcheck(5)
    assert "wrong" not in str(caught.value)
    wrong.close()


def test_a_message_that_is_too_large_is_told_by_its_index(nats: NatsBroker, orders: Route) -> None:
    batch = [*outgoing("a"), Outgoing(bytes(2_000_000), "large"), *outgoing("b")]
    with pytest.raises(PartlyPublishedError) as caught:
        nats.publish(orders, batch, 5)
    assert caught.value.failed == (1,)
    assert not caught.value.retryable
    subscription = nats.subscribe(orders)
    assert bodies(received(subscription, 2)) == ["a", "b"]
    subscription.close()


def test_a_subject_that_no_stream_takes_is_not_found(nats: NatsBroker) -> None:
    with pytest.raises(NotFoundError, match="no stream"):
        nats.publish(route(), outgoing("a"), 5)


def test_a_consumer_that_nobody_made_is_not_found(nats: NatsBroker, orders: Route) -> None:
    from nats.js.errors import NotFoundError as Missing

    with pytest.raises(Missing) as caught:
        nats.subscribe(Route(orders.channel, orders.address, orders.dead_letter, declare=False))
    assert isinstance(nats.translate(caught.value), NotFoundError)


def test_an_unknown_option_of_a_channel_is_refused(nats: NatsBroker) -> None:
    with pytest.raises(ConfigurationError, match=r"options\.max_acks is unknown"):
        nats.declare(route(options={"max_acks": 3}))


def test_a_closed_broker_says_so(nats: NatsBroker) -> None:
    nats.close()
    nats.close()
    with pytest.raises(ConnectionFailedError, match="closed"):
        nats.healthcheck(1)


def test_the_async_form_does_the_same(orders: Route) -> None:
    async def go() -> tuple[list[str], int]:
        nats = aconnect(QueueSettings(service="NATS"), Secret(URL), SYSTEM_CLOCK)
        await nats.declare(orders)
        await nats.healthcheck(5)
        await nats.publish(orders, outgoing("a", "b"), 5)
        subscription = await nats.subscribe(orders)
        got = list(await subscription.receive(2, 5.0))
        while len(got) < 2:
            got += await subscription.receive(2, 1.0)
        await subscription.ack(got[:1])
        await subscription.retry(got[1], 0.0)
        (again,) = await subscription.receive(2, 5.0)
        await subscription.dead_letter(again, "why not")
        assert await subscription.receive(0, 0.01) == ()
        await subscription.close()
        await nats.close()
        return bodies(got), again.attempt

    assert asyncio.run(asyncio.wait_for(go(), 30)) == (["a", "b"], 2)
