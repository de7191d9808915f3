"""One operation as plain data: what is sent, how its replies are read, and what may be repeated."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar

from .._errors import InvalidArgumentError
from .engine import Replies, Words
from .errors import Refusal, error_of

T = TypeVar("T")

# What may be sent again when nobody knows whether it arrived: its effect is the same once or twice. Where an
# answer tells what changed (how many members were new), a repeat may tell less than the first did.
_REPEATABLE = (
    *("PING", "EXISTS", "PTTL", "PEXPIRE", "DEL", "TYPE", "SCAN"),
    *("GET", "MGET", "GETEX", "SET"),
    *("HGET", "HGETALL", "HSET", "HDEL"),
    *("SADD", "SREM", "SISMEMBER", "SMEMBERS", "SCARD"),
    *("ZADD", "ZREM", "ZSCORE", "ZRANK", "ZREVRANK", "ZRANGE", "ZREVRANGE", "ZRANGEBYSCORE", "ZCARD"),
    *("LRANGE", "LLEN"),
    *("XREAD", "XRANGE", "XLEN", "XACK", "XPENDING"),
)
REPEATABLE: Final = frozenset(_REPEATABLE)
MULTI: Final[Words] = ("MULTI",)
EXEC: Final[Words] = ("EXEC",)


@dataclass(frozen=True, slots=True)
class Command(Generic[T]):
    """One operation.

    Attributes:
        parts: the commands; several are one transaction, all or none.
        read: their replies → the result.
        repeatable: whether it may be repeated; None: as its commands allow.
        replica: whether a replica may answer it.
        wait: seconds that the server may hold back the answer.
        whole: of a script that is called by its digest, the same call with its text.
    """

    parts: tuple[Words, ...]
    read: Callable[[Replies], T]
    repeatable: bool | None = None
    replica: bool = False
    wait: float = 0.0
    whole: Words = ()

    def safe(self) -> bool:
        """Return whether it may be sent again when nobody knows whether it arrived."""
        if self.repeatable is not None:
            return self.repeatable
        return all(words[0] in REPEATABLE for words in self.parts)

    def batch(self) -> tuple[Words, ...]:
        """Return what is sent."""
        return self.parts if len(self.parts) == 1 else (MULTI, *self.parts, EXEC)

    def queued(self) -> tuple[Words, ...]:
        """Return what is sent in a pipeline, where nobody could answer a missing script."""
        return (self.whole,) if self.whole else self.parts

    def answer(self, replies: Replies) -> T:
        """Return the result of what was sent.

        Raises:
            ServiceError: the server refused it.
        """
        return self.read(replies if len(self.parts) == 1 and not first_refusal(replies) else inner(replies))


def first_refusal(replies: Replies) -> Refusal | None:
    """Return the first error among *replies*."""
    return next((reply for reply in replies if isinstance(reply, Refusal)), None)


def inner(replies: Replies) -> Replies:
    """Return the replies inside a transaction.

    Raises:
        ServiceError: the server refused one of its commands.
    """
    refusal = first_refusal(replies) or first_refusal(replies[-1] or [])
    if refusal is not None:
        raise error_of(refusal)
    found: Replies = replies[-1]
    return found


@dataclass(frozen=True, slots=True)
class Ask:
    """What a flow sends next."""

    commands: Sequence[Words]
    wait: float = 0.0


Steps: TypeAlias = Generator[Ask, Replies, T]


@dataclass(frozen=True, slots=True)
class Flow(Generic[T]):
    """An operation of several turns, where what is sent depends on what came. It has no I/O of its own.

    Attributes:
        steps: begins it: it yields what is to be sent, and is sent the replies.
        repeatable: whether all of it may be repeated.
    """

    steps: Callable[[], Steps[T]]
    repeatable: bool = False


def one(replies: Replies) -> Any:
    """Return the reply of a single command."""
    return replies[0]


def last(replies: Replies) -> Any:
    """Return the reply of the last command."""
    return replies[-1]


def nothing(replies: Replies) -> None:
    """The replies say no more than that it was done."""


def yes(replies: Replies) -> bool:
    """Return whether the last command changed anything."""
    return bool(replies[-1])


def milliseconds(seconds: float, what: str = "ttl") -> int:
    """Return whole milliseconds.

    Raises:
        InvalidArgumentError: it is no time above 0.
    """
    found = round(seconds * 1000) if 0 < seconds < 1e11 else 0
    if found < 1:
        raise InvalidArgumentError(f"{what} is a number of seconds above 0, not {seconds!r}")
    return found
