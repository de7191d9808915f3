"""The engines of a scripted MongoDB: they ask the script for every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import asdict
from typing import Any

from .._errors import IntegrationError
from .._mongodb.command import Command, Write
from .._mongodb.errors import refused
from .._mongodb.operation import Index
from ._clock import FakeClock
from ._script import Script


class Refusal(Exception):
    """What a scripted server says instead of answering: a number, a reason and labels."""

    def __init__(self, code: int, reason: str = "refused", *labels: str) -> None:
        super().__init__(reason)
        self.code, self.reason, self.labels = code, reason, labels

    def has_error_label(self, label: str) -> bool:
        return label in self.labels


class ScriptedEngine:
    """Asks the script for every answer."""

    def __init__(self, script: Script, clock: FakeClock) -> None:
        self._script, self._clock = script, clock

    def object_id(self, text: str) -> str:
        return text

    def translate(self, error: Exception) -> IntegrationError | None:
        if isinstance(error, Refusal):
            return refused(error.code, error.reason, error.labels)
        return None

    def call(self, command: Command, timeout: float, session: Any) -> Any:
        return deepcopy(self._script.answer(_seen(command, timeout, session)))

    def stream(self, command: Command, timeout: float, session: Any) -> Iterator[Mapping[str, Any]]:
        yield from deepcopy(self._script.answer(_seen(command, timeout, session)))

    def watch(self, collection: str, resume: Mapping[str, Any] | None, wait: float) -> _Watched:
        told = {} if resume is None else {"resume_after": resume["_data"]}
        events = self._script.answer({"verb": "watch", "collection": collection, **told})
        return _Watched(events, resume, lambda: self._clock.advance(wait))

    def begin(self) -> str:
        self._script.answer({"verb": "begin"})
        return "transaction"

    def commit(self, session: Any, timeout: float) -> None:
        self._script.answer({"verb": "commit"})

    def abort(self, session: Any) -> None:
        """Nothing to do: a commit that was not asked for did not happen."""

    def close(self) -> None:
        """Nothing to do."""


class AsyncScriptedEngine:
    """The same, to be awaited."""

    def __init__(self, script: Script, clock: FakeClock) -> None:
        self._engine = ScriptedEngine(script, clock)
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
        found: Mapping[str, Any] = deepcopy(event)
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
