"""A document and the files that it refers to, put together in a folder: those beside or below it, and copies
of remote ones (see ``mirror``).

What leads out of the document's folder or to a host that is not meant is left as it is; the reader says of
each reference what is unknown for it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from generator.errors import SpecError
from generator.specs.mirror import NAME, mirrored
from generator.specs.source import Source

MOST = 200
_WEB = re.compile(r"https?://")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_FILE = re.compile(r"\.(?:json|ya?ml)\Z", re.IGNORECASE)
Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Files by path, the document's first; *left* are references that were not fetched, with the reason."""

    files: dict[str, bytes]
    left: tuple[str, ...]


def gather(
    home: Path, file: str, data: bytes, read: Read, fetch: Read, cache: Path | None = None
) -> Gathered:
    """Write the document to *file* below *home*, and what it refers to around it.

    *read* gives another file's bytes by its path as seen from the document's folder, *fetch* those at a URL;
    a SpecError of theirs leaves that reference alone.

    Raises:
        SpecError: the document cannot be read safely.
    """
    _write(home / file, data)
    found = _Gathering(home, Source.open(home, file, cache), read, fetch, {file: data})
    found.follow(file, found.source.document)
    told = (f"{ref!r} was left out: {why}" for ref, why in sorted(found.left.items()))
    return Gathered(found.files, tuple(told))


@dataclass(frozen=True, slots=True)
class _Gathering:
    home: Path
    source: Source
    read: Read
    fetch: Read
    files: dict[str, bytes]
    left: dict[str, str] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)  # of the copies, by path

    def follow(self, file: str, document: Any) -> None:
        """Take in every file that a document refers to, and what those refer to."""
        waiting = [(file, document)]
        while waiting:
            here, value = waiting.pop()
            for ref in _references(value):
                try:
                    path = self._taken(ref, here)
                    waiting += [(path, self._loaded(path))] if path else []
                except SpecError as error:
                    self.left[ref[:200]] = str(error)

    def _taken(self, ref: str, here: str) -> str:
        """The path of a file that was not there yet; "" where it was, or could not be had."""
        base = self.urls.get(here, "")
        url = urljoin(base, ref) if base or _WEB.match(ref) else ""
        folder = posixpath.dirname(self.source.path)
        path = self._copy(url, folder) if url else posixpath.join(posixpath.dirname(here), unquote(ref))
        path = posixpath.normpath(path)
        if path in self.files or ref[:200] in self.left:
            return ""
        if len(self.files) >= MOST:
            raise SpecError(f"the document has over {MOST} files. Bundle it into one.")
        inside = posixpath.relpath(path, folder or ".")
        if not all(map(NAME.match, inside.split("/"))):
            raise SpecError("it leads out of the document's folder. Put the file there to have it read.")
        self.files[path] = data = self.fetch(url) if url else self.read(inside)
        self.urls.update({path: url} if url else {})
        _write(self.home / path, data)
        return path

    def _loaded(self, path: str) -> Any:
        """A file's content; one that cannot be read is not kept."""
        try:
            return self.source.load(path)
        except SpecError:
            del self.files[path]
            (self.home / path).unlink()
            raise

    def _copy(self, url: str, folder: str) -> str:
        copy = mirrored(url)
        if copy is None:
            raise SpecError("no such address is copied. Put the file beside the document.")
        return posixpath.join(folder, copy)


def _references(value: Any) -> Iterator[str]:
    """The file of each ``$ref`` that names another one, by a relative path or a URL."""
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
    if not path or (_SCHEME.match(path) and not _WEB.match(path)):
        return False
    return "/" in ref or bool(_FILE.search(path))


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
