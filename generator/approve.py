"""A person takes over what a model answered: it is then recorded as human, and never asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from generator import lookup, tree
from generator.errors import RecordingError
from generator.subtasks import recordings
from generator.subtasks.contracts import answer_file
from generator.subtasks.recordings import HUMAN
from generator.writing import disk
from generator.writing.journal import TREE
from generator.writing.writer import single_writer


def approve(root: Path, name: str, questions: Sequence[str] = ()) -> tuple[str, ...]:
    """Mark the recorded answers of an entry (all, or those to *questions*) as a person's; return their paths.

    The next ``generate`` renders what follows from that, for nothing.

    Raises:
        JackfieldError: nothing was generated under this name.
        RecordingError: no model answered one of the questions.
    """
    with single_writer(root):
        lock, _ = lookup.find(root, name)
        files = recordings.known(root, lock).files
        if missing := [question for question in questions if answer_file(question) not in files]:
            raise RecordingError(f"{name} has no recorded answer to {missing[0]}. See: jackfield show {name}")
        paths = [answer_file(question) for question in questions] or sorted(files)
        return tuple(_taken(root, f"{TREE}/{lock.module}/{path}", files[path]) for path in paths)


def _taken(root: Path, place: str, data: bytes) -> str:
    kept = replace(recordings.loads(data, place), by=HUMAN)
    tree.publish(root, place, kept.dumps(), expected=disk.digest(root / place))
    return place
