# Generated from integrations.yaml, entry "nats"; see nats_adapter.py for how to change it.
"""NATS without a network: every channel against a broker in memory, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.nats import AsyncNATSAdapter, NATSAdapter, SendMail, UserRegistered, examples
from integrations.runtime import ConnectionFailedError, MissingSecretError, RequestTimeoutError, SecretManager
from integrations.runtime.queues import PartlyPublishedError, RejectMessage, current_delivery
from integrations.runtime.testing import Form, ScriptedBroker

SECRETS = {"NATS_URL": "secret-of-nats-url"}
ATTEMPTS = 3  # of a publish, while the broker is away

SEND_MAIL_MESSAGE = SendMail(template="template-1", to="to-1", values={"key": "value-1"})
SEND_MAIL_MESSAGE_JSON: Any = {"template": "template-1", "to": "to-1", "values": {"key": "value-1"}}
USER_REGISTERED_MESSAGE = UserRegistered(
    email="ada@example.com",
    plan="free",
    user_id="user-1",
    registered_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
)
USER_REGISTERED_MESSAGE_JSON: Any = {
    "email": "ada@example.com",
    "plan": "free",
    "registered_at": "2026-01-02T03:04:05Z",
    "user_id": "user-1",
}


@pytest.fixture(params=["sync", "async"])
def broker(request: pytest.FixtureRequest) -> Iterator[ScriptedBroker]:
    with ScriptedBroker.running(NATSAdapter, AsyncNATSAdapter, request.param, secrets=SECRETS) as running:
        yield running


def test_publish_send_mail(broker: ScriptedBroker) -> None:
    assert broker.call(lambda nats: nats.publish_send_mail(SEND_MAIL_MESSAGE))
    broker.published("publish_send_mail", "jobs.mail", SEND_MAIL_MESSAGE_JSON)


def test_publish_send_mail_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        lambda nats: nats.publish_send_mail(
            SEND_MAIL_MESSAGE,
            key="another-key",
            delay=7.5,
            headers={"x-tenant": "acme"},
            message_id="m-7",
            timeout=2.5,
        )
    )
    broker.published(
        "publish_send_mail",
        "jobs.mail",
        SEND_MAIL_MESSAGE_JSON,
        key="another-key",
        headers={"x-tenant": "acme"},
        delay=7.5,
    )
    assert found == "m-7"


def test_publish_send_mail_batch_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call(lambda nats: nats.publish_send_mail_batch([SEND_MAIL_MESSAGE] * 3))
    for _ in range(3):
        broker.published("publish_send_mail", "jobs.mail", SEND_MAIL_MESSAGE_JSON)
    assert len(set(found)) == 3


def test_publish_user_registered(broker: ScriptedBroker) -> None:
    assert broker.call(lambda nats: nats.publish_user_registered(USER_REGISTERED_MESSAGE))
    broker.published(
        "publish_user_registered", "shop.users.registered", USER_REGISTERED_MESSAGE_JSON, key="user-1"
    )


def test_publish_user_registered_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        lambda nats: nats.publish_user_registered(
            USER_REGISTERED_MESSAGE,
            key="another-key",
            delay=7.5,
            headers={"x-tenant": "acme"},
            message_id="m-7",
            timeout=2.5,
        )
    )
    broker.published(
        "publish_user_registered",
        "shop.users.registered",
        USER_REGISTERED_MESSAGE_JSON,
        key="another-key",
        headers={"x-tenant": "acme"},
        delay=7.5,
    )
    assert found == "m-7"


def test_publish_user_registered_batch_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call(lambda nats: nats.publish_user_registered_batch([USER_REGISTERED_MESSAGE] * 3))
    for _ in range(3):
        broker.published(
            "publish_user_registered", "shop.users.registered", USER_REGISTERED_MESSAGE_JSON, key="user-1"
        )
    assert len(set(found)) == 3


def test_consume_send_mail(broker: ScriptedBroker) -> None:
    broker.delivers("send-mail", SEND_MAIL_MESSAGE_JSON)
    seen: list[Any] = []
    found = broker.call(lambda nats: nats.consume_send_mail(seen.append, limit=1, concurrency=1))
    broker.settled_as("consume_send_mail", "processed", address="jobs.mail", body=SEND_MAIL_MESSAGE_JSON)
    assert seen == [SEND_MAIL_MESSAGE]
    assert (found.processed, found.stopped_by) == (1, "limit")


def test_consume_send_mail_gives_a_rejected_message_to_the_dead_letters(broker: ScriptedBroker) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    broker.delivers("send-mail", SEND_MAIL_MESSAGE_JSON)
    broker.call(lambda nats: nats.consume_send_mail(reject, limit=1, concurrency=1))
    broker.settled_as(
        "consume_send_mail",
        "dead_lettered",
        address="jobs.mail",
        dead_letter="jobs.mail.dead-letter",
        body=SEND_MAIL_MESSAGE_JSON,
        reason="rejected: the order is closed",
    )


def test_consume_send_mail_gives_unreadable_bytes_to_the_dead_letters(broker: ScriptedBroker) -> None:
    broker.delivers("send-mail", b"{not JSON")
    broker.call(lambda nats: nats.consume_send_mail(pytest.fail, limit=1, concurrency=1))
    broker.settled_as(
        "consume_send_mail", "dead_lettered", dead_letter="jobs.mail.dead-letter", body=b"{not JSON"
    )
    assert "unreadable" in broker.script.calls[-1]["reason"]


def test_consume_user_registered(broker: ScriptedBroker) -> None:
    broker.delivers("user-registered", USER_REGISTERED_MESSAGE_JSON)
    seen: list[Any] = []
    found = broker.call(lambda nats: nats.consume_user_registered(seen.append, limit=1, concurrency=1))
    broker.settled_as(
        "consume_user_registered",
        "processed",
        address="shop.users.registered",
        body=USER_REGISTERED_MESSAGE_JSON,
    )
    assert seen == [USER_REGISTERED_MESSAGE]
    assert (found.processed, found.stopped_by) == (1, "limit")


def test_consume_user_registered_gives_a_rejected_message_to_the_dead_letters(broker: ScriptedBroker) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    broker.delivers("user-registered", USER_REGISTERED_MESSAGE_JSON)
    broker.call(lambda nats: nats.consume_user_registered(reject, limit=1, concurrency=1))
    broker.settled_as(
        "consume_user_registered",
        "dead_lettered",
        address="shop.users.registered",
        dead_letter="shop.users.registered.dead-letter",
        body=USER_REGISTERED_MESSAGE_JSON,
        reason="rejected: the order is closed",
    )


def test_consume_user_registered_gives_unreadable_bytes_to_the_dead_letters(broker: ScriptedBroker) -> None:
    broker.delivers("user-registered", b"{not JSON")
    broker.call(lambda nats: nats.consume_user_registered(pytest.fail, limit=1, concurrency=1))
    broker.settled_as(
        "consume_user_registered",
        "dead_lettered",
        dead_letter="shop.users.registered.dead-letter",
        body=b"{not JSON",
    )
    assert "unreadable" in broker.script.calls[-1]["reason"]


@pytest.mark.parametrize(
    "call",
    [
        lambda nats: nats.publish_send_mail(SEND_MAIL_MESSAGE),
        lambda nats: nats.publish_send_mail_batch([SEND_MAIL_MESSAGE]),
        lambda nats: nats.publish_user_registered(USER_REGISTERED_MESSAGE),
        lambda nats: nats.publish_user_registered_batch([USER_REGISTERED_MESSAGE]),
    ],
)
def test_a_publish_is_repeated_while_the_broker_is_away_and_then_fails(
    broker: ScriptedBroker, call: Callable[[Any], Any]
) -> None:
    broker.call(lambda nats: nats.declare())
    broker.fails(ConnectionFailedError("away"), times=ATTEMPTS - 1)
    broker.call(call)
    for error in (ConnectionFailedError, RequestTimeoutError):
        broker.fails(error("nothing was confirmed"), times=ATTEMPTS)
        with pytest.raises(error) as raised:
            broker.call(call)
        assert raised.value.attempts == ATTEMPTS
        assert raised.value.service == "NATS"
    broker.forget()


def test_a_batch_repeats_what_the_broker_refused_alone_and_tells_what_failed(broker: ScriptedBroker) -> None:
    broker.call(lambda nats: nats.declare())
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.call(lambda nats: nats.publish_send_mail_batch([SEND_MAIL_MESSAGE] * 3))
    broker.published("publish_send_mail", "jobs.mail", SEND_MAIL_MESSAGE_JSON)
    broker.fails(PartlyPublishedError("refused", failed=[0, 2]))
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.fails(PartlyPublishedError("refused", failed=[0]), times=ATTEMPTS - 2)
    with pytest.raises(PartlyPublishedError) as raised:
        broker.call(lambda nats: nats.publish_send_mail_batch([SEND_MAIL_MESSAGE] * 3))
    assert raised.value.failed == (2,)


# Every consumer: its channel, a message, how it is called, its attempts and the seconds between them.
CONSUMERS: dict[str, tuple[str, Any, Callable[[Any, Callable[[Any], object]], Any], list[float]]] = {
    "consume_send_mail": (
        "send-mail",
        SEND_MAIL_MESSAGE_JSON,
        lambda queue, handler: queue.consume_send_mail(handler, limit=1, concurrency=1),
        [30, 60, 120, 240, 480, 900, 900],
    ),
    "consume_user_registered": (
        "user-registered",
        USER_REGISTERED_MESSAGE_JSON,
        lambda queue, handler: queue.consume_user_registered(handler, limit=1, concurrency=1),
        [10, 20, 40, 80],
    ),
}


@pytest.mark.parametrize("operation", CONSUMERS)
def test_a_message_whose_handler_fails_comes_again_later_and_is_then_a_dead_letter(
    broker: ScriptedBroker, operation: str
) -> None:
    channel, body, consume, delays = CONSUMERS[operation]
    attempts: list[int] = []

    def fail(message: object) -> None:
        delivery = current_delivery()
        assert delivery is not None
        attempts.append(delivery.attempt)
        raise ZeroDivisionError("no")

    broker.delivers(channel, body)
    found = broker.call(lambda queue: consume(queue, fail))
    assert attempts == list(range(1, len(delays) + 2))
    assert sum(broker.clock.slept) == pytest.approx(sum(delays))
    assert (found.retried, found.dead_lettered, found.processed) == (len(delays), 1, 0)
    assert (
        broker.script.calls[-1]["reason"]
        == f"{len(attempts)} attempts used up, the last with ZeroDivisionError: no"
    )
    broker.forget()


@pytest.mark.parametrize("operation", CONSUMERS)
def test_a_consumer_subscribes_again_when_its_connection_is_gone(
    broker: ScriptedBroker, operation: str
) -> None:
    channel, body, consume, _ = CONSUMERS[operation]
    broker.delivers(channel, body)

    def lose_the_connection(message: object) -> None:
        if broker.connections == 1:
            broker.drop()

    found = broker.call(lambda queue: consume(queue, lose_the_connection))
    assert (found.processed, broker.connections) == (1, 2)
    broker.settled_as(operation, "processed", body=body)


@pytest.mark.parametrize("adapter", [NATSAdapter, AsyncNATSAdapter])
def test_a_missing_secret_is_named(adapter: type[NATSAdapter | AsyncNATSAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match="NATS_URL"):
        adapter.from_config(secrets=nothing, environ={})


@pytest.mark.parametrize("environment", [None])
def test_an_environment_is_ready_to_use(environment: str | None) -> None:
    with ScriptedBroker.running(
        NATSAdapter, AsyncNATSAdapter, "sync", secrets=SECRETS, environment=environment
    ) as broker:
        broker.call(lambda nats: nats.healthcheck())
        broker.call(lambda nats: nats.declare())
        assert len(broker.declared) == 2


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "NATS",
        "connection_string": "${NATS_URL}",
        "publish_timeout": 10,
        "connect_timeout": 10,
        "drain_timeout": 25,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {},
    }


@pytest.mark.parametrize("form", ["sync", "async"])
def test_a_variable_wins_over_the_configuration(form: Form) -> None:
    environ = {"NATS_ADDRESS_PREFIX": "t1-"}
    with ScriptedBroker.running(
        NATSAdapter, AsyncNATSAdapter, form, secrets=SECRETS, environ=environ
    ) as broker:
        broker.call(lambda nats: nats.declare())
        assert broker.declared == ["t1-jobs.mail", "t1-shop.users.registered"]


@pytest.mark.parametrize(
    "example",
    [
        examples.ask_the_broker,
        examples.publish_send_mail,
        examples.consume_send_mail,
        examples.publish_user_registered,
        examples.consume_user_registered,
    ],
)
def test_the_example_runs(example: Callable[[NATSAdapter], None]) -> None:
    with ScriptedBroker.running(NATSAdapter, AsyncNATSAdapter, "sync", secrets=SECRETS) as broker:
        broker.call(example)
        broker.forget()
