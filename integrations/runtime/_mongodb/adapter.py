"""The blocking form: how commands are carried out, streamed, watched and made one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, Self, TypeVar

from .command import Command, Engine, Watched
from .errors import PartlyWrittenError
from .methods import Read, nothing
from .state import AdapterBase, is_conflict, locate
from .streams import END, Stream
from .watching import Watch, poll

T = TypeVar("T")


class MongoAdapter(AdapterBase):
    """The blocking form; threads may share one adapter."""

    FORM: ClassVar[str] = "sync"
    _engine: Engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._engine.close()

    def healthcheck(self, timeout: float = 5.0) -> None:
        """Ask the server for a sign of life; each attempt has *timeout* seconds.

        Raises:
            IntegrationError: there is none.
        """
        self._pinged(timeout)

    def ensure_indexes(self, *, timeout: float | None = None) -> None:
        """Make the declared indexes where they are missing; what is there already stays.

        Raises:
            ConflictError: an index of that name, or of those keys, is there and is another one.
        """
        for command in self._indexing():
            self._run("ensure_indexes", command, nothing, timeout, repeatable=True)

    @contextmanager
    def transaction(self) -> Iterator[Self]:
        """Give the adapter as part of a transaction: committed at the end of the block, undone by an error.

        Raises:
            TransactionConflictError: another transaction came first; run all of it again.
        """
        self._alone()
        session = self._guard.call("transaction", self._engine.begin, repeatable=True)
        try:
            yield self._within(session)
            self._commit(session)
        finally:
            self._engine.abort(session)

    def run_in_transaction(self, function: Callable[[Self], T]) -> T:
        """Return what *function* returns, called with the adapter in a transaction.

        It is called again, in a new transaction, as often as the configured retries allow, when another
        transaction came first; so it must do nothing that cannot be repeated.
        """

        def once() -> T:
            with self.transaction() as tx:
                return function(tx)

        return self._guard.call("run_in_transaction", once)

    def _commit(self, session: Any) -> None:
        """Commit; where it is unknown whether that was done, ask again: a commit may be repeated."""

        def attempt() -> Exception | None:
            try:
                self._engine.commit(session, self._limit(None))
            except Exception as error:
                if not is_conflict(self._guard.translated(error, "commit")):
                    raise
                return error
            return None

        lost = self._guard.call("commit", attempt, repeatable=True)
        if lost is not None:
            raise self._guard.translated(lost, "commit") or lost from lost

    def _run(
        self, name: str, command: Command, read: Read, timeout: float | None, *, repeatable: bool = False
    ) -> Any:
        engine, session, limit = self._engine, self._session, self._limit(timeout)
        try:
            return self._guard.call(
                name, lambda: read(engine.call(command, limit, session)), repeatable=repeatable
            )
        except PartlyWrittenError as error:
            locate(error, command)
            raise

    def _stream(self, name: str, command: Command, read: Read, timeout: float | None) -> Any:
        return Stream(self._streaming(name, command, read, self._limit(timeout)))

    def _streaming(self, name: str, command: Command, read: Read, timeout: float) -> Iterator[Any]:
        def opened() -> tuple[Any, Any]:
            documents = self._engine.stream(command, timeout, self._session)
            return next(documents, END), documents

        document, documents = self._guard.call(name, opened, repeatable=True)
        try:
            while document is not END:
                yield read(document)
                document = next(documents, END)
        except Exception as error:
            failure = self._guard.translated(error, name)
            raise (failure or error) from (None if failure is error else error)
        finally:
            documents.close()

    def _changes(self, name: str, collection: str, read: Read, resume: str | None, wait: float | None) -> Any:
        watch = Watch(self._guard, name, resume, wait)
        return Stream(self._watching(watch, collection, read, poll(wait)), opens=True)

    def _watching(self, watch: Watch, collection: str, read: Read, poll: float) -> Iterator[Any]:
        """Yield None when the stream is open, then every change, through as many connections as it takes."""
        stream, told = None, False
        try:
            while not (told and watch.over):
                try:
                    if stream is None:
                        stream = self._engine.watch(collection, watch.resume, poll)
                    event = (stream.next()) if told else None
                    watch.passed(stream.token(), event)
                except Exception as error:
                    self._clock.sleep(watch.failed(error))
                    self._let_go(stream)
                    stream = None
                    continue
                if event is not None or not told:
                    told = True
                    yield None if event is None else read(event)
        finally:
            self._let_go(stream)

    def _let_go(self, watched: Watched | None) -> None:
        if watched is not None:
            with suppress(Exception):  # its connection may be gone, and nobody waits for it
                watched.close()
