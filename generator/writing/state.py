"""What the last run saw, so that the next one can say "nothing changed" without reading a file.

The state is one machine's memory, not a record: missing, damaged or foreign, it only costs time. It trusts
file stamps (name, mtime, ctime, size, inode), and only where they can be trusted: a stamp stands still within
one tick of the file system's clock, so a file whose stamp is not older than the snapshot could be edited
again and look the same. Its folder is left out, and is read the next time. The snapshot's own moment is a
stamp of the same file system, so neither granularity nor another clock matters.

Stamps are taken *before* anything is read, so an edit in between is seen by the next run. Only the smallest
modules of the standard library are imported here: this is the whole of a run that has nothing to do.
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256

from generator.writing.stamps import Snapshot, file_stamp, inputs_digest, scan
from generator.writing.workspace import FOLDER, STATE, interrupted, prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Root = str | os.PathLike[str]

VERSION = 1

# Fields are joined by the one character that no path and no digest holds.
_SEPARATOR = "\0"
_CHECKSUM = 32


class State:
    """What the last run left.

    ``entries`` maps each module that was clean to its entry's raw digest ("" outside the manifest),
    ``folders`` each trusted folder to its stamps, and ``watched`` each other file that the outcome depends on
    (the manifest, documents) to its stamps and its sha256 ("" for a file that was missing). ``complete`` says
    that nothing at all was left to do; ``note`` is text that the caller wants to find again.
    """

    __slots__ = ("complete", "entries", "folders", "inputs", "note", "watched")

    def __init__(
        self,
        inputs: str,
        complete: bool,
        note: str,
        watched: dict[str, tuple[str, str]],
        entries: dict[str, str],
        folders: dict[str, str],
    ) -> None:
        self.inputs, self.complete, self.note = inputs, complete, note
        self.watched, self.entries, self.folders = watched, entries, folders


def load(root: Root) -> State | None:
    """Return the state of the last run; None when there is none, or none that this version can read."""
    try:
        with open(os.path.join(root, FOLDER, STATE), "rb") as file:
            data = file.read()
    except OSError:
        return None
    body = memoryview(data)[_CHECKSUM:]
    if sha256(body).digest() != data[:_CHECKSUM]:
        return None
    version, *fields = str(body, "utf-8", "surrogatepass").split(_SEPARATOR)
    return _parse(fields) if version == _version() else None


def _version() -> str:
    return f"{VERSION} {sys.version}"


def _parse(fields: list[str]) -> State:
    inputs, complete, note, count, *rest = fields
    end = int(count) * 3
    watched = {rest[i]: (rest[i + 1], rest[i + 2]) for i in range(0, end, 3)}
    middle = end + 1 + int(rest[end]) * 2
    entries = dict(zip(rest[end + 1 : middle : 2], rest[end + 2 : middle : 2], strict=True))
    folders = dict(zip(rest[middle::2], rest[middle + 1 :: 2], strict=True))
    return State(inputs, complete == "1", note, watched, entries, folders)


def _format(state: State) -> bytes:
    fields = [_version(), state.inputs, str(int(state.complete)), state.note.replace(_SEPARATOR, "")]
    fields.append(str(len(state.watched)))
    fields += [text for path, seen in state.watched.items() for text in (path, *seen)]
    fields.append(str(len(state.entries)))
    fields += [text for item in state.entries.items() for text in item]
    fields += [text for item in state.folders.items() for text in item]
    return _SEPARATOR.join(fields).encode("utf-8", "surrogatepass")


def is_clean(root: Root, inputs: Iterable[str], manifest: str) -> State | None:
    """Return the last run's state if all was done then and all is as it was, else None.

    *inputs* are the files and folders that the generator consists of; *manifest* is relative to *root*.
    """
    state = load(root)
    if state is None or not state.complete or manifest not in state.watched or interrupted(root):
        return None
    if stale_files(root, state) or not same_inputs(state, inputs) or changed(root, state):
        return None
    return state


def same_inputs(state: State, inputs: Iterable[str]) -> bool:
    """Whether the generator (sources, skeletons, schemas) is the very one that saved this state."""
    return state.inputs != "" and state.inputs == inputs_digest(inputs)


def stale_files(root: Root, state: State) -> list[str]:
    """Return the watched files that no longer hold the bytes that the last run used."""
    return [path for path, seen in state.watched.items() if not _same_file(os.path.join(root, path), *seen)]


def _same_file(path: str, stamp: str, digest: str) -> bool:
    return (stamp != "" and file_stamp(path)[0] == stamp) or _sha256(path) == digest


def _sha256(path: str) -> str:
    """Of a file's bytes, or of the names in a folder; "" for neither."""
    try:
        with open(path, "rb") as file:
            return sha256(file.read()).hexdigest()
    except IsADirectoryError:
        return sha256("\0".join(sorted(os.listdir(path))).encode("utf-8", "surrogateescape")).hexdigest()
    except OSError:
        return ""


def changed(root: Root, state: State) -> set[str]:
    """Return the folders of the tree that may not be what the last run left, come or gone ones included.

    The name "" stands for the files that lie directly in ``integrations/``.
    """
    now = {name: stamps[0] for name, stamps in scan(root).items()}
    if now == state.folders:
        return set()
    return {name for name in now.keys() | state.folders.keys() if now.get(name) != state.folders.get(name)}


def save(
    root: Root,
    snapshot: Snapshot,
    *,
    clean: Mapping[str, str],
    watched: Mapping[str, str | None],
    complete: bool,
    note: str = "",
) -> bool:
    """Remember what this run found; False, and no state at all, when that would not be the truth any more.

    *clean* maps each module that was read after the snapshot and needs nothing to its entry's raw digest; the
    stamps of any other package are not remembered. *watched* maps each file (relative to *root*) to the
    sha256 of the bytes that this run used, None for a file that was missing.
    """
    forget(root)
    files = {path: _watch(root, path, snapshot.at) for path in watched}
    if any(files[path][1] != (digest or "") for path, digest in watched.items()):
        return False
    state = State(snapshot.inputs, complete, note, files, dict(clean), snapshot.trusted(clean))
    return _store(root, _format(state))


def _watch(root: Root, path: str, at: int) -> tuple[str, str]:
    """One file's stamps, empty unless any later edit is sure to change them; its sha256, read after them."""
    place = os.path.join(root, path)
    stamp, newest = file_stamp(place)
    return stamp if newest < at else "", _sha256(place)


def _store(root: Root, body: bytes) -> bool:
    try:
        target = os.path.join(prepare(root), STATE)
        draft = f"{target}.{os.getpid()}"
        with open(draft, "wb") as file:
            file.write(sha256(body).digest())
            file.write(body)
        os.replace(draft, target)
    except OSError:
        return False
    return True


def forget(root: Root) -> None:
    """Drop the state, so that the next run reads everything."""
    try:
        os.unlink(os.path.join(root, FOLDER, STATE))
    except OSError:
        return
