"""What a typed query method costs beside the bare driver with the same row type.

All talk to one PostgreSQL on loopback, over one connection each, in alternating batches; the ratio is the
median of the batches' wall times. Run: `python benchmarks/sql.py [BATCHES]`. SQLAlchemy Core is measured
beside them where it is installed. It costs about 5 times the driver for one row and twice for 1,000, so the
runtime uses the drivers directly.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import psycopg
from psycopg.rows import args_row

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from integrations.runtime.sql import AsyncSqlAdapter, Query, SqlAdapter
from integrations.runtime.testing import Server, server

ROWS = 100_000
TARGETS = {"one row": 1.25, "1,000 rows": 1.25, "100,000 rows in": 1.2}


class Order(msgspec.Struct, frozen=True):
    id: int
    customer: str
    total: Decimal


ONE = "SELECT id, customer, total FROM orders WHERE id = %(id)s"
MANY = "SELECT id, customer, total FROM orders ORDER BY id LIMIT 1000"
COPY = "COPY copied (id, customer, total) FROM STDIN"
GET_ORDER: Query[Order] = Query("get_order", ONE, row=Order, reads=True)
LIST_ORDERS: Query[Order] = Query("list_orders", MANY, row=Order, reads=True)
ADD_ORDERS: Query[None] = Query(
    "add_orders",
    "INSERT INTO copied (id, customer, total) VALUES (%(id)s, %(customer)s, %(total)s)",
    parameters=("id", "customer", "total"),
    copy=("copied", ("id", "customer", "total")),
)


class Orders(SqlAdapter):
    SERVICE, PACKAGE, ENGINE = "PostgreSQL", "orders", "postgresql"

    def get_order(self, id: int, *, timeout: float | None = None) -> Order | None:
        return self._one(GET_ORDER, {"id": id}, timeout)

    def list_orders(self, *, timeout: float | None = None) -> list[Order]:
        return self._many(LIST_ORDERS, timeout=timeout)

    def add_orders(self, rows: list[tuple[int, str, Decimal]], *, timeout: float | None = None) -> int:
        return self._batch(ADD_ORDERS, rows, timeout)


class AsyncOrders(AsyncSqlAdapter):
    SERVICE, PACKAGE, ENGINE = "PostgreSQL", "orders", "postgresql"

    async def get_order(self, id: int, *, timeout: float | None = None) -> Order | None:
        return await self._one(GET_ORDER, {"id": id}, timeout)


Batch = Callable[[int], object]


def measure(size: int, batches: int, *contenders: Batch) -> list[float]:
    """Return the median seconds of one call of the first, and of each the median ratio to the first."""
    for warm in contenders:
        warm(size)
    spent: list[list[float]] = []
    for number in range(batches):
        order = list(contenders) if number % 2 else list(reversed(contenders))
        took = {id(batch): wall(batch, size) for batch in order}
        spent.append([took[id(batch)] for batch in contenders])
    base = median(row[0] for row in spent) / size
    return [base, *(median(row[place] / row[0] for row in spent) for place in range(1, len(contenders)))]


def wall(batch: Batch, size: int) -> float:
    started = time.perf_counter()
    batch(size)
    return time.perf_counter() - started


def times(function: Callable[[], object]) -> Batch:
    """Return what calls *function* so many times."""

    def batch(size: int) -> None:
        for _ in range(size):
            function()

    return batch


def one_row(url: str, bare: psycopg.Connection[Any], batches: int) -> list[list[Any]]:
    with Orders(url) as orders, alchemy(url) as core:
        cursor = bare.cursor(row_factory=args_row(Order))
        ours, theirs = times(lambda: orders.get_order(7)), core_call(core, ONE, {"id": 7})

        def driver() -> object:
            cursor.execute(ONE, {"id": 7})
            return cursor.fetchone()

        figures = measure(100, batches * 4, times(driver), ours, *theirs)
        return [["one row", *figures]]


def thousand_rows(url: str, bare: psycopg.Connection[Any], batches: int) -> list[list[Any]]:
    with Orders(url) as orders, alchemy(url) as core:
        cursor = bare.cursor(row_factory=args_row(Order))

        def driver() -> object:
            cursor.execute(MANY)
            return cursor.fetchall()

        theirs = core_call(core, MANY, {})
        figures = measure(20, batches, times(driver), times(orders.list_orders), *theirs)
        return [["1,000 rows", *figures]]


def bulk(url: str, bare: psycopg.Connection[Any], batches: int) -> list[list[Any]]:
    rows = [(number, f"customer {number}", Decimal(number) / 100) for number in range(ROWS)]
    with Orders(url) as orders:

        def by_hand() -> object:
            with bare.cursor() as cursor, cursor.copy(COPY) as copy:
                for row in rows:
                    copy.write_row(row)
            return bare.execute("TRUNCATE copied")

        def ours() -> object:
            assert orders.add_orders(rows) == ROWS
            return bare.execute("TRUNCATE copied")

        return [["100,000 rows in", *measure(1, max(3, batches // 4), times(by_hand), times(ours))]]


def asynchronous(url: str, batches: int) -> list[list[Any]]:
    with asyncio.Runner() as runner:
        orders = AsyncOrders(url)
        bare = runner.run(psycopg.AsyncConnection.connect(url, autocommit=True))
        cursor = bare.cursor(row_factory=args_row(Order))

        async def driver(size: int) -> None:
            for _ in range(size):
                await cursor.execute(ONE, {"id": 7})
                await cursor.fetchone()

        async def ours(size: int) -> None:
            for _ in range(size):
                await orders.get_order(7)

        try:
            figures = measure(
                100, batches * 4, lambda n: runner.run(driver(n)), lambda n: runner.run(ours(n))
            )
        finally:
            runner.run(orders.aclose())
            runner.run(bare.close())
        return [["one row, async", *figures]]


@contextmanager
def alchemy(url: str) -> Iterator[Any]:
    """A connection of SQLAlchemy Core, or None where it is not installed."""
    if importlib.util.find_spec("sqlalchemy") is None:
        yield None
        return
    import sqlalchemy

    engine = sqlalchemy.create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    yield engine
    engine.dispose()


def core_call(engine: Any, sql: str, parameters: dict[str, Any]) -> list[Batch]:
    """The same through SQLAlchemy Core and its pool: text, rows made into the same type."""
    if engine is None:
        return []
    import sqlalchemy

    statement = sqlalchemy.text(sql.replace("%(id)s", ":id"))

    def call() -> list[Order]:
        with engine.connect() as connection:
            return [Order(*row) for row in connection.execute(statement, parameters)]

    return [times(call)]


def on_one_core(found: Server) -> Server:
    """Keep client and server on one core: else where a backend happens to land decides more than the driver.

    Woken on the other core, which had gone to sleep, a call of 20 µs takes 100.
    """
    core = {min(os.sched_getaffinity(0))}
    for process in (0, *found.pids):
        os.sched_setaffinity(process, core)
    return found


def main(batches: int = 21) -> int:
    """Print one row a case; 1 when a ratio misses its target."""
    url = on_one_core(server("postgresql")).fresh("benchmark")
    missed = False
    print("| case | bare driver, µs | adapter | SQLAlchemy Core | target |")
    print("| --- | ---: | ---: | ---: | ---: |")
    with psycopg.connect(url, autocommit=True) as bare:
        bare.execute("CREATE TABLE orders (id int PRIMARY KEY, customer text, total numeric)")
        bare.execute(
            "INSERT INTO orders SELECT i, 'customer ' || i, i / 100.0 FROM generate_series(1, 5000) i"
        )
        bare.execute("CREATE TABLE copied (id int, customer text, total numeric)")
        bare.execute("ANALYZE orders")
        rows = [*one_row(url, bare, batches), *asynchronous(url, batches), *thousand_rows(url, bare, batches)]
        for case, base, ours, *core in [*rows, *bulk(url, bare, batches)]:
            target = TARGETS.get(case)
            missed |= target is not None and ours > target
            shown = f"{core[0]:.2f}" if core else "–"
            goal = f"≤ {target}" if target else "–"
            print(f"| {case} | {base * 1e6:,.0f} | {ours:.2f} | {shown} | {goal} |")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
