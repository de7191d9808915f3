"""The journal of one commit: written before the first file is replaced, replayed until all of it is done.

Every operation carries the sha256 before and after it, so replaying is the same as finishing: an operation
whose file is already new is skipped, one whose file is still old is done, and a file that is neither was
touched by somebody else and is kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from generator.errors import TreeError
from generator.lock import FILE_NAME, inside
from generator.writing.disk import Disk, NotPlainError, digest, guard, parents, plain_folder, read
from generator.writing.workspace import FOLDER, JOURNAL, STAGE, interrupted

VERSION = 1
TREE = "integrations"


@dataclass(frozen=True, slots=True)
class Op:
    """Give the file at *path* (relative to the root) the sha256 *after*; None means that it is not there.

    ``staged`` names the new bytes in the stage; it is empty for a deletion.
    """

    path: str
    before: str | None
    after: str | None
    staged: str = ""


def write(root: Path, ops: Sequence[Op], disk: Disk) -> None:
    """Open the journal in one step: from here on the commit will happen, now or in recovery."""
    folder = root / FOLDER
    draft = folder / STAGE / "journal"
    data = json.dumps({"journal_version": VERSION, "ops": [asdict(op) for op in ops]}, indent=1)
    disk.write(draft, data.encode())
    disk.sync(folder / STAGE)
    disk.replace(draft, folder / JOURNAL)


def load(root: Path) -> tuple[Op, ...] | None:
    """Return the operations of an open journal, None when none is open.

    Raises:
        TreeError: the journal was damaged, so nothing can be recovered without a person.
    """
    path = root / FOLDER / JOURNAL
    data = read(path)
    if data is None:
        return None
    try:
        document = json.loads(data)
        ops = tuple(Op(**op) for op in document["ops"])
        known = document["journal_version"] == VERSION and bool(ops) and all(map(_allowed, ops))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        known = False
    if not known:
        raise TreeError(f"{path} is damaged; restore {TREE}/ with git, then delete it")
    return ops


def _allowed(op: Op) -> bool:
    """A journal may only touch files of packages, whoever wrote it."""
    tree, module, path = op.path.split("/", 2)
    placed = tree == TREE and inside(module) and (inside(path) or path == FILE_NAME)
    return placed and (op.staged.isdecimal() if op.after else op.staged == "")


def replay(root: Path, ops: Sequence[Op], disk: Disk) -> tuple[str, ...]:
    """Do what is not done yet, make it safe and close the journal. May be stopped and called again anywhere.

    Returns the paths that could not be finished because somebody changed them meanwhile: they are as that
    person left them, and the next plan shows them as edited by hand.
    """
    disk.sync(root / FOLDER)  # the journal must be safe before the first file is replaced
    kept = tuple(op.path for op in ops if not _do(root, op, disk))
    _tidy(root, [op.path for op in ops if op.after is None], disk)
    for folder in sorted({parent for op in ops for parent in parents(root, op.path)}):
        if _still_plain(folder):
            disk.sync(folder)
    if interrupted(root):
        disk.unlink(root / FOLDER / JOURNAL)
        with suppress(
            OSError
        ):  # all is done: were the journal to come back, replaying it would change nothing
            disk.sync(root / FOLDER)
    return kept


def _do(root: Path, op: Op, disk: Disk) -> bool:
    """Finish one operation; False when the file is neither old nor new, or its new bytes are gone."""
    try:
        target = guard(root, op.path)
        now = digest(target)
    except NotPlainError:
        return False
    if now == op.after:
        return True
    if now != op.before:
        return False
    if op.after is None:
        disk.unlink(target)
        return True
    return put(root, op, disk)


def put(root: Path, op: Op, disk: Disk) -> bool:
    """Move staged bytes to their place, making its folders; False when the stage does not hold them."""
    staged = root / FOLDER / STAGE / op.staged
    if digest(staged) != op.after:
        return False
    for folder in parents(root, op.path):
        if not plain_folder(folder):
            disk.mkdir(folder)
    disk.replace(staged, root / op.path)
    return True


def _tidy(root: Path, deleted: Iterable[str], disk: Disk) -> None:
    """Remove the folders that deletions left empty, and the bytecode that belonged to the deleted files."""
    folders = {folder for path in deleted for folder in parents(root, path)[1:]}
    for folder in sorted(folders, reverse=True):
        if _still_plain(folder) and _only_bytecode(folder):
            _remove_bytecode(f"{folder}/__pycache__", disk)
            disk.rmdir(folder)


def _still_plain(folder: str) -> bool:
    with suppress(NotPlainError):
        return plain_folder(folder)
    return False


def _only_bytecode(folder: str) -> bool:
    names = os.listdir(folder)
    cache = f"{folder}/__pycache__"
    if names == ["__pycache__"] and _still_plain(cache):
        return all(name.endswith(".pyc") for name in os.listdir(cache))
    return not names


def _remove_bytecode(cache: str, disk: Disk) -> None:
    if plain_folder(cache):
        for name in sorted(os.listdir(cache)):
            disk.unlink(f"{cache}/{name}")
        disk.rmdir(cache)
