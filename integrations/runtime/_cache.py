"""A cache whose entries expire: bounded, thread-safe, and one load per key however many ask at once."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from enum import Enum, auto
from functools import wraps
from typing import Any, Final, TypeVar, cast

from cachetools import TLRUCache
from cachetools.keys import typedkey

from ._clock import SYSTEM_CLOCK, Clock
from ._errors import InvalidArgumentError

F = TypeVar("F", bound=Callable[..., Any])
_ABANDONED: Final[Any] = object()


class CacheManager:
    """Remembers values for a while.

        cache = CacheManager(default_ttl=3600)

        @cache.cached(ttl=600)
        def exchange_rate(currency: str) -> float: ...

    When a key is missing and many threads or tasks ask for it, one loads and the others wait for its
    result. Errors are not remembered: all who waited get the error, the next call loads again. Values are
    shared, so treat them as frozen.

    Args:
        default_ttl: seconds that a value stays fresh.
        max_entries: the least recently used value leaves when there are more.
        clock: time.
    """

    def __init__(
        self, default_ttl: float = 3600, *, max_entries: int = 1024, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._default_ttl = _checked(default_ttl)
        if max_entries < 1:
            raise InvalidArgumentError(f"max_entries must be at least 1, not {max_entries}")
        self._lock = threading.Lock()
        self._loading: dict[Hashable, _Load] = {}
        self._values: TLRUCache[Hashable, tuple[Any, float]] = TLRUCache(
            max_entries, ttu=lambda _key, entry, now: now + entry[1], timer=clock.monotonic
        )

    def __repr__(self) -> str:
        return f"CacheManager(default_ttl={self._default_ttl:g}, entries={len(self._values)})"

    def get(self, key: Hashable, default: Any = None) -> Any:
        """Return the fresh value of *key*, or *default*."""
        with self._lock:
            entry = self._values.get(key)
        return default if entry is None else entry[0]

    def set(self, key: Hashable, value: Any, ttl: float | None = None) -> None:
        """Remember *value* for *ttl* seconds."""
        seconds = self._default_ttl if ttl is None else _checked(ttl)
        with self._lock:
            self._values[key] = (value, seconds)

    def delete(self, key: Hashable) -> None:
        """Forget *key*, if it is known."""
        with self._lock:
            self._loading.pop(key, None)
            self._values.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._loading.clear()
            self._values.clear()

    def cached(
        self, ttl: float | None = None, *, key: Callable[..., Hashable] | None = None
    ) -> Callable[[F], F]:
        """Decorate a function or coroutine function: its results are remembered by its arguments.

        Args:
            ttl: seconds; the manager's default when None.
            key: makes the key from the arguments; needed when they are not hashable, and useful on methods,
                where it decides whether `self` counts.

        The decorated function has `.forget(*args, **kwargs)`, which forgets the result of these arguments.
        """
        seconds = self._default_ttl if ttl is None else _checked(ttl)

        def decorate(function: F) -> F:
            if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
                raise InvalidArgumentError(
                    f"{function.__qualname__} yields; only a finished result can be cached"
                )
            make = KeyOf(function, key)
            wrap = self._async_form if inspect.iscoroutinefunction(function) else self._sync_form
            cached: Any = wraps(function)(wrap(function, make, seconds))
            cached.forget = lambda *args, **kwargs: self.delete(make(*args, **kwargs))
            return cast("F", cached)

        return decorate

    def _sync_form(self, function: Callable[..., Any], make: KeyOf, ttl: float) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            key = make(*args, **kwargs)
            while True:
                part, held = self._claim(key, threading.get_ident())
                if part is _Part.HIT:
                    return held
                if part is _Part.INNER:
                    return function(*args, **kwargs)
                if part is _Part.LEAD:
                    with self._leading(key, held, ttl):
                        return held.keep(function(*args, **kwargs))
                result = held.future.result()
                if result is not _ABANDONED:
                    return result

        return call

    def _async_form(self, function: Callable[..., Any], make: KeyOf, ttl: float) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            key = make(*args, **kwargs)
            while True:
                part, held = self._claim(key, asyncio.current_task())
                if part is _Part.HIT:
                    return held
                if part is _Part.INNER:
                    return await function(*args, **kwargs)
                if part is _Part.LEAD:
                    with self._leading(key, held, ttl):
                        return held.keep(await function(*args, **kwargs))
                result = await asyncio.wrap_future(held.future)
                if result is not _ABANDONED:
                    return result

        return call

    def _claim(self, key: Hashable, owner: object) -> tuple[_Part, Any]:
        """Return what the caller's part is: take the value, load it, or wait for the load of another."""
        with self._lock:
            entry = self._values.get(key)
            if entry is not None:
                return _Part.HIT, entry[0]
            load = self._loading.get(key)
            if load is None:
                load = self._loading[key] = _Load(owner)
                return _Part.LEAD, load
        return (_Part.INNER, None) if load.owner == owner else (_Part.WAIT, load)

    @contextmanager
    def _leading(self, key: Hashable, load: _Load, ttl: float) -> Iterator[None]:
        """Load for all who wait: they share value or error; after a cancelled load, one of them loads."""
        try:
            yield
        except Exception as error:
            self._end(key, load)
            load.future.set_exception(error)
            raise
        except BaseException:
            self._end(key, load)
            load.future.set_result(_ABANDONED)
            raise
        self._end(key, load, ttl)
        load.future.set_result(load.value)

    def _end(self, key: Hashable, load: _Load, ttl: float | None = None) -> None:
        """Stop loading *key*; remember the value unless it was forgotten meanwhile."""
        with self._lock:
            if self._loading.get(key) is load:
                del self._loading[key]
                if ttl is not None:
                    self._values[key] = (load.value, ttl)


class _Part(Enum):
    HIT = auto()  # the value is known
    LEAD = auto()  # this caller loads
    WAIT = auto()  # another loads
    INNER = auto()  # the load asks for itself


class _Load:
    """One load in progress."""

    __slots__ = ("future", "owner", "value")

    def __init__(self, owner: object) -> None:
        self.owner = owner
        self.value: Any = None
        self.future: Future[Any] = Future()
        self.future.set_running_or_notify_cancel()  # a cancelled waiter must not cancel it for the others

    def keep(self, value: Any) -> Any:
        self.value = value
        return value


class KeyOf:
    """Makes the key of one function's arguments."""

    __slots__ = ("_function", "_key")

    def __init__(self, function: Callable[..., Any], key: Callable[..., Hashable] | None) -> None:
        self._function, self._key = function, key

    def __call__(self, *args: Any, **kwargs: Any) -> Hashable:
        made = typedkey(*args, **kwargs) if self._key is None else self._key(*args, **kwargs)
        try:
            hash(made)
        except TypeError as error:
            name = self._function.__qualname__
            raise InvalidArgumentError(
                f"{name} cannot be cached by its arguments: {error}; pass key="
            ) from None
        return (self._function, made)


def _checked(ttl: float) -> float:
    if not ttl > 0:
        raise InvalidArgumentError(f"a time to live must be above 0 seconds, not {ttl}")
    return ttl
