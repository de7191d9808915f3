"""The cache: fresh for a while, bounded, and one load per key however many ask."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.runtime import CacheManager, InvalidArgumentError
from integrations.runtime.testing import FakeClock


def test_a_value_is_loaded_once_and_again_when_it_has_expired() -> None:
    clock = FakeClock()
    cache = CacheManager(default_ttl=3600, clock=clock)
    calls: list[int] = []

    @cache.cached(ttl=600)
    def double(number: int) -> int:
        """Double."""
        calls.append(number)
        return 2 * number

    assert [double(2), double(2), double(3)] == [4, 4, 6]
    clock.advance(599)
    double(2)
    assert calls == [2, 3]
    clock.advance(2)
    double(2)
    assert calls == [2, 3, 2]
    assert double.__doc__ == "Double."


def test_the_default_time_to_live_applies_where_none_is_given() -> None:
    clock = FakeClock()
    cache = CacheManager(default_ttl=10, clock=clock)
    cache.set("a", 1)
    cache.set("b", 2, ttl=20)
    clock.advance(11)
    assert (cache.get("a"), cache.get("b"), cache.get("c", "none")) == (None, 2, "none")


def test_a_cached_coroutine_is_awaited_once() -> None:
    cache = CacheManager()
    calls: list[int] = []

    @cache.cached()
    async def double(number: int) -> int:
        calls.append(number)
        await asyncio.sleep(0)
        return 2 * number

    async def main() -> list[int]:
        return [await double(2), await double(2)]

    assert asyncio.run(main()) == [4, 4]
    assert asyncio.run(double(2)) == 4
    assert calls == [2]


def test_none_is_a_value_too() -> None:
    cache = CacheManager()
    calls: list[int] = []

    @cache.cached()
    def nothing() -> None:
        calls.append(1)

    nothing()
    nothing()
    assert calls == [1]


def test_one_and_true_are_different_keys() -> None:
    cache = CacheManager()

    @cache.cached()
    def kind(value: Any) -> str:
        return type(value).__name__

    assert [kind(1), kind(True), kind(1.0)] == ["int", "bool", "float"]


def test_two_functions_do_not_share_keys() -> None:
    cache = CacheManager()

    @cache.cached()
    def first() -> str:
        return "first"

    @cache.cached()
    def second() -> str:
        return "second"

    assert (first(), second()) == ("first", "second")


def test_an_error_is_not_remembered() -> None:
    cache = CacheManager()
    outcomes: list[Any] = [ValueError("once"), 4]

    @cache.cached()
    def load() -> Any:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    with pytest.raises(ValueError, match="once"):
        load()
    assert load() == 4


def test_the_cache_never_holds_more_than_its_bound() -> None:
    cache = CacheManager(max_entries=3)
    for number in range(10):
        cache.set(number, number)
    assert [number for number in range(10) if cache.get(number) is not None] == [7, 8, 9]
    assert "entries=3" in repr(cache)


def test_twenty_threads_that_ask_at_once_cause_one_load() -> None:
    cache = CacheManager()
    calls: list[int] = []
    barrier = threading.Barrier(20)
    results: list[int] = []

    @cache.cached()
    def slow(number: int) -> int:
        calls.append(number)
        time.sleep(0.05)
        return number

    def ask() -> None:
        barrier.wait()
        results.append(slow(7))

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert (calls, results) == ([7], [7] * 20)


def test_other_keys_are_not_held_up_by_a_slow_load() -> None:
    cache = CacheManager()
    release = threading.Event()

    @cache.cached()
    def load(key: str) -> str:
        if key == "slow":
            release.wait(5)
        return key

    thread = threading.Thread(target=load, args=("slow",))
    thread.start()
    assert load("quick") == "quick"
    release.set()
    thread.join(5)


def test_a_hundred_tasks_that_ask_at_once_cause_one_load() -> None:
    cache = CacheManager()
    calls: list[int] = []

    @cache.cached()
    async def slow(number: int) -> int:
        calls.append(number)
        await asyncio.sleep(0.01)
        return number

    async def main() -> list[int]:
        return await asyncio.gather(*(slow(7) for _ in range(100)))

    assert asyncio.run(main()) == [7] * 100
    assert calls == [7]


def test_tasks_of_two_event_loops_share_a_load() -> None:
    cache = CacheManager()
    calls: list[int] = []
    results: list[int] = []

    @cache.cached()
    async def slow() -> int:
        calls.append(1)
        await asyncio.sleep(0.05)
        return 7

    threads = [threading.Thread(target=lambda: results.append(asyncio.run(slow()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert (calls, results) == ([1], [7] * 4)


def test_all_who_waited_for_a_failing_load_get_its_error_and_the_next_call_loads() -> None:
    cache = CacheManager()
    calls: list[int] = []

    @cache.cached()
    async def load() -> int:
        calls.append(1)
        await asyncio.sleep(0)
        if len(calls) == 1:
            raise ValueError("first")
        return 7

    async def main() -> tuple[list[Any], int]:
        return await asyncio.gather(*(load() for _ in range(5)), return_exceptions=True), await load()

    outcomes, later = asyncio.run(main())
    assert [str(outcome) for outcome in outcomes] == ["first"] * 5
    assert (later, len(calls)) == (7, 2)


def test_when_the_loading_task_is_cancelled_one_who_waits_loads() -> None:
    cache = CacheManager()
    calls: list[int] = []

    @cache.cached()
    async def load() -> int:
        calls.append(1)
        await asyncio.sleep(0.01)
        return 7

    async def main() -> list[int]:
        first = asyncio.create_task(load())
        await asyncio.sleep(0)
        others = [asyncio.create_task(load()) for _ in range(3)]
        await asyncio.sleep(0)
        first.cancel()
        return await asyncio.gather(*others)

    assert asyncio.run(main()) == [7] * 3
    assert len(calls) == 2


def test_a_cancelled_waiter_does_not_cancel_the_load_for_others() -> None:
    cache = CacheManager()

    @cache.cached()
    async def load() -> int:
        await asyncio.sleep(0.01)
        return 7

    async def main() -> list[int]:
        tasks = [asyncio.create_task(load()) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        return [await tasks[0], await tasks[2]]

    assert asyncio.run(main()) == [7, 7]


def test_a_function_that_asks_for_its_own_result_does_not_wait_for_itself() -> None:
    cache = CacheManager()

    @cache.cached(key=lambda depth: "same")
    def deep(depth: int) -> int:
        return depth if depth == 0 else deep(depth - 1) + 1

    @cache.cached(key=lambda depth: "same")
    async def deep_async(depth: int) -> int:
        return depth if depth == 0 else await deep_async(depth - 1) + 1

    assert deep(3) == 3
    assert asyncio.run(deep_async(3)) == 3


def test_forgetting_is_by_arguments_and_also_stops_a_running_load_from_being_kept() -> None:
    cache = CacheManager()
    calls: list[str] = []

    @cache.cached()
    def load(key: str) -> str:
        calls.append(key)
        if len(calls) == 1:
            load.forget("a")  # type: ignore[attr-defined]
        return key

    load("a")
    load("a")
    load("a")
    assert calls == ["a", "a"]
    load("b")
    cache.clear()
    load("b")
    assert calls == ["a", "a", "b", "b"]


def test_arguments_that_cannot_be_a_key_need_one() -> None:
    cache = CacheManager()

    @cache.cached()
    def plain(values: list[int]) -> int:
        return sum(values)

    @cache.cached(key=lambda values: tuple(values))
    def keyed(values: list[int]) -> int:
        return sum(values)

    with pytest.raises(InvalidArgumentError, match="pass key="):
        plain([1])
    assert keyed([1, 2]) == 3


def test_a_generator_cannot_be_cached() -> None:
    def numbers() -> Iterator[int]:
        yield 1

    with pytest.raises(InvalidArgumentError, match="yields"):
        CacheManager().cached()(numbers)


@pytest.mark.parametrize("ttl", [0, -1])
def test_a_time_to_live_that_means_nothing_is_refused(ttl: float) -> None:
    with pytest.raises(InvalidArgumentError):
        CacheManager(default_ttl=ttl)
    with pytest.raises(InvalidArgumentError):
        CacheManager().set("a", 1, ttl=ttl)
    with pytest.raises(InvalidArgumentError):
        CacheManager(max_entries=0)
