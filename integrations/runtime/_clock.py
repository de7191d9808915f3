"""Time and chance, as one value that can be injected.

Everything in the runtime that waits, measures or rolls a die takes a `Clock`, so a test passes its own
and never sleeps, and never patches anything.
"""

from __future__ import annotations

import random
from time import monotonic, sleep, time
from typing import Final, Protocol


class Clock(Protocol):
    """What varies from run to run: time passes, sleep waits, chance decides."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; never goes backwards."""
        ...

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC, for dates that a service sends."""
        ...

    def random(self) -> float:
        """A number in [0, 1), for jitter."""
        ...

    def sleep(self, seconds: float) -> None:
        """Block this thread."""
        ...

    async def async_sleep(self, seconds: float) -> None:
        """Suspend this task."""
        ...


class SystemClock:
    """The machine's own clock."""

    def __repr__(self) -> str:
        return "SYSTEM_CLOCK"

    monotonic = staticmethod(monotonic)
    time = staticmethod(time)
    sleep = staticmethod(sleep)

    def random(self) -> float:
        """Not for secrets: it only spreads retries apart."""
        return _CHANCE.random()

    async def async_sleep(self, seconds: float) -> None:
        import asyncio  # a blocking program does without it

        await asyncio.sleep(seconds)


_CHANCE: Final = random.SystemRandom()
SYSTEM_CLOCK: Final[Clock] = SystemClock()
