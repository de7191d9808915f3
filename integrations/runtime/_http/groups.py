"""Groups: the methods of a large adapter, by subject, over the adapter's own connections and guards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from .operation import Operation
from .prepare import Given

if TYPE_CHECKING:
    from ..http import AsyncDownload, AsyncHttpAdapter, Download, HttpAdapter

T = TypeVar("T")


class HttpGroup:
    """Base of a group of methods of a blocking adapter.

    class GitHubAdapter(HttpAdapter):
        @cached_property
        def issues(self) -> Issues:
            return Issues(self)
    """

    def __init__(self, adapter: HttpAdapter) -> None:
        self._adapter = adapter

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._adapter!r})"

    def _call(self, operation: Operation[T], **given: Unpack[Given]) -> T:
        """Do *operation* and return what it declares."""
        return self._adapter._call(operation, **given)

    def _pages(self, operation: Operation[list[T]], **given: Unpack[Given]) -> Iterator[T]:
        """Yield every item of a list, fetching pages as they are needed."""
        return self._adapter._pages(operation, **given)

    def _download(self, operation: Operation[bytes], **given: Unpack[Given]) -> Download:
        """Return the body of *operation*, to be read as it comes. Sent when the download is entered."""
        return self._adapter._download(operation, **given)


class AsyncHttpGroup:
    """Base of a group of methods of an async adapter; see `HttpGroup`."""

    def __init__(self, adapter: AsyncHttpAdapter) -> None:
        self._adapter = adapter

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._adapter!r})"

    def _call(self, operation: Operation[T], **given: Unpack[Given]) -> Coroutine[Any, Any, T]:
        """Do *operation* and return what it declares."""
        return self._adapter._call(operation, **given)

    def _pages(self, operation: Operation[list[T]], **given: Unpack[Given]) -> AsyncIterator[T]:
        """Yield every item of a list, fetching pages as they are needed."""
        return self._adapter._pages(operation, **given)

    def _download(self, operation: Operation[bytes], **given: Unpack[Given]) -> AsyncDownload:
        """Return the body of *operation*, to be read as it comes. Sent when the download is entered."""
        return self._adapter._download(operation, **given)
