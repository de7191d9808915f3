"""Amazon SQS, through boto3, which is blocking: so there is no async form.

A route's options: ``visibility_timeout`` (seconds, default 30), ``retention`` (seconds), ``fifo``, and
``attributes`` of queues that are made. The queue of an ordered channel is a FIFO queue: a message's key
is its group, its id its deduplication id. An address may be a queue's URL.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

from .._clock import Clock
from .._errors import IntegrationError, RequestTimeoutError, ServiceError
from .._secrets import Secret
from .messages import Outgoing, PartlyPublishedError, Route
from .settings import QueueSettings
from .sqs_config import LONGEST_POLL, Place, is_fifo, options_of, place, queue_name
from .sqs_consumer import BATCH, TRIES, SqsSubscription
from .sqs_errors import driver, refused, translate
from .sqs_letters import entry, size
from .verdicts import UNSETTLED

FORMS: Final = ("sync",)
VISIBLE_AFTER: Final = 30
BUDGET: Final = 256 << 10  # bytes of one request, though a single message may be larger
FOURTEEN_DAYS: Final = 14 * 86_400


def connect(settings: QueueSettings, url: Secret, clock: Clock) -> SqsBroker:
    """Return the broker behind *url*; nothing is opened yet."""
    return SqsBroker(place(settings, url), clock)


class SqsBroker:
    """See ``messages.Broker``."""

    def __init__(self, where: Place, clock: Clock) -> None:
        self._place, self._clock = where, clock
        self._opened: Any = None
        self._urls: dict[str, str] = {}
        self._lock = threading.Lock()

    def publish(self, route: Route, messages: Sequence[Outgoing], timeout: float) -> None:
        """See ``messages.Broker``; ten at a time, and what SQS could not take is sent again."""
        until = self._clock.monotonic() + timeout
        fifo = is_fifo(route)
        outbox = _Outbox([entry(message, fifo=fifo) for message in messages])  # before any is sent
        queue = self._url(route.address, fifo=fifo) if messages else ""
        for batch in outbox.batches():
            self._send(queue, outbox, batch, until)
            if fifo and outbox.failed:
                break  # what comes after it must not overtake it
        outbox.check()

    def subscribe(self, route: Route) -> SqsSubscription:
        """See ``messages.Broker``."""
        fifo = is_fifo(route)
        queue = self._url(route.address, fifo=fifo)
        lease = int(options_of(route).get("visibility_timeout", VISIBLE_AFTER))
        return SqsSubscription(
            route,
            self._client(),
            queue,
            lambda: self._url(route.dead_letter, fifo=fifo),
            lease,
            self._clock,
        )

    def declare(self, route: Route) -> None:
        """See ``messages.Broker``.

        A message that stops its consumer each time is moved to the dead letters by SQS itself at last.
        """
        fifo = is_fifo(route)
        dead = self._made(route.dead_letter, fifo, {"MessageRetentionPeriod": str(FOURTEEN_DAYS)})
        asked = self._client().get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        most = min(1000, route.max_attempts + UNSETTLED + 5)
        redrive = {"deadLetterTargetArn": asked["Attributes"]["QueueArn"], "maxReceiveCount": str(most)}
        options = options_of(route)
        wanted = {
            "VisibilityTimeout": str(options.get("visibility_timeout", VISIBLE_AFTER)),
            "RedrivePolicy": json.dumps(redrive),
        }
        if "retention" in options:
            wanted["MessageRetentionPeriod"] = str(options["retention"])
        self._made(route.address, fifo, wanted | dict(options.get("attributes", {})))

    def healthcheck(self, timeout: float) -> None:
        """See ``messages.Broker``."""
        self._client().list_queues(MaxResults=1)

    def close(self) -> None:
        """See ``messages.Broker``."""
        with self._lock:
            client, self._opened = self._opened, None
        if client is not None:
            client.close()

    def translate(self, error: Exception) -> IntegrationError | None:
        """See ``messages.Broker``."""
        return translate(error)

    def _send(self, queue: str, outbox: _Outbox, batch: Sequence[int], until: float) -> None:
        """Send one batch, and again what SQS could not take through no fault of ours."""
        left = list(batch)
        for number in range(TRIES):
            if self._clock.monotonic() >= until:
                break
            entries = [{"Id": str(index), **outbox.entries[index]} for index in left]
            answer = self._client().send_message_batch(QueueUrl=queue, Entries=entries)
            failed = {int(each["Id"]): each for each in answer.get("Failed", ())}
            outbox.sent.update(set(left) - set(failed))
            outbox.errors.update(
                (index, refused(each.get("Code", ""), each.get("Message", "")))
                for index, each in failed.items()
            )
            left = [index for index, each in failed.items() if not each.get("SenderFault")]
            if not left:
                return
            self._clock.sleep(0.1 * 2**number)

    def _made(self, address: str, fifo: bool, attributes: Mapping[str, str]) -> str:
        """Return the URL of a queue, made if it is not there; one that is, stays as it is."""
        if address.startswith(("http://", "https://")):
            return address
        try:
            return self._url(address, fifo=fifo)
        except Exception as error:
            meant = translate(error)
            if getattr(meant, "code", "").rpartition(".")[2] not in ("QueueDoesNotExist", "NonExistentQueue"):
                raise
        name = queue_name(address, fifo=fifo)
        wanted = {**attributes, **({"FifoQueue": "true"} if fifo else {})}
        url = str(self._client().create_queue(QueueName=name, Attributes=wanted)["QueueUrl"])
        self._urls[name] = url
        return url

    def _url(self, address: str, *, fifo: bool) -> str:
        if address.startswith(("http://", "https://")):
            return address
        name = queue_name(address, fifo=fifo)
        if name not in self._urls:
            owner = {"QueueOwnerAWSAccountId": self._place.account} if self._place.account else {}
            self._urls[name] = str(self._client().get_queue_url(QueueName=name, **owner)["QueueUrl"])
        return self._urls[name]

    def _client(self) -> Any:
        with self._lock:
            if self._opened is None:
                where = self._place
                config = driver("botocore.config").Config(
                    connect_timeout=where.connect_timeout,
                    read_timeout=where.timeout + LONGEST_POLL,
                    retries={"total_max_attempts": 1},  # the adapter's own policy repeats
                    max_pool_connections=50,
                    tcp_keepalive=True,
                    **({"client_cert": where.certificate} if where.certificate else {}),
                )
                session = driver("boto3.session").Session(**where.session())
                self._opened = session.client("sqs", config=config, **where.client())
            return self._opened


class _Outbox:
    """What is to be sent, and what came of it, by index."""

    def __init__(self, entries: Sequence[Mapping[str, Any]]) -> None:
        self.entries = entries
        self.sent: set[int] = set()
        self.errors: dict[int, ServiceError] = {}

    @property
    def failed(self) -> list[int]:
        return [index for index in self.errors if index not in self.sent]

    def batches(self) -> list[list[int]]:
        """Return the indices, ten at most and not too many bytes at a time."""
        found: list[list[int]] = []
        room = 0
        for index, made in enumerate(self.entries):
            bytes_ = size(made)
            if not found or len(found[-1]) == BATCH or bytes_ > room:
                found.append([])
                room = BUDGET
            found[-1].append(index)
            room -= bytes_
        return found

    def check(self) -> None:
        """Raise unless everything is sent."""
        failed = [index for index in range(len(self.entries)) if index not in self.sent]
        if not failed:
            return
        error: IntegrationError = next(
            (self.errors[index] for index in failed if index in self.errors),
            RequestTimeoutError("SQS did not take everything in time"),
        )
        if len(failed) == len(self.entries):
            raise error
        raise PartlyPublishedError(
            f"{len(failed)} of {len(self.entries)} messages are not sent: {error}",
            failed=failed,
            code=error.code if isinstance(error, ServiceError) else "",
            retryable=error.retryable,
        ) from error
