"""Bodies that are read as they come; the connection is given back on every path."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, Self

import httpx2

from .._errors import IntegrationError, InvalidArgumentError
from .failures import DRIVER_ERRORS, translate
from .messages import Call, Reply


class _Streamed:
    """What both forms know of an answer."""

    def __init__(self, call: Call, service: str) -> None:
        self._call, self._service = call, service
        self._reply: Reply | None = None

    @property
    def status(self) -> int:
        """The status; 0 before the download is entered."""
        return self._reply.status if self._reply else 0

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in lower case; empty before the download is entered."""
        return self._reply.plain_headers() if self._reply else {}

    def _response(self) -> httpx2.Response:
        if self._reply is None or self._reply.response is None:
            raise InvalidArgumentError("the download is not open", service=self._service)
        return self._reply.response

    def _failed(self, error: Exception) -> IntegrationError:
        failure = translate(error, self._call)
        failure.service, failure.operation = self._service, self._call.operation
        return failure


class Download(_Streamed):
    """A body that is read as it comes.

    The request is sent when the `with` block is entered (or at the first of `read`, `save`, iteration), so
    a refused one raises there, and a download that is never used costs nothing.

        with store.download_report("r1") as report:
            report.save("report.pdf")
    """

    def __init__(self, send: Callable[[Call], Reply], call: Call, service: str) -> None:
        super().__init__(call, service)
        self._send = send

    def __enter__(self) -> Self:
        if self._reply is None:
            self._reply = self._send(self._call)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back; the rest of the body is not read."""
        if self._reply is not None and self._reply.response is not None:
            self._reply.response.close()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body in pieces, decompressed.

        Raises:
            ConnectionFailedError: the body broke off; what was yielded is incomplete.
        """
        with self:
            try:
                yield from self._response().iter_bytes()
            except DRIVER_ERRORS as error:
                raise self._failed(error) from error

    def read(self) -> bytes:
        """Return the whole body; it must fit in memory."""
        return b"".join(self)

    def save(self, path: str | Path) -> int:
        """Write the body to *path* and return its size. The file appears only when it is complete."""
        with _Replacing(Path(path)) as file:
            for chunk in self:
                file.write(chunk)
            return file.written


class AsyncDownload(_Streamed):
    """The async form of `Download`: `async with`, `async for`, `await read()`, `await save(path)`."""

    def __init__(self, send: Callable[[Call], Awaitable[Reply]], call: Call, service: str) -> None:
        super().__init__(call, service)
        self._send = send

    async def __aenter__(self) -> Self:
        if self._reply is None:
            self._reply = await self._send(self._call)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give the connection back; the rest of the body is not read."""
        if self._reply is not None and self._reply.response is not None:
            await self._reply.response.aclose()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body in pieces, decompressed.

        Raises:
            ConnectionFailedError: the body broke off; what was yielded is incomplete.
        """
        async with self:
            try:
                async for chunk in self._response().aiter_bytes():
                    yield chunk
            except DRIVER_ERRORS as error:
                raise self._failed(error) from error

    async def read(self) -> bytes:
        """Return the whole body; it must fit in memory."""
        return b"".join([chunk async for chunk in self])

    async def save(self, path: str | Path) -> int:
        """Write the body to *path* and return its size. The file appears only when it is complete."""
        with _Replacing(Path(path)) as file:
            async for chunk in self:
                file.write(chunk)
            return file.written


class _Replacing:
    """A file that takes its name only when the block ends well."""

    def __init__(self, path: Path) -> None:
        self._path, self.written = path, 0

    def __enter__(self) -> Self:
        self._temporary = self._path.with_name(f".{self._path.name}.{token_hex(4)}.part")
        self._file = self._temporary.open("xb")
        return self

    def write(self, chunk: bytes) -> None:
        self.written += self._file.write(chunk)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        self._file.close()
        if kind is None:
            self._temporary.replace(self._path)
        else:
            with suppress(OSError):
                self._temporary.unlink()
