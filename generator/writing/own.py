"""The user's own files: created once by a skeleton, then kept, judged with the package, and moved with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from generator.plan import Observed
from generator.resolve import Resolved
from generator.writing import disk
from generator.writing.journal import TREE

Own = Mapping[str, bytes]


def own_files(root: Path, entry: Resolved, moved_from: Observed | None = None) -> dict[str, bytes]:
    """Return the files of *entry* that are the user's, by path in the package.

    A package that moves brings along what was edited. Its imports of the package's own modules
    (``pets_adapter``) follow the new name, or nothing could import it; nothing else in it changes.
    """
    found = {}
    for path in sorted(entry.once):
        data = disk.read(root / TREE / entry.want.module / path)
        if data is None and moved_from is not None:
            data = _carried(root, moved_from, path, entry.want.module)
        if data is not None:
            found[path] = data
    return found


def _carried(root: Path, old: Observed, path: str, module: str) -> bytes | None:
    former = path.replace(module, old.module, 1)
    record = old.lock.files.get(former) if old.lock else None
    if record is None or old.files.get(former) in (None, record.sha256):
        return None  # never edited: the fresh one is as good, and imports the right names
    data = disk.read(root / TREE / old.module / former) or b""
    names = rb"\b%s_(adapter|models|custom)\b" % re.escape(old.module.encode())
    return re.sub(names, rb"%s_\1" % module.encode(), data)
