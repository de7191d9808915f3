"""One run at a time: the lock file that a writing run holds."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.errors import BusyError, TreeError
from generator.writing.workspace import LOCK, prepare

# A forked child shares the lock; were the parent killed, the child would hold it on. So children close it.
_held: set[int] = set()


@contextmanager
def single_writer(root: Path) -> Iterator[None]:
    """Hold the repository's write lock for the block; it ends with the process, however that ends.

    Raises:
        BusyError: another run holds it; its process id is named.
    """
    descriptor = _open(root)
    _held.add(descriptor)
    try:
        _take(descriptor)
        yield
    finally:
        _held.discard(descriptor)
        os.close(descriptor)


def _open(root: Path) -> int:
    try:
        path = os.path.join(prepare(root), LOCK)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise TreeError(f"{error.filename or root}: {error.strerror}; nothing was changed") from error


def _take(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        raise BusyError(
            f"another run is at work (process {owner or 'unknown'}); wait until it ends"
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _let_go() -> None:
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_let_go)
