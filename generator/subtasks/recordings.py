"""Recorded answers: what models and people said, kept readable in ``answers/`` of each package.

One JSON file a subtask: ``answer`` with its provenance. Who edits ``answer`` makes it his own: it is then
recorded as ``human``. The effective answer of a question is the offline one, overlaid key by key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.errors import RecordingError
from generator.lock import Lock, SubtaskRecord, fingerprint, layout
from generator.subtasks.contracts import Subtask
from generator.writing import disk
from generator.writing.untrusted import LockUnreadable, mapping, parse, text

FOLDER = "answers"
HUMAN = "human"
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded answer. *by* is a model's name or ``human``; *question* the fingerprint it answered.

    ``made`` says what it took: tokens, dollars, attempts, prices; nothing of that for a person's.
    """

    answer: Any
    by: str
    question: str
    prompt: str = ""
    judged: str = ""
    made: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha(self) -> str:
        """Return what the lock names it by."""
        return fingerprint(self.answer)

    def dumps(self) -> bytes:
        """Return the file's bytes: ASCII, sorted keys, LF."""
        told = {"answer": self.answer, "answered_by": self.by, "question": self.question}
        told |= {"prompt": self.prompt} if self.prompt else {}
        told |= {"judged_by": self.judged} if self.judged else {}
        told |= {"made": dict(self.made)} if self.made else {}
        return f"{layout(told)}\n".encode("ascii")


@dataclass(frozen=True, slots=True)
class Known:
    """What the tree holds of an entry's answers: the lock's records, and the files by path in the package."""

    records: Mapping[str, SubtaskRecord]
    files: Mapping[str, bytes]
    folder: str = ""


NOTHING = Known({}, {})


def known(root: Path, lock: Lock | None) -> Known:
    """Return what the tree holds of the answers of a package with this lock."""
    if lock is None:
        return NOTHING
    paths = [path for path, record in lock.files.items() if record.kind == "answer"]
    folder = f"integrations/{lock.module}"
    return Known(lock.subtasks, _read(root, folder, paths), folder)


def unlocked(root: Path, module: str, tasks: Sequence[Subtask]) -> Known:
    """Return the recorded answers of a package whose lock is lost: each file says itself what it answers."""
    folder = f"integrations/{module}"
    files = _read(root, folder, [task.file for task in tasks])
    told = {task.id: loads(files[task.file], f"{folder}/{task.file}") for task in tasks if task.file in files}
    records = {n: SubtaskRecord(kept.question, kept.sha, kept.by, kept.prompt) for n, kept in told.items()}
    return Known(records, files, folder)


def _read(root: Path, folder: str, paths: Sequence[str]) -> dict[str, bytes]:
    """Return the recordings that are on disk, by path inside the package."""
    found = {path: disk.read(disk.guard(root, f"{folder}/{path}")) for path in paths}
    return {path: data for path, data in found.items() if data is not None}


def loads(data: bytes, place: str) -> Recording:
    """Read a recording that a person may have edited.

    Raises:
        RecordingError: it is none; the message names *place* and says what to do.
    """
    try:
        if len(data) > MAX_BYTES:
            raise LockUnreadable(f"it is longer than {MAX_BYTES} bytes")
        told = parse(data)
        if "answer" not in told:
            raise LockUnreadable("it has no answer")
        return Recording(
            answer=told["answer"],
            by=text(told, "answered_by"),
            question=text(told, "question"),
            prompt=text(told, "prompt") if "prompt" in told else "",
            judged=text(told, "judged_by") if "judged_by" in told else "",
            made=mapping(told.get("made", {}), "made"),
        )
    except LockUnreadable as error:
        mend = "Mend it, or take it back: git checkout -- " + place
        raise RecordingError(f"{place}: not a recorded answer: {error.reason}. {mend}") from None


def overlaid(offline: Any, said: Any) -> Any:
    """Return the effective answer: what was said, over what goes without saying."""
    if isinstance(offline, Mapping) and isinstance(said, Mapping):
        return {**offline, **said}
    return said


def pruned(said: Any, faults: Callable[[Any], Sequence[str]]) -> Any:
    """Return what still holds of an answer to a question that has changed since; None when nothing does."""
    if not faults(said):
        return said
    if not isinstance(said, Mapping):
        return None
    kept = {key: value for key, value in said.items() if not faults({key: value})}
    return kept if kept and not faults(kept) else None


def compact(value: Any) -> str:
    """Return JSON data in one line, as size and prompt see it."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
