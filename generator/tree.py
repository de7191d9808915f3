"""Read and write the checked-in tree. Nothing else in the generator writes there.

A commit stages its bytes, makes them safe, opens a journal and only then replaces file by file, the lock
last. Whatever stops it, each package is afterwards the old one or the new one, and no byte of a person's is
lost.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from generator import lock
from generator.errors import InterruptedRunError, JackfieldError, RefusedError, TreeError
from generator.plan import Observed
from generator.writing import journal, stage, workspace
from generator.writing.disk import Disk, digest, guard, plain_folder, read
from generator.writing.journal import TREE, Op

_DISK = Disk()
_MODULE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one package. Paths are relative to the package folder.

    ``files`` are written, and ``deletes`` removed where they still have the given sha256. ``expected`` holds
    the sha256 of every file as the plan saw it; a file that it does not name must not exist yet, or already
    hold the new bytes. ``lock`` is the new lock, and None means that the package goes away.
    """

    module: str
    files: Mapping[str, bytes]
    lock: bytes | None
    deletes: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, str | None] = field(default_factory=dict)


def observe(root: Path, modules: Iterable[str] | None = None) -> dict[str, Observed]:
    """Return what each locked package holds; every one in the tree when *modules* is None.

    A package without a lock is left out. Raises TreeError where a link stands for a file or a folder.
    """
    found = {}
    for module in _locked(root) if modules is None else modules:
        data = read(guard(root, f"{TREE}/{module}/{lock.FILE_NAME}"))
        if data is not None:
            found[module] = _observed(root, module, data)
    return found


def _locked(root: Path) -> list[str]:
    if not plain_folder(root / TREE):
        return []
    names = [name for name in os.listdir(root / TREE) if _MODULE.fullmatch(name)]
    return sorted(name for name in names if os.path.lexists(f"{root}/{TREE}/{name}/{lock.FILE_NAME}"))


def _observed(root: Path, module: str, data: bytes) -> Observed:
    try:
        found = lock.loads(data)
    except lock.LockUnreadable as error:
        return Observed(module, None, error.reason, {})
    if found.name.replace("-", "_") != module:
        return Observed(module, None, f"it belongs to {found.name}", {})
    return Observed(module, found, "", _hashes(root, module, found.files))


def hashes(root: Path, module: str, paths: Iterable[str]) -> dict[str, str | None]:
    """Return the sha256 of files of a package as they are on disk, None for each that is missing."""
    guard(root, f"{TREE}/{module}/")
    return _hashes(root, module, tuple(paths))


def _hashes(root: Path, module: str, paths: Collection[str]) -> dict[str, str | None]:
    """``hashes`` of a package whose own folder is known to be a plain one."""
    package = f"{root}/{TREE}/{module}"
    for folder in {path.rpartition("/")[0] for path in paths if "/" in path}:
        guard(root, f"{TREE}/{module}/{folder}/")
    return {path: digest(f"{package}/{path}") for path in paths}


def moved(old: Observed) -> Change:
    """Return the end of a package that moves to another module; managed files that were edited stay behind.

    The user's own files (kind "once") and answers go as they are seen now: the new change has their bytes.
    """
    if old.lock is None:
        raise TreeError(f"{TREE}/{old.module} cannot be moved: {old.problem}")
    records = old.lock.files
    present = {path: sha for path, sha in old.files.items() if sha is not None}
    carried = {path for path in present if records[path].kind in ("once", "answer")}
    deletes = {path: sha if path in carried else records[path].sha256 for path, sha in present.items()}
    return Change(old.module, {}, None, deletes)


def interrupted(root: Path) -> bool:
    """Whether an earlier run stopped in mid-commit."""
    return workspace.interrupted(root)


def commit(root: Path, *changes: Change, disk: Disk = _DISK) -> tuple[str, ...]:
    """Make the changes in one journalled step; return the paths kept although they should have gone.

    Files that already hold their bytes are not touched. Call it inside ``single_writer``.

    Raises:
        TreeError, RefusedError: the tree is not as expected, or cannot be written; nothing was changed.
        InterruptedRunError: a journal is open; recover first.
    """
    _closed(root)
    with _plain_errors():
        ops, kept, data = _decide(root, changes)
        if not ops:
            return kept
        stage.fill(root, ops, data, disk)
        for op in ops:
            if digest(guard(root, op.path)) != op.before:
                raise TreeError(f"{op.path} was edited during the run; nothing was changed, run again")
        journal.write(root, ops, disk)
    with _plain_errors("; the commit is interrupted: mend this, then run `jackfield generate`"):
        return kept + _finish(root, ops, disk)


def _closed(root: Path) -> None:
    if interrupted(root):
        raise InterruptedRunError("an earlier run was interrupted; `jackfield generate` recovers it")


def _finish(root: Path, ops: tuple[Op, ...], disk: Disk) -> tuple[str, ...]:
    try:
        return journal.replay(root, ops, disk)
    except KeyboardInterrupt:
        # The journal is open: the few milliseconds that are left beat a tree that needs recovery.
        journal.replay(root, ops, disk)
        raise


def _decide(
    root: Path, changes: Iterable[Change]
) -> tuple[tuple[Op, ...], tuple[str, ...], dict[str, bytes]]:
    """The operations, the paths kept, and the new bytes by sha256. New packages come before old ones go."""
    ops: list[Op] = []
    kept: list[str] = []
    data: dict[str, bytes] = {}
    for change in sorted(changes, key=lambda change: (change.lock is None, change.module)):
        if not _MODULE.fullmatch(change.module):
            raise TreeError(f"{change.module!a} is not a package's module")
        ops += _puts(root, change, data)
        gone, stay = _deletes(root, change)
        ops += gone
        kept += stay
        ops += _lock_op(root, change, data)
    numbered = (Op(op.path, op.before, op.after, str(n) if op.after else "") for n, op in enumerate(ops))
    return tuple(numbered), tuple(kept), data


def _place(change: Change, path: str) -> str:
    if not lock.inside(path):
        raise TreeError(f"{path!a} is not a path inside {TREE}/{change.module}")
    return f"{TREE}/{change.module}/{path}"


def _puts(root: Path, change: Change, data: dict[str, bytes]) -> Iterator[Op]:
    for path, content in sorted(change.files.items()):
        place = _place(change, path)
        now = digest(guard(root, place))
        after = hashlib.sha256(content).hexdigest()
        if now == after:
            continue
        expected = change.expected.get(path)
        if now is not None and expected is None:
            raise RefusedError(
                f"{place} is in the way and is not Jackfield's: move it, or overwrite the entry"
            )
        if now != expected:
            raise TreeError(f"{place} was edited during the run; nothing was changed, run again")
        data[after] = content
        yield Op(place, now, after)


def _deletes(root: Path, change: Change) -> tuple[list[Op], list[str]]:
    gone, stay = [], []
    for path, sha in sorted(change.deletes.items()):
        place = _place(change, path)
        now = digest(guard(root, place))
        if now == sha and path not in change.files:
            gone.append(Op(place, now, None))
        elif now is not None and path not in change.files:
            stay.append(place)
    return gone, stay


def _lock_op(root: Path, change: Change, data: dict[str, bytes]) -> Iterator[Op]:
    place = f"{TREE}/{change.module}/{lock.FILE_NAME}"
    now = digest(guard(root, place))
    after = None if change.lock is None else hashlib.sha256(change.lock).hexdigest()
    if change.lock is not None and after is not None:
        data[after] = change.lock
    if now != after:
        yield Op(place, now, after)


def recover(root: Path, *, disk: Disk = _DISK) -> list[str]:
    """Finish an interrupted commit, and remove what a crashed run left; return a line for each thing to say.

    May itself be interrupted, and run again, at any point. Call it inside ``single_writer``.
    """
    with _plain_errors("; the commit stays interrupted: mend this, then run `jackfield generate`"):
        ops = journal.load(root) or ()
        kept = _finish(root, ops, disk) if ops else ()
        stage.clear(root, disk)
        modules = sorted({op.path.split("/")[1] for op in ops})
        return [f"{module}: finished an interrupted commit" for module in modules] + [
            f"{path}: changed since the interruption, kept as it is" for path in kept
        ]


def publish(root: Path, path: str, data: bytes, *, expected: str | None = None, disk: Disk = _DISK) -> bool:
    """Write a file that belongs to no package, in one step; False when it holds these bytes already.

    *expected* is the sha256 that the plan saw, None when there was no file; anything else raises TreeError.
    Call it inside ``single_writer``.
    """
    _closed(root)
    with _plain_errors():
        now = digest(guard(root, path))
        op = Op(path, now, hashlib.sha256(data).hexdigest(), "file")
        if now == op.after:
            return False
        if now != expected:
            raise TreeError(f"{path} was edited during the run; it was not written, run again")
        stage.fill(root, [op], {str(op.after): data}, disk)
        journal.put(root, op, disk)
        disk.sync((root / path).parent)
        return True


@contextmanager
def _plain_errors(consequence: str = "; nothing was changed") -> Iterator[None]:
    """Turn what the system says into one sentence: which file, what is wrong, what follows."""
    try:
        yield
    except JackfieldError:
        raise
    except OSError as error:
        raise TreeError(f"{error.filename or 'the tree'}: {error.strerror}{consequence}") from error
