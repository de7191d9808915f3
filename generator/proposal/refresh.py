"""``jackfield refresh``: a downloaded document fetched again, compared with what is here, and pinned anew."""

from __future__ import annotations

import difflib
import posixpath
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator import patterns
from generator.errors import JackfieldError, ManifestError, SpecError
from generator.inputs import MANIFEST
from generator.proposal.add import NEXT
from generator.proposal.faces import shown
from generator.proposal.obtain import Obtained, download, staged
from generator.proposal.placing import place, place_manifest
from generator.proposal.repin import repinned
from generator.proposal.upstream import SIGNS, Change, Used, changes, used
from generator.reading.source import read
from generator.reading.yaml_recover import parse
from generator.report import count
from generator.specs import pins
from generator.specs.documents import CACHE, Document
from generator.specs.source import Source
from generator.writing import disk
from generator.writing.writer import single_writer

ROWS = 60


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What came of one document; *was* and *now* are its pins, *problems* what the entry stumbles over."""

    name: str
    file: str
    url: str = ""
    was: str = ""
    now: str = ""
    edited: bool = False  # the file here was not the one that was pinned
    changes: tuple[Change, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    written: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything is, or would be, written."""
        return self.was != self.now or self.edited

    def to_json(self) -> dict[str, Any]:
        """The result for machines."""
        told = {kind: [c for c in self.changes if c.kind == kind] for kind in SIGNS}
        return {
            **{key: getattr(self, key) for key in ("name", "file", "url", "changed", "edited", "written")},
            "sha256": {"was": self.was, "now": self.now},
            "operations": {
                kind: [{"operation": c.operation, "used": c.used} for c in found]
                for kind, found in told.items()
            },
            "problems": list(self.problems),
            "notes": list(self.notes),
            "next": NEXT if self.changed else None,
        }

    def text(self) -> str:
        """The result for people."""
        if not self.url:
            return (
                f"{self.name}: {self.file} was not downloaded, so there is nothing to refresh. Edit it here."
            )
        if not self.changed:
            return f"{self.name}: {self.file} is unchanged at {self.url}"
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.name} · {self.file} · {self.url}\n"
        width = min(60, max((len(shown(c.operation)) for c in self.changes[:ROWS]), default=0))
        for change in self.changes[:ROWS]:
            mark = "  used here" if change.used else ""
            yield f"  {SIGNS[change.kind]} {shown(change.operation):<{width}}{mark}".rstrip()
        if len(self.changes) > ROWS:
            yield f"  and {len(self.changes) - ROWS} more"
        yield from ["", self._summary()] if self.changes else [self._summary()]
        yield from map(shown, self.notes)
        if self.edited:
            gone = "was replaced" if self.written else "would be replaced"
            yield f"{self.file} here was not the document that was pinned; it {gone}."
        if self.problems:
            yield f"{MANIFEST} needs an edit before the next plan:"
            yield from (f"  {shown(problem)}" for problem in self.problems)
        done = f"Pinned {self.now[:12]} (was {self.was[:12]})."
        yield f"{done} Next: {NEXT}" if self.written else "Nothing was written."

    def _summary(self) -> str:
        if self.was == self.now:
            return "The document upstream is the one that was pinned."
        if not self.changes:
            return "The document changed, but none of its operations that are used here, and no list of them."
        counts = Counter(change.kind for change in self.changes)
        parts = [f"{counts[kind]} {kind}" for kind in SIGNS if counts[kind]]
        taken = sum(change.used for change in self.changes)
        return f"{count(len(self.changes), 'operation')}: {', '.join(parts)}; {taken} used here."


@dataclass(frozen=True, slots=True)
class _Pinned:
    """An entry of the manifest that says where its document came from."""

    data: bytes  # of the manifest
    index: int
    raw: dict[str, Any]
    file: str
    pin: pins.Pin
    hosts: tuple[str, ...]


def refreshed(root: Path, name: str, *, write: bool) -> Refreshed:
    """Download the document of entry *name* again; with *write*, put it and its pin in their places.

    Raises:
        JackfieldError: there is no such entry, it names no document, or the document cannot be had.
        ManifestError: the manifest cannot be read.
    """
    found = _entry(root, name)
    if isinstance(found, Refreshed):
        return found
    with tempfile.TemporaryDirectory(prefix="jackfield-") as folder:
        home = Path(folder).resolve()
        gathered = download(home, found.file, found.pin.url, found.hosts)
        new = staged(root, home, gathered, found.file, found.pin.url)
        told = _compared(root, found, new, name)
        if write and told.changed:
            _write(root, found, new, told.now)
        return replace(told, written=write and told.changed)


def _entry(root: Path, name: str) -> _Pinned | Refreshed:
    source = read(root / MANIFEST)
    data = (root / MANIFEST).read_bytes()
    parsed = parse(source.text, source.name)
    if source.problems or parsed.problems:
        raise ManifestError([*source.problems, *parsed.problems])
    index = _index(name, parsed.entries)
    raw = parsed.entries[index]
    pin, file = pins.pin_of(raw.get("spec")), pins.file_of(raw.get("spec"))
    if pin is None and file is not None:
        return Refreshed(name, str(file))
    if pin is None:
        raise JackfieldError(f"{name} names no document. jackfield add proposes an entry from one.")
    if not pin.url or not pin.sha256:
        mend = "Write 'url: https://…' and 'sha256: none' there, and run this again."
        raise JackfieldError(f"{MANIFEST}: spec of {name} has no url or no sha256. {mend}")
    return _Pinned(data, index, raw, _inside(file), pin, _hosts(parsed.data))


def _index(name: str, entries: Sequence[Any]) -> int:
    names = [entry.get("name") if isinstance(entry, dict) else None for entry in entries]
    if name in names:
        return names.index(name)
    near = difflib.get_close_matches(name, [n for n in names if isinstance(n, str)], n=1)
    hint = f"Did you mean {near[0]}?" if near else "jackfield list shows what there is."
    raise JackfieldError(f"there is no integration {name[:80]!r} in {MANIFEST}. {hint}")


def _hosts(data: Mapping[str, Any]) -> tuple[str, ...]:
    defaults = data.get("defaults")
    hosts = defaults.get("spec_hosts") if isinstance(defaults, dict) else ()
    return tuple(map(str, hosts)) if isinstance(hosts, list) else ()


def _inside(file: Any) -> str:
    normal = posixpath.normpath(file) if isinstance(file, str) and file and "\0" not in file else ".."
    if normal.startswith(("/", "..")) or normal == ".":
        raise JackfieldError(
            f"{MANIFEST}: spec.file is no path in this repository. Write one like specs/x.yaml."
        )
    return normal


def _compared(root: Path, found: _Pinned, new: Obtained, name: str) -> Refreshed:
    catalog = patterns.catalog(root)
    old = _before(root, found.file)
    after = used(root, catalog, found.raw, new)
    before = used(root, catalog, found.raw, old) if old is not None else Used({})
    outline = old.document.outline if old is not None else None
    return Refreshed(
        name,
        found.file,
        found.pin.url,
        was=found.pin.sha256,
        now=pins.pin_for(found.file, new.files),
        edited=pins.strayed(root, found.file, found.pin) is not None,
        changes=changes(outline, new.document.outline, before, after),
        problems=after.problems,
        notes=new.notes,
    )


def _before(root: Path, file: str) -> Obtained | None:
    """The document as it is here; None where it cannot be read."""
    try:
        source = Source.open(root, file, root / CACHE)
        document = Document(source)
        _ = document.outline
    except SpecError:
        return None
    return Obtained(root, file, document, source.document)


def _write(root: Path, found: _Pinned, new: Obtained, pin: str) -> None:
    """The document first: were the run to end here, the next ``refresh`` would complete it."""
    with single_writer(root):
        if (root / MANIFEST).read_bytes() != found.data:
            raise JackfieldError(f"{MANIFEST} has changed meanwhile; nothing was written. Run it again.")
        text = repinned(found.data.decode(), found.index, found.pin.sha256, pin)
        gone = _gone(root, found, new)
        _refuse_others(root, found, new)
        place(root, new.files)
        for path in gone:
            Path(disk.guard(root, path)).unlink(missing_ok=True)
        place_manifest(root, text.encode())


def _gone(root: Path, found: _Pinned, new: Obtained) -> list[str]:
    """Files of the old document that the new one has not, and nobody has edited."""
    old = pins.members(root, found.file)
    left = [path for path, sha in old.items() if path not in new.files and disk.digest(root / path) == sha]
    sums = found.file + pins.SUMS
    return [*left, *([sums] if old and sums not in new.files else [])]


def _refuse_others(root: Path, found: _Pinned, new: Obtained) -> None:
    """A file that the old document did not have must not stand where the new one wants one."""
    own = {found.file, found.file + pins.SUMS, *pins.members(root, found.file)}
    for path, data in new.files.items():
        if path not in own and (root / path).exists() and disk.read(root / path) != data:
            raise JackfieldError(f"{path} is there already, and is something else. Move it away first.")
