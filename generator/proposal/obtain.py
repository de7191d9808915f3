"""The document that an entry is proposed from: in the repository already, copied into it, or downloaded."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from generator.errors import JackfieldError, SpecError
from generator.specs import pins
from generator.specs.address import Address, allow, check, is_url, parse, secure
from generator.specs.documents import CACHE, Document, Documents
from generator.specs.download import Downloads
from generator.specs.gathering import Gathered, gather
from generator.specs.source import Source

FOLDER = "specs"
_MOST = 64 * 2**20
_STAGED = re.compile(r"\Aspecs/[^\s:]+(?::(\d+:\d+))?:?\s+")
_KEPT = re.compile(r"[\w][\w.-]{0,80}\.(?:json|ya?ml)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a document's place is shown, and what to say if it is none."""

    place: str
    hint: str = ""

    @classmethod
    def of(cls, address: Address) -> _Shown:
        """A page of a code host is no document; the raw file is."""
        page = address.host == "github.com" and "/blob/" in address.target
        raw = address.target.replace("/blob/", "/", 1)
        hint = f" That is a page about it; the file is at https://raw.githubusercontent.com{raw}"
        return cls(address.shown, hint if page else "")


@dataclass(frozen=True, slots=True)
class Obtained:
    """A document that can be read at *file* below *home*; *files* are still to be written to the repository.

    *url* says where it was downloaded from, "" where it was not.
    """

    home: Path
    file: str
    document: Document
    raw: Any
    files: Mapping[str, bytes] = field(default_factory=dict)
    url: str = ""
    notes: tuple[str, ...] = ()

    @property
    def spec(self) -> Any:
        """What the entry says under ``spec``."""
        if not self.url:
            return self.file
        return {"file": self.file, "url": self.url, "sha256": pins.pin_for(self.file, self.files)}


class _Around(Protocol):
    """Where a document's other files are: beside it by path, elsewhere by URL. Both raise SpecError."""

    def read(self, path: str, /) -> bytes: ...

    def fetch(self, url: str, /) -> bytes: ...


@dataclass(slots=True)
class _Web:
    """Around a document that was downloaded: its own host, and those that the manifest allows."""

    downloads: Downloads
    base: Address | None = None  # the document's own address, once it is here

    def read(self, path: str) -> bytes:
        return self.downloads.get(self._base().next_to(path))

    def fetch(self, url: str) -> bytes:
        address, base = parse(url), self._base()
        if (address.host, address.port) == (base.host, base.port):
            secure(address, self.downloads.hosts)
            return self.downloads.get(address)
        return _allowed(self.downloads, address)

    def _base(self) -> Address:
        self.base = self.base or self.downloads.came_from
        if self.base is None:
            raise SpecError("nothing was downloaded yet. Give a URL.")
        return self.base


@dataclass(frozen=True, slots=True)
class _Folder:
    """Around a document on the disk: its folder, and hosts that the manifest allows."""

    folder: Path
    downloads: Downloads

    def read(self, path: str) -> bytes:
        place = (self.folder / path).resolve()
        if not place.is_relative_to(self.folder):
            raise SpecError("it is a link out of the document's folder. Put the file itself there.")
        return _read(place)

    def fetch(self, url: str) -> bytes:
        return _allowed(self.downloads, parse(url))


def _allowed(downloads: Downloads, address: Address) -> bytes:
    if address.host not in downloads.hosts:
        raise SpecError(f"it is remote. To have it copied, {allow(address)}")
    secure(address, downloads.hosts)
    return downloads.get(address)


class Opened(Documents):
    """The documents of a repository, one of which is open already, wherever it lies."""

    def __init__(self, root: Path, found: Obtained) -> None:
        super().__init__(root)
        self._open[found.file] = found.document
        self._there = Documents(found.home)

    def has(self, path: str) -> bool:
        """Return whether the document is the one that is open, or there."""
        return path in self._open or super().has(path)

    def format(self, path: str) -> str:
        """Return what kind of document the file is, wherever it lies."""
        return self._there.format(path) if path in self._open else super().format(path)


@contextmanager
def obtained(root: Path, name: str, given: str, hosts: Collection[str]) -> Iterator[Obtained]:
    """The document at *given*, a path or a URL, for the entry *name*.

    Raises:
        SpecError: it cannot be had, or is none.
    """
    with tempfile.TemporaryDirectory(prefix="jackfield-") as folder:
        home = Path(folder).resolve()
        if is_url(given):
            yield _downloaded(root, home, name, given, hosts)
        else:
            yield _from_disk(root, home, name, given, hosts)


def staged(root: Path, home: Path, gathered: Gathered, file: str, url: str = "") -> Obtained:
    """A gathered document, opened and found to be one. Raises SpecError."""
    source = Source.open(home, file, root / CACHE)
    document = Document(source)
    _ = document.outline
    files = pins.listed(file, gathered.files)
    return Obtained(home, file, document, source.document, files, url, gathered.left)


def download(home: Path, file: str, url: str, hosts: Collection[str]) -> Gathered:
    """Fetch a document to *file* below *home*, and what it refers to. Raises SpecError."""
    around = _Web(Downloads(hosts))
    data = around.downloads.fetch(url)
    return _gathered(home, file, data, around, _Shown.of(check(url, hosts)))


def _downloaded(root: Path, home: Path, name: str, url: str, hosts: Collection[str]) -> Obtained:
    address = check(url, hosts)
    around, shown = _Web(Downloads(hosts)), _Shown.of(address)
    data = around.downloads.fetch(url)
    last = address.target.partition("?")[0].rpartition("/")[2]
    gathered, file = _placed(home, name, last, data, around, shown)
    with _named(shown):
        return staged(root, home, gathered, file, url)


def _from_disk(root: Path, home: Path, name: str, given: str, hosts: Collection[str]) -> Obtained:
    place = Path(os.path.expanduser(given))
    place = place if place.exists() else root / given
    try:
        place = place.resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        raise SpecError(f"{given}: there is no such file. Mend the path, or give a URL.") from None
    if place.is_relative_to(root):
        file = place.relative_to(root).as_posix()
        source = Source.open(root, file, root / CACHE)
        document = Document(source)
        _ = document.outline
        return Obtained(root, file, document, source.document)
    data = _read(place)
    shown = _Shown(given)
    gathered, file = _placed(home, name, place.name, data, _Folder(place.parent, Downloads(hosts)), shown)
    with _named(shown):
        return staged(root, home, gathered, file)


def _placed(
    home: Path, name: str, called: str, data: bytes, around: _Around, shown: _Shown
) -> tuple[Gathered, str]:
    """``specs/NAME.yaml`` for one file; a folder of its own, ``specs/NAME/``, for several."""
    extension = "json" if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") else "yaml"
    several = f"{FOLDER}/{name}/{called if _KEPT.match(called) else f'openapi.{extension}'}"
    gathered = _gathered(home, several, data, around, shown)
    if len(gathered.files) > 1:
        return gathered, several
    single = f"{FOLDER}/{name}.{extension}"
    os.replace(home / several, home / single)
    return Gathered({single: data}, gathered.left), single


def _gathered(home: Path, file: str, data: bytes, around: _Around, shown: _Shown) -> Gathered:
    with _named(shown):
        return gather(home, file, data, around.read, around.fetch)


@contextmanager
def _named(shown: _Shown) -> Iterator[None]:
    """A document that is none is told by where it came from, not by where it was going to be."""
    try:
        yield
    except SpecError as error:
        why = _STAGED.sub("", str(error))
        raise SpecError(f"{shown.place} is no document to build from: {why}{shown.hint}") from None


def _read(place: Path) -> bytes:
    try:
        if not place.is_file():
            raise SpecError(f"{place.name}: is not a plain file. Give the document's path.")
        with place.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise SpecError(f"{place.name}: cannot be read: {reason}. Check the file.") from None
    if len(data) > _MOST:
        raise SpecError(f"{place.name}: is over {_MOST // 2**20} MiB large. Cut the document down.")
    return data


def refuse_to_replace(root: Path, found: Obtained) -> None:
    """Raises JackfieldError where something else stands at a path that is to be written."""
    for path, data in found.files.items():
        place = root / path
        if place.is_symlink() or (place.exists() and (not place.is_file() or place.read_bytes() != data)):
            mend = f"Move it away, or propose from it: --spec {path}"
            raise JackfieldError(f"{path} is there already, and is something else. {mend}")
