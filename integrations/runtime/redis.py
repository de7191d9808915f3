"""The base of Redis and Valkey adapters, blocking and async.

A generated adapter declares keys and scripts as constants, and each of its methods is one call of `_do`,
`_run`, `_scan` or `_lock`; everything else (limits, retries, time-outs, errors, metrics, secrets) happens
here, the same way for both forms.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, cast

from ._forms import awaited, iterated
from ._redis.base import AdapterBase, is_missing
from ._redis.command import Command, Flow, nothing, one
from ._redis.engine import AsyncEngine, AsyncExchange, Engine, Exchange, Replies, Word, Words
from ._redis.errors import LockLostError, LockTakenError, Refusal, translate
from ._redis.hashes import HashKey
from ._redis.idempotency import AsyncRedisStore, RedisStore
from ._redis.keys import Key
from ._redis.locks import AsyncLock, Lock, LockAt, LockKey
from ._redis.members import ListKey, Scored, SetKey, SortedSetKey
from ._redis.pipeline import AsyncPipeline, Pipeline, Queued, queued
from ._redis.scripts import Script
from ._redis.settings import RedisSettings
from ._redis.streams import DeadLetter, Entry, StreamKey
from ._redis.strings import CounterKey, StringKey
from ._secrets import Secret

__all__ = [
    "AsyncEngine",
    "AsyncExchange",
    "AsyncKeyValueAdapter",
    "AsyncLock",
    "AsyncPipeline",
    "AsyncRedisStore",
    "CounterKey",
    "DeadLetter",
    "Engine",
    "Entry",
    "Exchange",
    "HashKey",
    "Key",
    "KeyValueAdapter",
    "ListKey",
    "Lock",
    "LockKey",
    "LockLostError",
    "LockTakenError",
    "Pipeline",
    "Queued",
    "RedisSettings",
    "RedisStore",
    "Refusal",
    "Scored",
    "Script",
    "SetKey",
    "SortedSetKey",
    "StreamKey",
    "StringKey",
    "awaited",
    "iterated",
    "locked",
    "queued",
    "translate",
]

P = ParamSpec("P")
T = TypeVar("T")
DAY = 86_400.0
Parse = Callable[[str], Any]  # of a parameter's text: str or int


def locked(method: Callable[Concatenate[Any, P], Lock]) -> Callable[Concatenate[Any, P], AsyncLock]:
    """Return *method*, which makes a lock, for `async with`."""
    return cast("Callable[Concatenate[Any, P], AsyncLock]", method)


class KeyValueAdapter(AdapterBase[Engine]):
    """A blocking adapter. Safe to share between threads; close it, or use it in a `with`."""

    def _driver(self, settings: RedisSettings, address: Secret) -> Engine:
        from ._redis.driver import Driver

        return Driver(settings, address)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; the adapter cannot be used afterwards."""
        self._closed = True
        for engine in self._engines():
            engine.close()

    def healthcheck(self, timeout: float = 5.0) -> None:
        """Return if the server answers; each attempt has *timeout* seconds.

        Raises:
            IntegrationError: it does not.
        """
        self._do("healthcheck", Command((("PING",),), nothing), timeout)

    def command(self, *words: Word, repeatable: bool = False, timeout: float | None = None) -> Any:
        """Do what no method of this adapter does, under the same guards; the reply comes as it is.

        Args:
            words: the command and its arguments.
            repeatable: whether it may be tried again when nobody knows whether it arrived.
            timeout: seconds.
        """
        return self._do("command", Command((words,), one, repeatable=repeatable), timeout)

    def idempotency(self, prefix: str, *, lease: float = 900.0, keep: float = 7 * DAY) -> RedisStore:
        """Return a store of processed messages, for `Idempotent`.

        Args:
            prefix: what its keys begin with.
            lease: seconds after which a claim ends that was neither done nor released.
            keep: seconds for which a message is remembered.
        """
        return RedisStore(self._do, prefix, lease, keep, self._token)

    def _do(self, name: str, command: Command[T], timeout: float | None = None) -> T:
        """Do one command and return its result."""
        engine, limit = self._from(command, name), self._limit(timeout, command.wait)

        def attempt() -> T:
            replies = engine.exchange(command.batch(), limit)
            if command.whole and is_missing(replies):
                replies = engine.exchange((command.whole,), limit)
            return command.answer(replies)

        return self._guard.call(name, attempt, repeatable=command.safe())

    def _run(self, name: str, flow: Flow[T], timeout: float | None = None) -> T:
        """Do an operation of several turns on one connection."""
        self._open(name)

        def attempt() -> T:
            with self._engine.session() as session:
                return self._walk(session, flow, timeout)

        return self._guard.call(name, attempt, repeatable=flow.repeatable)

    def _walk(self, session: Exchange, flow: Flow[T], timeout: float | None) -> T:
        steps = flow.steps()
        try:
            ask = next(steps)
            while True:
                ask = steps.send(session.exchange(ask.commands, self._limit(timeout, ask.wait)))
        except StopIteration as end:
            return cast("T", end.value)

    def _scan(
        self, name: str, key: Key, parse: Sequence[Parse], timeout: float | None = None
    ) -> Iterator[Any]:
        """Yield the parameters of every key of a template."""
        cursor = 0
        while True:
            cursor, found = self._do(name, key.page(cursor), timeout)
            yield from parsed(found, parse)
            if not cursor:
                return

    def _lock(self, name: str, key: LockAt, ttl: float | None, wait: float) -> Lock:
        """Return a lock, to be taken by `with`."""
        return Lock(name, key, self._do, self._clock, self._token(), ttl=ttl, wait=wait)

    def _send(self, batch: Sequence[Words], repeatable: bool, timeout: float | None) -> Replies:
        """Send what a pipeline has queued."""
        self._open("pipeline")
        limit = self._limit(timeout)
        return self._guard.call(
            "pipeline", lambda: self._engine.exchange(batch, limit), repeatable=repeatable
        )


class AsyncKeyValueAdapter(AdapterBase[AsyncEngine]):
    """An async adapter. Share it between the tasks of one event loop; close it, or use `async with`."""

    def _driver(self, settings: RedisSettings, address: Secret) -> AsyncEngine:
        from ._redis.adriver import AsyncDriver

        return AsyncDriver(settings, address)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; the adapter cannot be used afterwards."""
        self._closed = True
        for engine in self._engines():
            await engine.aclose()

    async def healthcheck(self, timeout: float = 5.0) -> None:
        """Return if the server answers; each attempt has *timeout* seconds.

        Raises:
            IntegrationError: it does not.
        """
        await self._do("healthcheck", Command((("PING",),), nothing), timeout)

    async def command(self, *words: Word, repeatable: bool = False, timeout: float | None = None) -> Any:
        """Do what no method of this adapter does, under the same guards; see `KeyValueAdapter.command`."""
        return await self._do("command", Command((words,), one, repeatable=repeatable), timeout)

    def idempotency(self, prefix: str, *, lease: float = 900.0, keep: float = 7 * DAY) -> AsyncRedisStore:
        """Return a store of processed messages, for `Idempotent`; see `KeyValueAdapter.idempotency`."""
        return AsyncRedisStore(self._do, prefix, lease, keep, self._token)

    async def _do(self, name: str, command: Command[T], timeout: float | None = None) -> T:
        """Do one command and return its result."""
        engine, limit = self._from(command, name), self._limit(timeout, command.wait)

        async def attempt() -> T:
            replies = await engine.exchange(command.batch(), limit)
            if command.whole and is_missing(replies):
                replies = await engine.exchange((command.whole,), limit)
            return command.answer(replies)

        return await self._guard.acall(name, attempt, repeatable=command.safe())

    async def _run(self, name: str, flow: Flow[T], timeout: float | None = None) -> T:
        """Do an operation of several turns on one connection."""
        self._open(name)

        async def attempt() -> T:
            async with self._engine.session() as session:
                return await self._walk(session, flow, timeout)

        return await self._guard.acall(name, attempt, repeatable=flow.repeatable)

    async def _walk(self, session: AsyncExchange, flow: Flow[T], timeout: float | None) -> T:
        steps = flow.steps()
        try:
            ask = next(steps)
            while True:
                ask = steps.send(await session.exchange(ask.commands, self._limit(timeout, ask.wait)))
        except StopIteration as end:
            return cast("T", end.value)

    async def _scan(
        self, name: str, key: Key, parse: Sequence[Parse], timeout: float | None = None
    ) -> AsyncIterator[Any]:
        """Yield the parameters of every key of a template."""
        cursor = 0
        while True:
            cursor, found = await self._do(name, key.page(cursor), timeout)
            for one_key in parsed(found, parse):
                yield one_key
            if not cursor:
                return

    def _lock(self, name: str, key: LockAt, ttl: float | None, wait: float) -> AsyncLock:
        """Return a lock, to be taken by `async with`."""
        return AsyncLock(name, key, self._do, self._clock, self._token(), ttl=ttl, wait=wait)

    async def _send(self, batch: Sequence[Words], repeatable: bool, timeout: float | None) -> Replies:
        """Send what a pipeline has queued."""
        self._open("pipeline")
        limit = self._limit(timeout)
        return await self._guard.acall(
            "pipeline", lambda: self._engine.exchange(batch, limit), repeatable=repeatable
        )


def parsed(found: Sequence[tuple[str, ...]], parse: Sequence[Parse]) -> Iterator[Any]:
    """Yield parameters as a method takes them: one by itself, several as a tuple; skip what is no number."""
    for texts in found:
        try:
            values = tuple(kind(text) for kind, text in zip(parse, texts, strict=True))
        except ValueError:
            continue
        yield values[0] if len(values) == 1 else values
