"""pika as its own examples use it: what the RabbitMQ adapter is measured against."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import islice

import msgspec
import pika

from benchmarks._queue_contest import PREFETCH, Event, Handler


class BareRabbit:
    """One blocking connection; nothing is confirmed, which is the fastest that pika can publish.

    Args:
        url: of the broker.
        address: an existing queue.
    """

    def __init__(self, url: str, address: str) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(url))
        self._channel, self._address = self._connection.channel(), address
        self._channel.basic_qos(prefetch_count=PREFETCH)

    def publish(self, events: Sequence[Event]) -> None:
        encode, publish, address = msgspec.json.Encoder().encode, self._channel.basic_publish, self._address
        for event in events:
            properties = pika.BasicProperties(
                content_type="application/json", delivery_mode=2, message_id=uuid.uuid4().hex
            )
            publish("", address, encode(event), properties, mandatory=True)

    def consume(self, count: int, handler: Handler) -> None:
        decode = msgspec.json.Decoder(Event).decode
        for method, _, body in islice(self._channel.consume(self._address), count):
            handler(decode(body))
            self._channel.basic_ack(method.delivery_tag)
        self._channel.cancel()

    def close(self) -> None:
        self._connection.close()
