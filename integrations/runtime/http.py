"""The base of HTTP adapters, blocking and async.

A generated adapter declares `Operation` constants and calls `_call`, `_pages` and `_download`; everything
else (limits, retries, time-outs, errors, metrics, credentials) happens here, the same way for both forms.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, cast

import httpx2

from ._http.answers import PageAnswer
from ._http.auth import ApiKeyAuth, Auth, BasicAuth, BearerAuth
from ._http.awaited import awaited, downloaded, iterated
from ._http.base import AdapterBase
from ._http.download import AsyncDownload, Download
from ._http.encode import EMPTY
from ._http.groups import AsyncHttpGroup, HttpGroup
from ._http.messages import Call, RawResponse
from ._http.null import NULL
from ._http.oneof import OneOf
from ._http.operation import Body, Operation
from ._http.paging import CursorPages, LinkPages, OffsetPages, PageNumberPages, Pages
from ._http.payload import FileUpload
from ._http.prepare import Given
from ._http.wire import adrive, connect, drive
from ._retry import Retry

__all__ = [
    "NULL",
    "ApiKeyAuth",
    "AsyncDownload",
    "AsyncHttpAdapter",
    "AsyncHttpGroup",
    "Auth",
    "BasicAuth",
    "BearerAuth",
    "CursorPages",
    "Download",
    "FileUpload",
    "HttpAdapter",
    "HttpGroup",
    "LinkPages",
    "OffsetPages",
    "OneOf",
    "Operation",
    "PageNumberPages",
    "Pages",
    "RawResponse",
    "Retry",
    "awaited",
    "downloaded",
    "iterated",
]

T = TypeVar("T")


class HttpAdapter(AdapterBase[httpx2.BaseTransport]):
    """A blocking adapter. Safe to share between threads; close it, or use it in a `with`."""

    def _connect(self) -> httpx2.BaseTransport:
        return connect(httpx2.HTTPTransport, self._requests.url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; the adapter cannot be used afterwards."""
        self._closed = True
        self._transport.close()

    def _run(self, call: Call) -> Any:
        return drive(self._steps(call), self._transport, self._clock)

    def _call(self, operation: Operation[T], **given: Unpack[Given]) -> T:
        """Do *operation* and return what it declares."""
        return cast("T", self._run(self._prepare(operation, **given)))

    def _pages(self, operation: Operation[list[T]], **given: Unpack[Given]) -> Iterator[T]:
        """Yield every item of a list, fetching pages as they are needed."""
        walk = self._walk(operation, **given)
        call: Call | None = walk.first()
        while call is not None:
            page: PageAnswer = self._run(call)
            yield from walk.items(page)
            call = walk.after(page)

    def _download(self, operation: Operation[bytes], **given: Unpack[Given]) -> Download:
        """Return the body of *operation*, to be read as it comes. Sent when the download is entered."""
        return Download(self._run, self._streamed(operation, **given), self.SERVICE)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        content: Any = None,
        headers: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        idempotent: bool | None = None,
    ) -> RawResponse:
        """Do what no method of this adapter does, under the same guards.

        Args:
            method: the HTTP method.
            path: below the base URL, percent-encoded where needed.
            query: parameters.
            json: a body; or
            form: fields; or
            content: bytes, a binary file or a path.
            headers: added to the adapter's own.
            timeout: seconds.
            idempotent: whether repeating is safe; by method when None.
        """
        bodies: Mapping[Body, Any] = {"json": json, "form": form, "binary": content}
        call = self._raw(method, path, query or EMPTY, bodies, headers or EMPTY, timeout, idempotent)
        return cast("RawResponse", self._run(call))


class AsyncHttpAdapter(AdapterBase[httpx2.AsyncBaseTransport]):
    """An async adapter. Share it between the tasks of one event loop; close it, or use `async with`."""

    def _connect(self) -> httpx2.AsyncBaseTransport:
        return connect(httpx2.AsyncHTTPTransport, self._requests.url)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; the adapter cannot be used afterwards."""
        self._closed = True
        await self._transport.aclose()

    async def _run(self, call: Call) -> Any:
        return await adrive(self._steps(call), self._transport, self._clock)

    async def _call(self, operation: Operation[T], **given: Unpack[Given]) -> T:
        """Do *operation* and return what it declares."""
        return cast("T", await self._run(self._prepare(operation, **given)))

    async def _pages(self, operation: Operation[list[T]], **given: Unpack[Given]) -> AsyncIterator[T]:
        """Yield every item of a list, fetching pages as they are needed."""
        walk = self._walk(operation, **given)
        call: Call | None = walk.first()
        while call is not None:
            page: PageAnswer = await self._run(call)
            for item in walk.items(page):
                yield item
            call = walk.after(page)

    def _download(self, operation: Operation[bytes], **given: Unpack[Given]) -> AsyncDownload:
        """Return the body of *operation*, to be read as it comes. Sent when the download is entered."""
        return AsyncDownload(self._run, self._streamed(operation, **given), self.SERVICE)

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        content: Any = None,
        headers: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        idempotent: bool | None = None,
    ) -> RawResponse:
        """Do what no method of this adapter does, under the same guards; see `HttpAdapter.request`."""
        bodies: Mapping[Body, Any] = {"json": json, "form": form, "binary": content}
        call = self._raw(method, path, query or EMPTY, bodies, headers or EMPTY, timeout, idempotent)
        return cast("RawResponse", await self._run(call))
