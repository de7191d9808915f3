"""The limiter lets so many calls begin, in the order in which they asked."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from integrations.runtime import ConfigurationError, RateLimiter
from integrations.runtime.testing import FakeClock


def test_a_minutes_worth_starts_at_once_and_the_next_waits_for_its_token() -> None:
    clock = FakeClock()
    limiter = RateLimiter(calls_per_minute=60, clock=clock)
    for _ in range(60):
        with limiter:
            pass
    assert clock.slept == []
    with limiter:
        pass
    assert clock.slept == [pytest.approx(1.0)]


def test_calls_are_spaced_evenly_without_a_burst() -> None:
    clock = FakeClock()
    limiter = RateLimiter(calls_per_minute=120, burst=1, clock=clock)
    for _ in range(4):
        with limiter:
            pass
    assert clock.slept == pytest.approx([0.5, 0.5, 0.5])


def test_quiet_time_never_saves_up_more_than_the_burst() -> None:
    clock = FakeClock()
    limiter = RateLimiter(calls_per_minute=60, burst=2, clock=clock)
    clock.advance(3600)
    assert [limiter.reserve() for _ in range(4)] == pytest.approx([0, 0, 1, 2])


def test_over_a_long_time_the_rate_holds() -> None:
    clock = FakeClock()
    limiter = RateLimiter(calls_per_minute=100, burst=10, clock=clock)
    for _ in range(1000):
        with limiter:
            pass
    assert clock.monotonic() == pytest.approx(990 * 0.6)


def test_threads_go_in_the_order_in_which_they_asked() -> None:
    limiter = RateLimiter(calls_per_minute=60 * 50, burst=1)
    started: list[int] = []

    def work(number: int) -> None:
        with limiter:
            started.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
        time.sleep(0.002)
    for thread in threads:
        thread.join(5)
    assert started == list(range(12))


def test_a_greedy_thread_cannot_starve_another() -> None:
    limiter = RateLimiter(calls_per_minute=60 * 200, burst=1)
    stop = threading.Event()
    counts = [0, 0]

    def work(number: int) -> None:
        while not stop.is_set():
            with limiter:
                counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.4)
    stop.set()
    for thread in threads:
        thread.join(5)
    assert sum(counts) <= 90
    assert min(counts) >= 0.7 * max(counts)


def test_tasks_go_in_the_order_in_which_they_asked_and_do_not_block_the_loop() -> None:
    limiter = RateLimiter(calls_per_minute=60 * 100, burst=1)
    started: list[int] = []

    async def work(number: int) -> None:
        async with limiter:
            started.append(number)

    async def main() -> None:
        began = time.monotonic()
        tasks = [asyncio.create_task(work(number)) for number in range(10)]
        await asyncio.sleep(0)
        assert time.monotonic() - began < 0.05
        await asyncio.gather(*tasks)

    asyncio.run(main())
    assert started == list(range(10))


def test_threads_and_tasks_share_one_limit() -> None:
    clock = FakeClock()
    limiter = RateLimiter(calls_per_minute=60, burst=1, clock=clock)

    async def use() -> None:
        async with limiter:
            pass

    with limiter:
        asyncio.run(use())
    assert clock.slept == pytest.approx([1.0])


def test_a_cancelled_wait_gives_its_place_back() -> None:
    limiter = RateLimiter(calls_per_minute=1, burst=1)

    async def main() -> None:
        limiter.reserve()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), limiter:
                pass

    asyncio.run(main())
    assert limiter.reserve() == pytest.approx(60, abs=1)


def test_an_interrupted_wait_gives_its_place_back() -> None:
    class Interrupted(FakeClock):
        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

    limiter = RateLimiter(calls_per_minute=60, burst=1, clock=Interrupted())
    limiter.reserve()
    with pytest.raises(KeyboardInterrupt), limiter:
        pass
    assert limiter.reserve() == pytest.approx(1.0)


def test_an_error_in_the_block_passes_through() -> None:
    with pytest.raises(KeyError), RateLimiter(calls_per_minute=60):
        raise KeyError


@pytest.mark.parametrize(
    ("text", "per_minute", "burst"),
    [
        ("5000/hour", 5000 / 60, 5000),
        ("10/s", 600, 10),
        ("100 / minute", 100, 100),
        (90, 90, 90),
        ("2/day", 2 / 1440, 2),
    ],
)
def test_a_written_rate_is_understood(text: str | int, per_minute: float, burst: int) -> None:
    limiter = RateLimiter.parse(text)
    assert limiter.calls_per_minute == pytest.approx(per_minute)
    assert limiter.burst == burst


@pytest.mark.parametrize("text", ["fast", "0/s", "5000", "5/fortnight", "-1/s", "", 0, -5])
def test_a_rate_that_means_nothing_is_refused(text: str | int) -> None:
    with pytest.raises(ConfigurationError):
        RateLimiter.parse(text)


def test_a_burst_below_one_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        RateLimiter(calls_per_minute=10, burst=0)
    assert repr(RateLimiter(calls_per_minute=10)) == "RateLimiter(calls_per_minute=10, burst=10)"
