"""Find what is recorded about one entry, or about all."""

from __future__ import annotations

import difflib
from pathlib import Path

from generator import manifest, patterns, tree
from generator.errors import JackfieldError
from generator.lock import Lock
from generator.manifest import Entry


def entries_with_locks(root: Path) -> tuple[tuple[Entry, Lock | None], ...]:
    """Return every entry of the manifest beside its lock; None where nothing readable was generated."""
    loaded = manifest.load(root, patterns.catalog(root))
    seen = tree.observe(root, [entry.module for entry in loaded.entries])
    return tuple((e, seen[e.module].lock if e.module in seen else None) for e in loaded.entries)


def find(root: Path, name: str) -> tuple[Lock, str]:
    """Return the lock of *name* and why its pattern was chosen ("" when the entry declares it).

    Raises:
        JackfieldError: there is no such package, or its lock cannot be read.
    """
    observed = tree.observe(root)
    seen = observed.get(name.replace("-", "_"))
    if seen is None:
        near = difflib.get_close_matches(name, [m.replace("_", "-") for m in observed], n=1)
        hint = f"Did you mean {near[0]}?" if near else "Run: jackfield generate"
        raise JackfieldError(f"nothing was generated for {name!r}. {hint}")
    if seen.lock is None:
        raise JackfieldError(
            f"{name}: the lock cannot be read: {seen.problem}. Run: jackfield generate {name}"
        )
    lock = seen.lock
    raw = {key: lock.entry.get(key) for key in ("service", "spec", "requirements")}
    detected = patterns.catalog(root).detect(raw)
    return lock, detected.reason if detected and detected.pattern == lock.pattern else ""
