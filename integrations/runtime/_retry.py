"""When to try again, and how long to wait first."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from ._clock import SYSTEM_CLOCK, Clock
from ._errors import ConfigurationError, InvalidArgumentError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Retry:
    """How often, and how far apart.

    The wait before attempt n + 1 is a random part of `base_delay * 2 ** (n - 1)`, at most *max_delay* ("full
    jitter": clients that failed together do not come back together). A service that names its own wait
    (Retry-After) gets exactly that, unless it is longer than *max_delay*: then waiting is the caller's
    decision, and the error is raised at once with `.retry_after` set.

    Args:
        max_attempts: all attempts together; 1 never retries.
        base_delay: seconds, the upper end of the first wait.
        max_delay: seconds, the longest wait.
    """

    max_attempts: int = 3
    base_delay: float = 0.5
    max_delay: float = 30.0

    def __post_init__(self) -> None:
        if self.max_attempts < 1 or self.base_delay < 0 or self.max_delay < 0:
            raise ConfigurationError(f"{self!r}: max_attempts starts at 1, delays at 0")

    def wait(self, error: Exception, attempt: int, chance: float) -> float | None:
        """Return the seconds to wait after *attempt* failed with *error*, or None to give up.

        Args:
            error: an error of the tree.
            attempt: number of the attempt that failed, from 1.
            chance: a number in [0, 1).
        """
        if attempt >= self.max_attempts or not getattr(error, "retryable", False):
            return None
        asked = getattr(error, "retry_after", None)
        if asked is not None:
            return float(asked) if asked <= self.max_delay else None
        return chance * min(self.max_delay, self.base_delay * 2.0 ** min(attempt - 1, 64))


def retry_exponential(
    max_attempts: int = 3, base_delay: float = 2.0, *, max_delay: float = 60.0, clock: Clock = SYSTEM_CLOCK
) -> Callable[[F], F]:
    """Decorate a function or coroutine function that may be repeated safely.

    Only errors that are `.retryable` are retried, with full jitter, honouring Retry-After; an error of a
    driver or of the standard library counts as what `ErrorHandler` makes of it (a reset connection: yes, a
    wrong value: no). Any other error, and the last one, passes through as it was raised.
    Adapters retry their own calls already: use this around your own steps, with functions that are safe to
    repeat.

        @retry_exponential(max_attempts=3, base_delay=2.0)
        def import_orders() -> None: ...
    """
    policy = Retry(max_attempts, base_delay, max_delay)

    def decorate(function: F) -> F:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise InvalidArgumentError(
                f"{function.__qualname__} yields; what was yielded cannot be taken back"
            )
        wrap = _retry_async if inspect.iscoroutinefunction(function) else _retry_sync
        return cast("F", wrap(function, policy, clock))

    return decorate


def _retry_sync(function: Callable[..., Any], policy: Retry, clock: Clock) -> Callable[..., Any]:
    @wraps(function)
    def repeated(*args: Any, **kwargs: Any) -> Any:
        attempt = 1
        while True:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                clock.sleep(_wait_or_raise(policy, error, attempt, clock))
            attempt += 1

    return repeated


def _retry_async(function: Callable[..., Any], policy: Retry, clock: Clock) -> Callable[..., Any]:
    @wraps(function)
    async def repeated(*args: Any, **kwargs: Any) -> Any:
        attempt = 1
        while True:
            try:
                return await function(*args, **kwargs)
            except Exception as error:
                wait = _wait_or_raise(policy, error, attempt, clock)
            await clock.async_sleep(wait)
            attempt += 1

    return repeated


def _wait_or_raise(policy: Retry, error: Exception, attempt: int, clock: Clock) -> float:
    from ._handler import mapped  # only when something failed: it knows every driver's errors

    failure = mapped(error)
    wait = policy.wait(failure, attempt, clock.random())
    if wait is None:
        failure.attempts = max(failure.attempts, attempt)
        raise error
    return wait
