"""Locks that end by themselves: taken with a token of their own, and let go only by who holds it.

    with cache.lock_order(order_id, wait=5.0) as held:
        store.save(order, fence=held.fence)   # the store refuses a lower fence than it has seen

A lock ends when its time is over, whatever its holder does then: a process that stopped for a while may
believe that it still holds it. The fence is what protects against that: every holder's is higher than all
before, so the thing behind the lock can turn away those that come too late.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Final, Self

from .._clock import Clock
from .._errors import IntegrationError, InvalidArgumentError
from .command import Command
from .errors import LockLostError, LockTakenError
from .keys import At, Key
from .scripts import Script

POLL: Final = 0.1  # seconds between two attempts, on average
# KEYS: lock, fence. ARGV: token, milliseconds. Repeating it with the same token finds the lock taken by it.
TAKE: Final = Script[Any](
    "take",
    """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return redis.call('INCR', KEYS[2]) end
if redis.call('GET', KEYS[1]) == ARGV[1] then return tonumber(redis.call('GET', KEYS[2])) end
return 0
""",
    repeatable=True,
)
RELEASE: Final = Script[Any](
    "release",
    """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
""",
)
EXTEND: Final = Script[Any](
    "extend",
    """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
""",
    repeatable=True,
)
Run = Callable[[str, Command[Any], "float | None"], Any]


class LockKey(Key):
    """A key that is a lock.

    Args:
        template: like `lock:{order_id}`.
        ttl: seconds until it ends by itself.
    """

    __slots__ = ()

    def __init__(self, template: str, *, ttl: float = 30.0) -> None:
        super().__init__(template, ttl=ttl)

    def at(self, **parameters: Any) -> LockAt:
        """Return one key."""
        return LockAt(self, self.template.key(parameters))


class LockAt(At[LockKey]):
    """One lock."""

    __slots__ = ()

    def take(self, token: str, milliseconds: int) -> Command[int]:
        """Take it; the result is the fence, or 0 where somebody else holds it."""
        fence = f"{self.of.template.text}:fence"  # one for all keys of the template, so that none pile up
        return TAKE.run([self.key, fence], (token, milliseconds), _number)

    def release(self, token: str) -> Command[int]:
        """Let it go; 0: it was not held any more."""
        return RELEASE.run([self.key], (token,), _number)

    def extend(self, token: str, milliseconds: int) -> Command[int]:
        """Let it last from now on; 0: it was not held any more."""
        return EXTEND.run([self.key], (token, milliseconds), _number)


def _number(replies: Any) -> int:
    return int(replies[0])


class _Lock:
    """What both forms of a lock know.

    Attributes:
        fence: a number that is higher than that of every holder before; 0 while it is not held.
    """

    def __init__(
        self, name: str, key: LockAt, run: Run, clock: Clock, token: str, *, ttl: float | None, wait: float
    ) -> None:
        if wait < 0:
            raise InvalidArgumentError("wait is a number of seconds, 0 or more")
        self._name, self._key, self._run, self._clock, self._token = name, key, run, clock, token
        self._wait, self._ttl = wait, self._milliseconds(key.of.ttl if ttl is None else ttl)
        self.fence = 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._key.of.template.text!r}, fence={self.fence})"

    def _milliseconds(self, ttl: float | None) -> int:
        found = round((ttl or 0) * 1000)
        if found < 1:
            raise InvalidArgumentError("ttl is a number of seconds above 0")
        return found

    def _pause(self, until: float) -> float:
        """Return the seconds until the next attempt.

        Raises:
            LockTakenError: the time to wait is over.
        """
        left = until - self._clock.monotonic()
        if left <= 0:
            waited = f" for {self._wait:g} s" if self._wait else ""
            raise LockTakenError(f"{self._key.of.template.text} is held by somebody else{waited}")
        return min(left, POLL * (0.5 + self._clock.random()))

    def _held(self, still: int) -> None:
        if not still:
            self.fence = 0
            raise LockLostError(f"{self._key.of.template.text} ran out before; somebody else may hold it now")


class Lock(_Lock):
    """A lock, blocking. Take it with `with`."""

    def __enter__(self) -> Self:
        until = self._clock.monotonic() + self._wait
        while True:
            self.fence = self._run(self._name, self._key.take(self._token, self._ttl), None)
            if self.fence:
                return self
            self._clock.sleep(self._pause(until))

    def extend(self, ttl: float | None = None) -> None:
        """Let it last for *ttl* seconds from now on; as long as at first, by default.

        Raises:
            LockLostError: it ran out before.
        """
        lasts = self._ttl if ttl is None else self._milliseconds(ttl)
        self._held(self._run(self._name, self._key.extend(self._token, lasts), None))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._held(self._run(self._name, self._key.release(self._token), None))
        except IntegrationError:
            if error is None:  # what went wrong first is told
                raise
        finally:
            self.fence = 0


class AsyncLock(_Lock):
    """A lock, async. Take it with `async with`."""

    async def __aenter__(self) -> Self:
        until = self._clock.monotonic() + self._wait
        while True:
            self.fence = await self._ask(self._key.take(self._token, self._ttl))
            if self.fence:
                return self
            await self._clock.async_sleep(self._pause(until))

    def _ask(self, command: Command[int]) -> Coroutine[Any, Any, int]:
        asked: Coroutine[Any, Any, int] = self._run(self._name, command, None)
        return asked

    async def extend(self, ttl: float | None = None) -> None:
        """Let it last for *ttl* seconds from now on; as long as at first, by default.

        Raises:
            LockLostError: it ran out before.
        """
        lasts = self._ttl if ttl is None else self._milliseconds(ttl)
        self._held(await self._ask(self._key.extend(self._token, lasts)))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._held(await self._ask(self._key.release(self._token)))
        except IntegrationError:
            if error is None:  # what went wrong first is told
                raise
        finally:
            self.fence = 0
