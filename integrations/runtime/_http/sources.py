"""Files that are sent: measured once, read from the same place on every attempt."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import httpx2

from .._errors import InvalidArgumentError

CHUNK: Final = 1 << 18
OCTETS: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file to send: a path, or an open file from its present position on."""

    file: BinaryIO | Path
    start: int
    size: int | None  # None: unknown, because the file cannot seek

    @property
    def replayable(self) -> bool:
        return self.size is not None

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Give the file at its start; close it if we opened it.

        Raises:
            InvalidArgumentError: it cannot be opened or read any more.
        """
        try:
            if isinstance(self.file, Path):
                with self.file.open("rb") as file:
                    yield file
            else:
                if self.size is not None:
                    self.file.seek(self.start)
                yield self.file
        except OSError as error:
            raise InvalidArgumentError(f"the upload cannot be read: {error}") from error


class PayloadStream(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """Yields the parts of a payload; async reads happen in a thread."""

    def __init__(self, parts: tuple[bytes | FileSource, ...]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
                continue
            with part.opened() as file:
                left = _Left(part.size)
                while chunk := file.read(left.want()):
                    yield left.less(chunk)
                left.check()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        import asyncio  # a blocking program does without it

        for part in self._parts:
            if isinstance(part, bytes):
                yield part
                continue
            with part.opened() as file:
                left = _Left(part.size)
                while chunk := await asyncio.to_thread(file.read, left.want()):
                    yield left.less(chunk)
                left.check()


class _Left:
    """How much of a file is still to be sent; no more than was measured, and no less."""

    def __init__(self, size: int | None) -> None:
        self._left = size

    def want(self) -> int:
        return CHUNK if self._left is None else min(CHUNK, self._left)

    def less(self, chunk: bytes) -> bytes:
        if self._left is not None:
            self._left -= len(chunk)
        return chunk

    def check(self) -> None:
        if self._left:
            raise InvalidArgumentError(f"the upload became {self._left} bytes shorter while it was sent")


def source(file: BinaryIO | Path) -> FileSource:
    """Measure *file*.

    Raises:
        InvalidArgumentError: it is no binary file, or cannot be read.
    """
    try:
        if isinstance(file, Path):
            return FileSource(file, 0, file.stat().st_size)
        if not hasattr(file, "read") or isinstance(file.read(0), str):
            raise InvalidArgumentError(
                f"an upload is bytes, text, a Path or a binary file, not {type(file).__name__}"
            )
        if not file.seekable():
            return FileSource(file, 0, None)
        start = file.tell()
        size = file.seek(0, os.SEEK_END) - start
        file.seek(start)
        return FileSource(file, start, max(size, 0))
    except OSError as error:
        raise InvalidArgumentError(f"the upload cannot be read: {error}") from None


def file_name(file: Any) -> str:
    name = getattr(file, "name", "")
    return os.path.basename(name) if isinstance(name, str) and name else "upload"


def type_of(filename: str) -> str:
    return mimetypes.guess_type(filename)[0] or OCTETS
