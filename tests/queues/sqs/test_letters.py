"""Any bytes travel as text that XML allows, any headers in ten attributes; every error has its place."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("botocore")

from botocore import exceptions
from botocore.exceptions import ClientError
from botocore.session import Session

from integrations.runtime import (
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    Secret,
)
from integrations.runtime._queues.messages import Outgoing, Route
from integrations.runtime._queues.settings import QueueSettings
from integrations.runtime._queues.sqs_config import is_fifo, place, queue_name
from integrations.runtime._queues.sqs_errors import CLASSES, CODES, translate
from integrations.runtime._queues.sqs_letters import HEADERS, LARGEST, MOST, delivery, entry


def returned(message: Outgoing, **system: str) -> Any:
    made = entry(message, fifo=False)
    return delivery(
        {
            "MessageId": "sqs-1",
            "Body": made["MessageBody"],
            "MessageAttributes": made["MessageAttributes"],
            "Attributes": {"ApproximateReceiveCount": "3", **system},
        }
    )


@pytest.mark.parametrize(
    "body", [b"{}", b"", b"\x00", b"\xff\xfe", "ü🎉\n".encode(), b"\x0b", "\ufffe".encode(), b"-", b" "]
)
def test_a_body_comes_back_as_it_was(body: bytes) -> None:
    assert returned(Outgoing(body, "id-1")).body == body


def test_text_travels_readable() -> None:
    assert entry(Outgoing(b'{"a": 1}', "id-1"), fifo=False)["MessageBody"] == '{"a": 1}'


def test_id_key_headers_and_attempt_come_back() -> None:
    got = returned(Outgoing(b"x", "id-1", "customer-7", {"tenant": "x"}))
    assert (got.id, got.key, got.headers, got.attempt) == ("id-1", "customer-7", {"tenant": "x"}, 3)


@pytest.mark.parametrize(
    "headers",
    [
        {f"header-{n}": "x" for n in range(MOST)},
        {"empty": ""},
        {"not a name": "x"},
        {"aws.reserved": "x"},
        {"control": "\x00\ud83d".encode("utf-8", "replace").decode()},
    ],
)
def test_headers_that_are_no_attributes_come_back_too(headers: dict[str, str]) -> None:
    made = entry(Outgoing(b"x", "id-1", "key", headers), fifo=False)
    assert len(made["MessageAttributes"]) <= MOST
    assert HEADERS in made["MessageAttributes"]
    assert returned(Outgoing(b"x", "id-1", "key", headers)).headers == headers


def test_a_message_of_a_stranger_is_read_as_it_is() -> None:
    got = delivery({"MessageId": "sqs-1", "Body": "not ours"})
    assert (got.body, got.id, got.key, got.attempt) == (b"not ours", "sqs-1", None, 1)


def test_base64_that_is_none_is_left_to_the_reader() -> None:
    mark = {"body-encoding": {"DataType": "String", "StringValue": "base64"}}
    assert delivery({"MessageId": "1", "Body": "%%", "MessageAttributes": mark}).body == b"%%"


def test_a_message_that_is_too_large_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=str(LARGEST)):
        entry(Outgoing(b"x" * LARGEST, "id-1"), fifo=False)


def test_a_delay_is_at_most_fifteen_minutes() -> None:
    assert entry(Outgoing(b"x", "1", delay=900), fifo=False)["DelaySeconds"] == 900
    with pytest.raises(InvalidArgumentError, match="900 s, not 901 s"):
        entry(Outgoing(b"x", "1", delay=901), fifo=False)
    with pytest.raises(InvalidArgumentError, match="FIFO"):
        entry(Outgoing(b"x", "1", delay=1), fifo=True)


def test_the_key_is_the_group_and_the_id_prevents_duplicates() -> None:
    made = entry(Outgoing(b"x", "id-1", "customer-7"), fifo=True)
    assert (made["MessageGroupId"], made["MessageDeduplicationId"]) == ("customer-7", "id-1")


@pytest.mark.parametrize(
    ("address", "fifo", "name"),
    [
        ("orders.dead-letter", False, "orders-dead-letter"),
        ("orders", True, "orders.fifo"),
        ("orders.fifo.dead-letter", True, "orders-dead-letter.fifo"),
    ],
)
def test_a_queue_has_a_name_that_sqs_allows(address: str, fifo: bool, name: str) -> None:
    assert queue_name(address, fifo=fifo) == name


def test_an_ordered_channel_has_a_fifo_queue() -> None:
    assert is_fifo(Route("c", "orders", "dead", ordered=True))
    assert is_fifo(Route("c", "orders.fifo", "dead"))
    assert not is_fifo(Route("c", "orders", "dead"))


def settled(url: str, **options: Any) -> Any:
    return place(QueueSettings(service="SQS", options=options), Secret(url))


def test_the_connection_string_names_region_account_and_credentials() -> None:
    ours = settled("sqs://KEY:s%2Fcret@eu-central-1")
    assert (ours.region, ours.endpoint) == ("eu-central-1", None)
    assert (ours.key.reveal(), ours.secret.reveal()) == ("KEY", "s/cret")
    queue = settled("https://sqs.eu-west-3.amazonaws.com/123456789012/orders")
    assert (queue.region, queue.account) == ("eu-west-3", "123456789012")
    assert queue.key is None  # of the environment, profile or role
    assert settled("http://127.0.0.1:9324").endpoint == "http://127.0.0.1:9324"


@pytest.mark.parametrize("url", ["sqs://", "amqp://h", "sqs://nowhere", "http://h:port"])
def test_a_wrong_connection_string_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        settled(url)


def test_every_error_of_the_installed_service_model_is_listed() -> None:
    model = Session().get_service_model("sqs")
    names = {name for name in model.shape_names if model.shape_for(name).metadata.get("exception")}
    assert names - set(CODES) == set()
    assert len(names) > 20


def test_every_class_of_the_installed_client_means_something() -> None:
    classes = [
        found
        for found in vars(exceptions).values()
        if isinstance(found, type)
        and issubclass(found, Exception)
        and found.__module__.startswith("botocore")
    ]
    assert len(classes) > 80
    for found in classes:
        if issubclass(found, ClientError):
            continue  # the service's: by their codes
        assert any(each.__name__ in CLASSES for each in found.__mro__), found


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AWS.SimpleQueueService.NonExistentQueue", NotFoundError),
        ("QueueDoesNotExist", NotFoundError),
        ("AccessDenied", PermissionDeniedError),
        ("InvalidClientTokenId", AuthenticationError),
        ("RequestThrottled", RateLimitedError),
    ],
)
def test_a_code_means_what_its_name_says(code: str, kind: type[IntegrationError]) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "no"}}, "SendMessage")
    assert type(translate(error)) is kind


def test_an_endpoint_that_is_away_may_come_back() -> None:
    found = translate(exceptions.EndpointConnectionError(endpoint_url="http://h"))
    assert isinstance(found, ConnectionFailedError)
    assert found.retryable
    assert translate(KeyError("order")) is None
