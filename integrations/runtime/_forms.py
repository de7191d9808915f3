"""The async forms of blocking methods: one source for both.

A generated method of a blocking adapter returns what one call of its base class gives. Where `self` is an
async adapter, that is what is to be awaited or iterated. So arguments, types, defaults and documentation are
those of the blocking method, to type checkers too.

    class AsyncOrdersAdapter(AsyncSqlAdapter):
        get_order = awaited(OrdersAdapter.get_order)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


def awaited(
    method: Callable[Concatenate[Any, P], T],
) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]:
    """Return *method* as a coroutine function."""

    @wraps(method)
    async def coroutine(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        result: Any = method(self, *args, **kwargs)
        return cast("T", await result)

    return coroutine


def iterated(
    method: Callable[Concatenate[Any, P], Iterator[T]],
) -> Callable[Concatenate[Any, P], AsyncIterator[T]]:
    """Return *method*, which walks, for `async for`."""
    return cast("Callable[Concatenate[Any, P], AsyncIterator[T]]", method)
