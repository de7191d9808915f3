"""Files put in their places one by one, each in one step, never through a link out of the repository."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from generator.errors import TreeError
from generator.writing import disk


def place(root: Path, files: Mapping[str, bytes]) -> None:
    """Write *files*, by path below *root*; one that holds its bytes already is not touched.

    Raises:
        TreeError: a path leads through a link, or cannot be written.
    """
    for path, data in files.items():
        try:
            _place(root, path, data)
        except OSError as error:
            raise TreeError(f"{path} cannot be written: {error.strerror or type(error).__name__}") from error


def _place(root: Path, path: str, data: bytes) -> None:
    target = Path(disk.guard(root, path))
    if target.is_file() and target.read_bytes() == data:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{target.name}.{os.getpid()}"
    mode = disk.mode_for(target)
    tool = disk.Disk()
    try:
        tool.write(draft, data, mode)
        tool.replace(draft, target)
        tool.sync(target.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
