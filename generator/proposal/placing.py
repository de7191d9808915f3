"""Files put in their places one by one, each in one step, never through a link out of the repository."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from generator.errors import TreeError
from generator.inputs import MANIFEST
from generator.writing import disk


def place(root: Path, files: Mapping[str, bytes]) -> None:
    """Write *files*, by path below *root*; one that holds its bytes already is not touched.

    Raises:
        TreeError: a path leads through a link, or cannot be written.
    """
    for path, data in files.items():
        _put(Path(disk.guard(root, path)), data, path)


def place_manifest(root: Path, data: bytes) -> None:
    """Write the manifest; where it is a link, what the link names, as ``fmt`` does. Raises TreeError."""
    _put((root / MANIFEST).resolve(), data, MANIFEST)


def _put(target: Path, data: bytes, shown: str) -> None:
    try:
        if not (target.is_file() and not target.is_symlink() and target.read_bytes() == data):
            _replace(target, data)
    except OSError as error:
        raise TreeError(f"{shown} cannot be written: {error.strerror or type(error).__name__}") from error


def _replace(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{target.name}.{os.getpid()}"
    tool = disk.Disk()
    try:
        tool.write(draft, data, disk.mode_for(target))
        tool.replace(draft, target)
        tool.sync(target.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
