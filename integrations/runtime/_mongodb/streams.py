"""Documents and changes that are read as they come.

    with orders.stream_orders() as found:
        for order in found: ...

Leaving the block gives the cursor back, however early.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from typing import Any, Concatenate, Final, Generic, Literal, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")
END: Final = object()  # what the driver gives after the last document
Kind = Literal["insert", "update", "replace", "delete", "other"]


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """One change of a collection.

    Attributes:
        kind: what happened; "other" is the drop or renaming of the whole collection, or what comes later.
        id: of the document; None where it is about no single one.
        document: as it is now; None when it was deleted, also meanwhile.
        token: `resume_after` of a later stream, to see what came after this change.
    """

    kind: Kind
    id: str | int | None
    document: T | None
    token: str


class Stream(AbstractContextManager["Stream[T]"], Iterator[T]):
    """What a query finds, fetched batch by batch, or what changes; a context manager.

    Args:
        found: gives the items.
        opens: whether the first thing that *found* gives is only that it is open: then entering waits for it.
    """

    def __init__(self, found: Iterator[T], *, opens: bool = False) -> None:
        self._found, self._opens = found, opens

    def __enter__(self) -> Stream[T]:
        if self._opens:
            next(self._found)
        return self

    def __iter__(self) -> Stream[T]:
        return self

    def __next__(self) -> T:
        return next(self._found)

    def __exit__(self, *error: object) -> None:
        cast(Any, self._found).close()


class AsyncStream(AbstractAsyncContextManager["AsyncStream[T]"], AsyncIterator[T]):
    """The async form of `Stream`."""

    def __init__(self, found: AsyncIterator[T], *, opens: bool = False) -> None:
        self._found, self._opens = found, opens

    async def __aenter__(self) -> AsyncStream[T]:
        if self._opens:
            await anext(self._found)
        return self

    def __aiter__(self) -> AsyncStream[T]:
        return self

    async def __anext__(self) -> T:
        return await anext(self._found)

    async def __aexit__(self, *error: object) -> None:
        await cast(Any, self._found).aclose()


def streamed(
    method: Callable[Concatenate[Any, P], Stream[T]],
) -> Callable[Concatenate[Any, P], AsyncStream[T]]:
    """Return *method*, which streams, for `async with`."""
    return cast("Callable[Concatenate[Any, P], AsyncStream[T]]", method)


def kind_of(event: Mapping[str, Any]) -> Kind:
    """Return what happened."""
    said = event.get("operationType")
    known: tuple[Kind, ...] = ("insert", "update", "replace", "delete")
    return next((kind for kind in known if kind == said), "other")
