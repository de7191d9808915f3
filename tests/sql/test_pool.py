"""Pools lend each connection to one caller at a time, in the order in which they asked."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from integrations.runtime import ConfigurationError, PoolExhaustedError
from integrations.runtime._sql.pool import Pool
from integrations.runtime._sql.pool_async import AsyncPool
from integrations.runtime._sql.watch import NEVER, Watch


class Line:
    """A connection that is good until it is told otherwise."""

    def __init__(self) -> None:
        self.good, self.closed = True, False
        self.deadline, self.expired, self.rested = NEVER, False, 0.0
        self.stopped = threading.Event()

    def alive(self) -> bool:
        return self.good

    def close(self) -> None:
        self.closed = True

    def interrupt(self) -> None:
        self.stopped.set()


class AsyncLine(Line):
    async def close(self) -> None:  # type: ignore[override]  # the async form of the same
        self.closed = True

    def abandon(self) -> None:
        self.closed = True


def test_a_connection_is_used_again_and_replaced_when_it_is_broken() -> None:
    pool: Pool[Line] = Pool(Line, 2, 0.1)
    first = pool.take()
    pool.give(first)
    assert pool.take() is first
    first.good = False
    pool.give(first)
    second = pool.take()
    assert second is not first
    assert first.closed
    assert pool.stats == {
        "size": 2,
        "open": 1,
        "busy": 1,
        "idle": 0,
        "waiting": 0,
        "opened": 2,
        "replaced": 1,
    }


def test_a_place_whose_connection_could_not_be_opened_is_free_again() -> None:
    def fail() -> Line:
        raise ConnectionError

    pool: Pool[Line] = Pool(fail, 1, 0.1)
    for _ in range(3):
        with pytest.raises(ConnectionError):
            pool.take()
    assert pool.stats["open"] == 0


def test_a_closed_pool_closes_what_comes_back_and_lends_no_more() -> None:
    pool: Pool[Line] = Pool(Line, 2, 0.1)
    lent, idle = pool.take(), pool.take()
    pool.give(idle)
    pool.close()
    assert idle.closed
    pool.give(lent)
    assert lent.closed
    assert pool.stats["open"] == 0
    with pytest.raises(ConfigurationError, match="closed"):
        pool.take()


def test_threads_never_share_a_connection_nor_lose_one() -> None:
    pool: Pool[Line] = Pool(Line, 3, 10.0)
    lent: set[int] = set()
    clashes: list[int] = []
    lock = threading.Lock()

    def work(seed: int) -> None:
        for turn in range(300):
            line = pool.take()
            with lock:
                if id(line) in lent:
                    clashes.append(seed)
                lent.add(id(line))
            with lock:
                lent.discard(id(line))
            if (turn + seed) % 7:
                pool.give(line)
            else:
                pool.drop(line)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    stats = pool.stats
    assert not clashes
    assert (stats["busy"], stats["waiting"]) == (0, 0)
    assert stats["open"] == stats["idle"] <= 3


def test_tasks_are_served_in_turn_and_a_cancelled_one_is_passed_over() -> None:
    served: list[str] = []

    async def opened() -> Any:
        return AsyncLine()

    async def test() -> None:
        pool: AsyncPool[Any] = AsyncPool(opened, 1, 5.0)
        line = await pool.take()

        async def wait(name: str) -> None:
            mine = await pool.take()
            served.append(name)
            pool.give(mine)

        tasks = [asyncio.create_task(wait(name)) for name in "abc"]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.sleep(0)
        pool.give(line)
        await asyncio.gather(*tasks, return_exceptions=True)
        assert served == ["b", "c"]
        assert pool.stats["busy"] == 0

    asyncio.run(test())


def test_a_task_that_is_cancelled_as_it_is_served_passes_the_connection_on() -> None:
    async def opened() -> Any:
        return AsyncLine()

    async def test() -> None:
        pool: AsyncPool[Any] = AsyncPool(opened, 1, 5.0)
        line = await pool.take()
        task = asyncio.create_task(pool.take())
        await asyncio.sleep(0)
        pool.give(line)  # it is handed over, and the task has not run since
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert pool.stats["busy"] == 0
        assert await pool.take() is line

    asyncio.run(test())


def test_a_task_that_waits_in_vain_is_told() -> None:
    async def opened() -> Any:
        return AsyncLine()

    async def test() -> None:
        pool: AsyncPool[Any] = AsyncPool(opened, 1, 0.01)
        await pool.take()
        with pytest.raises(PoolExhaustedError):
            await pool.take()
        assert pool.stats["waiting"] == 0

    asyncio.run(test())


def test_the_watch_interrupts_what_is_late_and_nothing_else() -> None:
    watch = Watch()
    late, early, slow = Line(), Line(), Line()
    watch.start(slow, 30)
    watch.start(late, 0.05)
    watch.start(early, 0.05)
    watch.end(early)
    assert late.stopped.wait(2)
    assert late.expired
    assert not early.stopped.wait(0.1)
    assert not slow.stopped.is_set()
    late.stopped.clear()
    watch.start(late, 0.05)  # a shorter limit than the one it sleeps for
    assert late.stopped.wait(2)
    watch.close()
