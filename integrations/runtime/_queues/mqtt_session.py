"""One MQTT connection: paho's client, with every wait bounded and every loss noticed.

paho's own thread moves the bytes and keeps the connection alive, however long a handler takes.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from .._errors import (
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    InvalidRequestError,
    ServiceError,
)
from .messages import PartlyPublishedError
from .mqtt_errors import NO_SUBSCRIBERS, refused, translate
from .mqtt_messages import new

FOREVER: Final = 0xFFFFFFFF  # a session that does not expire
FAREWELL: Final = 2.0  # seconds to say goodbye in
ONLY_NEW: Final = 1  # retained messages come with a new subscription, not again with each connection
V5: Final = paho.MQTTv5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a broker is, and as whom to speak to it."""

    host: str
    port: int
    username: str | None
    password: str | None
    tls: ssl.SSLContext | None
    keepalive: int

    def __repr__(self) -> str:
        return f"Place({self.host}:{self.port})"


@dataclass(frozen=True, slots=True, eq=False)
class Letter:
    """A message to be published."""

    topic: str
    body: bytes
    properties: Properties | None


Came = Callable[["Session", paho.MQTTMessage], None]


class Session:
    """One connection; it is not made anew when it is lost.

    Args:
        place: the broker.
        version: paho.MQTTv5 or paho.MQTTv311.
        client_id: whose session this is; "": a new one that ends with the connection.
        prefetch: how many unsettled messages the broker may send; 3.1.1 brokers know their own number alone.
        came: called in paho's thread with this session and each message, maybe before `connect` returns.
        changed: called in paho's thread when a message came, one was confirmed, or the connection is gone.
    """

    def __init__(
        self,
        place: Place,
        version: int,
        client_id: str = "",
        *,
        prefetch: int = 0,
        came: Came | None = None,
        changed: Callable[[], None] | None = None,
    ) -> None:
        self._place, self._version, self._keeps = place, version, bool(client_id)
        self._prefetch, self._came, self._changed = prefetch, came, changed
        self._bell = threading.Condition()
        self._answers: dict[int, Any] = {}  # of PUBACK and SUBACK, by packet id
        self._connected: ReasonCode | None = None
        self._closing = False
        self.lost: IntegrationError | None = None
        older: dict[str, Any] = {} if version == V5 else {"clean_session": not client_id}
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            protocol=MQTTProtocolVersion(version),
            reconnect_on_failure=False,
            manual_ack=True,
            **older,
        )
        self._listen()

    def connect(self, timeout: float) -> None:
        """Connect.

        Raises:
            IntegrationError: the broker did not accept that, or not in time; nothing was sent (`undone`).
        """
        client, place = self._client, self._place
        client.connect_timeout = timeout
        if place.username is not None:
            client.username_pw_set(place.username, place.password)
        if place.tls is not None:
            client.tls_set_context(place.tls)
        try:
            client.connect(place.host, place.port, place.keepalive, **self._terms())
            client.loop_start()
            self._await(lambda: self._connected is not None, timeout)
        except Exception as error:
            self.close()
            found = error if isinstance(error, IntegrationError) else translate(error)
            if found is None:
                raise
            found.undone = True
            raise found from None if found is error else error
        if self._connected is not None and self._connected.is_failure:
            self.close()
            raise refused(self._connected, connecting=True)

    def subscribe(self, topic: str, timeout: float) -> None:
        """Subscribe with quality of service 1.

        Raises:
            IntegrationError: the broker refused, or grants less.
        """
        options = SubscribeOptions(qos=1, retainHandling=ONLY_NEW) if self._version == V5 else None
        try:
            asked = (
                self._client.subscribe(topic, options=options)
                if options
                else self._client.subscribe(topic, 1)
            )
        except ValueError as error:
            raise InvalidArgumentError(f"{topic!r} is no topic to subscribe to: {error}") from None
        granted = self._answer(asked[1] or 0, time.monotonic() + timeout)[0]
        if granted.is_failure:
            raise refused(granted)
        if granted.value < 1:
            raise InvalidRequestError("the broker grants quality of service 0 alone, which loses messages")

    def publish(self, letters: Sequence[Letter], timeout: float) -> None:
        """Return when the broker has every letter.

        Raises:
            NotFoundError: nobody subscribes to the topic, as MQTT 5 brokers say.
            PartlyPublishedError: the broker refused some, or was lost when it had confirmed some.
            IntegrationError: it has none of them.
        """
        until = time.monotonic() + timeout
        sent = deque[tuple[int, int]]()
        codes: dict[int, ReasonCode | None] = {}
        try:
            for index, letter in enumerate(letters):
                sent.append((self._send(letter), index))
            while sent:
                codes[sent[0][1]] = self._answer(sent[0][0], until)
                sent.popleft()
        except IntegrationError as error:
            raise self._partly(letters, codes, error) from error.__cause__
        refusals = {index: code for index, code in codes.items() if code is not None and not _good(code)}
        if refusals:
            raise self._refused(letters, refusals)

    def ack(self, identifiers: Sequence[int]) -> None:
        """Ack messages by their packet ids."""
        for mid in identifiers:
            self._client.ack(mid, 1)

    def check(self) -> None:
        """Raise when the connection is gone."""
        thread = getattr(self._client, "_thread", self)
        if self.lost is None and isinstance(thread, threading.Thread) and not thread.is_alive():
            self.lost = ConnectionFailedError("the connection ended")  # e.g. by a malformed packet
        if self.lost is not None:
            raise self.lost

    def close(self) -> None:
        """Say goodbye; the broker keeps the session, and with it what is not acked."""
        self._closing = True
        self._client.disconnect()
        with self._bell:
            self._bell.wait_for(lambda: self.lost is not None, 0 if self._connected is None else FAREWELL)
        with suppress(OSError):
            if isinstance(sock := self._client.socket(), socket.socket):
                sock.shutdown(socket.SHUT_RDWR)  # a partner that does not answer keeps nobody waiting
        self._client.loop_stop()

    def _terms(self) -> dict[str, Any]:
        if self._version != V5:
            return {}
        terms = new(PacketTypes.CONNECT)
        terms.SessionExpiryInterval = FOREVER if self._keeps else 0
        if self._prefetch:
            terms.ReceiveMaximum = self._prefetch
        return {"clean_start": not self._keeps, "properties": terms}

    def _send(self, letter: Letter) -> int:
        try:
            info = self._client.publish(letter.topic, letter.body, 1, properties=letter.properties)
        except ValueError as error:
            raise InvalidArgumentError(f"cannot be published to {letter.topic!r}: {error}") from None
        if info.rc not in (paho.MQTT_ERR_SUCCESS, paho.MQTT_ERR_NO_CONN):
            raise ConnectionFailedError(paho.error_string(info.rc))
        return info.mid

    def _answer(self, mid: int, until: float) -> Any:
        """Return the broker's answer to a packet."""
        self._await(lambda: mid in self._answers, until - time.monotonic())
        return self._answers.pop(mid)

    def _await(self, there: Callable[[], bool], timeout: float) -> None:
        if there():
            return
        with self._bell:
            self._bell.wait_for(lambda: there() or self.lost is not None, max(0.0, timeout))
        if there():
            return
        if self.lost is not None:
            raise self.lost
        raise TimeoutError("the broker did not answer in time")

    def _partly(
        self, letters: Sequence[Letter], codes: dict[int, ReasonCode | None], error: IntegrationError
    ) -> IntegrationError:
        """Return *error*, or which letters are not confirmed."""
        failed = [index for index in range(len(letters)) if index not in codes or not _good(codes[index])]
        if len(failed) == len(letters):
            return error
        return PartlyPublishedError(error.reason, failed=failed, retryable=error.retryable)

    def _refused(self, letters: Sequence[Letter], codes: dict[int, Any]) -> IntegrationError:
        first = refused(next(iter(codes.values())))
        if len(codes) == len(letters):
            return first
        code = first.code if isinstance(first, ServiceError) else ""
        return PartlyPublishedError(first.reason, failed=sorted(codes), code=code, retryable=first.retryable)

    def _listen(self) -> None:
        """Hear what paho says; its thread must not do more than note it."""
        client = self._client
        client.on_connect = lambda _c, _u, _f, code, _p: self._noted(
            lambda: setattr(self, "_connected", code)
        )
        client.on_publish = lambda _c, _u, mid, code, _p: self._noted(
            lambda: self._answers.update({mid: code})
        )
        client.on_subscribe = lambda _c, _u, mid, codes, _p: self._noted(
            lambda: self._answers.update({mid: codes})
        )
        client.on_disconnect = lambda _c, _u, _f, code, _p: self._noted(lambda: self._ended(code))
        if (came := self._came) is not None:
            client.on_message = lambda _c, _u, message: came(self, message)

    def _noted(self, note: Callable[[], object]) -> None:
        with self._bell:
            note()
            self._bell.notify_all()
        if self._changed is not None:
            self._changed()

    def _ended(self, code: ReasonCode) -> None:
        if self._closing or code.value in (0x00, 0x80):
            self.lost = ConnectionFailedError("the connection is closed" if self._closing else "it was lost")
        else:
            self.lost = refused(code)


def _good(code: ReasonCode | None) -> bool:
    return code is not None and code.value != NO_SUBSCRIBERS and not code.is_failure
