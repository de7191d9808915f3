"""A Redis that answers as the test says, and remembers what it was sent; no driver is needed."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, Self

from .._redis.engine import Replies, Words
from .._redis.errors import Refusal
from .._redis.locks import AsyncLock, Lock
from ..redis import AsyncKeyValueAdapter, KeyValueAdapter, RedisSettings
from ._running import Running, Scripted
from ._script import Script

OK: Final = b"OK"


class Anything:
    """Equal to any word."""

    def __repr__(self) -> str:
        return "ANYTHING"


ANYTHING: Final = Anything()


class Fields(dict[str, Any]):
    """The rest of a command, as names and values in whatever order."""


class _Batch(list[Any]):
    """Replies to several commands that are sent together."""


class _Locking(Running):
    """An adapter whose locks are taken and let go when they are called; the result is their fence."""

    def _plain(self, result: Any) -> Any:
        if isinstance(result, Lock):
            with result as held:
                return held.fence
        return super()._plain(result)

    async def _async_plain(self, result: Any) -> Any:
        if isinstance(result, AsyncLock):
            async with result as held:
                return held.fence
        return await super()._async_plain(result)


class ScriptedRedis(Script, Scripted, _Locking):
    """A scripted server behind an adapter's injected engine, for both forms.

    Attributes:
        adapter: the adapter under test.
        clock: its clock, which never waits; `.slept` are the waits between attempts.
    """

    def __init__(self, package: str, secrets: Mapping[str, str]) -> None:
        Script.__init__(self, package)
        Scripted.__init__(self, secrets)

    @classmethod
    @contextmanager
    def running(
        cls,
        sync_class: type[KeyValueAdapter],
        async_class: type[AsyncKeyValueAdapter],
        form: str,
        *,
        secrets: Mapping[str, str],
        **from_config: Any,
    ) -> Iterator[Self]:
        """Run an adapter, set up from its own config.yaml, against a script.

        At the end it fails if a queued reply was not used or what was sent was not checked (unless
        forgotten), and if the value of a secret was logged, printed, raised, or shown by the adapter's repr.

        Args:
            sync_class: the blocking adapter.
            async_class: the async adapter.
            form: "sync" or "async".
            secrets: variable names and made-up values, for the secrets that config.yaml names.
            from_config: further arguments of `from_config`.
        """
        kind: Any = sync_class if form == "sync" else async_class
        script = cls(kind.PACKAGE, secrets)
        numbers = itertools.count(1)
        given = {
            "engine": _Engine(script) if form == "sync" else _AsyncEngine(script),
            "token": lambda: f"token-{next(numbers)}",
            **from_config,
        }
        with script._from_config(kind, form, **given):
            yield script
        script.verify()

    def replies_all(self, *values: Any) -> None:
        """Queue the answers to several commands that are sent together."""
        self.replies(_Batch(values))

    def transaction(self, *values: Any) -> None:
        """Queue the answers to one transaction: what each of its commands replies."""
        self.replies_all(OK, *[b"QUEUED"] * len(values), list(values))

    def refuses(self, code: str, text: str = "refused", *, times: int = 1) -> None:
        """Queue the server's refusal of everything that is sent next."""
        self.replies(*[Refusal(code, text)] * times)

    def sent(self, *commands: Sequence[Any], timeout: float | None = None) -> None:  # type: ignore[override]
        """Fail unless the next unchecked commands that were sent together are exactly these.

        Args:
            commands: each a list of words. Numbers are their text; a list or an object is JSON, wherever its
                fields stand; `Fields` is the rest of a command; `ANYTHING` is any word.
            timeout: the seconds that the answer could take, where the caller said so.
        """
        assert self._checked < len(self.calls), f"nothing was sent; expected {commands}"
        seen = self.calls[self._checked]
        self._checked += 1
        assert len(seen["commands"]) == len(commands), f"sent were {seen['commands']}, not {list(commands)}"
        for words, expected in zip(seen["commands"], commands, strict=True):
            assert _agree(words, list(expected)), f"sent was {words}, not {list(expected)}"
        if timeout is not None:
            assert seen["timeout"] == timeout, f"the time-out is {seen['timeout']}, not {timeout}"

    def pipelined(self, function: Callable[[Any], Sequence[Any]], **options: Any) -> list[Any]:
        """Queue calls in a pipeline, execute it and return their results."""

        async def run(adapter: Any) -> list[Any]:
            async with adapter.pipeline(**options) as pipeline:
                queued = function(pipeline)
            return [one.value for one in queued]

        if self._runner is not None:
            return self._runner.run(run(self.adapter))
        with self.adapter.pipeline(**options) as pipeline:
            queued = function(pipeline)
        return [one.value for one in queued]

    def _answered(self, commands: Sequence[Words], timeout: float) -> Replies:
        words = [[_text(word) for word in command] for command in commands]
        reply = self.answer({"commands": words, "timeout": timeout})
        if isinstance(reply, _Batch):
            return list(reply)
        if isinstance(reply, Refusal):
            return [reply] * len(words)
        return [reply]


class RunningRedis(_Locking):
    """An adapter on a real server, for both forms.

    Attributes:
        adapter: the adapter under test.
    """

    @classmethod
    @contextmanager
    def running(
        cls, sync_class: type[KeyValueAdapter], async_class: type[AsyncKeyValueAdapter], form: str, url: str
    ) -> Iterator[Self]:
        """Run an adapter on the server at *url*, which is emptied first."""
        kind: Any = sync_class if form == "sync" else async_class
        live = cls()
        with live._loop(form):
            live.adapter = kind(RedisSettings(service=kind.SERVICE, connection_string=url))
            live.call(lambda adapter: adapter.command("FLUSHDB"))
            try:
                yield live
            finally:
                live._close()


class _Engine:
    """Asks the script for every answer."""

    def __init__(self, script: ScriptedRedis) -> None:
        self._script = script

    def exchange(self, commands: Sequence[Words], timeout: float) -> Replies:
        return self._script._answered(commands, timeout)

    @contextmanager
    def session(self) -> Iterator[Self]:
        yield self

    def close(self) -> None:
        """Nothing is open."""


class _AsyncEngine:
    """Asks the script for every answer."""

    def __init__(self, script: ScriptedRedis) -> None:
        self._script = script

    async def exchange(self, commands: Sequence[Words], timeout: float) -> Replies:
        return self._script._answered(commands, timeout)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Self]:
        yield self

    async def aclose(self) -> None:
        """Nothing is open."""


def _text(word: Any) -> str:
    return word.decode("utf-8", "backslashreplace") if isinstance(word, bytes) else str(word)


def _agree(words: list[str], expected: list[Any]) -> bool:
    if expected and isinstance(expected[-1], Fields):
        *before, fields = expected
        rest = words[len(before) :]
        told = dict(zip(rest[::2], rest[1::2], strict=True))
        same = told.keys() == fields.keys() and all(_same(told[name], fields[name]) for name in fields)
        return same and _agree(words[: len(before)], before)
    return len(words) == len(expected) and all(map(_same, words, expected))


def _same(word: str, expected: Any) -> bool:
    if expected is ANYTHING:
        return True
    if isinstance(expected, bool | list | dict):
        return bool(json.loads(word) == expected)
    if isinstance(expected, bytes):
        return word == _text(expected)
    return word == str(expected)
