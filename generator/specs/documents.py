"""The documents of one repository, each read once a run and only as far as it is asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.specs.pins import covered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from generator.specs.asyncapi import Channels
    from generator.specs.facts import Contents, Key, Outline
    from generator.specs.source import Source
    from generator.specs.texts import Texts

FORMATS = {
    "openapi": rb"(?:^|[\s{,\"'])(?:openapi|swagger)[\"']?\s*:",
    "asyncapi": rb"(?:^|[\s{,\"'])asyncapi[\"']?\s*:",
}
CACHE = Path(".jackfield", "cache", "specs")


class Document:
    """One document: its outline at once, the details of chosen operations on demand."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._read: dict[frozenset[Key] | None, Contents] = {}

    @property
    def path(self) -> str:
        """Return the path below the repository's root."""
        return self._source.path

    @property
    def files(self) -> Mapping[str, str]:
        """Return the sha256 of every file that was read so far, by path."""
        return self._source.files

    @cached_property
    def outline(self) -> Outline:
        """Return everything but the operations' details."""
        import generator.specs.openapi as openapi

        return openapi.outline(self._source)

    def contents(self, keys: Collection[Key] | None = None) -> Contents:
        """Return the chosen operations (all when None) and every type that they reach."""
        import generator.specs.openapi as openapi

        chosen = None if keys is None else frozenset(keys)
        if chosen not in self._read:
            self._read[chosen] = openapi.contents(self._source, chosen)
        return self._read[chosen]

    def channels(self, variant: str) -> Channels:
        """Return the channels of a document of messages, with the bindings of one broker."""
        import generator.specs.asyncapi as asyncapi

        return asyncapi.channels(self._source, variant)


class Documents:
    """Opens documents below *root*; parsed ones are kept in a git-ignored folder, by their sha256."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._open: dict[str, Document] = {}
        self._formats: dict[str, str] = {}
        self._texts: Texts | None = None

    def texts(self, values: Iterable[Any]) -> dict[str, str]:
        """Return the text of the files that the values of some requirements name, by path."""
        from generator.specs.texts import Texts

        self._texts = self._texts or Texts(self._root)
        return self._texts.of(values)

    def has(self, path: str) -> bool:
        """Return whether a file is there, inside the repository."""
        from generator.reading.entry_checks import spec_mistake

        return spec_mistake(path, self._root) is None

    def open(self, path: str) -> Document:
        """Return the document at *path*.

        Raises:
            SpecError: it cannot be read safely.
        """
        from generator.specs.source import Source

        if path not in self._open:
            self._open[path] = Document(Source.open(self._root, path, self._root / CACHE))
        return self._open[path]

    def format(self, path: str) -> str:
        """Return what kind of document the file is, by the word that only such a one has; "" for none."""
        if path not in self._formats:  # entries may share a document, and each is looked at more than once
            self._formats[path] = self._sniffed(path)
        return self._formats[path]

    def _sniffed(self, path: str) -> str:
        try:
            data = (self._root / path).read_bytes() if self.has(path) else b""
        except OSError:
            return ""
        found = {name: re.search(word, data) for name, word in FORMATS.items()}
        first = [(match.start(), name) for name, match in found.items() if match]
        return min(first)[1] if first else ""  # the word of another format may stand in a text further down

    @property
    def files(self) -> dict[str, str]:
        """Return the sha256 of every file that any document was read from, or that is pinned with one."""
        found: dict[str, str] = {} if self._texts is None else dict(self._texts.seen)
        for document in self._open.values():
            found |= {**covered(self._root, document.path), **document.files}
        return found
