"""The file system as a commit sees it: every call that changes it, and reads that never follow a link."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from itertools import accumulate
from pathlib import Path

from generator.errors import TreeError

Place = Path | str

_CHUNK = 1 << 20
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NotPlainError(TreeError):
    """A link, a folder or something stranger stands where a plain file or a plain folder is expected."""


class Disk:
    """The calls that change the file system, one method each: a test can stop the program before each."""

    def write(self, path: Place, data: bytes, mode: int | None = None) -> None:
        """Create a file that did not exist, with its bytes safe on the disk when this returns."""
        descriptor = os.open(path, _WRITE, 0o666)
        with open(descriptor, "wb") as file:
            file.write(data)
            if mode is not None:
                os.fchmod(descriptor, mode)
            file.flush()
            os.fsync(descriptor)

    def replace(self, source: Place, target: Place) -> None:
        """Put *source* in the place of *target*, in one step."""
        os.replace(source, target)

    def unlink(self, path: Place) -> None:
        """Remove a file."""
        os.unlink(path)

    def mkdir(self, path: Place) -> None:
        """Make one folder."""
        os.mkdir(path)

    def rmdir(self, path: Place) -> None:
        """Remove an empty folder."""
        os.rmdir(path)

    def sync(self, folder: Place) -> None:
        """Make the folder's own list of names safe on the disk, where the file system can."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):
                raise
        finally:
            os.close(descriptor)


def read(path: Place) -> bytes | None:
    """Return a regular file's bytes, None where there is none.

    Raises:
        NotPlainError: a link, a folder or something stranger stands there.
        TreeError: it may not be read.
    """
    try:
        descriptor = os.open(path, _READ)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotPlainError(f"{path} is not a regular file")
        return _all(descriptor, status.st_size)
    finally:
        os.close(descriptor)


def _all(descriptor: int, size: int) -> bytes:
    """Read to the end; *size* is what the file had a moment ago, so mostly one call is enough."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    return data + b"".join(iter(lambda: os.read(descriptor, _CHUNK), b""))


def _unreadable(path: Place, error: OSError) -> TreeError:
    if error.errno == errno.ELOOP:
        return NotPlainError(f"{path} is a symbolic link; a plain file is expected there")
    return TreeError(f"{path} cannot be read: {error.strerror}")


def digest(path: Place) -> str | None:
    """Return a regular file's sha256 in hex, None where there is none. Raises as ``read`` does."""
    data = read(path)
    return None if data is None else hashlib.sha256(data).hexdigest()


def plain_folder(path: Place) -> bool:
    """Whether a real folder is there; False when nothing is.

    Raises:
        NotPlainError: a link or a file stands where a folder is expected.
    """
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    if stat.S_ISLNK(mode):
        raise NotPlainError(f"{path} is a symbolic link; nothing is read or written through it")
    if not stat.S_ISDIR(mode):
        raise NotPlainError(f"{path} is a file where a folder is expected")
    return True


def guard(root: Path, path: str) -> str:
    """Return the place of *path* (relative, forward slashes), sure that no link leads out of *root*.

    Raises:
        NotPlainError: a folder on the way is a link or a file.
    """
    for folder in parents(root, path):
        if not plain_folder(folder):
            break
    return f"{root}/{path}"


def parents(root: Path, path: str) -> list[str]:
    """Return the folders above a file inside *root*, outermost first."""
    return [f"{root}/{folder}" for folder in accumulate(path.split("/")[:-1], "{}/{}".format)]


def mode_for(path: Place) -> int | None:
    """Return the permissions that a replacement of *path* must keep, None where there is no file.

    Raises:
        TreeError: somebody has made the file read-only.
    """
    try:
        mode = stat.S_IMODE(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not mode & 0o222:
        raise TreeError(f"{path} is read-only; make it writable or delete it")
    return mode
