"""Messages as they come from Kafka. This runs once a message, so it does no more than is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from confluent_kafka import Message

from .kafka_offsets import Lane
from .kafka_producer import ID
from .messages import NO_HEADERS, Delivery, Route
from .run import Run

DUE: Final = "x-due"  # of a message in the retry topic: milliseconds since 1970
GROUP: Final = "x-retry-group"  # whose it is; "" when every group's


def retry_topic(route: Route) -> str:
    """Return the topic of messages that wait for their time."""
    return f"{route.address}.retry"


class Headers(Mapping[str, str]):
    """The headers of a message, decoded when somebody looks at them; of one name, the last counts."""

    __slots__ = ("_raw", "_read")

    def __init__(self, raw: Sequence[tuple[str, bytes | None]]) -> None:
        self._raw = raw
        self._read: dict[str, str] | None = None

    def _all(self) -> dict[str, str]:
        if self._read is None:
            self._read = {name: (value or b"").decode("utf-8", "replace") for name, value in self._raw}
        return self._read

    def __getitem__(self, name: str) -> str:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __repr__(self) -> str:
        return repr(self._all())


def headers_of(message: Any) -> Headers:
    """Return the headers of a message of the client's."""
    return Headers(message.headers() or ())


def delivery_of(lane: Lane, message: Any, attempt: int) -> Delivery:
    """Return a message of the client's as the core knows it."""
    raw = message.headers()
    headers = Headers(raw) if raw else NO_HEADERS
    if raw and raw[0][0] == ID and raw[0][1]:  # as our publisher writes it
        name = str(raw[0][1], "utf-8", "replace")
    else:
        name = headers.get(ID) or f"{lane.topic}/{lane.partition}/{message.offset()}"
    key = message.key()
    text = None if key is None else str(key, "utf-8", "replace")
    return Delivery(message.value() or b"", name, text, headers, attempt, (lane, message))


class KafkaRun(Run):
    """Messages of one partition that came one after another; *offsets* has one for each."""

    __slots__ = ("lane", "offsets")

    def __init__(
        self, lane: Lane, raw: Sequence[Any], bodies: Sequence[bytes], offsets: Sequence[int]
    ) -> None:
        super().__init__(raw, bodies)
        self.lane, self.offsets = lane, offsets

    def delivery(self, raw: Any) -> Delivery:
        """See ``Run``."""
        return delivery_of(self.lane, raw, 1)

    def part(self, start: int, stop: int) -> KafkaRun:
        """See ``Run``."""
        if start == 0 and stop == len(self.raw):
            return self
        return KafkaRun(self.lane, self.raw[start:stop], self.bodies[start:stop], self.offsets[start:stop])


def run_of(lane: Lane, messages: Sequence[Any]) -> KafkaRun:
    """Take messages of one partition, none of which is an error."""
    bodies: list[Any] = list(map(Message.value, messages))
    if not all(bodies):  # one without a body is a tombstone
        bodies = [body or b"" for body in bodies]
    offsets: list[Any] = list(map(Message.offset, messages))
    lane.take_all(offsets)
    return KafkaRun(lane, messages, bodies, offsets)


def together(messages: Sequence[Any]) -> int:
    """Return how many messages, from the first on, are of its partition; 0 when one of all is an error."""
    if any(map(Message.error, messages)):  # never compare one: the client's comparison with None is broken
        return 0
    partitions, topics = list(map(Message.partition, messages)), list(map(Message.topic, messages))
    first = (topics[0], partitions[0])
    if partitions.count(first[1]) == topics.count(first[0]) == len(messages):
        return len(messages)
    places = zip(topics, partitions, strict=True)
    return next(index for index, place in enumerate(places) if place != first)
