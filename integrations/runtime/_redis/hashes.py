"""Keys that hold an object field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from .._errors import InvalidArgumentError
from .codec import FieldsCodec
from .command import Command, Flow, milliseconds, nothing
from .engine import Replies, Words
from .keys import At, Key, count, maybe
from .strings import watched

T = TypeVar("T")
F = TypeVar("F")


class HashKey(Key, Generic[T]):
    """A key that holds an object, field by field.

    Args:
        template: like `profile:{user_id}`.
        kind: the object's type, a Struct.
        ttl: seconds.
        replica: whether replicas may answer reads.
    """

    __slots__ = ("codec",)

    def __init__(
        self, template: str, kind: type[T] | Any, *, ttl: float | None = None, replica: bool = False
    ) -> None:
        super().__init__(template, ttl=ttl, replica=replica)
        self.codec: FieldsCodec[T] = FieldsCodec(kind, template)

    def at(self, **parameters: Any) -> HashAt[T]:
        """Return one key."""
        return HashAt(self, self.template.key(parameters))


class HashAt(At[HashKey[T]], Generic[T]):
    """One key that holds an object."""

    __slots__ = ()

    def get(self) -> Command[T | None]:
        """The object; None where there is none."""
        return self._reading(("HGETALL", self.key), self._read)

    def set(self, value: T, *, ttl: float | None = None) -> Command[None]:
        """Write it in place of what was there."""
        return self._writing(*self._set(value), read=nothing, ttl=ttl)

    def set_fields(self, fields: Mapping[str, Any]) -> Command[None]:
        """Write the fields that are not None, and leave the others."""
        told = {name: value for name, value in fields.items() if value is not None}
        if not told:
            raise InvalidArgumentError(f"name at least one field of {self.of.template.text}")
        return self._writing(("HSET", self.key, *self.of.codec.flat(told)), read=nothing)

    def field(self, name: str, kind: type[F] | Any) -> Command[F | None]:
        """One field, which is declared as *kind*; None where there is none."""
        return self._reading(("HGET", self.key, name), maybe(self.of.codec.codecs[name].read))

    def increment(self, name: str, by: int = 1) -> Command[int]:
        """Add to an integer field, and return what it is then."""
        return self._writing(("HINCRBY", self.key, name, by), read=count)

    def update(self, change: Callable[[T | None], T | None]) -> Flow[T | None]:
        """Change it as *change* says, which is called again if somebody else was faster; None deletes it."""

        def encoded(replies: Replies) -> tuple[T | None, list[Words]]:
            new = change(self._read(replies))
            if new is None:
                return new, [("DEL", self.key)]
            ttl = self.of.ttl
            lives: list[Words] = [] if ttl is None else [("PEXPIRE", self.key, milliseconds(ttl))]
            return new, [*self._set(new), *lives]

        return Flow(lambda: watched(self.key, ("HGETALL", self.key), encoded))

    def _set(self, value: T) -> list[Words]:
        return [("DEL", self.key), ("HSET", self.key, *self.of.codec.written(value))]

    def _read(self, replies: Replies) -> T | None:
        return self.of.codec.paired(replies[0]) if replies[0] else None
