"""Multipart bodies: fields, JSON parts and files, each file read only when it is sent."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .encode import pairs
from .oneof import OneOf
from .sources import FileSource, file_name, source, type_of

if TYPE_CHECKING:
    from .styles import Styles


def multipart(
    body: Mapping[str, Any], styled: Styles | None = None
) -> tuple[str, tuple[bytes | FileSource, ...]]:
    """Write fields and files as multipart/form-data; a list of files repeats its name.

    Returns:
        The boundary, and what to send.
    """
    boundary = secrets.token_hex(16)
    parts: list[bytes | FileSource] = []
    for name, given in body.items():
        value = given.value if isinstance(given, OneOf) else given
        if value is None:
            continue
        for item in value if isinstance(value, list) and value and all(map(is_file, value)) else [value]:
            if is_file(item):
                parts.extend(_file_part(boundary, name, item))
            else:
                parts.extend(_text_parts(boundary, name, item, styled))
    parts.append(f"--{boundary}--\r\n".encode())
    return boundary, tuple(_joined(parts))


def is_file(value: Any) -> bool:
    """Whether *value* is one of `FileUpload`."""
    if isinstance(value, tuple):
        return len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], bytes)
    return isinstance(value, bytes | bytearray | Path) or hasattr(value, "read")


def _text_parts(boundary: str, name: str, value: Any, styled: Styles | None) -> Iterator[bytes]:
    # Text stays text: JSON is for what has parts, in a field that may be either.
    declared = None if styled is None or isinstance(value, str) else styled.field(name, value)
    found, is_json = declared or (pairs({name: value}, "form field", indexed=True), False)
    kind = "\r\nContent-Type: application/json" if is_json else ""
    for key, text in found:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(key)}"{kind}\r\n\r\n'
        yield f"{head}{text}\r\n".encode()


def _file_part(boundary: str, name: str, value: Any) -> Iterator[bytes | FileSource]:
    filename = value[0] if isinstance(value, tuple) else file_name(value)
    place = f'name="{_quoted(name)}"; filename="{_quoted(filename)}"'
    kind = type_of(filename)
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
