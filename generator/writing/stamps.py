"""The stamps of the tree: what ``stat`` says of every file, folded into one digest a folder.

Measured on 80,000 files: ``listdir`` and ``stat`` relative to the open folder beats ``scandir`` and ``lstat``
by path; two threads take longer than one, because the interpreter's lock changes hands for each file.
"""

from __future__ import annotations

import marshal
import os
import time
from hashlib import sha256

from generator.writing.workspace import prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Root = str | os.PathLike[str]
    Stamps = tuple[str, int, bool]  # digest, newest ctime, whether the folder holds a lock
    Rows = list[tuple[str, int, int, int, int]]

TREE = "integrations"
LOOSE = ""
NEVER = 1 << 63

_LOCK = "metadata.json"
_PROBE = "stamp"
_BYTECODE = "__pycache__"
_FOLDER, _KIND = 0o040000, 0o170000
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_TICK = 0.002
# The generator may lie on another file system than the tree, so its age is judged by the ordinary clock.
_INPUTS_AGE = 2_000_000_000


class Snapshot:
    """The stamps of every folder in ``integrations/``, and of the generator itself, at one moment.

    ``at`` is that moment on the file system's own clock, 0 when nothing can be written there. Files that lie
    directly in the tree go by the name "" (``LOOSE``).
    """

    __slots__ = ("at", "folders", "inputs")

    def __init__(self, at: int, folders: dict[str, Stamps], inputs: str) -> None:
        self.at, self.folders, self.inputs = at, folders, inputs

    def trusted(self, clean: Iterable[str]) -> dict[str, str]:
        """The digests that any later edit is sure to change: of clean packages, and of what is no package."""
        known = frozenset(clean)
        return {
            name: digest
            for name, (digest, newest, package) in self.folders.items()
            if newest < self.at and (name in known or not package)
        }


def take(root: Root, inputs: Iterable[str] = ()) -> Snapshot:
    """Stamp the tree now, before anything in it is read."""
    at = _moment(root)
    return Snapshot(at, scan(root), inputs_digest(inputs))


def renew(root: Root, before: Snapshot, written: Sequence[str], patience: float = 0.05) -> Snapshot:
    """Stamp the *written* folders (and the loose files) anew; keep the stamps of the others.

    Waits until the file system's clock has moved on, at most *patience* seconds, so that what was just
    written can be trusted. Read the written packages again after this, before calling them clean.
    """
    names = {*written, LOOSE}
    newest = max((stamps[1] for stamps in scan(root, names).values()), default=0)
    deadline = time.monotonic() + patience
    while (at := _moment(root)) <= newest and time.monotonic() < deadline:
        time.sleep(_TICK)
    kept = {name: stamps for name, stamps in before.folders.items() if name not in names}
    return Snapshot(at, kept | scan(root, names), before.inputs)


def _moment(root: Root) -> int:
    """What a file changed right now is stamped with."""
    try:
        with open(os.path.join(prepare(root), _PROBE), "wb") as probe:
            probe.write(b"\n")
            probe.flush()
            return os.fstat(probe.fileno()).st_ctime_ns
    except OSError:
        return 0


def scan(root: Root, only: Iterable[str] | None = None) -> dict[str, Stamps]:
    """Return the stamps of the tree's folders by name; of those in *only*, when it is given."""
    try:
        top = os.open(os.path.join(root, TREE), _OPEN)
    except OSError:
        return {}
    try:
        return _scan(top, None if only is None else frozenset(only))
    finally:
        os.close(top)


def _scan(top: int, only: frozenset[str] | None) -> dict[str, Stamps]:
    folders: list[str] = []
    loose: list[str] = []
    with os.scandir(top) as items:
        for item in items:
            (folders if item.is_dir(follow_symlinks=False) else loose).append(item.name)
    found = {
        name: _stamps(name, top) for name in folders if name != _BYTECODE and (only is None or name in only)
    }
    if only is None or LOOSE in only:
        rows: Rows = []
        newest = _rows(sorted(loose), top, "", rows)
        found[LOOSE] = (_digest(rows), newest, False)
    return found


def _stamps(name: str, top: int) -> Stamps:
    rows: Rows = []
    newest = _folder(name, top, "", rows)
    return _digest(rows), newest, any(row[0] == _LOCK for row in rows)


def _digest(rows: Rows) -> str:
    # Version 2 of the format knows no back references, so equal rows give equal bytes.
    return sha256(marshal.dumps(rows, 2)).hexdigest()


def _folder(name: str, parent: int | None, prefix: str, rows: Rows) -> int:
    """Add a row for every file below; return the newest stamp, NEVER when the folder cannot be read."""
    try:
        folder = os.open(name, _OPEN, dir_fd=parent)
    except OSError:
        return NEVER
    try:
        names = os.listdir(folder)
        names.sort()
        return _rows(names, folder, prefix, rows)
    finally:
        os.close(folder)


def _rows(names: list[str], folder: int, prefix: str, rows: Rows) -> int:
    newest = 0
    stat, add = os.stat, rows.append
    for name in names:
        try:
            seen = stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            return NEVER
        if seen.st_mode & _KIND != _FOLDER:
            changed = seen.st_ctime_ns
            add((prefix + name, seen.st_mtime_ns, changed, seen.st_size, seen.st_ino))
        elif name != _BYTECODE:
            changed = _folder(name, folder, f"{prefix}{name}/", rows)
        else:
            continue
        if changed > newest:
            newest = changed
    return newest


def file_stamp(path: Root) -> tuple[str, int]:
    """Return one file's stamps as text (empty when it is missing) and the newest of them."""
    try:
        seen = os.stat(path)
    except OSError:
        return "", 0
    return f"{seen.st_mtime_ns} {seen.st_ctime_ns} {seen.st_size} {seen.st_ino}", seen.st_ctime_ns


def inputs_digest(paths: Iterable[str], clock: Callable[[], int] = time.time_ns) -> str:
    """Return a digest of the stamps of files and whole folders; "" while one of them is too new to trust.

    A folder with "/" behind stands for itself alone: its stamp tells when a name in it comes or goes.
    """
    rows: Rows = []
    newest = 0
    for given in paths:
        path = os.path.realpath(given)
        if os.path.isdir(path) and not given.endswith("/"):
            newest = max(newest, _folder(path, None, f"{path}/", rows))
        else:
            stamp, changed = file_stamp(path)
            rows.append((f"{path} {stamp}", 0, 0, 0, 0))
            newest = max(newest, changed)
    return _digest(rows) if newest + _INPUTS_AGE < clock() else ""
