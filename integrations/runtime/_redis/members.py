"""Keys that hold many values: sets, sorted sets and lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from .._errors import InvalidArgumentError
from .codec import Codec
from .command import Command, one, yes
from .engine import Replies, Word, Words
from .keys import At, Key, count, each, maybe

T = TypeVar("T")
A = TypeVar("A")


class Scored(msgspec.Struct, Generic[T], frozen=True):
    """A member of a sorted set, and its score."""

    member: T
    score: float


class _Members(Key, Generic[T]):
    __slots__ = ("codec",)

    def __init__(
        self, template: str, kind: type[T] | Any, *, ttl: float | None = None, replica: bool = False
    ) -> None:
        super().__init__(template, ttl=ttl, replica=replica)
        self.codec: Codec[T] = Codec(kind, template)

    def _words(self, name: str, key: str, values: Iterable[T]) -> Words:
        written = [self.codec.written(value) for value in values]
        if not written:
            raise InvalidArgumentError(f"name at least one value for {self.template.text}")
        return (name, key, *written)


class SetKey(_Members[T], Generic[T]):
    """A key that holds values without order, each once.

    Args:
        template: like `tags:{post_id}`.
        kind: the values' type.
        ttl: seconds.
        replica: whether replicas may answer reads.
    """

    __slots__ = ()

    def at(self, **parameters: Any) -> SetAt[T]:
        """Return one key."""
        return SetAt(self, self.template.key(parameters))


class SetAt(At[SetKey[T]], Generic[T]):
    """One set."""

    __slots__ = ()

    def add(self, values: Iterable[T]) -> Command[int]:
        """Add values; the result says how many were new."""
        return self._writing(self.of._words("SADD", self.key, values), read=count)

    def remove(self, values: Iterable[T]) -> Command[int]:
        """Remove values; the result says how many were there."""
        return Command((self.of._words("SREM", self.key, values),), count)

    def contains(self, value: T) -> Command[bool]:
        """Whether it is one of them."""
        return self._reading(self.of._words("SISMEMBER", self.key, [value]), yes)

    def get(self) -> Command[list[T]]:
        """All values, in no order."""
        return self._reading(("SMEMBERS", self.key), each(self.of.codec.read))

    def count(self) -> Command[int]:
        """How many there are."""
        return self._reading(("SCARD", self.key), count)


class SortedSetKey(_Members[T], Generic[T]):
    """A key that holds values in the order of their scores.

    Args:
        template: like `leaderboard:{season}`.
        kind: the members' type.
        ttl: seconds.
        replica: whether replicas may answer reads.
    """

    __slots__ = ()

    def at(self, **parameters: Any) -> SortedSetAt[T]:
        """Return one key."""
        return SortedSetAt(self, self.template.key(parameters))


class SortedSetAt(At[SortedSetKey[T]], Generic[T]):
    """One sorted set. Rank 0 is the highest score."""

    __slots__ = ()

    def add(self, member: T, score: float) -> Command[bool]:
        """Give a member its score; the result says whether it is new."""
        return self._writing(("ZADD", self.key, _score(score), self.of.codec.written(member)), read=yes)

    def add_many(self, scores: Mapping[T, float]) -> Command[int]:
        """Give members their scores; the result says how many are new."""
        words: list[Word] = []
        for member, score in scores.items():
            words += _score(score), self.of.codec.written(member)
        if not words:
            raise InvalidArgumentError(f"name at least one value for {self.of.template.text}")
        return self._writing(("ZADD", self.key, *words), read=count)

    def increment(self, member: T, by: float = 1.0) -> Command[float]:
        """Add to a member's score, and return what it is then."""
        words: Words = ("ZINCRBY", self.key, _score(by), self.of.codec.written(member))
        return self._writing(words, read=lambda replies: float(replies[0]))

    def remove(self, members: Iterable[T]) -> Command[int]:
        """Remove members; the result says how many were there."""
        return Command((self.of._words("ZREM", self.key, members),), count)

    def score(self, member: T) -> Command[float | None]:
        """A member's score; None where it is no member."""
        return self._reading(self.of._words("ZSCORE", self.key, [member]), maybe(float))

    def rank(self, member: T) -> Command[int | None]:
        """How many have a higher score; None where it is no member."""
        return self._reading(self.of._words("ZREVRANK", self.key, [member]), one)

    def top(self, count: int = 10) -> Command[list[Scored[T]]]:
        """The highest scores, the highest first."""
        if count < 1:
            raise InvalidArgumentError("count is at least 1")
        return self._listed("ZREVRANGE", 0, count - 1, "WITHSCORES")

    def range(self, start: int = 0, stop: int = -1) -> Command[list[Scored[T]]]:
        """From rank *start* to rank *stop*, both included, the lowest score first; -1 is the last."""
        return self._listed("ZRANGE", start, stop, "WITHSCORES")

    def between(self, lowest: float, highest: float, limit: int = 1000) -> Command[list[Scored[T]]]:
        """Scores from *lowest* to *highest*, both included, the lowest first."""
        low, high = _score(lowest), _score(highest)
        return self._listed("ZRANGEBYSCORE", low, high, "WITHSCORES", "LIMIT", 0, limit)

    def count(self) -> Command[int]:
        """How many members there are."""
        return self._reading(("ZCARD", self.key), count)

    def _listed(self, name: str, *words: Word) -> Command[list[Scored[T]]]:
        return self._reading((name, self.key, *words), _scored(self.of.codec.read))


def _scored(read: Callable[[bytes], A]) -> Callable[[Replies], list[Scored[A]]]:
    def pairs(replies: Replies) -> list[Scored[A]]:
        flat = replies[0]
        return [
            Scored(read(member), float(score)) for member, score in zip(flat[::2], flat[1::2], strict=True)
        ]

    return pairs


def _score(score: float) -> Word:
    if score != score:
        raise InvalidArgumentError("a score is a number, not nan")
    text = repr(float(score))
    return text.removesuffix(".0")


class ListKey(_Members[T], Generic[T]):
    """A key that holds values in order: pushed at the end, popped at the front.

    Args:
        template: like `outbox:{user_id}`.
        kind: the values' type.
        ttl: seconds.
        replica: whether replicas may answer reads.
        maxlen: how many are kept; the oldest go first.
    """

    __slots__ = ("maxlen",)

    def __init__(
        self,
        template: str,
        kind: type[T] | Any,
        *,
        ttl: float | None = None,
        replica: bool = False,
        maxlen: int | None = None,
    ) -> None:
        super().__init__(template, kind, ttl=ttl, replica=replica)
        self.maxlen = maxlen

    def at(self, **parameters: Any) -> ListAt[T]:
        """Return one key."""
        return ListAt(self, self.template.key(parameters))


class ListAt(At[ListKey[T]], Generic[T]):
    """One list."""

    __slots__ = ()

    def push(self, values: Iterable[T]) -> Command[int]:
        """Add values at the end; the result says how many were there then."""
        words = self.of._words("RPUSH", self.key, values)
        trim: tuple[Words, ...] = ()
        if self.of.maxlen is not None:
            trim = (("LTRIM", self.key, -self.of.maxlen, -1),)
        return self._writing(words, *trim, read=lambda replies: int(replies[0]))

    def pop(self) -> Command[T | None]:
        """Take the first; None where there is none."""
        return Command((("LPOP", self.key),), maybe(self.of.codec.read))

    def wait(self, seconds: float) -> Command[T | None]:
        """Take the first as soon as there is one; None where none came in *seconds*."""
        if not 0 < seconds <= 3600:
            raise InvalidArgumentError("wait is a number of seconds from above 0 to 3600")
        read = self.of.codec.read
        return Command(
            (("BLPOP", self.key, seconds),),
            lambda replies: None if replies[0] is None else read(replies[0][1]),
            wait=seconds,
        )

    def get(self, start: int = 0, stop: int = -1) -> Command[list[T]]:
        """From *start* to *stop*, both included, and left there; -1 is the last."""
        return self._reading(("LRANGE", self.key, start, stop), each(self.of.codec.read))

    def count(self) -> Command[int]:
        """How many there are."""
        return self._reading(("LLEN", self.key), count)
