"""A document and the files that it refers to, put together in a folder: those beside or below it alone.

Remote references and such that lead out of the document's folder are left as they are; the reader says of
each what is unknown for it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from generator.errors import SpecError
from generator.specs.source import Source

MOST = 200
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_NAME = re.compile(r"[\w@+~()&,=-][\w@+~()&,=. -]*\Z")
_FILE = re.compile(r"\.(?:json|ya?ml)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Files by path, the document's first; *left* are references that were not fetched, with the reason."""

    files: dict[str, bytes]
    left: tuple[str, ...]


def gather(
    home: Path, file: str, data: bytes, read: Callable[[str], bytes], cache: Path | None = None
) -> Gathered:
    """Write the document to *file* below *home*, and what it refers to around it.

    *read* gives another file's bytes by its path as seen from the document's folder; a SpecError of it leaves
    that reference alone.

    Raises:
        SpecError: the document cannot be read safely.
    """
    folder = posixpath.dirname(file)
    files, left = {file: data}, dict[str, str]()
    _write(home / file, data)
    source = Source.open(home, file, cache)
    waiting = [(file, source.document)]
    while waiting:
        here, value = waiting.pop()
        for ref in _references(value):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(here), unquote(ref)))
            if path not in files and ref not in left:
                try:
                    files[path] = _fetched(path, folder, len(files), read)
                    _write(home / path, files[path])
                    waiting.append((path, source.load(path)))
                except SpecError as error:
                    left[ref] = str(error)
    return Gathered(files, tuple(f"{ref!r} was left out: {why}" for ref, why in sorted(left.items())))


def _fetched(path: str, folder: str, have: int, read: Callable[[str], bytes]) -> bytes:
    inside = posixpath.relpath(path, folder or ".")
    if not all(map(_NAME.match, inside.split("/"))):
        raise SpecError("it leads out of the document's folder. Put the file there to have it read.")
    if have >= MOST:
        raise SpecError(f"the document has over {MOST} files. Bundle it into one.")
    return read(inside)


def _references(value: Any) -> Iterator[str]:
    """The file of each ``$ref`` that names another one by a relative path."""
    waiting, seen = [value], set[str]()
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            ref = item.get("$ref")
            if isinstance(ref, str) and (path := ref.partition("#")[0]) not in seen and _is_file(path, ref):
                seen.add(path)
                yield path
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _is_file(path: str, ref: str) -> bool:
    """A bare word is the name of a schema, as some documents write it."""
    return bool(path) and not _SCHEME.match(path) and ("/" in ref or bool(_FILE.search(path)))


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
