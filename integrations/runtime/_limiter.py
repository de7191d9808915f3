"""A token bucket that is fair: whoever asks first goes first, threads and tasks alike."""

from __future__ import annotations

import re
import threading
from types import TracebackType
from typing import Final

from ._clock import SYSTEM_CLOCK, Clock
from ._errors import ConfigurationError

_UNITS: Final = {"s": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "day": 86400}
RATE_PATTERN: Final = r"^\s*([1-9]\d*)\s*/\s*(s|second|m|min|minute|h|hour|day)\s*$"


class RateLimiter:
    """Let at most so many calls a minute begin.

    Each caller takes a place in the queue and waits for its own moment, so callers go in the order in which
    they asked; no caller can be overtaken or starve. Safe between threads, tasks and event loops.

        limiter = RateLimiter(calls_per_minute=100)
        with limiter: ...
        async with limiter: ...

    Args:
        calls_per_minute: the sustained rate.
        burst: how many calls may start at once after a quiet time; a minute's worth by default. An idle
            bucket is full, so a first minute can see burst + calls_per_minute calls; `burst=1` spaces all
            calls evenly.
        clock: time and sleep.
    """

    def __init__(
        self, calls_per_minute: float = 100, *, burst: int | None = None, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        if not calls_per_minute > 0:
            raise ConfigurationError(f"calls_per_minute must be above 0, not {calls_per_minute}")
        if burst is not None and burst < 1:
            raise ConfigurationError(f"burst must be at least 1, not {burst}")
        self.calls_per_minute = calls_per_minute
        self.burst = max(1, int(calls_per_minute)) if burst is None else burst
        self._rate = calls_per_minute / 60
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = float(self.burst)
        self._at = clock.monotonic()

    @classmethod
    def parse(cls, rate: str | int, *, clock: Clock = SYSTEM_CLOCK) -> RateLimiter:
        """Read `"5000/hour"`, `"10/s"`, `"100/minute"`; an integer is calls per minute.

        Raises:
            ConfigurationError: *rate* is none of these.
        """
        if isinstance(rate, int):
            return cls(rate, clock=clock)
        match = re.search(RATE_PATTERN, rate)
        if match is None:
            raise ConfigurationError(
                f"rate limit {rate!r} is not understood; write it as 100/minute or 5000/hour"
            )
        return cls(int(match[1]) * 60 / _UNITS[match[2]], burst=int(match[1]), clock=clock)

    def __repr__(self) -> str:
        return f"RateLimiter(calls_per_minute={self.calls_per_minute:g}, burst={self.burst})"

    def reserve(self) -> float:
        """Take the next place and return the seconds until it may be used; 0 when it may be used now."""
        with self._lock:
            now = self._clock.monotonic()
            tokens = min(self.burst, self._tokens + (now - self._at) * self._rate) - 1
            self._tokens, self._at = tokens, now
        return 0.0 if tokens >= 0 else -tokens / self._rate

    def refund(self) -> None:
        """Give a place back that was reserved and not used."""
        with self._lock:
            self._tokens = min(self.burst, self._tokens + 1)

    def __enter__(self) -> RateLimiter:
        wait = self.reserve()
        if wait:
            try:
                self._clock.sleep(wait)
            except BaseException:
                self.refund()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held: the limit is on starts."""

    async def __aenter__(self) -> RateLimiter:
        wait = self.reserve()
        if wait:
            try:
                await self._clock.async_sleep(wait)
            except BaseException:
                self.refund()
                raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held: the limit is on starts."""
