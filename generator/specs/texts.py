"""Plain files of the repository that entries name by key: SQL of schemas and queries, say.

A value is a path, a pattern for the files of one folder (``db/*.sql``), a folder (its files, none deeper), or
a list of these. Text with white space in it (``CREATE TABLE …``) is no path. Nothing outside the repository
is read, links followed; what is too large, no UTF-8 or not there is left out, which the pattern says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

LARGEST = 1 << 20  # bytes of one file
MOST = 200  # files of one entry
WILD = frozenset("*?[")


@dataclass
class Texts:
    """Reads each file once a run. *seen* holds the sha256 of every file and folder that decided, by path."""

    root: Path
    seen: dict[str, str] = field(default_factory=dict)
    _read: dict[str, str] = field(default_factory=dict)

    def of(self, values: Iterable[Any]) -> dict[str, str]:
        """Return the text of every file that *values* name, by its path, in the order of their names."""
        found: dict[str, str] = {}
        for path in sorted({path for value in values for path in self._paths(value)})[:MOST]:
            text = self._text(path)
            if text is not None:
                found[path] = text
        return found

    def _paths(self, value: Any) -> Iterator[str]:
        if isinstance(value, list | tuple):
            for one in value:
                yield from self._paths(one)
        elif isinstance(value, str) and is_path(value):
            yield from self._named(value.removeprefix("./").rstrip("/"))

    def _named(self, path: str) -> Iterator[str]:
        folder, _, name = path.rpartition("/")
        if WILD & set(name) and not WILD & set(folder):
            yield from (
                f"{folder}/{one}".lstrip("/") for one in self._names(folder) if fnmatchcase(one, name)
            )
        elif (self.root / path).is_dir():
            yield from (f"{path}/{one}" for one in self._names(path))
        else:
            yield path

    def _names(self, folder: str) -> list[str]:
        """The names in a folder, which is watched: a file that comes or goes decides too."""
        place = self._inside(folder)
        if place is None or not place.is_dir():
            return []
        names = sorted(entry.name for entry in place.iterdir())
        told = "\0".join(names).encode("utf-8", "surrogateescape")
        self.seen[folder or "."] = hashlib.sha256(told).hexdigest()
        return [name for name in names if not name.startswith(".") and (place / name).is_file()]

    def _text(self, path: str) -> str | None:
        if path not in self._read:
            place = self._inside(path)
            try:
                if place is None or not place.is_file() or place.stat().st_size > LARGEST:
                    return None
                data = place.read_bytes()
                self._read[path] = data.decode("utf-8-sig")
            except (OSError, UnicodeDecodeError):
                return None
            self.seen[path] = hashlib.sha256(data).hexdigest()
        return self._read[path]

    def _inside(self, path: str) -> Path | None:
        try:
            place = (self.root / path).resolve()
            return place if place.is_relative_to(self.root.resolve()) else None
        except (OSError, ValueError, RuntimeError):  # too long, a NUL, a loop of links
            return None


def is_path(value: str) -> bool:
    """Return whether the words of a manifest can be a path: no white space, not empty, not absolute."""
    return bool(value) and not any(c.isspace() for c in value) and not value.startswith(("/", "~"))


def digests(files: Mapping[str, str]) -> dict[str, str]:
    """Return the sha256 of each text, which is what a lock keeps of it."""
    return {path: hashlib.sha256(text.encode("utf-8")).hexdigest() for path, text in sorted(files.items())}
