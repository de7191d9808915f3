"""Keys that hold one value, and keys that count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from .._errors import InvalidArgumentError, TransactionConflictError
from .codec import Codec
from .command import EXEC, MULTI, Ask, Command, Flow, Steps, first_refusal, inner, milliseconds
from .engine import Replies, Words
from .errors import error_of
from .keys import At, Key, count, maybe

T = TypeVar("T")
ROUNDS = 16  # of an update that others get in the way of, before it is a conflict


class StringKey(Key, Generic[T]):
    """A key that holds one value.

    Args:
        template: like `session:{user_id}`.
        kind: the value's type; see `codec`.
        ttl: seconds.
        sliding: whether reading begins the time to live anew, too.
        replica: whether replicas may answer reads.
    """

    __slots__ = ("codec", "sliding")

    def __init__(
        self,
        template: str,
        kind: type[T] | Any,
        *,
        ttl: float | None = None,
        sliding: bool = False,
        replica: bool = False,
    ) -> None:
        super().__init__(template, ttl=ttl, replica=replica)
        self.codec: Codec[T] = Codec(kind, template)
        self.sliding = sliding

    def at(self, **parameters: Any) -> StringAt[T]:
        """Return one key."""
        return StringAt(self, self.template.key(parameters))

    def many(self, parameters: Iterable[Mapping[str, Any]]) -> Command[list[T | None]]:
        """Return the values of several keys, in their order; None for each that is not there."""
        keys = [self.template.key(one) for one in parameters]
        if not keys:
            raise InvalidArgumentError(f"name at least one {self.template.text}")
        read = self.codec.read
        return Command(
            (("MGET", *keys),),
            lambda replies: [None if stored is None else read(stored) for stored in replies[0]],
            replica=self.replica,
        )


class StringAt(At[StringKey[T]], Generic[T]):
    """One key that holds a value."""

    __slots__ = ()

    def get(self) -> Command[T | None]:
        """The value; None where there is none."""
        key = self.of
        if key.sliding and key.ttl is not None:
            words: Words = ("GETEX", self.key, "PX", milliseconds(key.ttl))
            return Command((words,), maybe(key.codec.read))
        return self._reading(("GET", self.key), maybe(key.codec.read))

    def set(self, value: T, *, ttl: float | None = None, only_if_absent: bool = False) -> Command[bool]:
        """Write it; the result says whether it was written."""
        words = self._set(value, ttl)
        if only_if_absent:
            return Command(((*words, "NX"),), _done, repeatable=False)
        return Command((words,), _done)

    def update(self, change: Callable[[T | None], T | None]) -> Flow[T | None]:
        """Change it as *change* says, which is called again if somebody else was faster; None deletes it."""

        def encoded(replies: Replies) -> tuple[T | None, list[Words]]:
            stored = replies[0]
            new = change(None if stored is None else self.of.codec.read(stored))
            return new, [("DEL", self.key) if new is None else self._set(new, None)]

        return Flow(lambda: watched(self.key, ("GET", self.key), encoded))

    def _set(self, value: T, ttl: float | None) -> Words:
        wanted = self.of.ttl if ttl is None else ttl
        lives: Words = () if wanted is None else ("PX", milliseconds(wanted))
        return ("SET", self.key, self.of.codec.written(value), *lives)


def watched(key: str, reading: Words, change: Callable[[Replies], tuple[T, list[Words]]]) -> Steps[T]:
    """Read, change and write *key*, over and over until nobody else has changed it meanwhile.

    Raises:
        TransactionConflictError: somebody else always was faster.
    """
    for _ in range(ROUNDS):
        found = yield Ask((("WATCH", key), reading))
        if refusal := first_refusal(found):
            raise error_of(refusal)
        new, writes = change(found[1:])  # should it raise, the connection goes, and with it what is watched
        replies = yield Ask((MULTI, *writes, EXEC))
        if inner(replies) is not None:
            return new
    raise TransactionConflictError(f"others changed the key {ROUNDS} times while it was being changed")


def _done(replies: Replies) -> bool:
    return replies[0] is not None


class CounterKey(Key):
    """A key that counts.

    Args:
        template: like `hits:{ip}:{minute}`.
        ttl: seconds from the first count until it begins at 0 again.
        sliding: whether each count begins the time anew.
        replica: whether replicas may answer reads.
    """

    __slots__ = ("sliding",)

    def __init__(
        self, template: str, *, ttl: float | None = None, sliding: bool = False, replica: bool = False
    ) -> None:
        super().__init__(template, ttl=ttl, replica=replica)
        self.sliding = sliding

    def at(self, **parameters: Any) -> CounterAt:
        """Return one key."""
        return CounterAt(self, self.template.key(parameters))


class CounterAt(At[CounterKey]):
    """One key that counts."""

    __slots__ = ()

    def get(self) -> Command[int]:
        """The count; 0 where there is none."""
        return self._reading(("GET", self.key), lambda replies: int(replies[0] or 0))

    def increment(self, by: int = 1) -> Command[int]:
        """Count, and return the new count; with the first one its time begins, in the same transaction."""
        words: Words = ("INCRBY", self.key, by)
        if self.of.ttl is None:
            return Command((words,), count)
        lives = milliseconds(self.of.ttl)
        if self.of.sliding:
            return Command((words, ("PEXPIRE", self.key, lives)), lambda replies: int(replies[0]))
        return Command((("SET", self.key, 0, "PX", lives, "NX"), words), count)
