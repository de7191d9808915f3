"""Statements against the real engines: rows, counts, batches, streams, time limits."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from typing import Any

import msgspec
import pytest

from integrations.runtime import (
    ConflictError,
    IntegrationError,
    InvalidRequestError,
    RequestTimeoutError,
    UnexpectedResponseError,
)

from .live import Live

TABLE = "CREATE TABLE orders (id int PRIMARY KEY, customer varchar(40) NOT NULL)"
INSERT = "INSERT INTO orders (id, customer) VALUES ({id}, {customer})"


class Order(msgspec.Struct, frozen=True):
    id: int
    customer: str


def add(live: Live, **more: Any) -> Any:
    """The insert of one row."""
    return live.query(INSERT, parameters=("id", "customer"), **more)


def test_rows_go_in_and_come_back_typed(live: Live) -> None:
    get = live.query("SELECT id, customer FROM orders WHERE id = {id}", Order, reads=True)
    every = live.query("SELECT id, customer FROM orders ORDER BY id", Order, reads=True)
    count = live.query("SELECT COUNT(*) FROM orders", int, reads=True)

    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        assert await db._execute(add(live), {"id": 1, "customer": "it's; -- %s {x}"}) == 1
        assert await db._execute(add(live), {"id": 2, "customer": "ü€"}) == 1
        assert await db._one(get, {"id": 1}) == Order(1, "it's; -- %s {x}")
        assert await db._one(get, {"id": 9}) is None
        assert await db._many(every) == [Order(1, "it's; -- %s {x}"), Order(2, "ü€")]
        assert await db._row(count) == await db._one(count) == 2
        with pytest.raises(UnexpectedResponseError, match="none came back"):
            await db._row(get, {"id": 9})
        wipe = live.query("DELETE FROM orders WHERE id > {id}")
        assert await db._execute(wipe, {"id": 0}) == 2
        await db.healthcheck()
        assert db.pool["busy"] == 0

    live.run(test)


def test_a_batch_is_done_whole_or_not_at_all(live: Live) -> None:
    ids = live.query("SELECT id FROM orders ORDER BY id", int)

    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        assert await db._batch(add(live), ((n, f"c{n}") for n in range(2500))) == 2500
        assert await db._batch(add(live), []) == 0
        for copy in (None, ("orders", ("id", "customer"))):
            with pytest.raises(ConflictError):
                await db._batch(add(live, copy=copy), [(n, "again") for n in range(3000, 1000, -1)])
        with pytest.raises(IntegrationError):
            await db._batch(add(live), [{"id": n, "customer": "x"} for n in range(3000, 3100)] + [{}])
        assert await db._many(ids) == list(range(2500))
        assert db.pool["busy"] == 0

    live.run(test)


@pytest.mark.engines("postgresql")
def test_a_long_batch_is_loaded_in_bulk(live: Live) -> None:
    loaded = add(live, copy=("orders", ("id", "customer")))
    last = live.query("SELECT id, customer FROM orders ORDER BY id DESC LIMIT 1", Order)
    seen = live.query("SELECT calls FROM seen", int)

    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        await db.fetch("CREATE TABLE seen AS SELECT 0 AS calls")
        await db.fetch(
            "CREATE FUNCTION count_call() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN UPDATE seen SET calls = calls + 1; RETURN NULL; END'"
        )
        await db.fetch("CREATE TRIGGER t AFTER INSERT ON orders EXECUTE FUNCTION count_call()")
        rows = [(n, "tab\t\\N\nline") for n in range(20_000)]
        assert await db._batch(loaded, rows) == 20_000
        assert await db._one(seen) == 1  # one statement for all of them
        assert await db._one(last) == Order(19_999, "tab\t\\N\nline")

    live.run(test)


@pytest.mark.engines("duckdb")
def test_a_long_batch_is_given_by_columns(live: Live) -> None:
    loaded = add(live, copy=("main.orders", ("id", "customer")))

    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        rows = [{"id": n, "customer": f"c{n}"} for n in range(25_000)]
        started = time.monotonic()
        assert await db._batch(loaded, rows) == 25_000
        assert time.monotonic() - started < 5  # row by row it takes 10 s
        assert await db._one(live.query("SELECT COUNT(DISTINCT customer) FROM orders", int)) == 25_000

    live.run(test)


@pytest.mark.engines("mysql", "sqlite")
def test_a_batch_that_fails_leaves_its_transaction_as_it_was(live: Live) -> None:
    ids = live.query("SELECT id FROM orders ORDER BY id", int)

    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        async with db.transaction() as tx:
            await tx._execute(add(live), {"id": 1, "customer": "kept"})
            with pytest.raises(ConflictError):
                await tx._batch(add(live), [(2, "b"), (1, "a")])
        assert await db._many(ids) == [1]

    live.run(test)


def test_a_hundred_thousand_rows_are_walked_in_little_memory(live: Live) -> None:
    numbers = live.query(live.engine.series, int, reads=True)

    async def test(db: Any) -> None:
        tracemalloc.start()
        try:
            total = count = 0
            async with db._stream(numbers) as rows:
                async for number in rows:
                    total, count = total + number, count + 1
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert (count, total) == (100_000, 5_000_050_000)
        assert peak < 3_000_000  # as a list they take 10 MB
        assert db.pool["busy"] == 0

    live.run(test)


def test_a_stream_that_is_left_gives_its_connection_back(live: Live) -> None:
    numbers = live.query(live.engine.series, int, reads=True)

    async def test(db: Any) -> None:
        for _ in range(3):
            async with db._stream(numbers) as rows:
                async for number in rows:
                    if number == 1500:
                        break
        with pytest.raises(KeyError):
            async with db._stream(numbers) as rows:
                raise KeyError
        assert db.pool["busy"] == 0
        await db.healthcheck()

    live.run(test, pool_size=1)


def test_a_stream_of_a_wrong_statement_fails_when_it_is_entered(live: Live) -> None:
    async def test(db: Any) -> None:
        with pytest.raises(InvalidRequestError, match="nowhere"):
            async with db._stream(live.query("SELECT i FROM nowhere", int)):
                raise AssertionError("it was entered")
        assert db.pool["busy"] == 0

    live.run(test)


def test_a_statement_that_takes_too_long_is_ended(live: Live) -> None:
    endless = live.query(live.engine.endless, int)

    async def test(db: Any) -> None:
        with pytest.raises(RequestTimeoutError) as caught:
            await db._one(endless, {}, 0.2)
        assert "Test query: " in str(caught.value)
        assert db.pool["busy"] == 0
        await db.healthcheck()
        with pytest.raises(RequestTimeoutError):
            async with db.transaction() as tx:
                await tx._one(endless, {}, 0.2)
        await db.healthcheck()

    live.run(test, pool_size=1)


def test_a_task_that_is_cancelled_leaves_no_connection_behind(live: Live) -> None:
    if live.form == "sync":
        pytest.skip("threads are not cancelled")
    endless = live.query(live.engine.endless, int)

    async def test(db: Any) -> None:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await db._one(endless)
        assert db.pool["busy"] == 0
        await db.healthcheck()

    live.run(test, pool_size=1)
