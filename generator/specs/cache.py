"""
Parsed documents, kept so that slow YAML is parsed once.

An entry is named by the sha256 of the document's bytes and begins with the digest of its own; one that does
not fit is passed over and written again, so nothing that stands in the folder can break a run.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec

_MOST = 200  # entries in a folder
_EDITION = b"jackfield parsed document 1\n"  # another number whenever the reader reads differently


class ParsedCache:
    """One folder of parsed documents; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, digest: str, limit: int) -> tuple[Any, list[tuple[str, str]]] | None:
        """What was kept for a document with this sha256, if it is sound."""
        if self._folder is None:
            return None
        try:
            entry = os.open(self._folder / f"{digest}.json", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(entry, "rb") as file:
                data = file.read(limit + 1)
        except OSError:
            return None
        head, _, payload = data.removeprefix(_EDITION).partition(b"\n")
        if len(data) > limit or not data.startswith(_EDITION) or head != _seal(digest, payload):
            return None
        try:
            value, notes = msgspec.json.decode(payload)
            return value, [(str(pointer), str(message)) for pointer, message in notes]
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):
            return None

    def put(self, digest: str, value: Any, notes: list[tuple[str, str]]) -> None:
        """Keep a document; a folder that cannot be written is no failure."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError, msgspec.MsgspecError, RecursionError, TypeError, ValueError):
            payload = msgspec.json.encode((value, notes))
            data = _EDITION + _seal(digest, payload) + b"\n" + payload
            _write(self._folder, f"{digest}.json", data)


def _write(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".draft-")
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(draft, folder / name)
    except BaseException:
        os.unlink(draft)
        raise
    _thin_out(folder)


def _thin_out(folder: Path) -> None:
    """Leave the newest entries only: an older edition of a document is hardly read again."""
    kept = sorted(folder.iterdir(), key=lambda path: path.lstat().st_mtime_ns, reverse=True)
    for path in kept[_MOST:]:
        path.unlink(missing_ok=True)


def _seal(digest: str, payload: bytes) -> bytes:
    return hashlib.sha256(digest.encode() + b"\n" + payload).hexdigest().encode()
