"""Where the statements of an async adapter run; see `servers`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from .._clock import Clock
from .._errors import ConnectionFailedError, InvalidArgumentError
from .base import Route, survives
from .codes import TIMEOUT, failure
from .engine import AsyncConnection, AsyncEngine, Dialect
from .pool_async import AsyncPool
from .query import Query
from .servers import RESTORED
from .settings import SqlSettings
from .watch import Watch

T = TypeVar("T")
AsyncStep = Callable[[AsyncConnection], Awaitable[T]]


class AsyncHeld(Protocol):
    """A connection that a stream keeps for a while."""

    connection: AsyncConnection

    async def run(self, step: AsyncStep[T], seconds: float) -> T: ...

    async def release(self, ok: bool) -> None: ...


class AsyncPlace(Protocol):
    """Where statements run."""

    async def run(self, query: Query[Any], step: AsyncStep[T], seconds: float) -> T: ...

    async def hold(self, query: Query[Any]) -> AsyncHeld: ...


async def timed(watch: Watch, connection: AsyncConnection, step: AsyncStep[T], seconds: float) -> T:
    """Return what *step* returns; the connection of a server that does not keep the time is cut.

    Cancelling the task would not do: a driver that is cancelled talks to its server first.
    """
    if connection.grace is None:
        await connection.limit(seconds)
        return await step(connection)
    watch.start(connection, seconds + connection.grace)
    try:
        await connection.limit(seconds)
        return await step(connection)
    finally:
        watch.end(connection)


class AsyncServer:
    """One server and its pool."""

    def __init__(self, engine: AsyncEngine, settings: SqlSettings, watch: Watch) -> None:
        self._engine, self.watch = engine, watch
        self.dialect = engine.dialect
        size = min(settings.pool_size, engine.most or settings.pool_size)
        self.pool: AsyncPool[AsyncConnection] = AsyncPool(self._open, size, settings.pool_timeout)

    async def run(self, step: AsyncStep[T], seconds: float) -> T:
        connection = await self.pool.take()
        try:
            result = await timed(self.watch, connection, step, seconds)
        except Exception as error:
            meant = self.meant(connection, error)
            await AsyncLent(self, connection).release(survives(meant))
            if meant is error:
                raise
            raise meant from None
        except BaseException:
            self.abandon(connection)
            raise
        self.pool.give(connection)
        return result

    def meant(self, connection: AsyncConnection, error: Exception) -> Exception:
        """Return the error of the tree that *error* is, or *error* where it is none of the driver's."""
        if connection.expired:
            return failure(self.dialect.name, TIMEOUT)
        return self._engine.translate(error) or error

    def abandon(self, connection: AsyncConnection) -> None:
        """Take back, at once, a connection that nobody knows the state of."""
        self.watch.forget(connection)
        self.pool.abandon(connection)

    async def hold(self) -> AsyncLent:
        return AsyncLent(self, await self.pool.take())

    async def close(self) -> None:
        await self.pool.close()
        await self._engine.close()

    async def _open(self) -> AsyncConnection:
        """Open a connection; whatever goes wrong, nothing was sent."""
        try:
            return await self._engine.connect()
        except Exception as error:
            meant = self._engine.translate(error)
            if meant is None:
                raise
            meant.undone = True
            raise meant from None


class AsyncLent:
    """A connection of a pool that a stream or a transaction has to itself."""

    def __init__(self, server: AsyncServer, connection: AsyncConnection) -> None:
        self.server, self.connection = server, connection

    async def run(self, step: AsyncStep[T], seconds: float) -> T:
        try:
            return await timed(self.server.watch, self.connection, step, seconds)
        except Exception as error:
            meant = self.server.meant(self.connection, error)
            if meant is error:
                raise
            raise meant from None

    async def release(self, ok: bool) -> None:
        """Give the connection back where nothing is left of what was done on it, else close it."""
        try:
            good = ok and not self.connection.expired and await self._restored()
        except BaseException:
            self.server.abandon(self.connection)
            raise
        if good:
            self.server.pool.give(self.connection)
        else:
            self.server.watch.forget(self.connection)
            await self.server.pool.drop(self.connection)

    async def _restored(self) -> bool:
        """Whether nothing is left of what was done; that is given a few seconds."""
        watch, connection = self.server.watch, self.connection
        watch.start(connection, RESTORED)
        try:
            return await connection.restored()
        finally:
            watch.end(connection)


class AsyncServers:
    """The primary, and the replicas that answer reads."""

    def __init__(self, engines: Sequence[AsyncEngine], settings: SqlSettings, clock: Clock) -> None:
        self._watch = Watch()
        self.servers = [AsyncServer(engine, settings, self._watch) for engine in engines]
        self.primary, self._replicas = self.servers[0], self.servers[1:]
        self._route = Route(self._replicas, clock)
        self.dialect = engines[0].dialect

    async def run(self, query: Query[Any], step: AsyncStep[T], seconds: float) -> T:
        if query.isolation is None and not self._replicas:
            return await self.primary.run(step, seconds)
        if query.isolation is not None:
            step = isolated(self.dialect, query, step)
        if self._replicas and query.reads and (number := self._route.next()) is not None:
            try:
                return await self._replicas[number].run(step, seconds)
            except ConnectionFailedError:
                self._route.failed(number)
        return await self.primary.run(step, seconds)

    async def hold(self, query: Query[Any]) -> AsyncHeld:
        if self._replicas and query.reads and (number := self._route.next()) is not None:
            try:
                return await self._replicas[number].hold()
            except ConnectionFailedError:
                self._route.failed(number)
        return await self.primary.hold()

    async def close(self) -> None:
        for server in self.servers:
            await server.close()
        self._watch.close()


class AsyncTransacting:
    """The connection of one transaction; every statement of its view of the adapter runs here."""

    def __init__(self, lent: AsyncLent) -> None:
        self.lent = lent
        self.dialect = lent.server.dialect
        self.over = False
        self._points = 0

    def deeper(self) -> str:
        """Return the name of the next savepoint.

        Raises:
            InvalidArgumentError: the engine has none.
        """
        self._refuse_over()
        if not self.dialect.savepoints:
            raise InvalidArgumentError(f"{self.dialect.title} has no savepoints: transactions do not nest")
        self._points += 1
        return f"part_{self._points}"

    async def run(self, query: Query[Any], step: AsyncStep[T], seconds: float) -> T:
        self._refuse_over()
        return await self.lent.run(step, seconds)

    async def command(self, statement: str, seconds: float) -> None:
        """Do what neither takes values nor returns rows."""
        await self.lent.run(lambda connection: connection.command(statement), seconds)

    async def hold(self, query: Query[Any]) -> AsyncHeld:
        self._refuse_over()
        return _Shared(self.lent)

    async def close(self) -> None:
        raise InvalidArgumentError("a transaction ends with its block; close the adapter instead")

    def _refuse_over(self) -> None:
        if self.over:
            raise InvalidArgumentError("the transaction has ended")


class _Shared:
    """The connection of a transaction, while a stream reads from it."""

    def __init__(self, lent: AsyncLent) -> None:
        self._lent, self.connection = lent, lent.connection

    async def run(self, step: AsyncStep[T], seconds: float) -> T:
        return await self._lent.run(step, seconds)

    async def release(self, ok: bool) -> None:
        """It stays with the transaction."""


def isolated(dialect: Dialect, query: Query[Any], step: AsyncStep[T]) -> AsyncStep[T]:
    """Return *step* in a transaction of its own, of the query's isolation."""
    begin = dialect.beginning(query.isolation, query.reads)

    async def whole(connection: AsyncConnection) -> T:
        for statement in begin:
            await connection.command(statement)
        result = await step(connection)
        await connection.command("COMMIT")
        return result

    return whole
