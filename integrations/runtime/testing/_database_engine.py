"""The engine behind a scripted database: connections that answer from a script."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from .._errors import IntegrationError
from .._sql.codes import failure
from .._sql.dialects import DIALECTS
from .._sql.engine import Parameters, Record
from .._sql.query import Query
from .._sql.watch import NEVER
from ._script import Script

NONE: Final[Mapping[str, Any]] = {}


class Scripted(Protocol):
    """What connections note."""

    script: Script
    commands: list[str]
    timeouts: list[float]
    open: int


class Fault(Exception):
    """What stands for an error of the driver: the engine's code and nothing else."""


class Connection:
    """A blocking connection that answers from the script; see `_sql.engine.Connection`."""

    grace = 0.0

    def __init__(self, database: Scripted) -> None:
        self._database = database
        self._seconds = 0.0
        self.deadline, self.expired, self.rested = NEVER, False, 0.0

    def alive(self) -> bool:
        return True

    def restored(self) -> bool:
        self._database.commands.append("(restored)")
        return True

    def interrupt(self) -> None:
        """Nothing takes long here."""

    def close(self) -> None:
        self._database.open -= 1

    def limit(self, seconds: float) -> None:
        self._seconds = seconds

    def command(self, statement: str) -> None:
        self._database.commands.append(statement)

    def one(self, query: Query[Any], parameters: Parameters) -> Record | None:
        return next(iter(self._rows("one", query, parameters)), None)

    def many(self, query: Query[Any], parameters: Parameters) -> Sequence[Record]:
        return self._rows("many", query, parameters)

    def execute(self, query: Query[Any], parameters: Parameters) -> int:
        return self._count("exec", query, parameters)

    def batch(self, query: Query[Any], rows: Iterable[Record]) -> int:
        return self._count("batch", query, NONE, rows=[tuple(row) for row in rows])

    def chunks(self, query: Query[Any], parameters: Parameters) -> Iterator[Sequence[Record]]:
        for row in self._rows("stream", query, parameters):
            yield [row]  # one at a time: code that takes the first piece for all is found out

    def _rows(self, kind: str, query: Query[Any], parameters: Parameters) -> Sequence[Record]:
        rows = self._answer(kind, query, parameters)
        assert isinstance(rows, list), f"{query.name} asks for rows; queue them with rows([...])"
        return rows

    def _count(self, kind: str, query: Query[Any], parameters: Parameters, **more: Any) -> int:
        count = self._answer(kind, query, parameters, **more)
        assert isinstance(count, int), f"{query.name} asks how many rows it affects; queue affects(n)"
        return count

    def _answer(self, kind: str, query: Query[Any], parameters: Parameters, **more: Any) -> Any:
        self._database.timeouts.append(self._seconds)
        call = {"operation": query.name, "statement": query.statement, "parameters": dict(parameters)}
        return self._database.script.answer({**call, "kind": kind, "reads": query.reads, **more})


class AsyncConnection:
    """The same behind coroutines; see `_sql.engine.AsyncConnection`."""

    grace = None

    def __init__(self, database: Scripted) -> None:
        self._inner = Connection(database)
        self.deadline, self.expired, self.rested = NEVER, False, 0.0

    def alive(self) -> bool:
        return True

    def interrupt(self) -> None:
        """Nothing takes long here."""

    async def restored(self) -> bool:
        return self._inner.restored()

    async def close(self) -> None:
        self._inner.close()

    def abandon(self) -> None:
        self._inner.close()

    async def limit(self, seconds: float) -> None:
        self._inner.limit(seconds)

    async def command(self, statement: str) -> None:
        self._inner.command(statement)

    async def one(self, query: Query[Any], parameters: Parameters) -> Record | None:
        return self._inner.one(query, parameters)

    async def many(self, query: Query[Any], parameters: Parameters) -> Sequence[Record]:
        return self._inner.many(query, parameters)

    async def execute(self, query: Query[Any], parameters: Parameters) -> int:
        return self._inner.execute(query, parameters)

    async def batch(self, query: Query[Any], rows: Iterable[Record]) -> int:
        return self._inner.batch(query, rows)

    async def chunks(self, query: Query[Any], parameters: Parameters) -> AsyncIterator[Sequence[Record]]:
        for rows in self._inner.chunks(query, parameters):
            yield rows


class _Driver:
    """What both scripted engines share; faults mean what the real engine's codes mean."""

    most = None
    place = "a script"

    def __init__(self, database: Scripted, engine: str) -> None:
        self._database = database
        self.dialect = DIALECTS[engine]

    def translate(self, error: Exception) -> IntegrationError | None:
        return failure(self.dialect.name, str(error)) if isinstance(error, Fault) else None


class Engine(_Driver):
    """A blocking engine; see `_sql.engine.Engine`."""

    def connect(self) -> Connection:
        self._database.open += 1
        return Connection(self._database)

    def close(self) -> None:
        """Connections are closed one by one."""


class AsyncEngine(_Driver):
    """An async engine; see `_sql.engine.AsyncEngine`."""

    async def connect(self) -> AsyncConnection:
        self._database.open += 1
        return AsyncConnection(self._database)

    async def close(self) -> None:
        """Connections are closed one by one."""
