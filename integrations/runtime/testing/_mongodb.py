"""A MongoDB that answers as the test says, and remembers what it was asked; no driver is needed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from dataclasses import asdict
from inspect import isawaitable
from typing import Any, Self

from .._errors import IntegrationError
from .._mongodb.adapter import MongoAdapter
from .._mongodb.async_adapter import AsyncMongoAdapter
from .._mongodb.command import Command, Write
from .._mongodb.errors import refused
from .._mongodb.operation import Index
from .._secrets import SecretManager
from ._clock import FakeClock
from ._leaks import Watch
from ._script import Script


class Refusal(Exception):
    """What a scripted server says instead of answering: a number, a reason and labels."""

    def __init__(self, code: int, reason: str = "refused", *labels: str) -> None:
        super().__init__(reason)
        self.code, self.reason, self.labels = code, reason, labels

    def has_error_label(self, label: str) -> bool:
        return label in self.labels


class RunningMongo:
    """An adapter of either form, called alike in both.

    Attributes:
        adapter: the adapter.
    """

    adapter: Any
    _runner: asyncio.Runner | None = None

    @classmethod
    @contextmanager
    def on(
        cls,
        sync_class: type[MongoAdapter],
        async_class: type[AsyncMongoAdapter],
        form: str,
        url: str,
        **from_config: Any,
    ) -> Iterator[RunningMongo]:
        """Run an adapter against the server at *url*, whose path names the database."""
        running = RunningMongo()
        kind: Any = sync_class if form == "sync" else async_class
        environ = {f"{kind.PACKAGE.upper()}_CONNECTION_STRING": url}
        with running._loop(form):
            running.adapter = kind.from_config(environ=environ, **from_config)
            try:
                yield running
            finally:
                running._close()

    def call(self, function: Callable[[Any], Any]) -> Any:
        """Call *function* with the adapter, and return plain results for both forms.

        Coroutines are awaited, streams become lists.
        """
        if self._runner is not None:
            return self._runner.run(_agathered(function, self.adapter))
        return _gathered(function(self.adapter))

    def in_transaction(self, *functions: Callable[[Any], Any]) -> None:
        """Call every function with the adapter in one transaction that is repeated as the adapter does it."""
        if self._runner is None:
            self.call(lambda adapter: adapter.run_in_transaction(lambda tx: [f(tx) for f in functions]))
            return

        async def all_of(tx: Any) -> None:
            for function in functions:
                await function(tx)

        self.call(lambda adapter: adapter.run_in_transaction(all_of))

    def followed(self, watch: Callable[[Any], Any], act: Callable[[Any], Any]) -> Any:
        """Return the first change that *watch* sees of what *act* does."""
        if self._runner is not None:
            return self._runner.run(_first_change(self.adapter, watch, act))
        with watch(self.adapter) as changes:
            act(self.adapter)
            return next(changes)

    @contextmanager
    def _loop(self, form: str) -> Iterator[None]:
        if form == "sync":
            yield
            return
        with asyncio.Runner() as self._runner:
            yield

    def _close(self) -> None:
        self.call(lambda adapter: adapter.aclose() if self._runner else adapter.close())


class ScriptedMongo(Script, RunningMongo):
    """A scripted deployment behind an adapter's injected engine, for both forms.

    Attributes:
        adapter: the adapter under test.
        clock: its clock, which never waits; `.slept` are the waits between attempts.
    """

    def __init__(self, package: str, secrets: Mapping[str, str]) -> None:
        super().__init__(package)
        self.clock = FakeClock()
        self._watch = Watch(secrets)

    @classmethod
    @contextmanager
    def running(
        cls,
        sync_class: type[MongoAdapter],
        async_class: type[AsyncMongoAdapter],
        form: str,
        *,
        secrets: Mapping[str, str],
        **from_config: Any,
    ) -> Iterator[Self]:
        """Run an adapter, set up from its own config.yaml, against a script.

        At the end it fails if a queued reply was not used or a call was not checked (unless forgotten), and
        if the value of a secret was logged, printed, raised, or shown by the adapter's repr.

        Args:
            sync_class: the blocking adapter.
            async_class: the async adapter.
            form: "sync" or "async".
            secrets: variable names and made-up values, for the secrets that config.yaml names.
            from_config: further arguments of `from_config`.
        """
        kind: Any = sync_class if form == "sync" else async_class
        script = cls(kind.PACKAGE, secrets)
        engine = _Engine(script) if form == "sync" else _AsyncEngine(script)
        given = {"secrets": SecretManager(environ=dict(secrets), mounts=()), "environ": {}, **from_config}
        with script._watch.running(), _variables(secrets), script._loop(form):
            script.adapter = kind.from_config(engine=engine, clock=script.clock, **given)
            try:
                yield script
            finally:
                script._watch.note("the adapter's repr", repr(script.adapter))
                script._close()
        script._watch.check()
        script.verify()

    def refuses(self, code: int, *labels: str, times: int = 1) -> None:
        """Queue an error of the server, by MongoDB's number."""
        self.fails(Refusal(code, "refused", *labels), times=times)

    def call(self, function: Callable[[Any], Any]) -> Any:
        """Call *function* as `RunningMongo` does, and watch what is printed and raised."""
        try:
            with self._watch.printing():
                return super().call(function)
        except Exception as error:
            self._watch.note_error(error)
            raise


class _Engine:
    """Asks the script for every answer."""

    def __init__(self, script: ScriptedMongo) -> None:
        self._script = script

    def object_id(self, text: str) -> str:
        return text

    def translate(self, error: Exception) -> IntegrationError | None:
        if isinstance(error, Refusal):
            return refused(error.code, error.reason, error.labels)
        return None

    def call(self, command: Command, timeout: float, session: Any) -> Any:
        return self._script.answer(_seen(command, timeout, session))

    def stream(self, command: Command, timeout: float, session: Any) -> Iterator[Mapping[str, Any]]:
        yield from self._script.answer(_seen(command, timeout, session))

    def watch(self, collection: str, resume: Mapping[str, Any] | None, wait: float) -> _Watched:
        told = {} if resume is None else {"resume_after": resume["_data"]}
        events = self._script.answer({"verb": "watch", "collection": collection, **told})
        return _Watched(events, resume, lambda: self._script.clock.advance(wait))

    def begin(self) -> str:
        self._script.answer({"verb": "begin"})
        return "transaction"

    def commit(self, session: Any, timeout: float) -> None:
        self._script.answer({"verb": "commit"})

    def abort(self, session: Any) -> None:
        """Nothing to do: a commit that was not asked for did not happen."""

    def close(self) -> None:
        """Nothing to do."""


class _AsyncEngine:
    """The same, to be awaited."""

    def __init__(self, script: ScriptedMongo) -> None:
        self._engine = _Engine(script)
        self.object_id = self._engine.object_id
        self.translate = self._engine.translate

    async def call(self, command: Command, timeout: float, session: Any) -> Any:
        return self._engine.call(command, timeout, session)

    async def stream(
        self, command: Command, timeout: float, session: Any
    ) -> AsyncIterator[Mapping[str, Any]]:
        for document in self._engine.stream(command, timeout, session):
            yield document

    async def watch(self, collection: str, resume: Mapping[str, Any] | None, wait: float) -> _AsyncWatched:
        return _AsyncWatched(self._engine.watch(collection, resume, wait))

    async def begin(self) -> str:
        return self._engine.begin()

    async def commit(self, session: Any, timeout: float) -> None:
        self._engine.commit(session, timeout)

    async def abort(self, session: Any) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""


class _Watched:
    """Gives the events of one reply, raises its errors, and then has none, however long one waits."""

    def __init__(self, events: Any, resume: Mapping[str, Any] | None, wait: Callable[[], None]) -> None:
        self._events = iter(events)
        self._token = resume
        self._wait = wait

    def next(self) -> Mapping[str, Any] | None:
        event = next(self._events, None)
        if isinstance(event, Exception):
            raise event
        if event is None:
            self._wait()
            return None
        self._token = event["_id"]
        found: Mapping[str, Any] = event
        return found

    def token(self) -> Mapping[str, Any] | None:
        return self._token

    def close(self) -> None:
        """Nothing to do."""


class _AsyncWatched:
    def __init__(self, watched: _Watched) -> None:
        self._watched = watched
        self.token = watched.token

    async def next(self) -> Mapping[str, Any] | None:
        return self._watched.next()

    async def close(self) -> None:
        """Nothing to do."""


def _seen(command: Command, timeout: float, session: Any) -> dict[str, Any]:
    """What a command asks, as plain data."""
    seen = {"verb": command.verb, "timeout": timeout}
    if command.collection:
        seen["collection"] = command.collection
    if session is not None:
        seen["transaction"] = True
    return {**seen, **{key: _plain(value) for key, value in command.arguments.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, Write):
        return {key: inner for key, inner in asdict(value).items() if inner is not None}
    if isinstance(value, Index):
        return {"keys": [[field, way] for field, way in value.keys.items()], **value.options()}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


async def _first_change(adapter: Any, watch: Callable[[Any], Any], act: Callable[[Any], Any]) -> Any:
    async with watch(adapter) as changes:
        await act(adapter)
        return await anext(changes)


async def _agathered(function: Callable[[Any], Any], adapter: Any) -> Any:
    result = function(adapter)
    if isawaitable(result):
        result = await result
    if isinstance(result, AbstractAsyncContextManager) and isinstance(result, AsyncIterable):
        async with result as stream:
            return [item async for item in stream]
    return result


def _gathered(result: Any) -> Any:
    if isinstance(result, AbstractContextManager) and isinstance(result, Iterator):
        with result as stream:
            return list(stream)
    return result


@contextmanager
def _variables(secrets: Mapping[str, str]) -> Iterator[None]:
    """Set the secrets as the host would, so that code which reads and shows them is caught."""
    before = {name: os.environ.get(name) for name in secrets}
    os.environ.update(secrets)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
