"""The MQTT driver against a broker: nothing is lost that the broker can keep, and every wait ends."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from benchmarks._queue_trial import Subject, Trial
from integrations.runtime import (
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    NotFoundError,
    RequestTimeoutError,
)
from integrations.runtime._queues.messages import FIRST_FAILED, REASON, Outgoing, Route
from integrations.runtime.testing import Server
from integrations.runtime.testing._live_queue import sessions_kept

from .conftest import Mqtt, bodies, drained, messages

Routes = Callable[..., Route]


def translated(client: Any, work: Callable[[], object]) -> IntegrationError:
    """Return what the core makes of the error that *work* ends with."""
    with pytest.raises((IntegrationError, OSError)) as caught:
        work()
    error = caught.value
    found = error if isinstance(error, IntegrationError) else client.translate(error)
    assert found is not None, f"nobody knows {error!r}"
    return found


def test_what_is_published_arrives_and_on_mqtt_5_its_id_key_and_headers_too(
    broker: Mqtt, route: Routes
) -> None:
    client, orders = broker.client(), route()
    subscription = client.subscribe(orders)
    client.publish(orders, [Outgoing(b"\x00\xff", "id-1", "customer-7", {"traceparent": "00-1"})], 5)
    (got,) = subscription.receive(10, 5)
    assert (got.body, got.attempt) == (b"\x00\xff", 1)
    if broker.modern:
        assert (got.id, got.key, got.headers) == ("id-1", "customer-7", {"traceparent": "00-1"})
    else:
        assert (got.key, got.headers) == (None, {})
        assert got.id  # one of its own


def test_a_batch_arrives_whole_and_in_order(broker: Mqtt, route: Routes) -> None:
    client, orders = broker.client(), route()
    subscription = client.subscribe(orders)
    client.publish(orders, messages(300), 10)
    assert [got.body for got in drained(subscription, 2.0)] == [b"%d" % n for n in range(300)]


def test_on_mqtt_5_a_message_that_nobody_subscribes_to_is_an_error(broker: Mqtt, route: Routes) -> None:
    if not broker.modern:
        pytest.skip("3.1.1 brokers do not say so")
    with pytest.raises(NotFoundError, match="nobody subscribes"):
        broker.client().publish(route(), messages(3), 5)


def test_the_broker_keeps_what_comes_while_the_consumer_is_away(broker: Mqtt, route: Routes) -> None:
    sessions_kept()
    client, orders = broker.client(), route()
    client.subscribe(orders).close()
    client.publish(orders, messages(5), 5)
    assert bodies(drained(client.subscribe(orders))) == [b"0", b"1", b"2", b"3", b"4"]


def test_what_is_not_acked_comes_again_and_what_is_acked_does_not(broker: Mqtt, route: Routes) -> None:
    if not broker.server.version.startswith("mosquitto"):
        pytest.skip("amqtt forgets what was in flight")
    client, orders = broker.client(), route()
    first = client.subscribe(orders)
    client.publish(orders, messages(4), 5)
    got = list(first.receive(4, 5))
    while len(got) < 4:
        got += first.receive(4, 5)
    first.ack([got[0], got[2]])
    first.close()
    second = client.subscribe(orders)
    again = drained(second)
    assert bodies(again) == [b"1", b"3"]
    assert {delivery.attempt for delivery in again} == {2}


def test_a_retry_comes_after_its_delay_with_the_next_attempt_in_either_version(
    broker: Mqtt, route: Routes
) -> None:
    client, orders = broker.client(), route()
    subscription = client.subscribe(orders)
    client.publish(orders, [Outgoing(b"x", "id-1", "key", {"trace": "1"})], 5)
    (got,) = subscription.receive(1, 5)
    started = time.monotonic()
    subscription.retry(got, 0.3)
    (again,) = subscription.receive(1, 5)
    assert time.monotonic() - started >= 0.3
    assert (again.body, again.attempt) == (b"x", 2)
    if broker.modern:
        assert (again.id, again.key, again.headers) == ("id-1", "key", {"trace": "1"})
    subscription.retry(again, 0.0)
    (last,) = subscription.receive(1, 5)
    assert last.attempt == 3
    subscription.ack([last])
    subscription.close()
    assert drained(client.subscribe(orders)) == []


def test_a_retry_that_waits_survives_its_consumer_with_its_attempt(broker: Mqtt, route: Routes) -> None:
    if not broker.server.version.startswith("mosquitto"):
        pytest.skip("amqtt forgets what was in flight")
    client, orders = broker.client(), route()
    subscription = client.subscribe(orders)
    client.publish(orders, messages(1), 5)
    (got,) = subscription.receive(1, 5)
    subscription.retry(got, 0.2)
    time.sleep(0.05)
    subscription.close()
    (again,) = client.subscribe(orders).receive(1, 5)
    assert again.attempt >= 2


def test_waiting_retries_take_no_place_from_new_messages(broker: Mqtt, route: Routes) -> None:
    client, orders = broker.client(), route(prefetch=2)
    subscription = client.subscribe(orders)
    for body in (b"a", b"b", b"c"):
        client.publish(orders, [Outgoing(body, "id")], 5)
        (got,) = subscription.receive(1, 5)
        subscription.retry(got, 60.0)
    client.publish(orders, [Outgoing(b"d", "id")], 5)
    assert [got.body for got in subscription.receive(5, 5)] == [b"d"]


def test_a_dead_letter_is_kept_until_somebody_comes_for_it(broker: Mqtt, route: Routes) -> None:
    sessions_kept()
    client, orders = broker.client(), route()
    client.declare(orders)
    client.declare(orders)
    subscription = client.subscribe(orders)
    client.publish(orders, [Outgoing(b"{bad", "id-1", "key", {"trace": "1"})], 5)
    (got,) = subscription.receive(1, 5)
    subscription.dead_letter(got, "unreadable: no JSON")
    keeper = {"client_id": f"billing/{orders.address}/dead-letters"}
    (dead,) = client.subscribe(route(address=orders.dead_letter, dead_letter="none", options=keeper)).receive(
        1, 5
    )
    assert dead.body == b"{bad"
    if broker.modern:
        assert (dead.id, dead.key, dead.headers["trace"]) == ("id-1", "key", "1")
        assert dead.headers[REASON] == "unreadable: no JSON"
        assert dead.headers[FIRST_FAILED].endswith("+00:00")
    subscription.close()
    assert drained(client.subscribe(orders)) == []


def test_on_mqtt_5_without_a_place_for_dead_letters_the_original_stays(broker: Mqtt, route: Routes) -> None:
    if not broker.modern:
        pytest.skip("3.1.1 brokers do not say that nobody subscribes")
    client, orders = broker.client(), route()
    subscription = client.subscribe(orders)
    client.publish(orders, messages(1), 5)
    (got,) = subscription.receive(1, 5)
    with pytest.raises(NotFoundError):
        subscription.dead_letter(got, "poison")
    subscription.close()
    assert bodies(drained(client.subscribe(orders))) == [b"0"]


def test_on_mqtt_5_prefetch_bounds_what_a_slow_consumer_holds(broker: Mqtt, route: Routes) -> None:
    if not broker.modern:
        pytest.skip("on 3.1.1 the broker's own limit holds")
    client, orders = broker.client(), route(prefetch=5)
    subscription = client.subscribe(orders)
    client.publish(orders, messages(50), 5)
    time.sleep(0.2)
    got = list(subscription.receive(50, 1))
    assert len(got) == 5
    assert subscription.receive(50, 0.2) == ()
    subscription.ack(got)
    assert 1 <= len(subscription.receive(50, 1)) <= 5


def test_consumers_of_a_shared_subscription_divide_the_messages(broker: Mqtt, route: Routes) -> None:
    if not broker.server.version.startswith("mosquitto"):
        pytest.skip("amqtt has no shared subscriptions")
    client = broker.client()
    one, two = (
        client.subscribe(route(options={"shared": True, "client_id": f"{route().address}-{name}"}))
        for name in ("one", "two")
    )
    client.publish(route(), messages(20), 5)
    first, second = drained(one), drained(two)
    assert first
    assert second
    assert len({delivery.body for delivery in first + second}) == len(first + second) == 20


def test_a_shared_subscription_needs_names_and_keeps_no_order(broker: Mqtt, route: Routes) -> None:
    for orders in (route(options={"shared": True}), route(options={"shared": True}, ordered=True)):
        with pytest.raises(ConfigurationError, match="shared"):
            broker.client().subscribe(orders)


def test_a_delay_is_refused(broker: Mqtt, route: Routes) -> None:
    with pytest.raises(InvalidArgumentError, match="delay"):
        broker.client().publish(route(), [Outgoing(b"x", "1", delay=1.0)], 5)


def test_a_topic_with_wildcards_cannot_be_published_to(broker: Mqtt, route: Routes) -> None:
    with pytest.raises(InvalidArgumentError):
        broker.client().publish(route(address="orders/+"), messages(1), 5)


def test_a_reset_connection_is_told_and_what_was_in_hand_comes_again(broker: Mqtt, route: Routes) -> None:
    if not broker.server.version.startswith("mosquitto"):
        pytest.skip("amqtt forgets what was in flight")
    proxy, url = broker.proxy()
    client, orders = broker.client(url), route()
    subscription = client.subscribe(orders)
    client.publish(orders, messages(3), 5)
    got = list(subscription.receive(3, 5))
    proxy.reset()
    lost = translated(client, lambda: [subscription.receive(3, 5) for _ in range(4)])
    assert isinstance(lost, ConnectionFailedError)
    assert lost.retryable
    subscription.close()
    again = client.subscribe(orders)
    again.ack(got)  # stale: their numbers mean other messages now
    again.retry(got[0], 0.0)
    assert bodies(drained(again)) == [b"0", b"1", b"2"]


def test_a_half_closed_connection_is_gone_and_publishing_connects_again(broker: Mqtt, route: Routes) -> None:
    proxy, url = broker.proxy()
    client, orders = broker.client(url), route()
    subscription = client.subscribe(orders)
    client.publish(orders, messages(1), 5)
    proxy.half_close()
    lost = translated(client, lambda: [subscription.receive(1, 5) for _ in range(3)])
    assert isinstance(lost, ConnectionFailedError)
    time.sleep(0.1)
    client.publish(orders, messages(1), 5)


def test_a_partition_ends_every_wait_and_is_survived(broker: Mqtt, route: Routes) -> None:
    proxy, url = broker.proxy()
    client, orders = broker.client(url, connect_timeout=0.5), route()
    client.subscribe(orders)
    client.publish(orders, messages(1), 5)
    proxy.partition()
    started = time.monotonic()
    assert isinstance(
        translated(client, lambda: client.publish(orders, messages(1), 0.4)), RequestTimeoutError
    )
    unreached = translated(client, lambda: client.subscribe(orders))
    assert isinstance(unreached, ConnectionFailedError)
    assert unreached.undone
    assert time.monotonic() - started < 8
    proxy.heal()
    client.publish(orders, messages(1), 5)


def test_keep_alive_goes_on_while_a_handler_takes_long_and_finds_a_silent_partner(
    broker: Mqtt, route: Routes
) -> None:
    if broker.form == "async":
        pytest.skip("the same thread of paho's serves both forms")
    proxy, url = broker.proxy()
    brisk: dict[str, Any] = {"options": {"keepalive": 1}}
    client, orders = broker.client(**brisk), route()
    subscription = client.subscribe(orders)
    client.publish(orders, messages(1), 5)
    got = subscription.receive(1, 5)
    cut_off = broker.client(url, **brisk)
    silent = cut_off.subscribe(route(address="quiet", group=orders.address.replace("/", "-")))
    proxy.partition()
    lost = translated(cut_off, lambda: [silent.receive(1, 8) for _ in range(3)])
    assert isinstance(lost, ConnectionFailedError)
    subscription.ack(got)
    assert subscription.receive(1, 0.1) == ()


@pytest.mark.parametrize("url", ["mqtt://127.0.0.1:1", "mqtt://nowhere.invalid"])
def test_an_unreachable_broker_is_a_failed_connection_that_may_be_tried_again(
    broker: Mqtt, route: Routes, url: str
) -> None:
    client = broker.client(url)
    failure = translated(client, lambda: client.publish(route(), messages(1), 5))
    assert isinstance(failure, ConnectionFailedError)
    assert failure.undone


@pytest.fixture
def refusing(tmp_path: Path, broker: Mqtt) -> Iterator[str]:
    """Run a broker that knows nobody, and return its URL."""
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("mosquitto not found: scripts/install-servers")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous false\nuser root\n")
    process = subprocess.Popen([program, "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.02)
        yield f"mqtt://someone:wrong@127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(5)


def test_a_wrong_password_is_an_authentication_error(broker: Mqtt, refusing: str, route: Routes) -> None:
    client = broker.client(refusing)
    for work in (lambda: client.healthcheck(5), lambda: client.publish(route(), messages(1), 5)):
        refusal = translated(client, work)
        assert isinstance(refusal, AuthenticationError)
        assert not refusal.retryable


def test_after_close_nothing_is_sent(broker: Mqtt, route: Routes) -> None:
    client = broker.client()
    client.healthcheck(5)
    client.close()
    client.close()
    with pytest.raises(ConnectionFailedError) as caught:
        client.publish(route(), messages(1), 5)
    assert not caught.value.retryable


def test_no_message_is_lost_while_the_broker_restarts_twice(running: Server) -> None:
    if not running.ours or not running.version.startswith("mosquitto"):
        pytest.skip(f"{running.version} keeps nothing, or may not be restarted")
    got = Trial(Subject("mqtt", "mqtt", fresh=False), running.url, 2000).run(running, 2)
    assert (got.published, got.lost, got.repeated, got.restarts) == (2000, 0, 0, 2)
    assert got.processed + got.dead - got.both == 2000
    assert got.dead >= 4 + 2  # every rejected one, and every unreadable one
