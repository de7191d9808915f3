"""A clock that stands still until someone sleeps."""

from __future__ import annotations

import threading


class FakeClock:
    """Time for tests: `sleep` returns at once, moves the time on and is remembered in `.slept`.

    Args:
        time: what `time()` says first, in seconds since 1970.
        chance: what `random()` always says; 1.0 makes every jittered wait the longest possible one.
    """

    def __init__(self, time: float = 1_700_000_000.0, chance: float = 1.0) -> None:
        self.slept: list[float] = []
        self.chance = chance
        self._time = time
        self._passed = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self._passed

    def time(self) -> float:
        return self._time + self._passed

    def random(self) -> float:
        return self.chance

    def advance(self, seconds: float) -> None:
        """Let time pass without sleeping."""
        with self._lock:
            self._passed += seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._passed += seconds

    async def async_sleep(self, seconds: float) -> None:
        self.sleep(seconds)
