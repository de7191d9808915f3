"""Transactions against the real engines: commit, rollback, savepoints, conflicts."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.runtime import IntegrationError, InvalidArgumentError, TransactionConflictError
from integrations.runtime._settings import RetryConfig

from .live import Live

TABLE = "CREATE TABLE stock (id int PRIMARY KEY, pieces int NOT NULL)"


def put(live: Live) -> Any:
    return live.query("INSERT INTO stock (id, pieces) VALUES ({id}, {pieces})", parameters=("id", "pieces"))


def ids(live: Live) -> Any:
    return live.query("SELECT id FROM stock ORDER BY id", int)


def test_a_block_is_committed_and_an_error_takes_it_back(live: Live) -> None:
    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        async with db.transaction() as tx:
            await tx._execute(put(live), {"id": 1, "pieces": 5})
            assert await tx._many(ids(live)) == [1]

        async def fail() -> None:
            async with db.transaction() as tx:
                await tx._execute(put(live), {"id": 2, "pieces": 5})
                raise KeyError

        with pytest.raises(KeyError):
            await fail()
        assert await db._many(ids(live)) == [1]
        assert db.pool["busy"] == 0

    live.run(test, pool_size=1)


def test_the_twin_of_a_transaction_ends_with_it(live: Live) -> None:
    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        async with db.transaction() as tx:
            pass
        with pytest.raises(InvalidArgumentError, match="the transaction has ended"):
            await tx._many(ids(live))

    live.run(test)


@pytest.mark.engines("postgresql", "mysql", "sqlite")
def test_a_transaction_inside_another_is_taken_back_alone(live: Live) -> None:
    async def fail(outer: Any) -> None:
        async with outer.transaction() as inner:
            await inner._execute(put(live), {"id": 2, "pieces": 1})
            await inner._execute(put(live), {"id": 1, "pieces": 1})

    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        async with db.transaction() as outer:
            await outer._execute(put(live), {"id": 1, "pieces": 1})
            with pytest.raises(IntegrationError):
                await fail(outer)
            async with outer.transaction() as inner:
                await inner._execute(put(live), {"id": 3, "pieces": 1})
        assert await db._many(ids(live)) == [1, 3]

    live.run(test)


@pytest.mark.engines("duckdb")
def test_an_engine_without_savepoints_says_so(live: Live) -> None:
    async def test(db: Any) -> None:
        async with db.transaction() as outer:
            with pytest.raises(InvalidArgumentError, match="DuckDB has no savepoints"):
                async with outer.transaction():
                    raise AssertionError("it was entered")
        with pytest.raises(InvalidArgumentError, match="DuckDB has no isolation 'serializable'"):
            db.inner.transaction("serializable")

    live.run(test)


@pytest.mark.engines("postgresql", "mysql", "sqlite")
def test_a_read_only_transaction_refuses_writes_and_leaves_no_trace(live: Live) -> None:
    async def write(db: Any) -> None:
        async with db.transaction(read_only=True) as tx:
            assert await tx._many(ids(live)) == []
            await tx._execute(put(live), {"id": 2, "pieces": 1})

    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        with pytest.raises(IntegrationError, match="read-only"):
            await write(db)
        await db._execute(put(live), {"id": 1, "pieces": 1})

    live.run(test, pool_size=1)


@pytest.mark.engines("postgresql", "mysql")
def test_a_query_of_its_own_isolation_gets_it(live: Live) -> None:
    asked = {"postgresql": "SHOW transaction_isolation", "mysql": "SELECT 'serializable' FROM dual"}
    seen = live.query(asked[live.engine.name], str, isolation="serializable")

    async def test(db: Any) -> None:
        assert await db._one(seen) == "serializable"
        assert db.pool["busy"] == 0

    live.run(test)


@pytest.mark.engines("postgresql", "duckdb")
def test_a_transaction_that_conflicts_is_run_again_whole(live: Live) -> None:
    """Two transactions read one number and write it back, one piece less: both pieces must be gone."""
    read = live.query("SELECT pieces FROM stock WHERE id = 1", int)
    write = live.query("UPDATE stock SET pieces = {pieces} WHERE id = 1")
    calls = 0

    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        await db._execute(put(live), {"id": 1, "pieces": 5})

        async def sell(tx: Any) -> int:
            nonlocal calls
            calls += 1
            left = await tx._one(read) - 1
            if calls == 1:
                await db._execute(write, {"pieces": 4})  # another sells one meanwhile
            await tx._execute(write, {"pieces": left})
            return int(left)

        assert await db.run_in_transaction(sell) == 3
        assert await db._one(read) == 3
        assert calls == 2
        assert db.pool["busy"] == 0

    live.run(test)


@pytest.mark.engines("postgresql", "duckdb")
def test_conflicts_without_end_are_raised(live: Live) -> None:
    write = live.query("UPDATE stock SET pieces = pieces + 1 WHERE id = 1")
    read = live.query("SELECT pieces FROM stock WHERE id = 1", int)

    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        await db._execute(put(live), {"id": 1, "pieces": 0})

        async def lose(tx: Any) -> None:
            await tx._one(read)
            await db._execute(write)
            await tx._execute(write)

        with pytest.raises(TransactionConflictError):
            await db.run_in_transaction(lose, attempts=2)
        assert await db._one(read) == 2

    live.run(test)


@pytest.mark.engines("postgresql", "mysql")
def test_the_victim_of_a_deadlock_is_told(live: Live) -> None:
    """Two transactions take two rows in opposite order; the one that loses is run again."""
    if live.form == "sync":
        pytest.skip("needs two statements under way at once")
    import asyncio

    take = live.query("UPDATE stock SET pieces = pieces - 1 WHERE id = {id}")
    total = live.query("SELECT CAST(SUM(pieces) AS CHAR(9)) FROM stock", str)
    calls = 0

    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        await db._batch(put(live), [(1, 9), (2, 9)])
        both = asyncio.Barrier(2)

        async def swap(tx: Any, first: int, second: int) -> None:
            nonlocal calls
            calls += 1
            await tx._execute(take, {"id": first})
            if calls <= 2:
                await both.wait()
            await tx._execute(take, {"id": second})

        await asyncio.gather(
            db.run_in_transaction(lambda tx: swap(tx, 1, 2), isolation="read committed"),
            db.run_in_transaction(lambda tx: swap(tx, 2, 1), isolation="read committed"),
        )
        assert calls == 3
        assert (await db._one(total)).strip() == "14"

    live.run(test)


@pytest.mark.engines("sqlite")
def test_a_writer_that_is_kept_out_may_try_again(live: Live) -> None:
    async def test(db: Any) -> None:
        await db.fetch(TABLE)
        async with db.transaction() as tx:
            await tx._execute(put(live), {"id": 1, "pieces": 1})
            with pytest.raises(IntegrationError, match="locked by another") as caught:
                await db._execute(put(live), {"id": 2, "pieces": 1})
        assert caught.value.undone
        assert caught.value.attempts == 2

    live.run(test, timeout=0.6, retry=RetryConfig(max_attempts=2, base_delay=0.01))


@pytest.mark.engines("sqlite")
def test_writers_that_wait_do_not_keep_out_the_one_that_they_wait_for(live: Live) -> None:
    if live.form == "sync":
        pytest.skip("needs statements under way at once")
    import asyncio

    async def test(db: Any) -> None:
        await db.fetch(TABLE)

        async def write(number: int) -> None:
            async with db.transaction() as tx:
                await tx._execute(put(live), {"id": number, "pieces": 1})
                await asyncio.sleep(0)
                await tx._execute(put(live), {"id": 100 + number, "pieces": 1})

        await asyncio.gather(*(write(number) for number in range(20)))
        assert len(await db._many(ids(live))) == 40

    live.run(test, pool_size=20, timeout=10.0, retry=RetryConfig(max_attempts=1))
