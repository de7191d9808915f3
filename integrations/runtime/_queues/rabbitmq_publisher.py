"""Confirmed publishing: letters are written at once, and each is told of by the broker."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pika
from pika.channel import Channel

from .._errors import IntegrationError, ServiceError
from .messages import PartlyPublishedError
from .rabbitmq_errors import refused, translate, unroutable
from .rabbitmq_link import Link, Talk, fail, settle
from .rabbitmq_topology import Target


@dataclass(frozen=True, slots=True, eq=False)
class Letter:
    """A message with all that the broker has to know."""

    target: Target
    properties: pika.BasicProperties
    body: bytes


class _Batch:
    """Letters that are published together."""

    __slots__ = ("done", "left", "letters", "nacked", "open", "returned")

    def __init__(self, letters: Sequence[Letter], done: asyncio.Future[None]) -> None:
        self.letters, self.done = letters, done
        self.left = len(letters)
        self.open = set(range(len(letters)))
        self.returned: set[int] = set()
        self.nacked: set[int] = set()

    def settle(self, index: int, nacked: bool) -> None:
        self.open.discard(index)
        if nacked:
            self.nacked.add(index)
        if not self.open:
            settle(self.done, None)

    def outcome(self) -> ServiceError | None:
        """Return what became of it, when every letter is settled; None: all is well."""
        failed = sorted(self.returned | self.nacked)
        if not failed:
            return None
        target = self.letters[failed[0]].target
        where = target.exchange or target.routing_key
        error = unroutable(len(self.returned), where) if self.returned else refused(len(self.nacked), where)
        if len(failed) == len(self.letters):
            return error
        return PartlyPublishedError(
            error.reason, failed=failed, code=error.code, retryable=bool(self.nacked) and not self.returned
        )


class Publisher:
    """A channel in confirm mode: publishing returns when the broker has confirmed."""

    def __init__(self, link: Link, talk: Talk) -> None:
        self._link, self._talk = link, talk
        self._next = self._first = 1  # numbers of the next letter, and of the first that may be open
        self._open: dict[int, tuple[_Batch, int]] = {}
        self.prepared: dict[str, float] = {}  # waiting queues, and when they were declared last
        talk.channel.add_on_return_callback(self._returned)
        talk.on_end(self._ended)

    @classmethod
    async def on(cls, link: Link) -> Publisher:
        """Return a publisher on a channel of its own."""
        talk = await link.talk()
        made = cls(link, talk)
        await talk.ask(lambda done: talk.channel.confirm_delivery(made._settled, callback=done))
        return made

    @property
    def open(self) -> bool:
        return self._talk.ended is None and self._link.open

    @property
    def link(self) -> Link:
        return self._link

    async def publish(self, letters: Sequence[Letter]) -> None:
        """Return when the broker has every letter, and each is in a queue.

        Raises:
            NotFoundError: no queue takes them.
            UnavailableError: the broker did not accept them.
            PartlyPublishedError: only some of them are confirmed.
        """
        if not letters:
            return
        batch = _Batch(letters, asyncio.get_running_loop().create_future())
        try:
            self._write(batch)
            await batch.done
        except Exception as error:
            batch.done.cancel()
            raise self._partly(batch, error) from error
        if failure := batch.outcome():
            raise failure

    def _write(self, batch: _Batch) -> None:
        send, waiting = self._talk.channel.basic_publish, self._open
        for index, letter in enumerate(batch.letters):
            target = letter.target
            send(target.exchange, target.routing_key, letter.body, letter.properties, True)
            waiting[self._next] = (batch, index)
            self._next += 1

    def _partly(self, batch: _Batch, error: Exception) -> Exception:
        """Return *error*, or that it came when a part was confirmed already."""
        failed = sorted(batch.open | batch.returned | batch.nacked)
        found = error if isinstance(error, IntegrationError) else translate(error)
        if found is None or len(failed) == len(batch.letters):
            return error
        return PartlyPublishedError(found.reason, failed=failed, retryable=found.retryable)

    def _settled(self, frame: Any) -> None:
        method = frame.method
        nacked = isinstance(method, pika.spec.Basic.Nack)
        number, waiting = method.delivery_tag, self._open
        if not method.multiple:
            if found := waiting.pop(number, None):
                found[0].settle(found[1], nacked)
            return
        while self._first <= number:
            if found := waiting.pop(self._first, None):
                found[0].settle(found[1], nacked)
            self._first += 1

    def _returned(self, channel: Channel, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        """Note a letter that no queue takes; its confirmation is still to come. Rare, so it is looked for."""
        for batch, index in self._open.values():
            letter = batch.letters[index]
            if (
                index not in batch.returned
                and letter.properties.message_id == properties.message_id
                and letter.target == Target(method.exchange, method.routing_key)
                and letter.body == body
            ):
                batch.returned.add(index)
                return

    def _ended(self, reason: Exception) -> None:
        for batch, _ in self._open.values():
            fail(batch.done, reason)
        self._open.clear()
