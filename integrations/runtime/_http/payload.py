"""What a request carries: JSON, forms, multipart and raw bytes, replayable where the source is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import httpx2
import msgspec

from .._errors import InvalidArgumentError
from .encode import lines, pairs
from .multipart import multipart
from .oneof import OneOf, unwrapped
from .sources import OCTETS, FileSource, PayloadStream, file_name, source, type_of
from .text import charset_of

if TYPE_CHECKING:
    from .styles import Styles

FileUpload = bytes | BinaryIO | Path | tuple[str, bytes]


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


def payload(kind: str, body: Any, media: str = "", styled: Styles | None = None) -> Payload | None:
    """Write *body* as *kind*: json, form, multipart or binary; None is no body.

    Args:
        kind: how.
        body: what.
        media: the Content-Type, instead of the usual one.
        styled: how fields of a form or multipart body are written that are not written in the usual way.

    Raises:
        InvalidArgumentError: the body cannot be written so.
    """
    if body is None:
        return None
    if isinstance(body, OneOf) and kind != "json":
        return payload(kind, body.value, media, styled)
    if kind == "binary":
        return binary(body, media)
    if kind == "json":
        return json_payload(_without_none(body) if isinstance(body, Mapping) else body, media)
    if not isinstance(body, Mapping):
        raise InvalidArgumentError(f"a {kind} body is a mapping, not {type(body).__name__}")
    if kind == "form":
        return _form(body, media, styled)
    boundary, parts = multipart(body, styled)
    return Payload(f"{media or 'multipart/form-data'}; boundary={boundary}", parts)


def _form(body: Mapping[str, Any], media: str, styled: Styles | None) -> Payload:
    found = lines(pairs(body, "form field", indexed=True)) if styled is None else styled.form(body)
    return Payload(media or "application/x-www-form-urlencoded", ("&".join(found).encode("ascii"),))


def _without_none(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value is not None}


def json_payload(body: Any, media: str = "") -> Payload:
    try:
        return Payload(media or "application/json", (msgspec.json.encode(body, enc_hook=unwrapped),))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidArgumentError(f"the body cannot be written as JSON: {error}") from None


def binary(body: Any, media: str = "") -> Payload:
    if isinstance(body, bytes | bytearray | memoryview):
        return Payload(media or OCTETS, (bytes(body),))
    if isinstance(body, str):
        return _text(body, media)
    if isinstance(body, tuple):
        return Payload(media or type_of(body[0]), (body[1],))
    return Payload(media or type_of(file_name(body)), (source(body),))


def _text(body: str, media: str) -> Payload:
    """Encode text as the media type says, else as UTF-8; say so where the type would mean ASCII."""
    charset = charset_of(media)
    if not charset and (not media or (media.startswith("text/") and not body.isascii())):
        media = f"{media or 'text/plain'}; charset=utf-8"
    try:
        return Payload(media, (body.encode(charset or "utf-8"),))
    except (LookupError, UnicodeEncodeError):
        raise InvalidArgumentError(f"the body cannot be written as {media}") from None
