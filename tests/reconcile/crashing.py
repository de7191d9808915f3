"""A disk that stops the program: before any call, in the middle of a write, or losing what was not synced."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from generator.writing.disk import Disk, Place


class Crash(BaseException):
    """The machine stopped here."""


class CrashingDisk(Disk):
    """Stops before call number *stop*; with *torn*, in the middle of it if it is a write."""

    def __init__(self, stop: int | None = None, *, torn: bool = False) -> None:
        self.calls, self.stop, self.torn = 0, stop, torn

    def _count(self) -> None:
        self.calls += 1
        if self.calls == self.stop:
            raise Crash

    def write(self, path: Place, data: bytes, mode: int | None = None) -> None:
        try:
            self._count()
        except Crash:
            if self.torn:
                Path(path).write_bytes(data[: len(data) // 2])
            raise
        Path(path).write_bytes(data)

    def replace(self, source: Place, target: Place) -> None:
        self._count()
        super().replace(source, target)

    def unlink(self, path: Place) -> None:
        self._count()
        super().unlink(path)

    def mkdir(self, path: Place) -> None:
        self._count()
        super().mkdir(path)

    def rmdir(self, path: Place) -> None:
        self._count()
        super().rmdir(path)

    def sync(self, folder: Place) -> None:
        self._count()


@dataclass
class _Change:
    """A change of one folder's names that the disk may still forget; the folder that it made or removed."""

    folder: str
    undo: Callable[[], None]
    made: str = ""
    removed: str = ""


class ForgetfulDisk(CrashingDisk):
    """A power cut: what happened in a folder is certain only once that folder was synced.

    ``forget`` undoes the uncertain changes of some folders, latest first. *deaf* names folders whose syncs do
    nothing, to see that a missing sync is noticed.
    """

    def __init__(self, stop: int | None = None, *, deaf: str = "") -> None:
        super().__init__(stop)
        self.deaf = deaf
        self.uncertain: list[_Change] = []

    def folders(self) -> list[str]:
        return sorted({change.folder for change in self.uncertain})

    def forget(self, folders: list[str]) -> None:
        lost = set(folders)
        for change in self.uncertain:
            if change.folder in lost and change.made:
                lost.add(change.made)  # what happened in a folder is forgotten with the folder
        lost -= {change.removed for change in self.uncertain if change.folder not in lost}
        for change in reversed(self.uncertain):
            if change.folder in lost:
                change.undo()
        self.uncertain = []

    def _uncertain(self, path: Place, undo: Callable[[], None], made: str = "", removed: str = "") -> None:
        self.uncertain.append(_Change(os.path.dirname(path), undo, made, removed))

    def write(self, path: Place, data: bytes, mode: int | None = None) -> None:
        super().write(path, data, mode)
        self._uncertain(path, lambda: Path(path).unlink(missing_ok=True))

    def replace(self, source: Place, target: Place) -> None:
        new, old = Path(source).read_bytes(), Path(target).read_bytes() if Path(target).exists() else None
        super().replace(source, target)

        def undo() -> None:
            Path(source).write_bytes(new)
            if old is None:
                Path(target).unlink(missing_ok=True)
            elif Path(target).parent.is_dir():
                Path(target).write_bytes(old)

        self._uncertain(target, undo)

    def unlink(self, path: Place) -> None:
        data = Path(path).read_bytes()
        super().unlink(path)
        self._uncertain(path, lambda: _put_back(Path(path), data))

    def mkdir(self, path: Place) -> None:
        super().mkdir(path)
        self._uncertain(path, lambda: shutil.rmtree(path, ignore_errors=True), made=str(path))

    def rmdir(self, path: Place) -> None:
        super().rmdir(path)
        self._uncertain(path, lambda: Path(path).mkdir(parents=True, exist_ok=True), removed=str(path))

    def sync(self, folder: Place) -> None:
        super().sync(folder)
        if os.path.basename(folder) != self.deaf:
            sure = {str(folder)}
            for change in reversed(self.uncertain):
                if change.folder in sure and change.removed:
                    sure.add(change.removed)  # a folder that is gone for sure has nothing left to forget
            self.uncertain = [change for change in self.uncertain if change.folder not in sure]


def _put_back(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


State = dict[str, bytes | None]


def remember(root: Path) -> State:
    """Everything below *root*: files by path with their bytes, folders with None."""
    found: State = {}
    for folder, folders, files in os.walk(root):
        found |= {os.path.relpath(os.path.join(folder, name), root): None for name in folders}
        for name in files:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, root)] = file.read()
    return found


def restore(root: Path, state: State) -> None:
    """Make *root* hold exactly *state*, touching only what differs."""
    root.mkdir(exist_ok=True)
    now = remember(root)
    for path in sorted(now.keys() - state.keys(), reverse=True):
        (root / path).rmdir() if now[path] is None else (root / path).unlink()
    for path, data in sorted(state.items()):
        if data is None and path not in now:
            (root / path).mkdir()
        elif data is not None and now.get(path) != data:
            (root / path).write_bytes(data)
