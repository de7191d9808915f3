"""The async form of a blocking method that streams; see also `integrations.runtime._forms`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


def streamed(
    method: Callable[Concatenate[Any, P], AbstractContextManager[Iterator[T]]],
) -> Callable[Concatenate[Any, P], AbstractAsyncContextManager[AsyncIterator[T]]]:
    """Return *method*, which streams, for `async with` and `async for`."""
    return cast("Callable[Concatenate[Any, P], AbstractAsyncContextManager[AsyncIterator[T]]]", method)
