"""The async form: how commands are carried out, streamed, watched and made one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, ClassVar, Self, TypeVar

from .command import AsyncEngine, AsyncWatched, Command
from .errors import PartlyWrittenError
from .methods import Read, nothing
from .state import AdapterBase, is_conflict, locate
from .streams import END, AsyncStream
from .watching import Watch, poll

T = TypeVar("T")


class AsyncMongoAdapter(AdapterBase):
    """The async form; tasks of one event loop may share one adapter."""

    FORM: ClassVar[str] = "async"
    _engine: AsyncEngine

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._engine.close()

    async def healthcheck(self, timeout: float = 5.0) -> None:
        """Ask the server for a sign of life; each attempt has *timeout* seconds.

        Raises:
            IntegrationError: there is none.
        """
        await self._pinged(timeout)

    async def ensure_indexes(self, *, timeout: float | None = None) -> None:
        """Make the declared indexes where they are missing; what is there already stays.

        Raises:
            ConflictError: an index of that name, or of those keys, is there and is another one.
        """
        for command in self._indexing():
            await self._run("ensure_indexes", command, nothing, timeout, repeatable=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Self]:
        """Give the adapter as part of a transaction: committed at the end of the block, undone by an error.

        Raises:
            TransactionConflictError: another transaction came first; run all of it again.
        """
        self._alone()
        session = await self._guard.acall("transaction", self._engine.begin, repeatable=True)
        try:
            yield self._within(session)
            await self._commit(session)
        finally:
            await self._engine.abort(session)

    async def run_in_transaction(self, function: Callable[[Self], Awaitable[T]]) -> T:
        """Return what *function* returns, called with the adapter in a transaction.

        It is called again, in a new transaction, as often as the configured retries allow, when another
        transaction came first; so it must do nothing that cannot be repeated.
        """

        async def once() -> T:
            async with self.transaction() as tx:
                return await function(tx)

        return await self._guard.acall("run_in_transaction", once)

    async def _commit(self, session: Any) -> None:
        """Commit; where it is unknown whether that was done, ask again: a commit may be repeated."""

        async def attempt() -> Exception | None:
            try:
                await self._engine.commit(session, self._limit(None))
            except Exception as error:
                if not is_conflict(self._guard.translated(error, "commit")):
                    raise
                return error
            return None

        lost = await self._guard.acall("commit", attempt, repeatable=True)
        if lost is not None:
            raise self._guard.translated(lost, "commit") or lost from lost

    async def _run(
        self, name: str, command: Command, read: Read, timeout: float | None, *, repeatable: bool = False
    ) -> Any:
        engine, session, limit = self._engine, self._session, self._limit(timeout)

        async def attempt() -> Any:
            return read(await engine.call(command, limit, session))

        try:
            return await self._guard.acall(name, attempt, repeatable=repeatable)
        except PartlyWrittenError as error:
            locate(error, command)
            raise

    def _stream(self, name: str, command: Command, read: Read, timeout: float | None) -> Any:
        return AsyncStream(self._streaming(name, command, read, self._limit(timeout)))

    async def _streaming(self, name: str, command: Command, read: Read, timeout: float) -> AsyncIterator[Any]:
        async def opened() -> tuple[Any, Any]:
            documents = self._engine.stream(command, timeout, self._session)
            return await anext(documents, END), documents

        document, documents = await self._guard.acall(name, opened, repeatable=True)
        try:
            while document is not END:
                yield read(document)
                document = await anext(documents, END)
        except Exception as error:
            failure = self._guard.translated(error, name)
            raise (failure or error) from (None if failure is error else error)
        finally:
            await documents.aclose()

    def _changes(self, name: str, collection: str, read: Read, resume: str | None, wait: float | None) -> Any:
        watch = Watch(self._guard, name, resume, wait)
        return AsyncStream(self._watching(watch, collection, read, poll(wait)), opens=True)

    async def _watching(self, watch: Watch, collection: str, read: Read, poll: float) -> AsyncIterator[Any]:
        """Yield None when the stream is open, then every change, through as many connections as it takes."""
        stream, told = None, False
        try:
            while not (told and watch.over):
                try:
                    if stream is None:
                        stream = await self._engine.watch(collection, watch.resume, poll)
                    event = (await stream.next()) if told else None
                    watch.passed(stream.token(), event)
                except Exception as error:
                    await self._clock.async_sleep(watch.failed(error))
                    await self._let_go(stream)
                    stream = None
                    continue
                if event is not None or not told:
                    told = True
                    yield None if event is None else read(event)
        finally:
            await self._let_go(stream)

    async def _let_go(self, watched: AsyncWatched | None) -> None:
        if watched is not None:
            with suppress(Exception):  # its connection may be gone, and nobody waits for it
                await watched.close()
