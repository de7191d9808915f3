"""confluent-kafka by hand: every delivery is checked, every batch committed once it is handled.

A message that cannot be read, or whose handler fails, stops it; it knows no attempts, dead letters, traces,
metrics or draining, and asks for no more than ours does: the same batches, the same handler.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from confluent_kafka import Consumer, Producer

from benchmarks._queue_contest import KAFKA_BATCH, Event, Handler


class BareKafka:
    """A producer and, each time, a consumer.

    Args:
        plain: bodies alone, from a producer that may double them. Else the same messages as ours: with an
            id and a trace as headers, from an idempotent producer.
    """

    def __init__(self, url: str, address: str, *, plain: bool) -> None:
        self._servers = {"bootstrap.servers": url.removeprefix("kafka://")}
        self._address, self._plain = address, plain
        self._producer = Producer(
            {
                **self._servers,
                "queue.buffering.max.messages": 500_000,
                "enable.idempotence": not plain,
            }
        )
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(Event).decode

    def publish(self, events: Sequence[Event]) -> None:
        failed: list[Any] = []
        confirmed = 0

        def told(error: Any, message: Any) -> None:
            nonlocal confirmed
            confirmed += 1
            if error is not None:
                failed.append(error)

        produce, encode, address = self._producer.produce, self._encode, self._address
        trace = ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        if self._plain:
            for event in events:
                produce(address, encode(event), on_delivery=told)
        else:
            for event in events:
                headers: list[tuple[str, Any]] = [("message-id", uuid.uuid4().hex), trace]
                produce(address, encode(event), headers=headers, on_delivery=told)
        self._producer.flush(60)
        assert confirmed == len(events)
        assert not failed

    def consume(self, count: int, handler: Handler) -> None:
        consumer = Consumer(
            {
                **self._servers,
                "group.id": self._address,
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
            }
        )
        consumer.subscribe([self._address])
        decode, left = self._decode, count
        while left:
            messages = consumer.consume(min(left, KAFKA_BATCH), 1.0)
            for message in messages:
                if message.error() is None:
                    handler(decode(message.value() or b""))
                    left -= 1
            if messages:
                consumer.commit(message=messages[-1], asynchronous=True)
        consumer.close()

    def close(self) -> None:
        self._producer.flush(10)
