"""The policy around calls of drivers: limits, retries where they are safe, one error tree, metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from integrations.runtime import (
    ConflictError,
    ConnectionFailedError,
    IntegrationError,
    MetricsCollector,
    PoolExhaustedError,
    RateLimiter,
    Retry,
    TransactionConflictError,
)
from integrations.runtime._guard import Guard
from integrations.runtime.testing import FakeClock


class Broken(Exception):
    """A driver's error."""


def translate(error: Exception) -> IntegrationError | None:
    return ConnectionFailedError(str(error)) if isinstance(error, Broken) else None


def guard(clock: FakeClock, limiter: RateLimiter | None = None) -> Guard:
    return Guard("Orders", Retry(3, 0.5, 30), limiter, MetricsCollector(clock=clock), clock, translate)


def failing(*errors: Exception) -> Callable[[], str]:
    left = list(errors)

    def attempt() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return attempt


@pytest.fixture(params=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Callable[..., Any]:
    def blocking(guard: Guard, attempt: Callable[[], Any], **options: Any) -> Any:
        return guard.call("get_order", attempt, **options)

    def awaiting(guard: Guard, attempt: Callable[[], Any], **options: Any) -> Any:
        async def once() -> Any:
            return attempt()

        coroutine: Callable[[], Awaitable[Any]] = once
        return asyncio.run(guard.acall("get_order", coroutine, **options))

    return blocking if request.param == "sync" else awaiting


def test_what_may_be_repeated_is_tried_again_and_each_attempt_is_counted(run: Callable[..., Any]) -> None:
    clock = FakeClock()
    guarded = guard(clock)
    assert run(guarded, failing(Broken("a"), Broken("b")), repeatable=True) == "done"
    assert clock.slept == [0.5, 1.0]
    total = guarded.metrics.get_total_metrics()
    assert (total["total_calls"], total["total_errors"]) == (3, 2)


def test_what_may_have_taken_effect_is_not_repeated(run: Callable[..., Any]) -> None:
    with pytest.raises(ConnectionFailedError) as caught:
        run(guard(FakeClock()), failing(Broken("lost")))
    assert str(caught.value) == "Orders get_order: lost"
    assert isinstance(caught.value.__cause__, Broken)


@pytest.mark.parametrize("error", [TransactionConflictError(code="40001"), PoolExhaustedError("no turn")])
def test_what_took_no_effect_is_repeated_whatever_it_was(
    run: Callable[..., Any], error: IntegrationError
) -> None:
    assert run(guard(FakeClock()), failing(error)) == "done"


def test_an_error_that_will_not_pass_is_raised_at_once(run: Callable[..., Any]) -> None:
    with pytest.raises(ConflictError) as caught:
        run(guard(FakeClock()), failing(ConflictError(code="23505")), repeatable=True)
    assert caught.value.attempts == 1
    assert str(caught.value) == "Orders get_order: 23505"


def test_the_last_error_says_how_often_it_was_tried(run: Callable[..., Any]) -> None:
    with pytest.raises(ConnectionFailedError, match="Orders get_order: c after 3 attempts"):
        run(guard(FakeClock()), failing(Broken("a"), Broken("b"), Broken("c")), repeatable=True)


def test_an_error_of_the_callers_own_passes_unchanged(run: Callable[..., Any]) -> None:
    with pytest.raises(ZeroDivisionError):
        run(guard(FakeClock()), failing(ZeroDivisionError()), repeatable=True)


def test_the_limit_holds_for_every_attempt(run: Callable[..., Any]) -> None:
    clock = FakeClock()
    limited = guard(clock, RateLimiter(60, burst=1, clock=clock))
    run(limited, failing(Broken("a")), repeatable=True)
    assert clock.slept == [0.5, pytest.approx(0.5)]  # the wait before the attempt counts for the limit
