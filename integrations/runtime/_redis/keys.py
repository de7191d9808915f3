"""What keys of every type have: their template, their time to live, and how they are found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .command import Command, milliseconds, one, yes
from .engine import Replies, Words
from .template import KeyTemplate

T = TypeVar("T")
K = TypeVar("K", bound="Key")
PAGE = 500  # keys that the server looks at for one page of a scan


class Key:
    """One declared kind of key.

    Args:
        template: like `session:{user_id}`.
        ttl: seconds until a key is gone, counted from its last write; None: never.
        replica: whether replicas may answer what only reads.
    """

    __slots__ = ("replica", "template", "ttl")

    def __init__(self, template: str, *, ttl: float | None = None, replica: bool = False) -> None:
        self.template = KeyTemplate(template)
        self.ttl, self.replica = ttl, replica

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.template.text!r})"

    def key(self, **parameters: Any) -> str:
        """Return the key of some parameters."""
        return self.template.key(parameters)

    def page(self, cursor: int) -> Command[tuple[int, list[tuple[str, ...]]]]:
        """Return the command for one page of a scan: the next cursor, and the parameters of keys."""
        words: Words = ("SCAN", cursor, "MATCH", self.template.pattern, "COUNT", PAGE)

        def read(replies: Replies) -> tuple[int, list[tuple[str, ...]]]:
            following, keys = replies[0]
            return int(following), [found for key in keys if (found := self.template.values(key))]

        return Command((words,), read, replica=self.replica)


@dataclass(frozen=True, slots=True)
class At(Generic[K]):
    """One key: what can be done with it, each as a command."""

    of: K
    key: str

    def delete(self) -> Command[bool]:
        """Delete it; the result says whether it was there."""
        return Command((("DEL", self.key),), yes)

    def exists(self) -> Command[bool]:
        """Whether it is there."""
        return self._reading(("EXISTS", self.key), yes)

    def ttl(self) -> Command[float | None]:
        """The seconds until it is gone; None: it stays, or is not there."""
        return self._reading(("PTTL", self.key), _seconds)

    def refresh(self, ttl: float | None = None) -> Command[bool]:
        """Let it live for its whole time from now on; the result says whether it was there."""
        wanted = self.of.ttl if ttl is None else ttl
        if wanted is None:
            return Command((("PERSIST", self.key),), yes, repeatable=True)
        return Command((("PEXPIRE", self.key, milliseconds(wanted)),), yes)

    def _reading(self, words: Words, read: Callable[[Replies], T]) -> Command[T]:
        return Command((words,), read, replica=self.of.replica)

    def _writing(self, *parts: Words, read: Callable[[Replies], T], ttl: float | None = None) -> Command[T]:
        """Return a write, with which the time to live begins anew."""
        wanted = self.of.ttl if ttl is None else ttl
        if wanted is None:
            return Command(parts, read)
        expire: Words = ("PEXPIRE", self.key, milliseconds(wanted))
        return Command((*parts, expire), _without_last(read))


def _without_last(read: Callable[[Replies], T]) -> Callable[[Replies], T]:
    return lambda replies: read(replies[:-1])


def _seconds(replies: Replies) -> float | None:
    left: int = replies[0]
    return None if left < 0 else left / 1000


def count(replies: Replies) -> int:
    """Return the number that the last command replied."""
    return int(replies[-1])


def maybe(read: Callable[[bytes], T]) -> Callable[[Replies], T | None]:
    """Return how a reply is read that may be nil."""
    return lambda replies: None if one(replies) is None else read(one(replies))


def each(read: Callable[[bytes], T]) -> Callable[[Replies], list[T]]:
    """Return how a list of values is read."""
    return lambda replies: [read(stored) for stored in one(replies)]
