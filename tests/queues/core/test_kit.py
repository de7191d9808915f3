"""The scripted broker fails a test that overlooks something, and one whose secrets come out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from integrations.runtime import ConnectionFailedError
from integrations.runtime.testing import ScriptedBroker

from .bench import ORDERS, AsyncQueue, Order, Queue

Running = Callable[..., AbstractContextManager[ScriptedBroker]]
SECRETS = {"QUEUE_PASSWORD": "secret-of-the-queue"}


@pytest.fixture(params=["sync", "async"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Running:
    path = tmp_path / "config.yaml"
    path.write_text("service: Memory\nconnection_string: amqp://u:${QUEUE_PASSWORD}@h\n")

    @contextmanager
    def run() -> Iterator[ScriptedBroker]:
        with ScriptedBroker.running(Queue, AsyncQueue, request.param, secrets=SECRETS, config=path) as broker:
            yield broker

    return run


def test_what_is_checked_passes(running: Running) -> None:
    with running() as broker:
        broker.call(lambda queue: queue._publish(ORDERS, Order(id="a"), headers={"x": "1"}))
        broker.published("publish_orders", "orders", {"id": "a", "total": 1.0}, key="a", headers={"x": "1"})
        broker.delivers("orders", {"id": "a", "total": 1.0})
        broker.call(lambda queue: queue._consume(ORDERS, lambda order: None, limit=1))
        broker.settled_as("consume_orders", "processed", address="orders", body={"id": "a", "total": 1.0})


def test_a_message_that_nobody_checked_fails_the_test(running: Running) -> None:
    with pytest.raises(AssertionError, match="did not check"), running() as broker:
        broker.call(lambda queue: queue._publish(ORDERS, Order(id="a")))


@pytest.mark.parametrize(
    "wrong",
    [{"key": "b"}, {"headers": {"x": "2"}}, {"delay": 1.0}, {"address": "jobs"}, {"body": {"id": "b"}}],
)
def test_a_message_that_is_another_one_fails_the_test(running: Running, wrong: dict[str, object]) -> None:
    told = {"address": "orders", "body": {"id": "a", "total": 1.0}, "key": "a", **wrong}
    with running() as broker:
        broker.call(lambda queue: queue._publish(ORDERS, Order(id="a")))
        with pytest.raises(AssertionError, match=f"{next(iter(wrong))} is"):
            broker.published("publish_orders", **told)  # type: ignore[arg-type]
        broker.forget()


def test_a_message_that_was_only_retried_is_not_processed(running: Running) -> None:
    def fail(order: Order) -> None:
        raise KeyError

    with running() as broker:
        broker.delivers("orders", {"id": "a"})
        broker.call(lambda queue: queue._consume(ORDERS, fail, limit=1))
        with pytest.raises(AssertionError, match="outcome is 'retried'"):
            broker.settled_as("consume_orders", "processed")
        broker.forget()


@pytest.mark.parametrize("how", ["printed", "logged", "raised"])
def test_a_secret_that_comes_out_fails_the_test(running: Running, how: str) -> None:
    def leak(queue: object) -> None:
        if how == "printed":
            print(SECRETS["QUEUE_PASSWORD"])
        elif how == "logged":
            logging.getLogger("orders").warning("it is %s", SECRETS["QUEUE_PASSWORD"])
        else:
            raise KeyError(SECRETS["QUEUE_PASSWORD"])

    with (
        pytest.raises(AssertionError, match="the value of QUEUE_PASSWORD was found"),
        running() as broker,
        suppress(KeyError),
    ):
        broker.call(leak)


def test_a_refusal_meets_the_next_message_alone(running: Running) -> None:
    with running() as broker:
        broker.call(lambda queue: queue.declare())
        broker.refuses(ConnectionFailedError("away"))
        broker.call(lambda queue: queue._publish(ORDERS, Order(id="a")))
        for _ in range(2):
            broker.published("publish_orders", "orders", {"id": "a", "total": 1.0}, key="a")
