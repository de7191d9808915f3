"""What is sent, as plain values: one command a call, made without the driver.

A command is the name of a method of the driver's collection, and its arguments. Engines carry commands out:
pymongo's, or a scripted one in tests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .._errors import IntegrationError


@dataclass(frozen=True, slots=True)
class Write:
    """One write of a batch: kind is "insert", "replace" or "delete"."""

    kind: str
    filter: Mapping[str, Any] | None = None
    document: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One call: *verb* of *collection* with *arguments*.

    Verbs and what they give: find_one (document or None), find (documents), insert_one (None), update_one and
    update_many (how many met the filter, or were inserted), replace_one (how many met it), delete_one (how
    many were deleted), count_documents (a number), bulk_write (`Written`), create_indexes, ping (None).
    """

    verb: str
    collection: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)


class Watched(Protocol):
    """An open change stream."""

    def next(self) -> Mapping[str, Any] | None:
        """Return the next event, or None when none came in a moment."""
        ...

    def token(self) -> Mapping[str, Any] | None:
        """Return where the stream can be resumed."""
        ...

    def close(self) -> None: ...


class AsyncWatched(Protocol):
    """An open change stream, async."""

    async def next(self) -> Mapping[str, Any] | None: ...

    def token(self) -> Mapping[str, Any] | None: ...

    async def close(self) -> None: ...


class Engine(Protocol):
    """What carries commands out. *session* is what `begin` gave, or None; times are in seconds."""

    def object_id(self, text: str) -> Any: ...

    def translate(self, error: Exception) -> IntegrationError | None: ...

    def call(self, command: Command, timeout: float, session: Any) -> Any: ...

    def stream(self, command: Command, timeout: float, session: Any) -> Iterator[Mapping[str, Any]]: ...

    def watch(self, collection: str, resume: Mapping[str, Any] | None, wait: float) -> Watched: ...

    def begin(self) -> Any: ...

    def commit(self, session: Any, timeout: float) -> None: ...

    def abort(self, session: Any) -> None: ...

    def close(self) -> None: ...


class AsyncEngine(Protocol):
    """The async form of `Engine`."""

    def object_id(self, text: str) -> Any: ...

    def translate(self, error: Exception) -> IntegrationError | None: ...

    async def call(self, command: Command, timeout: float, session: Any) -> Any: ...

    def stream(self, command: Command, timeout: float, session: Any) -> AsyncIterator[Mapping[str, Any]]: ...

    async def watch(self, collection: str, resume: Mapping[str, Any] | None, wait: float) -> AsyncWatched: ...

    async def begin(self) -> Any: ...

    async def commit(self, session: Any, timeout: float) -> None: ...

    async def abort(self, session: Any) -> None: ...

    async def close(self) -> None: ...
