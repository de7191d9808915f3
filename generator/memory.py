"""What the last run found clean, so that this one looks only at what may have moved."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.inputs import MANIFEST, inputs
from generator.manifest import Entry, Manifest
from generator.writing import disk, stamps, state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from generator.patterns import Catalog


@dataclass(frozen=True)
class Memory:
    """The stamps of now beside what was clean before. ``clean`` maps a module to its entry's ``key``."""

    snapshot: stamps.Snapshot
    manifest_sha: str | None  # of the bytes that are about to be loaded
    clean: Mapping[str, str]
    in_step: bool  # the tree's loose files are as they were left, and said what they must
    valid: Container[str]  # digests of raw entries that this very generator has validated before
    usable: bool
    documents: Mapping[str, str]  # the documents that entries were read from, still the same, by path: sha256
    moved: bool  # one of those documents is another now

    @property
    def packages(self) -> frozenset[str]:
        """Return the modules that hold a lock, in the manifest or not."""
        return frozenset(m for m, (_, _, package) in self.snapshot.folders.items() if package)

    def unsure(self, loaded: Manifest, catalog: Catalog) -> frozenset[str] | None:
        """Return the modules to look at, "" standing for the tree's loose files; None means all of them."""
        if not self.usable:
            return None
        wanted = {entry.module: key(entry, loaded) for entry in loaded.entries}
        moved = {module for module, digest in wanted.items() if self.clean.get(module) != digest}
        if self.moved:
            moved |= {entry.module for entry in loaded.entries if catalog.reads_files(entry.written)}
        sources = {e.moved_from.replace("-", "_") for e in loaded.entries if e.moved_from}
        loose = set() if self.in_step else {stamps.LOOSE}
        orphans = {module for module in self.packages - wanted.keys() if self.clean.get(module) != ""}
        return frozenset(moved | orphans | sources | loose)


def recall(root: Path) -> Memory:
    """Stamp the tree, before anything in it is read, and compare with what the last run left."""
    snapshot = stamps.take(root, inputs(str(root)))
    data = disk.read(root / MANIFEST)
    sha = None if data is None else hashlib.sha256(data).hexdigest()
    last = state.load(root)
    if last is None or not last.inputs or last.inputs != snapshot.inputs:
        return Memory(snapshot, sha, {}, False, frozenset(), False, {}, False)
    now = {name: found[0] for name, found in snapshot.folders.items()}
    same = {name for name, digest in last.folders.items() if now.get(name) == digest}
    clean = {m: digest for m, digest in last.entries.items() if m in same}
    in_step = clean.pop(stamps.LOOSE, None) is not None
    valid = frozenset(known.partition(":")[0] for known in last.entries.values())
    stale = {path for path in state.stale_files(root, last) if path != MANIFEST}
    watched = {path: seen[1] for path, seen in last.watched.items() if path not in {MANIFEST, *stale}}
    return Memory(snapshot, sha, clean, in_step, valid, True, watched, bool(stale))


def key(entry: Entry, loaded: Manifest) -> str:
    """Return what an entry was clean under: its own digest, and the defaults that reach into it."""
    return f"{entry.digest}:{loaded.timeout}"
