"""A channel of the manifest as one constant: its message's type, and where and how its messages travel."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

import msgspec

from .._errors import InvalidArgumentError
from .._http.oneof import decoded, unwrapped
from .messages import NO_HEADERS, Outgoing, Route
from .settings import QueueSettings
from .verdicts import UNSETTLED

T = TypeVar("T")
BYTES: Final = "application/octet-stream"


@dataclass(frozen=True, eq=False, kw_only=True)
class Channel(Generic[T]):
    """What a generated adapter says of one channel.

    Attributes:
        name: as in the manifest.
        message: the type of its messages; ``bytes`` are sent as they are, everything else as JSON.
        method: what the methods are called behind ``publish_`` and ``consume_``.
        key: the attribute of a message that is its key; "" for none.
        concurrency: how many handlers run at once, unless the caller says otherwise.
        others: see ``Route``.
    """

    name: str
    message: Any
    method: str
    address: str
    dead_letter: str
    key: str = ""
    concurrency: int = 1
    max_attempts: int = 5
    retry_delay: float = 10.0
    prefetch: int = 32
    group: str = ""
    ordered: bool = False
    declare: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def publishing(self) -> str:
        """What errors and metrics call it to publish."""
        return f"publish_{self.method}"

    @property
    def consuming(self) -> str:
        """What errors and metrics call it to consume."""
        return f"consume_{self.method}"

    @cached_property
    def encode(self) -> Callable[[Any], bytes]:
        """Turn a message into its bytes."""
        return bytes if self.message is bytes else msgspec.json.Encoder(enc_hook=unwrapped).encode

    @cached_property
    def decode(self) -> Callable[[bytes], T]:
        """Turn bytes into a message; what is none raises one of ``verdicts.UNREADABLE``."""
        return (
            _as_it_is
            if self.message is bytes
            else msgspec.json.Decoder(self.message, dec_hook=decoded).decode
        )

    @cached_property
    def _key_of(self) -> Callable[[T], Any]:
        return attrgetter(self.key) if self.key else lambda message: None

    @cached_property
    def dead(self) -> Channel[bytes]:
        """Return the channel of its dead letters: their untouched bytes, until handled."""
        made: Channel[bytes] = Channel(
            name=f"{self.name} dead letters",
            message=bytes,
            method=f"dead_letters_of_{self.method}",
            address=self.dead_letter,
            dead_letter=self.dead_letter,
            max_attempts=sys.maxsize - UNSETTLED,
            retry_delay=self.retry_delay,
            group=self.group,
            declare=False,
            options=self.options,
        )
        return made

    def route(self, settings: QueueSettings) -> Route:
        """Return where its messages go, as configured."""
        prefix = settings.address_prefix
        return Route(
            channel=self.name,
            address=prefix + self.address,
            dead_letter=prefix + self.dead_letter,
            max_attempts=self.max_attempts,
            retry_delay=self.retry_delay,
            prefetch=settings.prefetch or self.prefetch,
            group=settings.group or (prefix + self.group if self.group else ""),
            ordered=self.ordered,
            declare=self.declare,
            options=self.options,
            content_type=BYTES if self.message is bytes else "application/json",
        )

    def outgoing(
        self,
        message: T,
        key: str | None,
        delay: float,
        headers: Mapping[str, str],
        message_id: str | None = None,
    ) -> Outgoing:
        """Return a message, ready to be sent.

        Raises:
            InvalidArgumentError: it cannot be written as JSON, or the delay is none.
        """
        if not 0 <= delay < float("inf"):
            raise InvalidArgumentError(f"delay is seconds from now, not {delay}")
        return self._written([message], headers, key, delay, message_id)[0]

    def batch(self, messages: Iterable[T], headers: Mapping[str, str]) -> list[Outgoing]:
        """Return messages, ready to be sent, each with its own key and id.

        Raises:
            InvalidArgumentError: one cannot be written as JSON.
        """
        return self._written(list(messages), headers, None, 0.0, None)

    def _written(
        self,
        messages: Sequence[T],
        headers: Mapping[str, str],
        key: str | None,
        delay: float,
        message_id: str | None,
    ) -> list[Outgoing]:
        encode, key_of = self.encode, self._key_of
        try:
            if not self.key or key is not None:
                return [Outgoing(encode(m), message_id or new_id(), key, headers, delay) for m in messages]
            return [
                Outgoing(encode(m), message_id or new_id(), _text(key_of(m)), headers, delay)
                for m in messages
            ]
        except (TypeError, ValueError, AttributeError, RecursionError, msgspec.MsgspecError) as error:
            raise InvalidArgumentError(f"a message cannot be written: {error}") from None


def with_prefetch(route: Route, concurrency: int) -> Route:
    """Return *route* with enough in hand for so many handlers."""
    return route if route.prefetch >= concurrency else replace(route, prefetch=concurrency)


def checked(headers: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return the headers that a caller gave.

    Raises:
        InvalidArgumentError: a name or value is no text.
    """
    for name, value in (headers or NO_HEADERS).items():
        if not isinstance(name, str) or not isinstance(value, str) or not name:
            raise InvalidArgumentError(f"headers are texts by name, unlike {name!r}")
    return headers or NO_HEADERS


def _as_it_is(body: bytes) -> Any:
    return body


def _text(key: Any) -> str | None:
    return key if key is None or isinstance(key, str) else str(key)


class _Ids:
    """Names for messages that no other process gives: a random half, and a number."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self._start, self._numbers = secrets.token_hex(10), count(1)

    def __call__(self) -> str:
        return f"{self._start}{next(self._numbers):012x}"


new_id: Final = _Ids()
os.register_at_fork(after_in_child=new_id.renew)
