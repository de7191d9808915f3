"""Where the statements of a blocking adapter run: on a connection of a pool, or on that of a transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

from .._clock import Clock
from .._errors import ConnectionFailedError, InvalidArgumentError
from .base import Route, survives
from .codes import TIMEOUT, failure
from .engine import Connection, Dialect, Engine
from .pool import Pool
from .query import Query
from .settings import SqlSettings
from .watch import Watch

RESTORED: Final = 5.0  # seconds that a rollback may take
T = TypeVar("T")
Step = Callable[[Connection], T]


class Held(Protocol):
    """A connection that a stream keeps for a while."""

    connection: Connection

    def run(self, step: Step[T], seconds: float) -> T:
        """Do *step* on the connection; an error of the driver becomes one of the tree."""
        ...

    def release(self, ok: bool) -> None:
        """Give the connection back, where it is the stream's own."""
        ...


class Place(Protocol):
    """Where statements run."""

    dialect: Dialect

    def run(self, query: Query[Any], step: Step[T], seconds: float) -> T:
        """Do *step* once; an error of the driver becomes one of the tree, without its text."""
        ...

    def hold(self, query: Query[Any]) -> Held: ...

    def close(self) -> None: ...


class Timed:
    """Does one thing at a time on a connection, and ends it when it takes too long."""

    def __init__(self, engine: Engine, watch: Watch) -> None:
        self._engine, self._watch = engine, watch
        self.dialect = engine.dialect

    def timed(self, connection: Connection, step: Step[T], seconds: float) -> T:
        """Return what *step* returns."""
        self._watch.start(connection, seconds + connection.grace)
        try:
            connection.limit(seconds)
            return step(connection)
        finally:
            self._watch.end(connection)

    def meant(self, connection: Connection, error: Exception) -> Exception:
        """Return the error of the tree that *error* is, or *error* where it is none of the driver's.

        It takes the driver's place: the driver's text may hold values.
        """
        if connection.expired:
            return failure(self._engine.dialect.name, TIMEOUT)
        return self._engine.translate(error) or error


class Server(Timed):
    """One server and its pool."""

    def __init__(self, engine: Engine, settings: SqlSettings, watch: Watch) -> None:
        super().__init__(engine, watch)
        size = min(settings.pool_size, engine.most or settings.pool_size)
        self.pool: Pool[Connection] = Pool(self._open, size, settings.pool_timeout)

    def run(self, step: Step[T], seconds: float) -> T:
        connection, watch = self.pool.take(), self._watch
        try:  # `timed`, written out: every statement comes this way
            watch.start(connection, seconds + connection.grace)
            connection.limit(seconds)
            result = step(connection)
            watch.end(connection)
        except Exception as error:
            watch.end(connection)
            meant = self.meant(connection, error)
            self.back(connection, meant)
            if meant is error:
                raise
            raise meant from None
        except BaseException:
            self.drop(connection)
            raise
        self.pool.give(connection)
        return result

    def back(self, connection: Connection, error: Exception) -> None:
        """Take back a connection on which *error* happened: lent again only if nothing is left of it."""
        Lent(self, connection).release(survives(error))

    def restored(self, connection: Connection) -> bool:
        """Whether nothing is left of what was done on *connection*; it is given a few seconds."""
        self._watch.start(connection, RESTORED)
        try:
            return connection.restored()
        finally:
            self._watch.end(connection)

    def drop(self, connection: Connection) -> None:
        """Take back a connection that nobody knows the state of."""
        self._watch.forget(connection)
        self.pool.drop(connection)

    def hold(self) -> Lent:
        return Lent(self, self.pool.take())

    def close(self) -> None:
        self.pool.close()
        self._engine.close()

    def _open(self) -> Connection:
        """Open a connection; whatever goes wrong, nothing was sent."""
        try:
            return self._engine.connect()
        except Exception as error:
            meant = self._engine.translate(error)
            if meant is None:
                raise
            meant.undone = True
            raise meant from None


class Lent:
    """A connection of a pool that a stream or a transaction has to itself."""

    def __init__(self, server: Server, connection: Connection) -> None:
        self.server, self.connection = server, connection

    def run(self, step: Step[T], seconds: float) -> T:
        try:
            return self.server.timed(self.connection, step, seconds)
        except Exception as error:
            meant = self.server.meant(self.connection, error)
            if meant is error:
                raise
            raise meant from None

    def release(self, ok: bool) -> None:
        if ok and self.server.restored(self.connection):
            self.server.pool.give(self.connection)
        else:
            self.server.drop(self.connection)


class Servers:
    """The primary, and the replicas that answer reads."""

    def __init__(self, engines: Sequence[Engine], settings: SqlSettings, clock: Clock) -> None:
        self._watch = Watch()
        self.servers = [Server(engine, settings, self._watch) for engine in engines]
        self.primary, self._replicas = self.servers[0], self.servers[1:]
        self._route = Route(self._replicas, clock)
        self.dialect = engines[0].dialect

    def run(self, query: Query[Any], step: Step[T], seconds: float) -> T:
        if query.isolation is None and not self._replicas:
            return self.primary.run(step, seconds)
        if query.isolation is not None:
            step = isolated(self.dialect, query, step)
        if self._replicas and query.reads and (number := self._route.next()) is not None:
            try:
                return self._replicas[number].run(step, seconds)
            except ConnectionFailedError:
                self._route.failed(number)
        return self.primary.run(step, seconds)

    def hold(self, query: Query[Any]) -> Held:
        if self._replicas and query.reads and (number := self._route.next()) is not None:
            try:
                return self._replicas[number].hold()
            except ConnectionFailedError:
                self._route.failed(number)
        return self.primary.hold()

    def close(self) -> None:
        for server in self.servers:
            server.close()
        self._watch.close()


class Transacting:
    """The connection of one transaction; every statement of its view of the adapter runs here."""

    def __init__(self, lent: Lent) -> None:
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

    def run(self, query: Query[Any], step: Step[T], seconds: float) -> T:
        self._refuse_over()
        return self.lent.run(step, seconds)

    def command(self, statement: str, seconds: float) -> None:
        """Do what neither takes values nor returns rows."""
        self.lent.run(lambda connection: connection.command(statement), seconds)

    def hold(self, query: Query[Any]) -> Held:
        self._refuse_over()
        return _Shared(self.lent)

    def close(self) -> None:
        raise InvalidArgumentError("a transaction ends with its block; close the adapter instead")

    def _refuse_over(self) -> None:
        if self.over:
            raise InvalidArgumentError("the transaction has ended")


class _Shared:
    """The connection of a transaction, while a stream reads from it."""

    def __init__(self, lent: Lent) -> None:
        self._lent, self.connection = lent, lent.connection

    def run(self, step: Step[T], seconds: float) -> T:
        return self._lent.run(step, seconds)

    def release(self, ok: bool) -> None:
        """It stays with the transaction."""


def isolated(dialect: Dialect, query: Query[Any], step: Step[T]) -> Step[T]:
    """Return *step* in a transaction of its own, of the query's isolation."""
    begin = dialect.beginning(query.isolation, query.reads)

    def whole(connection: Connection) -> T:
        for statement in begin:
            connection.command(statement)
        result = step(connection)
        connection.command("COMMIT")
        return result

    return whole
