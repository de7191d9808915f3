"""How an entry names its document: ``specs/x.yaml``, or a mapping where it was downloaded.

``{file: specs/x.yaml, url: https://…, sha256: …}`` says where the document came from, and which bytes are
meant: ``sha256`` is that of the file. A document of several files has a list of them beside it,
``specs/x.yaml.sha256``, one ``digest  name`` a line as sha256sum writes it; then the pin is the list's.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUMS = ".sha256"
_MOST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Pin:
    """Where a document comes from, and what it was when it was taken."""

    url: str
    sha256: str

    @property
    def is_whole(self) -> bool:
        """Does it have an address, and a digest at all?"""
        return bool(self.url) and len(self.sha256) == 64


def file_of(spec: Any) -> Any:
    """The document's path in either form of ``spec``; anything else comes back as it is."""
    return spec.get("file") if isinstance(spec, Mapping) else spec


def pin_of(spec: Any) -> Pin | None:
    """Where a downloaded document came from; None for the path alone."""
    if not isinstance(spec, Mapping):
        return None
    return Pin(*(str(spec[key]) if key in spec else "" for key in ("url", "sha256")))


def listed(file: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """*files* (by path, *file* among them) with their list, where there are several."""
    if len(files) < 2:
        return dict(files)
    folder = posixpath.dirname(file) or "."
    names = {posixpath.relpath(path, folder): data for path, data in files.items()}
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(names.items())]
    return {**files, file + SUMS: "".join(lines).encode()}


def pin_for(file: str, files: Mapping[str, bytes]) -> str:
    """The sha256 to write for files that ``listed`` has completed."""
    return hashlib.sha256(files.get(file + SUMS, files[file])).hexdigest()


def members(root: Path, file: str) -> dict[str, str]:
    """The files of a document by path, each with the sha256 that its list says; empty without a list.

    A line that names something outside the document's folder is passed over.
    """
    data = _bytes(root / (file + SUMS))
    found = {}
    for line in (data or b"").decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file), name))
        if name and not name.startswith("/") and not posixpath.normpath(name).startswith(".."):
            found[path] = digest
    return found


def covered(root: Path, file: str) -> dict[str, str]:
    """The sha256 of a document's list and of every file that it names, by path; empty without a list."""
    sums = _bytes(root / (file + SUMS))
    return {} if sums is None else {**members(root, file), file + SUMS: hashlib.sha256(sums).hexdigest()}


def strayed(root: Path, file: str, pin: Pin) -> str | None:
    """The file that is not what the pin says, None where all are."""
    sums = _bytes(root / (file + SUMS))
    if sums is None:
        return None if _is(root / file, pin.sha256) else file
    if hashlib.sha256(sums).hexdigest() != pin.sha256:
        return file + SUMS
    files = members(root, file)
    wrong = (path for path in {file: "", **files} if not _is(root / path, files.get(path, "")))
    return next(wrong, None)


def _is(place: Path, sha256: str) -> bool:
    data = _bytes(place)
    return data is not None and hashlib.sha256(data).hexdigest() == sha256


def _bytes(place: Path) -> bytes | None:
    """A plain file's bytes within bounds; None where there is none."""
    try:
        if not place.is_file() or place.stat().st_size > _MOST:
            return None
        return place.read_bytes()
    except (OSError, ValueError):
        return None
