"""Consume from a queue of SQS: a message in hand is invisible to others for a while, its lease."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from .._clock import Clock
from .._errors import UnavailableError
from .messages import FIRST_FAILED, REASON, Delivery, Route
from .sqs_config import LONGEST_POLL
from .sqs_letters import ENCODING, ID, KEY, attributes, delivery

BATCH: Final = 10
LONGEST_INVISIBLE: Final = 43_200  # seconds: 12 h from when it was received
RESTS: Final = 1.0  # seconds between two looks at an empty queue, while there is no time to wait at it
TRIES: Final = 3
T = TypeVar("T")


class SqsSubscription:
    """See ``messages.Subscription``.

    Args:
        client: of boto3.
        dead: the dead letters' queue.
        lease: seconds for which a message in hand is invisible to others.
    """

    def __init__(
        self, route: Route, client: Any, queue: str, dead: Callable[[], str], lease: int, clock: Clock
    ) -> None:
        self._route, self._client, self._queue, self._dead = route, client, queue, dead
        self.lease = float(lease)
        self._clock = clock
        self._held: dict[str, Delivery] = {}  # by receipt
        self._empty_at = -math.inf

    def receive(self, most: int, wait: float) -> Sequence[Delivery]:
        """See ``messages.Subscription``; a wait below a second is none, for SQS counts in seconds."""
        if most <= 0 or (wait < 1 and self._clock.monotonic() - self._empty_at < RESTS):
            self._clock.sleep(wait)
            return ()
        found = self._taken(min(BATCH, most), int(min(LONGEST_POLL, wait)))
        if not found:
            self._empty_at = self._clock.monotonic()
        while found and len(found) % BATCH == 0 and len(found) < most:
            more = self._taken(min(BATCH, most - len(found)), 0)
            if not more:
                break
            found += more
        return found

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """See ``messages.Subscription``.

        Raises:
            UnavailableError: SQS did not delete some: they come again.
        """
        held = [each for each in deliveries if self._held.pop(each.tag["ReceiptHandle"], None) is not None]
        for batch in _batches(held):
            left = [each.tag["ReceiptHandle"] for each in batch]
            for number in range(TRIES):
                left = self._deleted(left)
                if not left:
                    break
                self._clock.sleep(0.1 * 2**number)
            if left:
                raise UnavailableError(f"{len(left)} of {len(batch)} messages are not deleted")

    def retry(self, delivery: Delivery, delay: float) -> None:
        """See ``messages.Subscription``; SQS counts the attempts. 12 h are the longest delay."""
        if self._held.pop(delivery.tag["ReceiptHandle"], None) is not None:
            self._hide(delivery, min(LONGEST_INVISIBLE, math.ceil(delay)))

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """See ``messages.Subscription``."""
        if delivery.tag["ReceiptHandle"] not in self._held:
            return
        self._client.send_message(QueueUrl=self._dead(), **self._letter(delivery, reason))
        self.ack([delivery])

    def extend(self, delivery: Delivery) -> None:
        """See ``messages.Subscription``."""
        if delivery.tag["ReceiptHandle"] in self._held:
            self._hide(delivery, int(self.lease))

    def close(self) -> None:
        """Give back what is not settled; SQS has counted an attempt for it."""
        held, self._held = list(self._held), {}
        for batch in _batches(held):
            entries = [
                {"Id": str(index), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                for index, receipt in enumerate(batch)
            ]
            with suppress(Exception):  # then they come again when their lease is over
                self._client.change_message_visibility_batch(QueueUrl=self._queue, Entries=entries)

    def _taken(self, most: int, wait: int) -> list[Delivery]:
        answer = self._client.receive_message(
            QueueUrl=self._queue,
            MaxNumberOfMessages=most,
            WaitTimeSeconds=wait,
            VisibilityTimeout=int(self.lease),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        found = [delivery(message) for message in answer.get("Messages", ())]
        self._held.update((each.tag["ReceiptHandle"], each) for each in found)
        return found

    def _deleted(self, receipts: Sequence[str]) -> list[str]:
        """Delete messages; return the receipts of those that SQS could not, through a fault of its own."""
        entries = [{"Id": str(index), "ReceiptHandle": each} for index, each in enumerate(receipts)]
        answer = self._client.delete_message_batch(QueueUrl=self._queue, Entries=entries)
        # a receipt that is no good any more is our fault: the message is another's by now
        return [receipts[int(each["Id"])] for each in answer.get("Failed", ()) if not each["SenderFault"]]

    def _hide(self, delivery: Delivery, seconds: int) -> None:
        self._client.change_message_visibility(
            QueueUrl=self._queue, ReceiptHandle=delivery.tag["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def _letter(self, delivery: Delivery, reason: str) -> Mapping[str, Any]:
        """Return a dead letter: the text as it was received, and all of its headers."""
        message = delivery.tag
        system = message.get("Attributes", {})
        first = int(system.get("ApproximateFirstReceiveTimestamp") or self._clock.time() * 1000) / 1000
        told = {
            REASON: reason,
            FIRST_FAILED: datetime.fromtimestamp(first, UTC).isoformat(timespec="seconds"),
        }
        encoding = message.get("MessageAttributes", {}).get(ENCODING, {}).get("StringValue")
        own = {ID: delivery.id, KEY: delivery.key or "", ENCODING: encoding or ""}
        made: dict[str, Any] = {
            "MessageBody": message["Body"],
            "MessageAttributes": attributes(
                {**delivery.headers, **told}, {name: value for name, value in own.items() if value}
            ),
        }
        if group := system.get("MessageGroupId"):
            made |= {"MessageGroupId": group, "MessageDeduplicationId": f"{delivery.id[:115]}/dead-letter"}
        return made


def _batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))
