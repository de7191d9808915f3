"""What is published arrives, what is not settled comes again, what cannot be delivered is an error."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pika
import pytest

from integrations.runtime import ConnectionFailedError, InvalidArgumentError, NotFoundError, UnavailableError
from integrations.runtime._queues.messages import FIRST_FAILED, REASON, Outgoing, PartlyPublishedError, Route

from .conftest import Rabbit, drained, messages

Routes = Callable[..., Route]


@pytest.fixture(params=["quorum", "classic"])
def kind(rabbit: Rabbit, request: pytest.FixtureRequest) -> dict[str, Any]:
    if (rabbit.form, request.param) == ("async", "classic"):
        pytest.skip("both forms with quorum queues, and classic ones with one form, show all there is")
    return {"options": {"queue_type": request.param}}


def test_what_is_published_arrives_with_its_id_key_and_headers(
    rabbit: Rabbit, route: Routes, kind: dict[str, Any]
) -> None:
    broker, orders = rabbit.client(), route(**kind)
    broker.declare(orders)
    broker.publish(orders, [Outgoing(b"\x00\xff", "id-1", "customer-7", {"traceparent": "00-1"})], 5)
    (got,) = broker.subscribe(orders).receive(10, 5)
    assert (got.body, got.id, got.key, got.headers) == (
        b"\x00\xff",
        "id-1",
        "customer-7",
        {"traceparent": "00-1"},
    )
    assert got.attempt == 1


def test_a_batch_arrives_whole_and_in_order(rabbit: Rabbit, route: Routes, kind: dict[str, Any]) -> None:
    broker, orders = rabbit.client(), route(**kind)
    broker.declare(orders)
    broker.publish(orders, messages(500), 10)
    assert [got.id for got in drained(broker.subscribe(orders))] == [f"id-{n}" for n in range(500)]


def test_a_message_that_no_queue_takes_is_an_error(rabbit: Rabbit, route: Routes) -> None:
    with pytest.raises(NotFoundError, match="no queue takes messages"):
        rabbit.client().publish(route(), messages(3), 5)


def test_messages_that_the_broker_does_not_accept_are_told_by_index(rabbit: Rabbit, route: Routes) -> None:
    full = route()
    with pika.BlockingConnection(pika.URLParameters(rabbit.url)) as connection:
        arguments = {"x-max-length": 2, "x-overflow": "reject-publish"}
        connection.channel().queue_declare(full.address, durable=True, arguments=arguments)
    broker = rabbit.client()
    with pytest.raises(PartlyPublishedError) as caught:
        broker.publish(full, messages(4), 5)
    assert set(caught.value.failed) <= {2, 3}
    assert 3 in caught.value.failed
    assert caught.value.retryable
    with pytest.raises(UnavailableError):
        broker.publish(full, messages(1), 5)


def test_what_is_not_acked_comes_again_and_what_is_acked_does_not(
    rabbit: Rabbit, route: Routes, kind: dict[str, Any]
) -> None:
    broker, orders = rabbit.client(), route(**kind)
    broker.declare(orders)
    broker.publish(orders, messages(6), 5)
    first = broker.subscribe(orders)
    got = first.receive(6, 5)
    while len(got) < 6:
        got += first.receive(6, 5)
    first.ack([got[0], got[3], got[5]])
    first.close()
    again = drained(broker.subscribe(orders))
    assert sorted(delivery.id for delivery in again) == ["id-1", "id-2", "id-4"]
    assert {delivery.attempt for delivery in again} == {2}  # a broker's redelivery counts


def test_a_message_that_is_handed_out_again_and_again_counts_up_on_a_quorum_queue(
    rabbit: Rabbit, route: Routes
) -> None:
    broker, orders = rabbit.client(), route()
    broker.declare(orders)
    broker.publish(orders, messages(1), 5)
    attempts = []
    for _ in range(4):
        subscription = broker.subscribe(orders)
        attempts += [delivery.attempt for delivery in subscription.receive(1, 5)]
        subscription.close()
    assert attempts == [1, 2, 3, 4]


def test_a_retry_comes_after_its_delay_with_the_next_attempt(
    rabbit: Rabbit, route: Routes, kind: dict[str, Any]
) -> None:
    broker, orders = rabbit.client(), route(**kind)
    broker.declare(orders)
    broker.publish(orders, [Outgoing(b"x", "id-1", "key", {"trace": "1"})], 5)
    subscription = broker.subscribe(orders)
    (got,) = subscription.receive(1, 5)
    started = time.monotonic()
    subscription.retry(got, 0.3)
    (again,) = subscription.receive(1, 5)
    assert time.monotonic() - started >= 0.3
    assert (again.body, again.id, again.key, again.headers) == (b"x", "id-1", "key", {"trace": "1"})
    assert again.attempt == 2
    subscription.retry(again, 0.0)
    (last,) = subscription.receive(1, 5)
    assert last.attempt == 3
    subscription.ack([last])
    subscription.close()
    assert drained(broker.subscribe(orders)) == []


def test_a_dead_letter_has_the_untouched_bytes_and_headers_and_the_reason(
    rabbit: Rabbit, route: Routes, kind: dict[str, Any]
) -> None:
    broker, orders = rabbit.client(), route(**kind)
    broker.declare(orders)
    broker.publish(orders, [Outgoing(b"{bad", "id-1", "key", {"trace": "1"})], 5)
    subscription = broker.subscribe(orders)
    (got,) = subscription.receive(1, 5)
    subscription.dead_letter(got, "unreadable: no JSON")
    (dead,) = broker.subscribe(route(address=orders.dead_letter, dead_letter="none", **kind)).receive(1, 5)
    assert (dead.body, dead.id, dead.key) == (b"{bad", "id-1", "key")
    assert dead.headers["trace"] == "1"
    assert dead.headers[REASON] == "unreadable: no JSON"
    assert dead.headers[FIRST_FAILED].endswith("+00:00")
    subscription.close()
    assert drained(broker.subscribe(orders)) == []


def test_without_a_place_for_dead_letters_the_original_stays(rabbit: Rabbit, route: Routes) -> None:
    broker, orders = rabbit.client(), route()
    broker.declare(orders)
    with pika.BlockingConnection(pika.URLParameters(rabbit.url)) as connection:
        connection.channel().queue_delete(orders.dead_letter)
    broker.publish(orders, messages(1), 5)
    subscription = broker.subscribe(orders)
    (got,) = subscription.receive(1, 5)
    with pytest.raises(NotFoundError):
        subscription.dead_letter(got, "poison")
    subscription.close()
    assert [delivery.id for delivery in drained(broker.subscribe(orders))] == ["id-0"]


def test_a_delayed_message_waits_and_the_others_do_not(rabbit: Rabbit, route: Routes) -> None:
    broker, orders = rabbit.client(), route()
    broker.declare(orders)
    subscription = broker.subscribe(orders)
    started = time.monotonic()
    broker.publish(orders, [Outgoing(b"late", "late", delay=0.4), Outgoing(b"now", "now")], 5)
    assert [delivery.id for delivery in subscription.receive(1, 5)] == ["now"]
    assert [delivery.id for delivery in subscription.receive(1, 5)] == ["late"]
    assert time.monotonic() - started >= 0.4


def test_a_delay_beyond_the_broker_s_limit_is_refused(rabbit: Rabbit, route: Routes) -> None:
    with pytest.raises(InvalidArgumentError, match="days"):
        rabbit.client().publish(route(), [Outgoing(b"x", "1", delay=5e6)], 5)


def test_through_an_exchange_messages_and_delayed_ones_find_the_queue(rabbit: Rabbit, route: Routes) -> None:
    options = {"exchange": f"x-{route().address}", "routing_key": "orders.created", "binding": "orders.*"}
    broker, orders = rabbit.client(), route(options=options)
    broker.declare(orders)
    broker.publish(orders, [Outgoing(b"1", "now"), Outgoing(b"2", "late", delay=0.2)], 5)
    subscription = broker.subscribe(orders)
    got = [*subscription.receive(1, 5), *subscription.receive(1, 5)]
    assert [delivery.id for delivery in got] == ["now", "late"]
    subscription.retry(got[0], 0.1)  # comes back to this queue alone, not through the exchange
    assert [delivery.attempt for delivery in subscription.receive(1, 5)] == [2]


def test_an_ordered_queue_has_one_consumer_and_another_stands_by(rabbit: Rabbit, route: Routes) -> None:
    broker, orders = rabbit.client(), route(ordered=True)
    broker.declare(orders)
    active, standby = broker.subscribe(orders), broker.subscribe(orders)
    broker.publish(orders, messages(3), 5)
    got = drained(active)
    assert [delivery.id for delivery in got] == ["id-0", "id-1", "id-2"]
    assert standby.receive(1, 0.2) == []
    active.close()
    broker.publish(orders, messages(1), 5)
    assert [delivery.id for delivery in standby.receive(1, 5)] == ["id-0"]


def test_a_queue_that_is_there_is_used_as_it_is(rabbit: Rabbit, route: Routes) -> None:
    broker, orders = rabbit.client(), route()
    with pika.BlockingConnection(pika.URLParameters(rabbit.url)) as connection:
        connection.channel().queue_declare(orders.address, durable=True)
    broker.declare(orders)
    broker.declare(orders)
    broker.publish(orders, messages(1), 5)
    assert len(drained(broker.subscribe(orders))) == 1


def test_prefetch_bounds_what_a_slow_consumer_holds(rabbit: Rabbit, route: Routes) -> None:
    broker, orders = rabbit.client(), route(prefetch=5)
    broker.declare(orders)
    broker.publish(orders, messages(50), 5)
    subscription = broker.subscribe(orders)
    time.sleep(0.3)
    got = list(subscription.receive(50, 1))
    while more := subscription.receive(50, 0.3):
        got += more
    assert len(got) == 5
    subscription.ack(got[:2])
    time.sleep(0.2)
    assert len(subscription.receive(50, 1)) in (1, 2)


def test_after_close_nothing_is_sent_and_nothing_waits(rabbit: Rabbit, route: Routes) -> None:
    broker = rabbit.client()
    broker.healthcheck(5)
    broker.close()
    broker.close()
    with pytest.raises(ConnectionFailedError) as caught:
        broker.publish(route(), messages(1), 5)
    assert not caught.value.retryable


def test_a_message_of_somebody_else_needs_no_id(rabbit: Rabbit, route: Routes) -> None:
    broker, orders = rabbit.client(), route()
    broker.declare(orders)
    with pika.BlockingConnection(pika.URLParameters(rabbit.url)) as connection:
        properties = pika.BasicProperties(
            headers={"n": 5, "x-attempt": "?", "x-key": b"k", "CC": ["elsewhere"]}
        )
        for _ in range(2):
            connection.channel().basic_publish("", orders.address, b"foreign", properties)
    subscription = broker.subscribe(orders)
    got = [*subscription.receive(1, 5), *subscription.receive(1, 5)]
    assert (got[0].key, got[0].attempt, got[0].headers["n"]) == ("k", 1, "5")
    assert got[0].id != got[1].id  # else an idempotent consumer would take them for one message
    subscription.retry(got[0], 0.0)
    assert [delivery.attempt for delivery in subscription.receive(1, 5)] == [2]


def test_several_threads_publish_at_once_while_one_consumes(rabbit: Rabbit, route: Routes) -> None:
    if rabbit.form == "async":
        pytest.skip("an async broker lives on one event loop")
    broker, orders = rabbit.client(), route()
    broker.declare(orders)
    batch = messages(50)
    threads = [threading.Thread(target=broker.publish, args=(orders, batch, 10)) for _ in range(4)]
    subscription = broker.subscribe(orders)
    for thread in threads:
        thread.start()
    assert len(drained(subscription, 1.0)) == 200
    for thread in threads:
        thread.join()
