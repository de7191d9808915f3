"""Streams and transactions of async adapters; see `blocks`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from types import TracebackType
from typing import Any, Generic, TypeVar

from .._errors import IntegrationError
from .._guard import Guard
from .base import once, survives
from .blocks import TRANSACTION
from .engine import AsyncConnection, Parameters, Record
from .query import Query, Row
from .servers_async import AsyncHeld, AsyncPlace, AsyncServers, AsyncTransacting

View = TypeVar("View")


class AsyncStream(Generic[Row]):
    """The rows of a query as they come; an async context manager that gives an async iterator."""

    def __init__(
        self, place: AsyncPlace, guard: Guard, query: Query[Row], parameters: Parameters, seconds: float
    ) -> None:
        self._place, self._guard, self._query = place, guard, query
        self._parameters, self._seconds = parameters, seconds
        self._held: AsyncHeld | None = None
        self._chunks: Any = None
        self._first: Sequence[Record] | None = None
        self._ok = True

    async def __aenter__(self) -> AsyncIterator[Row]:
        self._first = await self._guard.acall(self._query.name, self._opened, repeatable=self._query.safe)
        return self._rows()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._release()

    async def _opened(self) -> Sequence[Record] | None:
        """Send the statement and return the first rows."""
        self._held = await self._place.hold(self._query)
        self._ok = True
        try:
            self._chunks = self._held.connection.chunks(self._query, self._parameters)
            return await self._next(self._held)
        except BaseException:
            await self._release()
            raise

    async def _next(self, held: AsyncHeld) -> Sequence[Record] | None:
        try:
            return await held.run(self._fetched, self._seconds)
        except BaseException:
            self._ok = False
            raise

    async def _fetched(self, connection: AsyncConnection) -> Sequence[Record] | None:
        found: Sequence[Record] | None = await anext(self._chunks, None)
        return found

    async def _rows(self) -> AsyncIterator[Row]:
        chunk = self._first
        self._first = None
        try:
            while chunk is not None and self._held is not None:
                for row in self._query.many(chunk):
                    yield row
                chunk = await self._next(self._held)
        except IntegrationError as error:
            raise self._guard.translated(error, self._query.name) or error from None

    async def _release(self) -> None:
        """End the statement and give the connection back."""
        held, self._held = self._held, None
        if held is None:
            return
        try:
            await held.run(self._ended, self._seconds)
        except Exception:
            self._ok = False  # what broke it was raised already, or no longer matters: all rows were read
        except BaseException:
            await held.release(False)
            raise
        await held.release(self._ok)

    async def _ended(self, connection: AsyncConnection) -> None:
        await self._chunks.aclose()


class AsyncTransaction(Generic[View]):
    """A transaction as a block: committed at its end, rolled back on an error.

    Attributes:
        committing: whether the commit was sent, so that its outcome may be unknown.
    """

    def __init__(
        self,
        servers: AsyncServers,
        guard: Guard,
        view: Callable[[AsyncTransacting], View],
        begin: Sequence[str],
        seconds: float,
    ) -> None:
        self._servers, self._guard, self._view = servers, guard, view
        self._begin, self._seconds = begin, seconds
        self._running: list[AsyncTransacting] = []
        self.committing = False

    async def __aenter__(self) -> View:
        running = await self._guard.acall(TRANSACTION, self._begun)
        self._running.append(running)
        return self._view(running)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        running = self._running.pop()
        running.over = True
        if error is not None:
            await running.lent.release(survives(error))
            return
        self.committing = True
        try:
            await once(self._guard).acall(TRANSACTION, lambda: running.command("COMMIT", self._seconds))
        except BaseException as failed:
            await running.lent.release(survives(failed))
            raise
        await running.lent.release(True)

    async def _begun(self) -> AsyncTransacting:
        running = AsyncTransacting(await self._servers.primary.hold())
        try:
            for statement in self._begin:
                await running.command(statement, self._seconds)
        except BaseException as error:
            await running.lent.release(survives(error))
            raise
        return running


class AsyncSavepoint(Generic[View]):
    """A part of a transaction as a block: an error takes back this part alone."""

    def __init__(self, outer: AsyncTransacting, guard: Guard, view: View, seconds: float) -> None:
        self._outer, self._guard, self._view, self._seconds = outer, guard, view, seconds
        self._name = ""

    async def __aenter__(self) -> View:
        self._name = self._outer.deeper()
        await self._do(f"SAVEPOINT {self._name}")
        return self._view

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and not survives(error):
            return  # the whole transaction is lost
        if error is not None:
            await self._do(f"ROLLBACK TO SAVEPOINT {self._name}")
        await self._do(f"RELEASE SAVEPOINT {self._name}")

    async def _do(self, statement: str) -> None:
        await self._guard.acall(TRANSACTION, lambda: self._outer.command(statement, self._seconds))
