"""What carries commands to a server: the driver behind a small protocol, which tests replace."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Protocol, TypeAlias

Word: TypeAlias = bytes | str | int | float
Words: TypeAlias = tuple[Word, ...]  # one command: its name and arguments
Replies: TypeAlias = list[Any]  # one for each command: bytes, int, None, list, or a Refusal


class Exchange(Protocol):
    """Sends commands together over one connection, and returns a reply for each, in order.

    A reply is what the protocol gives (RESP2): bytes, int, None, a list; an error is a `Refusal`.

    Raises what the driver raises, where there is no reply; an error of the tree, `undone`, where nothing
    was sent.
    """

    def exchange(self, commands: Sequence[Words], timeout: float) -> Replies: ...


class Engine(Exchange, Protocol):
    """Connections to one server."""

    def session(self) -> AbstractContextManager[Exchange]:
        """Return one connection for as long as the block runs: what it watches ends with it."""
        ...

    def close(self) -> None: ...


class AsyncExchange(Protocol):
    """The async form of `Exchange`."""

    async def exchange(self, commands: Sequence[Words], timeout: float) -> Replies: ...


class AsyncEngine(AsyncExchange, Protocol):
    """The async form of `Engine`."""

    def session(self) -> AbstractAsyncContextManager[AsyncExchange]: ...

    async def aclose(self) -> None: ...
