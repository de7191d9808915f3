"""``jackfield add``: an entry proposed from a document, shown as a diff, and written if a person says so."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator import manifest, patterns, starter
from generator.errors import JackfieldError, ManifestError
from generator.inputs import MANIFEST
from generator.manifest import raw_digest
from generator.proposal.insertion import with_entry
from generator.proposal.lines import entry_lines
from generator.proposal.obtain import Obtained, obtained, refuse_to_replace
from generator.proposal.placing import place, place_manifest
from generator.proposal.proposer import Asked, Entry, propose
from generator.reading.entry_names import name_fault
from generator.reading.yaml_recover import parse
from generator.specs.facts import Outline
from generator.writing.writer import single_writer

NEXT = "jackfield plan"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be written: the manifest, *before* (None: there is none) and *after*, and documents."""

    entry: Entry
    outline: Outline
    before: bytes | None
    after: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    laid: tuple[str, ...] = ()  # what a new repository gets besides

    @property
    def diff(self) -> str:
        """The manifest's change, unified."""
        old, new = (
            (data or b"").decode("utf-8", "replace").splitlines() for data in (self.before, self.after)
        )
        here = MANIFEST if self.before is not None else "/dev/null"
        return "\n".join(difflib.unified_diff(old, new, here, MANIFEST, lineterm=""))


@contextmanager
def proposed(root: Path, asked: Asked, given: str) -> Iterator[Proposal]:
    """The proposal for the document at *given*, a path or a URL. Nothing is written.

    Raises:
        JackfieldError: the name will not do, or something else is in the way.
        ManifestError: the manifest has mistakes, or the entry would be one.
        SpecError: the document cannot be had, or is none.
    """
    catalog = patterns.catalog(root)
    before = _manifest(root)
    loaded = manifest.load(root, catalog) if before is not None else None
    _refuse_name(asked.name, [entry.name for entry in loaded.entries] if loaded else [])
    hosts = list(loaded.defaults.get("spec_hosts", ())) if loaded else []
    with obtained(root, asked.name, given, hosts) as found:
        refuse_to_replace(root, found)
        entry = propose(root, catalog, asked, found)
        after = _after(before, entry.raw)
        laid = () if before is not None else starter.missing(root)
        yield Proposal(entry, found.document.outline, before, after, _new(root, found), laid)


def write(root: Path, proposal: Proposal) -> None:
    """Write the documents, then the manifest.

    Raises:
        BusyError: another run is at work.
        JackfieldError: the manifest has changed since it was read.
    """
    with single_writer(root):
        if _manifest(root) != proposal.before:
            raise JackfieldError(f"{MANIFEST} has changed meanwhile; nothing was written. Run it again.")
        place(root, proposal.files)
        if proposal.before is None:
            starter.init(root, proposal.after)
        else:
            place_manifest(root, proposal.after)


def _manifest(root: Path) -> bytes | None:
    path = root / MANIFEST
    return path.read_bytes() if path.exists() else None


def _after(before: bytes | None, raw: dict[str, Any]) -> bytes:
    """The manifest with the entry, read again to be sure that it says the same and this entry besides."""
    text = starter.empty() if before is None else before.decode()
    entries = _entries(text) or []
    after = with_entry(text, entries, raw["name"], entry_lines(raw))
    wanted = sorted(map(raw_digest, [*entries, raw]))
    if sorted(map(raw_digest, _entries(after) or [])) != wanted:
        raise JackfieldError(
            f"{MANIFEST}: the entry cannot be put in without changing others. Write it by hand."
        )
    return after.encode()


def _entries(text: str) -> list[Any] | None:
    parsed = parse(text.removeprefix("\ufeff"), MANIFEST)
    if parsed.problems:
        raise ManifestError(parsed.problems)
    return parsed.entries


def _refuse_name(name: str, known: Sequence[str]) -> None:
    fault = name_fault(name)
    if fault:
        raise JackfieldError(f"{name[:80]!r} {fault}")
    same = next((other for other in known if other.replace("-", "_") == name.replace("-", "_")), None)
    if same is not None:
        how = f"edit it in {MANIFEST}, or run: jackfield refresh {same}"
        raise JackfieldError(f"{same!r} is an entry already. Choose another name, {how}")


def _new(root: Path, found: Obtained) -> dict[str, bytes]:
    """The documents that are not there yet."""
    return {path: data for path, data in found.files.items() if not (root / path).exists()}
