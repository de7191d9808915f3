"""nats-py by hand: its publish_async with all confirmations awaited together, its fetch, an ack each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import nats

from benchmarks._queue_contest import PREFETCH, Event, Handler


class BareNats:
    def __init__(self, url: str, address: str) -> None:
        self._address = address
        self._loop = asyncio.new_event_loop()
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(Event).decode
        self._loop.run_until_complete(self._open(url))

    async def _open(self, url: str) -> None:
        self._nc = await nats.connect(url)
        self._js = self._nc.jetstream()
        self._sub = await self._js.pull_subscribe(self._address, durable="events")

    def publish(self, events: Sequence[Event]) -> None:
        self._loop.run_until_complete(self._publish(events))

    async def _publish(self, events: Sequence[Event]) -> None:
        publish, encode, address = self._js.publish_async, self._encode, self._address
        await asyncio.gather(*[await publish(address, encode(event)) for event in events])

    def consume(self, count: int, handler: Handler) -> None:
        self._loop.run_until_complete(self._consume(count, handler))

    async def _consume(self, count: int, handler: Handler) -> None:
        decode, left = self._decode, count
        while left:
            messages = await self._sub.fetch(min(left, PREFETCH), timeout=5)
            for message in messages:
                handler(decode(message.data))
                await message.ack()
            left -= len(messages)
        await self._nc.flush()

    def close(self) -> None:
        self._loop.run_until_complete(self._nc.close())
        self._loop.close()
