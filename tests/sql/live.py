"""Every engine and form behind one set of coroutines, so that a test is written once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integrations.runtime import SecretManager
from integrations.runtime.sql import AsyncSqlAdapter, Query, SqlAdapter, SqlSettings
from integrations.runtime.testing import server


@dataclass(frozen=True)
class Engine:
    """What differs from engine to engine.

    Attributes:
        series: a query of the numbers 1 to 100,000.
        endless: a query that takes minutes.
    """

    name: str
    series: str
    endless: str
    forms: tuple[str, ...] = ("sync", "async")

    def sql(self, statement: str) -> str:
        """Return *statement*, its parameters written {name}, in the driver's paramstyle."""
        styles = {"sqlite": ":{}", "duckdb": "${}"}
        style = styles.get(self.name, "%({})s")
        return statement.format_map(_Placed(style))


class _Placed(dict[str, str]):
    def __init__(self, style: str) -> None:
        self._style = style

    def __missing__(self, name: str) -> str:
        return self._style.format(name)


_WALK = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
ENGINES = {
    "postgresql": Engine(
        "postgresql", "SELECT i FROM generate_series(1, 100000) AS i", "SELECT 1 FROM pg_sleep(60)"
    ),
    "mysql": Engine(
        "mysql",
        "SELECT seq FROM seq_1_to_100000",
        "SELECT COUNT(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b WHERE a.seq > b.seq",
    ),
    "sqlite": Engine(
        "sqlite",
        _WALK.format(100000) + "SELECT i FROM n",
        _WALK.format(10**10) + "SELECT COUNT(*) FROM n",
    ),
    "duckdb": Engine(
        "duckdb",
        "SELECT range + 1 FROM range(100000)",
        "SELECT COUNT(*) FROM range(10000000) a, range(10000000) b WHERE a.range > b.range",
        forms=("sync",),
    ),
}
EVERY = [(engine, form) for engine in ENGINES.values() for form in engine.forms]
SERVED = [pair for pair in EVERY if pair[0].name in ("postgresql", "mysql")]


class Lifted:
    """A blocking adapter behind the async adapter's methods; they never wait for anything else."""

    def __init__(self, inner: SqlAdapter) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)

        async def lifted(*args: Any, **kwargs: Any) -> Any:
            return found(*args, **kwargs)

        return lifted if callable(found) else found

    def _stream(self, *args: Any) -> AbstractAsyncContextManager[AsyncIterator[Any]]:
        return _streamed(self.inner, *args)

    @asynccontextmanager
    async def transaction(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        with self.inner.transaction(*args, **kwargs) as view:
            yield Lifted(view)

    async def run_in_transaction(self, function: Callable[[Any], Awaitable[Any]], **kwargs: Any) -> Any:
        return self.inner.run_in_transaction(lambda view: _driven(function(Lifted(view))), **kwargs)

    async def aclose(self) -> None:
        self.inner.close()


@asynccontextmanager
async def _streamed(inner: SqlAdapter, *args: Any) -> AsyncIterator[Any]:
    with inner._stream(*args) as rows:

        async def each() -> AsyncIterator[Any]:
            for row in rows:
                yield row

        yield each()


def _driven(coroutine: Any) -> Any:
    """Return the result of a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    raise AssertionError("it waits")


@dataclass
class Live:
    """A fresh database of an engine, and the adapters that a test opens on it."""

    engine: Engine
    form: str
    url: str
    opened: list[Any] = field(default_factory=list)

    def adapter(self, url: str = "", *, replicas: tuple[str, ...] = (), **settings: Any) -> Any:
        """Return an adapter; it is closed when the test ends."""
        name = self.engine.name
        said = SqlSettings(service="Test", **{"timeout": 20.0, **settings})
        if self.form == "sync":
            blocking = type("Blocking", (SqlAdapter,), {"SERVICE": "Test", "ENGINE": name})
            made: Any = Lifted(blocking(url or self.url, settings=said, replicas=replicas))
        else:
            waiting = type("Waiting", (AsyncSqlAdapter,), {"SERVICE": "Test", "ENGINE": name})
            made = waiting(url or self.url, settings=said, replicas=replicas)
        self.opened.append(made)
        return made

    def query(self, statement: str, row: Any = None, **more: Any) -> Query[Any]:
        """Return a query; its parameters are written {name}."""
        return Query("query", self.engine.sql(statement), row=row, **more)

    def run(self, test: Callable[[Any], Coroutine[Any, Any, None]], **settings: Any) -> None:
        """Run *test* with an adapter, and close every adapter that it opened."""

        async def whole() -> None:
            try:
                await test(self.adapter(**settings))
            finally:
                for one in self.opened:
                    await one.aclose()

        asyncio.run(whole())


def fresh(engine: Engine, folder: Path) -> str:
    """Return the URL of an empty database."""
    if engine.name in ("sqlite", "duckdb"):
        return f"{engine.name}:///{folder}/test.db"
    return server(engine.name).fresh("sql")


NO_SECRETS = SecretManager(environ={}, mounts=())
