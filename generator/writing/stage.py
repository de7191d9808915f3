"""The stage: new bytes, safe on the disk, waiting beside the tree. A failure here has changed nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from generator.errors import TreeError
from generator.writing.disk import Disk, mode_for, plain_folder
from generator.writing.journal import Op
from generator.writing.workspace import FOLDER, STAGE, interrupted, prepare


def fill(root: Path, ops: Iterable[Op], data: Mapping[str, bytes], disk: Disk) -> None:
    """Stage the bytes (by sha256) that the operations will need, once each target is known to take them.

    Raises:
        TreeError: a target is read-only or on another file system.
        OSError: the disk is full or read-only.
    """
    folder = Path(prepare(root))
    plain_folder(folder)
    if not plain_folder(folder / STAGE):
        disk.mkdir(folder / STAGE)
    clear(root, disk)
    modes = {op: _mode(root, op, folder) for op in ops}
    try:
        for op, mode in modes.items():
            if op.after is not None:
                disk.write(folder / STAGE / op.staged, data[op.after], mode)
    except OSError:
        with suppress(OSError):
            clear(root, disk)
        raise


def _mode(root: Path, op: Op, folder: Path) -> int | None:
    """The permissions to keep, after making sure that the target can be replaced at all."""
    target = root / op.path
    mode = mode_for(target)
    nearest = next(parent for parent in target.parents if parent.is_dir())
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise TreeError(f"{nearest} is read-only; nothing was changed")
    if nearest.stat().st_dev != folder.stat().st_dev:
        raise TreeError(f"{nearest} and {folder} are on different file systems; a commit could be torn")
    return mode


def clear(root: Path, disk: Disk) -> None:
    """Remove what an earlier run left in the stage; never what an open journal still needs."""
    stage = root / FOLDER / STAGE
    if not interrupted(root) and plain_folder(root / FOLDER) and plain_folder(stage):
        for item in sorted(stage.iterdir()):
            disk.unlink(item)
