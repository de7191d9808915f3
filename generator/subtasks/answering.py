"""Answers to subtasks, each with its provenance. Offline answers are a function of the entry alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.errors import PatternError
from generator.lock import SubtaskRecord, fingerprint
from generator.patterns import IntegrationPattern
from generator.subtasks.contracts import Subtask

OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Answer:
    """An accepted answer: its value, and who gave it (``offline``, ``human`` or a model)."""

    value: Any
    provenance: str = OFFLINE

    def record(self, answer_fp: str) -> SubtaskRecord:
        """Return what the lock keeps of this answer."""
        return SubtaskRecord(answer_fp, fingerprint(self.value), self.provenance)


def answer_offline(
    pattern: IntegrationPattern, subtasks: Sequence[Subtask], entry: Mapping[str, Any]
) -> dict[str, Answer]:
    """Answer every subtask without a model.

    Raises:
        PatternError: the pattern's own answer breaks the schema that it declares.
    """
    answers = {task.id: Answer(pattern.answer(task.id, task.slice(entry))) for task in subtasks}
    for task in subtasks:
        _validate(pattern, task, answers[task.id].value)
    return answers


def _validate(pattern: IntegrationPattern, task: Subtask, value: Any) -> None:
    if not task.schema or task.admits(value):
        return
    from jsonschema import Draft202012Validator

    error = next(Draft202012Validator(dict(task.schema)).iter_errors(value), None)
    if error is not None:
        raise PatternError(f"{pattern.label}: offline answer to {task.id} breaks its schema: {error.message}")
