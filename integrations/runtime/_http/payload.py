"""What a request carries: JSON, forms, multipart and raw bytes, replayable where the source is."""

from __future__ import annotations

import asyncio
import mimetypes
import os
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import httpx2
import msgspec

from .._errors import InvalidArgumentError
from .encode import EMPTY, pairs
from .oneof import OneOf, unwrapped
from .styles import fields, written
from .text import charset_of

FileUpload = bytes | BinaryIO | Path | tuple[str, bytes]
CHUNK: Final = 1 << 18
_OCTETS: Final = "application/octet-stream"


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


@dataclass(frozen=True, slots=True)
class Payload:
    """A request body and what its headers say of it."""

    content_type: str
    parts: tuple[bytes | FileSource, ...]

    @property
    def replayable(self) -> bool:
        return all(isinstance(part, bytes) or part.replayable for part in self.parts)

    def headers(self) -> list[tuple[bytes, bytes]]:
        found = [(b"Content-Type", self.content_type.encode("ascii"))] if self.content_type else []
        sizes = [len(part) if isinstance(part, bytes) else part.size for part in self.parts]
        known = [size for size in sizes if size is not None]
        if len(known) == len(sizes):
            return [*found, (b"Content-Length", str(sum(known)).encode("ascii"))]
        return [*found, (b"Transfer-Encoding", b"chunked")]

    def stream(self) -> httpx2.ByteStream | PayloadStream:
        """Return a fresh stream, from the beginning."""
        if len(self.parts) == 1 and isinstance(self.parts[0], bytes):
            return httpx2.ByteStream(self.parts[0])
        return PayloadStream(self.parts)


def payload(kind: str, body: Any, media: str = "", styles: Mapping[str, str] = EMPTY) -> Payload | None:
    """Write *body* as *kind*: json, form, multipart or binary; None is no body.

    Args:
        kind: how.
        body: what.
        media: the Content-Type, instead of the usual one.
        styles: of the fields of a form or multipart body, by name.

    Raises:
        InvalidArgumentError: the body cannot be written so.
    """
    if body is None:
        return None
    if isinstance(body, OneOf) and kind != "json":
        return payload(kind, body.value, media, styles)
    if kind == "binary":
        return binary(body, media)
    if kind == "json":
        return json_payload(_without_none(body) if isinstance(body, Mapping) else body, media)
    if not isinstance(body, Mapping):
        raise InvalidArgumentError(f"a {kind} body is a mapping, not {type(body).__name__}")
    if kind == "form":
        fields = "&".join(written(body, "form field", styles, indexed=True))
        return Payload(media or "application/x-www-form-urlencoded", (fields.encode("ascii"),))
    return multipart(body, media, styles)


def _without_none(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value is not None}


def json_payload(body: Any, media: str = "") -> Payload:
    try:
        return Payload(media or "application/json", (msgspec.json.encode(body, enc_hook=unwrapped),))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidArgumentError(f"the body cannot be written as JSON: {error}") from None


def binary(body: Any, media: str = "") -> Payload:
    if isinstance(body, bytes | bytearray | memoryview):
        return Payload(media or _OCTETS, (bytes(body),))
    if isinstance(body, str):
        return _text(body, media)
    if isinstance(body, tuple):
        return Payload(media or _type_of(body[0]), (body[1],))
    return Payload(media or _type_of(_file_name(body)), (source(body),))


def _text(body: str, media: str) -> Payload:
    """Encode text as the media type says, else as UTF-8; say so where the type would mean ASCII."""
    charset = charset_of(media)
    if not charset and (not media or (media.startswith("text/") and not body.isascii())):
        media = f"{media or 'text/plain'}; charset=utf-8"
    try:
        return Payload(media, (body.encode(charset or "utf-8"),))
    except (LookupError, UnicodeEncodeError):
        raise InvalidArgumentError(f"the body cannot be written as {media}") from None


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
                f"an upload is bytes, a Path or a binary file, not {type(file).__name__}"
            )
        if not file.seekable():
            return FileSource(file, 0, None)
        start = file.tell()
        size = file.seek(0, os.SEEK_END) - start
        file.seek(start)
        return FileSource(file, start, max(size, 0))
    except OSError as error:
        raise InvalidArgumentError(f"the upload cannot be read: {error}") from None


def multipart(body: Mapping[str, Any], media: str = "", styles: Mapping[str, str] = EMPTY) -> Payload:
    """Write fields and files as multipart/form-data; a list of files repeats its name."""
    boundary = secrets.token_hex(16)
    parts: list[bytes | FileSource] = []
    for name, value in body.items():
        if value is None:
            continue
        for item in value if isinstance(value, list) and value and all(map(is_file, value)) else [value]:
            if is_file(item):
                parts.extend(_file_part(boundary, name, item))
            else:
                parts.extend(_text_parts(boundary, name, item, styles.get(name, "")))
    parts.append(f"--{boundary}--\r\n".encode())
    return Payload(f"{media or 'multipart/form-data'}; boundary={boundary}", tuple(_joined(parts)))


def is_file(value: Any) -> bool:
    """Whether *value* is one of `FileUpload`."""
    if isinstance(value, tuple):
        return len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], bytes)
    return isinstance(value, bytes | bytearray | Path) or hasattr(value, "read")


def _text_parts(boundary: str, name: str, value: Any, style: str) -> Iterator[bytes]:
    where = f"form field {name}"
    if style:
        found = fields(style, name, value, where, quoted=str)
    else:
        found = pairs({name: value}, "form field", indexed=True)
    kind = "\r\nContent-Type: application/json" if style == "json" else ""
    for key, text in found:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(key)}"{kind}\r\n\r\n'
        yield f"{head}{text}\r\n".encode()


def _file_part(boundary: str, name: str, value: Any) -> Iterator[bytes | FileSource]:
    filename = value[0] if isinstance(value, tuple) else _file_name(value)
    place = f'name="{_quoted(name)}"; filename="{_quoted(filename)}"'
    kind = _type_of(filename)
    head = f"--{boundary}\r\nContent-Disposition: form-data; {place}\r\nContent-Type: {kind}\r\n\r\n"
    yield head.encode()
    if isinstance(value, tuple):
        yield value[1]
    else:
        yield bytes(value) if isinstance(value, bytes | bytearray) else source(value)
    yield b"\r\n"


def _joined(parts: list[bytes | FileSource]) -> Iterator[bytes | FileSource]:
    """Join neighbouring bytes, so that a small upload is one write."""
    held = b""
    for part in parts:
        if isinstance(part, bytes):
            held += part
        else:
            yield held
            held = b""
            yield part
    yield held


def _quoted(name: str) -> str:
    """Escape a name as browsers do (WHATWG HTML, multipart/form-data), so it cannot end its header."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _file_name(file: Any) -> str:
    name = getattr(file, "name", "")
    return os.path.basename(name) if isinstance(name, str) and name else "upload"


def _type_of(filename: str) -> str:
    return mimetypes.guess_type(filename)[0] or _OCTETS
