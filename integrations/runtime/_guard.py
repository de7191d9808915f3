"""The one policy around every call of a driver: limit → attempt → map the error → measure → retry.

HTTP adapters have a form of their own (``_http/engine.py``): one of their calls may be several requests.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from ._clock import Clock
from ._errors import IntegrationError
from ._limiter import RateLimiter
from ._metrics import MetricsCollector
from ._retry import Retry

T = TypeVar("T")
# The error of the tree that a driver's error is, or None when it is none of the driver's.
Translate = Callable[[Exception], IntegrationError | None]


@dataclass(frozen=True, slots=True)
class Guard:
    """What surrounds every call of one adapter.

    An error that may pass is tried again where that is safe: the call is *repeatable*, or the error says
    that nothing of it took effect (``undone``). An error that *translate* does not know passes unchanged.
    """

    service: str
    retry: Retry
    limiter: RateLimiter | None
    metrics: MetricsCollector
    clock: Clock
    translate: Translate

    def call(self, operation: str, attempt: Callable[[], T], *, repeatable: bool = False) -> T:
        """Return what *attempt* returns.

        Raises:
            IntegrationError: it failed for good; ``.attempts`` says how often it was tried.
        """
        number = 0
        while True:
            number += 1
            if self.limiter is not None:
                with self.limiter:
                    pass
            started = self.clock.monotonic()
            try:
                result = attempt()
            except Exception as error:
                failure = self._failed(error, operation, number, started)
                self.clock.sleep(self._wait(failure, error, number, repeatable))
            else:
                self.metrics.record(operation, self.clock.monotonic() - started)
                return result

    async def acall(
        self, operation: str, attempt: Callable[[], Awaitable[T]], *, repeatable: bool = False
    ) -> T:
        """The async form of ``call``."""
        number = 0
        while True:
            number += 1
            if self.limiter is not None:
                async with self.limiter:
                    pass
            started = self.clock.monotonic()
            try:
                result = await attempt()
            except Exception as error:
                failure = self._failed(error, operation, number, started)
                await self.clock.async_sleep(self._wait(failure, error, number, repeatable))
            else:
                self.metrics.record(operation, self.clock.monotonic() - started)
                return result

    def translated(self, error: Exception, operation: str, attempts: int = 1) -> IntegrationError | None:
        """Return the error of the tree that *error* is, told whose call it was; None: not the driver's."""
        failure = error if isinstance(error, IntegrationError) else self.translate(error)
        if failure is not None and not failure.service:
            failure.service, failure.operation, failure.attempts = self.service, operation, attempts
        return failure

    def _failed(
        self, error: Exception, operation: str, number: int, started: float
    ) -> IntegrationError | None:
        failure = self.translated(error, operation, number)
        if failure is not None:
            failure.attempts = number
        name = type(error if failure is None else failure).__name__
        self.metrics.record(operation, self.clock.monotonic() - started, name)
        return failure

    def _wait(
        self, failure: IntegrationError | None, error: Exception, number: int, repeatable: bool
    ) -> float:
        """Return the seconds until the next attempt, or raise."""
        if failure is None:
            raise error
        safe = repeatable or failure.undone
        wait = self.retry.wait(failure, number, self.clock.random()) if safe else None
        if wait is None:
            raise failure from (None if failure is error else error)
        return wait
