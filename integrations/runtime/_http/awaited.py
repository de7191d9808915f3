"""The async forms of blocking methods: one source for both.

    class AsyncGitHubAdapter(AsyncHttpAdapter):
        get_repo = awaited(GitHubAdapter.get_repo)
        list_issues = iterated(GitHubAdapter.list_issues)
        download_tarball = downloaded(GitHubAdapter.download_tarball)

A generated method of a blocking adapter returns what `self._call`, `self._pages` or `self._download` gives.
Where `self` is an async adapter, that is what is to be awaited, iterated or entered. So arguments, types
defaults and documentation are those of the blocking method, to type checkers too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from .download import AsyncDownload, Download

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
    """Return *method*, which walks over pages, for `async for`."""
    return cast("Callable[Concatenate[Any, P], AsyncIterator[T]]", method)


def downloaded(
    method: Callable[Concatenate[Any, P], Download],
) -> Callable[Concatenate[Any, P], AsyncDownload]:
    """Return *method*, which downloads, for `async with`."""
    return cast("Callable[Concatenate[Any, P], AsyncDownload]", method)
