"""`retry_exponential` repeats what may succeed later, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from integrations.runtime import (
    SYSTEM_CLOCK,
    ConfigurationError,
    ConnectionFailedError,
    InvalidArgumentError,
    NotFoundError,
    RateLimitedError,
    Retry,
    UnavailableError,
    retry_exponential,
)
from integrations.runtime.testing import FakeClock

Run = Callable[[list[Exception | str], FakeClock], Any]


def run_sync(outcomes: list[Exception | str], clock: FakeClock, **settings: Any) -> Any:
    @retry_exponential(**{"max_attempts": 3, "base_delay": 2.0, **settings}, clock=clock)
    def step() -> str:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return step()


def run_async(outcomes: list[Exception | str], clock: FakeClock, **settings: Any) -> Any:
    @retry_exponential(**{"max_attempts": 3, "base_delay": 2.0, **settings}, clock=clock)
    async def step() -> str:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return asyncio.run(step())


both = pytest.mark.parametrize("run", [run_sync, run_async])


@both
def test_a_retryable_error_is_tried_again_until_it_succeeds(run: Any) -> None:
    clock = FakeClock()
    assert run([UnavailableError(status=503), ConnectionFailedError("broken"), "done"], clock) == "done"
    assert clock.slept == [2.0, 4.0]


@both
def test_the_last_error_passes_and_says_how_often_it_was_tried(run: Any) -> None:
    clock = FakeClock()
    with pytest.raises(UnavailableError, match="503 after 3 attempts"):
        run([UnavailableError(status=503) for _ in range(4)], clock)
    assert len(clock.slept) == 2


@both
@pytest.mark.parametrize("error", [NotFoundError(status=404), KeyError("x"), ValueError()])
def test_an_error_that_will_not_go_away_is_never_repeated(run: Any, error: Exception) -> None:
    clock = FakeClock()
    with pytest.raises(type(error)):
        run([error, "done"], clock)
    assert clock.slept == []


@both
def test_the_wait_is_anywhere_up_to_the_bound(run: Any) -> None:
    clock = FakeClock(chance=0.25)
    run([UnavailableError(), UnavailableError(), "done"], clock)
    assert clock.slept == [0.5, 1.0]


@both
def test_the_wait_never_exceeds_its_maximum(run: Any) -> None:
    clock = FakeClock()
    run([*[UnavailableError() for _ in range(5)], "done"], clock, max_attempts=6, max_delay=9.0)
    assert clock.slept == [2.0, 4.0, 8.0, 9.0, 9.0]


@both
def test_a_service_that_names_its_wait_gets_it(run: Any) -> None:
    clock = FakeClock()
    run([RateLimitedError(retry_after=7.0), "done"], clock)
    assert clock.slept == [7.0]


@both
def test_a_wait_of_hours_is_left_to_the_caller(run: Any) -> None:
    clock = FakeClock()
    with pytest.raises(RateLimitedError) as caught:
        run([RateLimitedError(retry_after=7200.0), "done"], clock)
    assert caught.value.retry_after == 7200.0
    assert clock.slept == []


def test_the_decorated_function_keeps_its_name_and_arguments() -> None:
    @retry_exponential()
    def add(one: int, *, two: int) -> int:
        """Add."""
        return one + two

    assert (add(1, two=2), add.__name__, add.__doc__) == (3, "add", "Add.")


def test_cancellation_is_not_an_error_to_repeat() -> None:
    calls = []

    @retry_exponential()
    async def step() -> None:
        calls.append(1)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(step())
    assert calls == [1]


def test_a_generator_cannot_be_repeated() -> None:
    async def numbers() -> AsyncIterator[int]:
        yield 1

    with pytest.raises(InvalidArgumentError, match="yields"):
        retry_exponential()(numbers)


def test_many_attempts_do_not_overflow() -> None:
    assert Retry(max_attempts=10**6).wait(UnavailableError(), 10**5, 1.0) == 30.0


@pytest.mark.parametrize("wrong", [{"max_attempts": 0}, {"base_delay": -1.0}, {"max_delay": -1.0}])
def test_a_policy_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Retry(**wrong)


def test_the_systems_clock_moves_waits_and_rolls_dice() -> None:
    began = SYSTEM_CLOCK.monotonic()
    SYSTEM_CLOCK.sleep(0.001)
    asyncio.run(SYSTEM_CLOCK.async_sleep(0.001))
    assert SYSTEM_CLOCK.monotonic() - began >= 0.002
    assert SYSTEM_CLOCK.time() > 1_700_000_000
    assert 0 <= SYSTEM_CLOCK.random() < 1
    assert repr(SYSTEM_CLOCK) == "SYSTEM_CLOCK"


@both
def test_an_error_of_a_driver_counts_as_what_it_means(run: Any) -> None:
    clock = FakeClock()
    assert run([ConnectionResetError("reset"), TimeoutError("slow"), "done"], clock) == "done"
    assert len(clock.slept) == 2
    with pytest.raises(ZeroDivisionError):
        run([ZeroDivisionError(), "never"], clock)
    with pytest.raises(ConnectionResetError):
        run([ConnectionResetError("reset")] * 3, clock)
