"""Connections that break, hang or lie: nothing is lost, and every wait ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pika
import pytest

from benchmarks._queue_trial import Subject, Trial
from integrations.runtime import (
    AuthenticationError,
    ConnectionFailedError,
    IntegrationError,
    PermissionDeniedError,
    RequestTimeoutError,
)
from integrations.runtime._queues.messages import Route

from .conftest import Rabbit, drained, messages

Routes = Callable[..., Route]


def translated(broker: Any, work: Callable[[], object]) -> IntegrationError:
    """Return what the core makes of the error that *work* ends with."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is, translate must know it
        work()
    error = caught.value
    found = error if isinstance(error, IntegrationError) else broker.translate(error)
    assert found is not None, f"nobody knows {error!r}"
    return found


@pytest.fixture(scope="module", autouse=True)
def cut_off(place: tuple[Any, str]) -> Iterator[tuple[Any, Any]]:
    """Cut a subscription off when the module begins: pika takes 12 seconds to give up, so other tests run."""
    orders = Route("orders", "silent", "silent.dead-letter")
    with ExitStack() as stack:
        rabbit = Rabbit(*place, "sync", stack)
        proxy, url = rabbit.proxy()
        broker = rabbit.client(f"{url}?heartbeat=1")
        broker.declare(orders)
        subscription = broker.subscribe(orders)
        proxy.partition()
        yield broker, subscription


def test_a_reset_connection_is_told_and_what_was_in_hand_comes_again(rabbit: Rabbit, route: Routes) -> None:
    proxy, url = rabbit.proxy()
    broker, orders = rabbit.client(url), route()
    broker.declare(orders)
    broker.publish(orders, messages(3), 5)
    subscription = broker.subscribe(orders)
    got = list(subscription.receive(3, 5))
    proxy.reset()
    lost = translated(broker, lambda: [subscription.receive(3, 5) for _ in range(3)])
    assert isinstance(lost, ConnectionFailedError)
    assert lost.retryable
    subscription.close()
    again = broker.subscribe(orders)
    again.ack(got)  # stale: their numbers mean other messages now, or none
    again.retry(got[0], 0.0)
    again.dead_letter(got[0], "stale")
    assert sorted(delivery.id for delivery in drained(again)) == ["id-0", "id-1", "id-2"]


def test_publishing_connects_again_after_a_reset(rabbit: Rabbit, route: Routes) -> None:
    proxy, url = rabbit.proxy()
    broker, orders = rabbit.client(url), route()
    broker.declare(orders)
    broker.publish(orders, messages(1), 5)
    proxy.reset()
    time.sleep(0.1)
    with suppress(Exception):  # it may learn of the reset only by publishing
        broker.publish(orders, messages(1), 5)
    broker.publish(orders, messages(1), 5)
    assert proxy.connections >= 2
    assert len(drained(rabbit.client().subscribe(orders))) >= 2


def test_a_half_closed_connection_is_gone(rabbit: Rabbit, route: Routes) -> None:
    proxy, url = rabbit.proxy()
    broker, orders = rabbit.client(url), route()
    broker.declare(orders)
    subscription = broker.subscribe(orders)
    proxy.half_close()
    lost = translated(broker, lambda: [subscription.receive(1, 5) for _ in range(2)])
    assert isinstance(lost, ConnectionFailedError)


def test_a_slow_network_delays_and_breaks_nothing(rabbit: Rabbit, route: Routes) -> None:
    proxy, url = rabbit.proxy()
    broker, orders = rabbit.client(url), route()
    proxy.latency(0.03)
    broker.declare(orders)
    broker.publish(orders, messages(20), 5)
    assert len(drained(broker.subscribe(orders), 0.5)) == 20


def test_a_partition_ends_every_wait_and_is_survived(rabbit: Rabbit, route: Routes) -> None:
    proxy, url = rabbit.proxy()
    broker, orders = rabbit.client(url, connect_timeout=0.5), route()
    broker.declare(orders)
    proxy.partition()
    started = time.monotonic()
    assert isinstance(
        translated(broker, lambda: broker.publish(orders, messages(1), 0.5)), RequestTimeoutError
    )
    assert isinstance(translated(broker, lambda: broker.healthcheck(0.5)), ConnectionFailedError)
    unreached = translated(broker, lambda: broker.subscribe(orders))
    assert isinstance(unreached, ConnectionFailedError)
    assert unreached.undone
    assert time.monotonic() - started < 5
    proxy.heal()
    broker.publish(orders, messages(1), 5)


def test_heartbeats_go_on_while_a_handler_takes_long(rabbit: Rabbit, route: Routes) -> None:
    if rabbit.form == "async":
        pytest.skip("there the caller's loop sends them, as long as handlers await")
    broker, orders = rabbit.client(f"{rabbit.url}?heartbeat=1"), route()
    broker.declare(orders)
    broker.publish(orders, messages(1), 5)
    subscription = broker.subscribe(orders)
    got = subscription.receive(1, 5)
    time.sleep(3.5)  # meanwhile the broker would have ended a connection that nobody serves
    subscription.ack(got)
    assert subscription.receive(1, 0.2) == []


def test_a_wrong_password_is_an_authentication_error(rabbit: Rabbit) -> None:
    parts = urlsplit(rabbit.url)
    wrong = urlunsplit(parts._replace(netloc=f"{parts.username}:no@{parts.hostname}:{parts.port}"))
    broker = rabbit.client(wrong)
    refusal = translated(broker, lambda: broker.healthcheck(5))
    assert isinstance(refusal, AuthenticationError)
    assert not refusal.retryable


def test_an_unknown_virtual_host_is_a_permission_error(rabbit: Rabbit) -> None:
    broker = rabbit.client(urlunsplit(urlsplit(rabbit.url)._replace(path="/nowhere")))
    assert isinstance(translated(broker, lambda: broker.healthcheck(5)), PermissionDeniedError)


@pytest.mark.parametrize("url", ["amqp://127.0.0.1:1/s0", "amqp://nowhere.invalid/s0"])
def test_an_unreachable_broker_is_a_failed_connection_that_may_be_tried_again(
    rabbit: Rabbit, route: Routes, url: str
) -> None:
    broker = rabbit.client(url, connect_timeout=5.0)
    failure = translated(broker, lambda: broker.publish(route(), messages(1), 5))
    assert isinstance(failure, ConnectionFailedError)
    assert failure.undone


def test_tls_to_a_broker_that_speaks_none_is_a_failed_connection(rabbit: Rabbit) -> None:
    broker = rabbit.client(rabbit.url.replace("amqp:", "amqps:"))
    assert isinstance(translated(broker, lambda: broker.healthcheck(5)), ConnectionFailedError)


def test_a_queue_that_is_deleted_ends_the_subscription(rabbit: Rabbit, route: Routes) -> None:
    broker, orders = rabbit.client(), route()
    broker.declare(orders)
    subscription = broker.subscribe(orders)
    with pika.BlockingConnection(pika.URLParameters(rabbit.url)) as connection:
        connection.channel().queue_delete(orders.address)
    lost = translated(broker, lambda: [subscription.receive(1, 5) for _ in range(2)])
    assert isinstance(lost, ConnectionFailedError)


def test_no_message_is_lost_while_the_broker_restarts_twice(place: tuple[Any, str]) -> None:
    running, _ = place
    if not running.ours:
        pytest.skip("the broker is somebody else's, and may not be restarted")
    got = Trial(Subject("rabbitmq", "rabbitmq"), running.fresh("count"), 2000).run(running, 2)
    assert (got.published, got.lost, got.repeated, got.restarts) == (2000, 0, 0, 2)
    assert got.processed + got.dead - got.both == 2000
    assert got.dead >= 4 + 2  # every rejected one, and every unreadable one


def test_heartbeats_find_a_partner_that_fell_silent(cut_off: tuple[Any, Any]) -> None:
    broker, subscription = cut_off
    lost = translated(broker, lambda: [subscription.receive(1, 20) for _ in range(2)])
    assert isinstance(lost, RequestTimeoutError)
