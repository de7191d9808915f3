"""
A document and the files that it leads to: read within bounds, from inside the repository and nowhere else.

JSON and YAML are told apart by their content. Each file is read once; ``files`` says which ones, with their
sha256, so that a change of any of them is seen.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import posixpath
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.errors import SpecError
from generator.specs.bounds import BOUNDS, Bounds
from generator.specs.cache import ParsedCache
from generator.specs.json_reading import NotJsonError, read_json
from generator.specs.yaml_reading import YamlReader
from generator.specs.yaml_text import readable

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(slots=True)
class Source:
    """The document at *path* (relative to *root*, with slashes). ``notes`` are (file, pointer, message)."""

    root: Path
    path: str
    document: Any = None
    files: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    _cache: ParsedCache = field(default_factory=lambda: ParsedCache(None))
    bounds: Bounds = BOUNDS
    _parsed: dict[str, Any] = field(default_factory=dict)
    _size: int = 0

    @classmethod
    def open(cls, root: Path, path: str, cache: Path | None = None, bounds: Bounds = BOUNDS) -> Source:
        """Read the main document; *cache* is a folder for parsed YAML. Raises SpecError."""
        source = cls(root.resolve(), path, _cache=ParsedCache(cache), bounds=bounds)
        source.path = _inside(path)
        source.document = source.load(source.path)
        return source

    def load(self, path: str) -> Any:
        """Another file of the same repository, parsed. Raises SpecError, each time for the same file."""
        path = _inside(path)
        found = self._parsed.get(path)
        if found is None:
            try:
                found = self._read(path)
            except SpecError as error:
                found = error
            self._parsed[path] = found
        if isinstance(found, SpecError):
            raise SpecError(str(found))
        return found[0]

    def _read(self, path: str) -> tuple[Any]:
        if len(self.files) >= self.bounds.files:
            raise SpecError(f"{path}: the document has over {self.bounds.files} files. Bundle it into one.")
        data = _bytes(self.root, path, self.bounds.file)
        self._size += len(data)
        if self._size > self.bounds.total:
            most = self.bounds.total // 2**20
            raise SpecError(f"{path}: the document's files are over {most} MiB together. Cut them down.")
        digest = hashlib.sha256(data).hexdigest()
        self.files[path] = digest
        value, notes = self._parse(path, data, digest)
        self.notes += [(path, pointer, message) for pointer, message in notes]
        return (value,)

    def _parse(self, path: str, data: bytes, digest: str) -> tuple[Any, list[tuple[str, str]]]:
        text = _decode(path, data)
        if text.lstrip()[:1] in ("{", "["):
            try:
                return read_json(text, path, self.bounds)
            except NotJsonError as error:
                if path.lower().endswith(".json"):
                    raise SpecError(str(error)) from None
        kept = self._cache.get(digest, 4 * self.bounds.file)
        if kept is not None:
            return kept
        readable_text, notes = readable(text)
        reader = YamlReader(readable_text, path, self.bounds)
        value = reader.read()
        self._cache.put(digest, value, [*notes, *reader.notes])
        return value, [*notes, *reader.notes]


def _inside(path: str) -> str:
    """The normal form of a relative path; what leads outside is refused before any file is touched."""
    if not path or "\0" in path:
        raise SpecError(f"{path!r} is not the path of a file. Write one like specs/service.yaml.")
    normal = posixpath.normpath(path)
    if path.startswith("/") or normal == ".." or normal.startswith("../"):
        raise SpecError(f"{path}: leads out of the repository. Put the file inside, and name it from there.")
    return normal


def _bytes(root: Path, path: str, limit: int) -> bytes:
    try:
        place = (root / path).resolve(strict=True)
        if not place.is_relative_to(root):
            raise SpecError(f"{path}: is a link out of the repository. Put the file itself there.")
        handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise SpecError(f"{path}: is not a plain file. Put the document there.")
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise SpecError(f"{path}: there is no such file. Put it there, or mend the path.") from None
    except (OSError, ValueError, RuntimeError) as error:
        reason = (getattr(error, "strerror", None) or type(error).__name__).lower()
        raise SpecError(f"{path}: cannot be read: {reason}. Check the file and its permissions.") from None
    if len(data) > limit:
        raise SpecError(f"{path}: is over {limit // 2**20} MiB large. Cut the document down.")
    return data


def _decode(path: str, data: bytes) -> str:
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8"
    try:
        return data.decode(encoding).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        name = encoding.upper()
        raise SpecError(f"{path}:{line}:1  a byte here is not {name}. Save the file as UTF-8.") from None
