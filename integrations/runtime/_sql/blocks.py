"""Streams and transactions of blocking adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Final, Generic, TypeVar

from .._errors import IntegrationError
from .._guard import Guard
from .base import once, survives
from .engine import Parameters, Record
from .query import Query, Row
from .servers import Held, Place, Servers, Transacting

View = TypeVar("View")
TRANSACTION: Final = "transaction"  # the operation that errors and metrics name


class Stream(Generic[Row]):
    """The rows of a query as they come; a context manager that gives an iterator.

    The statement is sent when the block is entered, and repeated until then like any other call.
    """

    def __init__(
        self, place: Place, guard: Guard, query: Query[Row], parameters: Parameters, seconds: float
    ) -> None:
        self._place, self._guard, self._query = place, guard, query
        self._parameters, self._seconds = parameters, seconds
        self._held: Held | None = None
        self._chunks: Iterator[Sequence[Record]] = iter(())
        self._first: Sequence[Record] | None = None
        self._ok = True

    def __enter__(self) -> Iterator[Row]:
        self._first = self._guard.call(self._query.name, self._opened, repeatable=self._query.safe)
        return self._rows()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _opened(self) -> Sequence[Record] | None:
        """Send the statement and return the first rows."""
        self._held = self._place.hold(self._query)
        self._ok = True
        try:
            self._chunks = self._held.connection.chunks(self._query, self._parameters)
            return self._next(self._held)
        except BaseException:
            self._release()
            raise

    def _next(self, held: Held) -> Sequence[Record] | None:
        try:
            return held.run(lambda _: next(self._chunks, None), self._seconds)
        except BaseException:
            self._ok = False
            raise

    def _rows(self) -> Iterator[Row]:
        chunk = self._first
        self._first = None
        try:
            while chunk is not None and self._held is not None:
                yield from self._query.many(chunk)
                chunk = self._next(self._held)
        except IntegrationError as error:
            raise self._guard.translated(error, self._query.name) or error from None

    def _release(self) -> None:
        """End the statement and give the connection back."""
        held, self._held = self._held, None
        if held is None:
            return
        try:
            held.run(lambda _: self._ended(), self._seconds)
        except Exception:
            self._ok = False  # what broke it was raised already, or no longer matters: all rows were read
        held.release(self._ok)

    def _ended(self) -> None:
        close: Callable[[], None] = getattr(self._chunks, "close", lambda: None)
        close()


class Transaction(Generic[View]):
    """A transaction as a block: committed at its end, rolled back on an error.

    Attributes:
        committing: whether the commit was sent, so that its outcome may be unknown.
    """

    def __init__(
        self,
        servers: Servers,
        guard: Guard,
        view: Callable[[Transacting], View],
        begin: Sequence[str],
        seconds: float,
    ) -> None:
        self._servers, self._guard, self._view = servers, guard, view
        self._begin, self._seconds = begin, seconds
        self._running: list[Transacting] = []
        self.committing = False

    def __enter__(self) -> View:
        running = self._guard.call(TRANSACTION, self._begun)
        self._running.append(running)
        return self._view(running)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        running = self._running.pop()
        running.over = True
        if error is not None:
            # what is not restored is dropped, and the server rolls back then
            running.lent.release(survives(error))
            return
        self.committing = True
        try:
            once(self._guard).call(TRANSACTION, lambda: running.command("COMMIT", self._seconds))
        except BaseException as failed:
            running.lent.release(survives(failed))
            raise
        running.lent.release(True)

    def _begun(self) -> Transacting:
        running = Transacting(self._servers.primary.hold())
        try:
            for statement in self._begin:
                running.command(statement, self._seconds)
        except BaseException as error:
            running.lent.release(survives(error))
            raise
        return running


class Savepoint(Generic[View]):
    """A part of a transaction as a block: an error takes back this part alone."""

    def __init__(self, outer: Transacting, guard: Guard, view: View, seconds: float) -> None:
        self._outer, self._guard, self._view, self._seconds = outer, guard, view, seconds
        self._name = ""

    def __enter__(self) -> View:
        self._name = self._outer.deeper()
        self._do(f"SAVEPOINT {self._name}")
        return self._view

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and not survives(error):
            return  # the whole transaction is lost
        if error is not None:
            self._do(f"ROLLBACK TO SAVEPOINT {self._name}")
        self._do(f"RELEASE SAVEPOINT {self._name}")

    def _do(self, statement: str) -> None:
        self._guard.call(TRANSACTION, lambda: self._outer.command(statement, self._seconds))
