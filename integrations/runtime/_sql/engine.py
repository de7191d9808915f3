"""What an engine is to the adapters: it opens connections, and says what a driver's error means."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from .._errors import IntegrationError, InvalidArgumentError
from .query import Isolation, Query

Parameters = Mapping[str, Any]
Record = Sequence[Any]
CHUNK: Final = 1000  # rows that a stream fetches at once


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an engine says what concerns transactions.

    Args:
        name: of the engine, as connection strings and code tables have it.
        title: the same for readers.
        strongest: the isolation that `run_in_transaction` takes by default; None where there is but one.
        isolations: those that can be asked for.
        begin: the statements that start a transaction of this isolation, read-only or not.
        savepoints: whether transactions nest.
    """

    name: str
    title: str
    strongest: Isolation | None
    isolations: tuple[Isolation, ...]
    begin: Callable[[Isolation | None, bool], tuple[str, ...]]
    savepoints: bool = True

    def beginning(self, isolation: Isolation | None, read_only: bool) -> tuple[str, ...]:
        """Return the statements that start a transaction.

        Raises:
            InvalidArgumentError: the engine has no such isolation.
        """
        if isolation is not None and isolation not in self.isolations:
            known = ", ".join(self.isolations) or "none to choose from"
            raise InvalidArgumentError(f"{self.title} has no isolation {isolation!r}; it has {known}")
        return self.begin(isolation, read_only)


class Connection(Protocol):
    """One connection in autocommit mode, used by one thread at a time.

    Attributes:
        grace: seconds that the server's own time limit has before the connection is cut.
        deadline, expired, rested: for the watch.
    """

    grace: float
    deadline: float
    expired: bool
    rested: float

    def alive(self) -> bool:
        """Whether it still stands after a rest; asks the server only after a long one."""
        ...

    def restored(self) -> bool:
        """After an error: whether it can be used on, with no transaction open. Never raises."""
        ...

    def interrupt(self) -> None: ...

    def close(self) -> None: ...

    def limit(self, seconds: float) -> None:
        """What follows may take so long, where the server keeps such a limit."""
        ...

    def command(self, statement: str) -> None:
        """Do what neither takes values nor returns rows."""
        ...

    def one(self, query: Query[Any], parameters: Parameters) -> Record | None: ...

    def many(self, query: Query[Any], parameters: Parameters) -> Sequence[Record]: ...

    def execute(self, query: Query[Any], parameters: Parameters) -> int:
        """Return how many rows were affected."""
        ...

    def batch(self, query: Query[Any], rows: Iterable[Record]) -> int:
        """Do it once a row, in the transaction that is open; return how many rows were affected."""
        ...

    def chunks(self, query: Query[Any], parameters: Parameters) -> Iterator[Sequence[Record]]:
        """Yield rows as they come; closing it early is no error."""
        ...


class AsyncConnection(Protocol):
    """The async form; `grace` is None where time limits are the connection's own business."""

    grace: float | None
    deadline: float
    expired: bool
    rested: float

    def alive(self) -> bool:
        """Whether it still stands, as far as can be told without asking."""
        ...

    def interrupt(self) -> None:
        """Make the statement that is under way fail; never raises."""
        ...

    async def restored(self) -> bool: ...

    async def close(self) -> None: ...

    def abandon(self) -> None:
        """Close it at once, without a word to the server; never raises."""
        ...

    async def limit(self, seconds: float) -> None: ...

    async def command(self, statement: str) -> None: ...

    async def one(self, query: Query[Any], parameters: Parameters) -> Record | None: ...

    async def many(self, query: Query[Any], parameters: Parameters) -> Sequence[Record]: ...

    async def execute(self, query: Query[Any], parameters: Parameters) -> int: ...

    async def batch(self, query: Query[Any], rows: Iterable[Record]) -> int: ...

    def chunks(self, query: Query[Any], parameters: Parameters) -> AsyncIterator[Sequence[Record]]: ...


class Driver(Protocol):
    """What both forms of an engine share."""

    dialect: Dialect

    @property
    def place(self) -> str:
        """Where the database is, for a reader."""
        ...

    @property
    def most(self) -> int | None:
        """The most connections that make sense, where that is fewer than were asked for."""
        ...

    def translate(self, error: Exception) -> IntegrationError | None:
        """Return the error of the tree that the driver's *error* is; None: not the driver's."""
        ...


class Engine(Driver, Protocol):
    """One server, or one file, by a blocking driver."""

    def connect(self) -> Connection: ...

    def close(self) -> None:
        """Nothing is opened any more."""
        ...


class AsyncEngine(Driver, Protocol):
    """One server, or one file, by an async driver."""

    async def connect(self) -> AsyncConnection: ...

    async def close(self) -> None: ...
