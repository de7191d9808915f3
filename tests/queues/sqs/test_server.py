"""SQS' driver at a server: sent, received, leased, deleted, dead; and what happens when a part fails."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

pytest.importorskip("boto3")

from integrations.runtime import (
    ConnectionFailedError,
    InvalidArgumentError,
    NotFoundError,
    Secret,
    UnavailableError,
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
from integrations.runtime._queues.settings import QueueSettings
from integrations.runtime._queues.sqs import SqsBroker, connect
from integrations.runtime._queues.sqs_config import place
from integrations.runtime._queues.sqs_consumer import SqsSubscription
from integrations.runtime.testing import FakeClock, FaultProxy, server

running = server("sqs")


def broker(url: str = running.url) -> SqsBroker:
    settings = QueueSettings(service="SQS", timeout=2.0, connect_timeout=2.0)
    return connect(settings, Secret(url), SYSTEM_CLOCK)


def route(**given: Any) -> Route:
    address = f"orders-{secrets.token_hex(4)}"
    return Route(
        **{"channel": "orders", "address": address, "dead_letter": f"{address}.dead-letter", **given}
    )


def outgoing(*bodies: str, **given: Any) -> list[Outgoing]:
    return [Outgoing(body.encode(), f"id-{body}", **given) for body in bodies]


def received(subscription: SqsSubscription, number: int, patience: float = 8.0) -> list[Delivery]:
    found: list[Delivery] = []
    until = time.monotonic() + patience
    while len(found) < number and time.monotonic() < until:
        found += subscription.receive(number - len(found), 1.0)
    return found


def bodies(deliveries: Sequence[Delivery]) -> list[str]:
    return [delivery.body.decode() for delivery in deliveries]


@pytest.fixture
def sqs() -> Iterator[SqsBroker]:
    made = broker()
    yield made
    made.close()


@pytest.fixture
def orders(sqs: SqsBroker) -> Route:
    made = route(options={"visibility_timeout": 1})
    sqs.declare(made)
    return made


def test_what_was_sent_is_received_in_batches_and_deleted(sqs: SqsBroker, orders: Route) -> None:
    sqs.publish(orders, [Outgoing(b"%d" % n, f"id-{n}", f"k{n}", {"a": "b"}) for n in range(25)], 8)
    subscription = sqs.subscribe(orders)
    got = received(subscription, 25)
    assert sorted(int(each.body) for each in got) == list(range(25))
    assert {(each.attempt, each.headers["a"]) for each in got} == {(1, "b")}
    subscription.ack(got)
    time.sleep(1.1)  # longer than their lease
    assert subscription.receive(10, 0.0) == []
    subscription.close()


def test_what_is_not_settled_comes_again_at_once_when_its_consumer_closes(sqs: SqsBroker) -> None:
    slow = route()
    sqs.declare(slow)
    sqs.publish(slow, outgoing("a", "b"), 8)
    first = sqs.subscribe(slow)
    assert first.lease == 30
    got = received(first, 2)
    first.ack([each for each in got if each.body == b"a"])
    first.close()
    second = sqs.subscribe(slow)
    (again,) = received(second, 1)
    assert (again.body, again.attempt) == (b"b", 2)
    second.close()


def test_a_lease_that_is_extended_keeps_its_message_from_others(sqs: SqsBroker, orders: Route) -> None:
    sqs.publish(orders, outgoing("kept", "forgotten"), 8)
    first, second = sqs.subscribe(orders), sqs.subscribe(orders)
    kept = next(each for each in received(first, 2) if each.body == b"kept")
    got: list[str] = []
    until = time.monotonic() + 1.8
    while time.monotonic() < until:
        first.extend(kept)
        got += bodies(second.receive(2, 0.0))
        time.sleep(0.3)
    assert "forgotten" in got
    assert "kept" not in got
    first.close()
    second.close()


def test_a_retry_comes_when_it_is_due_with_the_next_attempt(sqs: SqsBroker, orders: Route) -> None:
    sqs.publish(orders, outgoing("a"), 8)
    subscription = sqs.subscribe(orders)
    subscription.retry(received(subscription, 1)[0], 2.0)
    begun = time.monotonic()
    (again,) = received(subscription, 1)
    assert (again.body, again.attempt) == (b"a", 2)
    assert time.monotonic() - begun > 1.5
    subscription.close()


def test_a_dead_letter_has_the_bytes_the_headers_and_the_reason(sqs: SqsBroker, orders: Route) -> None:
    sqs.publish(orders, [Outgoing(b"\xff\x00", "id-1", "one", {"tenant": "x"})], 8)
    subscription = sqs.subscribe(orders)
    subscription.dead_letter(received(subscription, 1)[0], "unreadable: ü")
    subscription.close()
    graveyard = sqs.subscribe(route(address=orders.dead_letter))
    (dead,) = received(graveyard, 1)
    graveyard.close()
    assert (dead.body, dead.id, dead.key) == (b"\xff\x00", "id-1", "one")
    assert dead.headers["tenant"] == "x"
    assert dead.headers[REASON] == "unreadable: ü"
    assert dead.headers[FIRST_FAILED].startswith("20")


def test_a_fifo_queue_keeps_the_order_of_a_key_and_drops_duplicates(sqs: SqsBroker) -> None:
    ordered = route(ordered=True)
    sqs.declare(ordered)
    sqs.publish(ordered, outgoing("1", "2", "3", key="one"), 8)
    sqs.publish(ordered, outgoing("2", key="one"), 8)
    subscription = sqs.subscribe(ordered)
    first = received(subscription, 3)
    assert bodies(first) == ["1", "2", "3"]
    assert [each.key for each in first] == ["one"] * 3
    subscription.dead_letter(first[0], "why not")
    subscription.close()
    graveyard = sqs.subscribe(route(address=ordered.dead_letter, ordered=True))
    assert bodies(received(graveyard, 1)) == ["1"]
    graveyard.close()


def test_a_message_that_always_stops_its_consumer_is_moved_by_sqs_at_last(sqs: SqsBroker) -> None:
    fatal = route(max_attempts=1)
    sqs.declare(fatal)
    asked = sqs._client().get_queue_attributes(
        QueueUrl=sqs._url(fatal.address, fifo=False), AttributeNames=["RedrivePolicy"]
    )
    policy = asked["Attributes"]["RedrivePolicy"]
    assert "orders" in policy
    assert "dead-letter" in policy
    assert '"maxReceiveCount": "26"' in policy or '"maxReceiveCount": 26' in policy


def test_nothing_is_sent_of_a_batch_with_a_message_that_is_too_large(sqs: SqsBroker, orders: Route) -> None:
    with pytest.raises(InvalidArgumentError):
        sqs.publish(orders, [*outgoing("a"), Outgoing(bytes(2_000_000), "large")], 8)
    subscription = sqs.subscribe(orders)
    assert subscription.receive(10, 0.0) == []
    subscription.close()


def test_a_queue_that_nobody_made_is_not_found(sqs: SqsBroker) -> None:
    with pytest.raises(Exception, match="NonExistentQueue") as caught:
        sqs.subscribe(route())
    assert isinstance(sqs.translate(caught.value), NotFoundError)


def test_a_broken_connection_is_told_and_the_message_comes_again(sqs: SqsBroker, orders: Route) -> None:
    with FaultProxy("127.0.0.1", running.port) as proxy:
        behind = broker(f"http://{proxy.host}:{proxy.port}")
        behind.healthcheck(5)
        subscription = behind.subscribe(Route(orders.channel, orders.address, orders.dead_letter))
        sqs.publish(orders, outgoing("a"), 8)
        (a,) = received(subscription, 1)
        proxy.refuse()
        proxy.reset()
        with pytest.raises(Exception, match=str(proxy.port)) as caught:
            subscription.receive(1, 1.0)
        assert isinstance(behind.translate(caught.value), ConnectionFailedError)
        proxy.heal()
        subscription.close()  # gives it back
        again = behind.subscribe(orders)
        assert received(again, 1)[0].id == a.id
        again.close()
        behind.close()


class Scripted:
    """A client of boto3 whose batches fail in part, as told."""

    def __init__(self, *failures: Mapping[str, bool]) -> None:
        self.failures = list(failures)  # by the Id: whether it was the sender's fault
        self.sent: list[list[str]] = []

    def get_queue_url(self, **asked: Any) -> Any:
        return {"QueueUrl": "http://queue"}

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, Any]]) -> Any:
        return self._answered([each["Id"] for each in Entries])

    delete_message_batch = send_message_batch

    def _answered(self, names: list[str]) -> Any:
        self.sent.append(names)
        failed = self.failures.pop(0) if self.failures else {}
        return {
            "Failed": [
                {"Id": name, "SenderFault": fault, "Code": "InternalError", "Message": "no"}
                for name, fault in failed.items()
            ]
        }


def scripted(client: Scripted, clock: FakeClock) -> SqsBroker:
    made = SqsBroker(place(QueueSettings(service="SQS"), Secret("sqs://eu-central-1")), clock)
    made._opened = client
    return made


def test_what_sqs_could_not_take_is_sent_again_alone() -> None:
    client = Scripted({"1": False, "2": False}, {"2": False})
    scripted(client, FakeClock()).publish(route(), outgoing("a", "b", "c"), 8)
    assert client.sent == [["0", "1", "2"], ["1", "2"], ["2"]]


def test_what_sqs_refuses_is_told_by_its_index() -> None:
    client = Scripted({"1": True})
    with pytest.raises(PartlyPublishedError) as caught:
        scripted(client, FakeClock()).publish(route(), outgoing(*"abcdefghijkl"), 8)
    assert caught.value.failed == (1,)
    assert len(client.sent) == 2  # the second batch was sent all the same


def test_in_a_fifo_queue_nothing_overtakes_what_failed() -> None:
    client = Scripted({"1": True})
    with pytest.raises(PartlyPublishedError) as caught:
        scripted(client, FakeClock()).publish(route(ordered=True), outgoing(*"abcdefghijkl"), 8)
    assert caught.value.failed == (1, 10, 11)
    assert len(client.sent) == 1


def held(subscription: SqsSubscription, number: int) -> list[Delivery]:
    found = [Delivery(b"", f"id-{n}", None, {}, 1, {"ReceiptHandle": f"r{n}"}) for n in range(number)]
    subscription._held.update((each.tag["ReceiptHandle"], each) for each in found)
    return found


def test_a_message_that_was_not_deleted_is_deleted_again() -> None:
    client = Scripted({"1": False})
    subscription = scripted(client, FakeClock()).subscribe(route())
    subscription.ack(held(subscription, 3))
    assert client.sent == [["0", "1", "2"], ["0"]]


def test_a_message_that_cannot_be_deleted_is_told() -> None:
    client = Scripted({"0": False}, {"0": False}, {"0": False})
    subscription = scripted(client, FakeClock()).subscribe(route())
    with pytest.raises(UnavailableError, match="1 of 1 messages are not deleted"):
        subscription.ack(held(subscription, 1))


def test_a_receipt_that_is_no_good_any_more_is_no_error() -> None:
    client = Scripted({"0": True})
    subscription = scripted(client, FakeClock()).subscribe(route())
    subscription.ack(held(subscription, 1))
    assert client.sent == [["0"]]
