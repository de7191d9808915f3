"""Lua scripts: called by their digest, and by their text where the server does not know them yet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from .._errors import UnexpectedResponseError
from .codec import Codec
from .command import Command
from .engine import Replies, Word, Words

T = TypeVar("T")


class Script(Generic[T]):
    """A Lua script.

    Args:
        name: for errors.
        lua: its text; its keys are KEYS, its arguments ARGV.
        returns: the type of its result; None: it has none that matters.
        repeatable: whether running it twice does no harm.
    """

    __slots__ = ("_name", "_returns", "digest", "lua", "repeatable")

    def __init__(self, name: str, lua: str, returns: Any = None, *, repeatable: bool = False) -> None:
        self.lua, self.repeatable = lua, repeatable
        self._name, self._returns = name, returns
        self.digest = hashlib.sha1(lua.encode(), usedforsecurity=False).hexdigest()

    def call(self, keys: Sequence[str] = (), arguments: Sequence[tuple[Any, Any]] = ()) -> Command[T]:
        """Return the command that runs it.

        Args:
            keys: KEYS.
            arguments: ARGV, each a value and its type.
        """
        written = [Codec(kind, self._name).written(value) for value, kind in arguments]
        return self.run(keys, written, self._read)

    def run(self, keys: Sequence[str], arguments: Sequence[Word], read: Any) -> Command[Any]:
        """Return the command that runs it, with its own way to read the reply."""
        rest: Words = (len(keys), *keys, *arguments)
        return Command(
            (("EVALSHA", self.digest, *rest),),
            read,
            repeatable=self.repeatable,
            whole=("EVAL", self.lua, *rest),
        )

    def _read(self, replies: Replies) -> Any:
        return self._typed(replies[0], self._returns)

    def _typed(self, reply: Any, kind: Any) -> Any:
        if kind is None:
            return None
        args = getattr(kind, "__args__", ())
        if kind is bool:  # Lua's true is 1, its false nil
            return reply == 1
        if type(None) in args:
            inner = next(one for one in args if one is not type(None))
            return None if reply is None else self._typed(reply, inner)
        if isinstance(reply, list):
            item = args[0] if getattr(kind, "__origin__", kind) is list and args else Any
            if getattr(kind, "__origin__", kind) is list:
                return [self._typed(one, item) for one in reply]
        if kind is int and isinstance(reply, int):
            return reply
        if kind is Any and not isinstance(reply, bytes):
            return reply
        if isinstance(reply, bytes):
            return Codec(kind, f"the script {self._name}").read(reply)
        raise UnexpectedResponseError(f"the script {self._name} returns another type than it declares")
