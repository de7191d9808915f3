"""The answers that an entry has before any model is asked: recorded ones, over offline ones.

Offline answers are a function of the entry alone. A recorded answer is replayed, never decided again; where
its question has changed since, what still holds of it is kept. Which questions are open, so that a model may
be asked, is decided here too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Protocol

from generator.errors import PatternError, RecordingError
from generator.lock import SubtaskRecord, fingerprint
from generator.pattern import IntegrationPattern
from generator.reading import secrets_lint
from generator.subtasks.asking import OFFLINE as OFFLINE
from generator.subtasks.asking import Asking, Mode
from generator.subtasks.contracts import Subtask
from generator.subtasks.recordings import HUMAN, Known, Recording, compact, loads, overlaid, pruned

MOST_FAULTS = 12
APPROVED = "approved"  # among a pattern's answers: the questions that a person answered


@dataclass(frozen=True, slots=True)
class Answer:
    """An accepted answer: its effective value, and who gave it (``offline``, ``human`` or a model).

    ``degraded``: a model was to answer and could not.
    """

    value: Any
    provenance: str = OFFLINE
    recording: Recording | None = None
    degraded: bool = False

    def record(self, answer_fp: str) -> SubtaskRecord:
        """Return what the lock keeps of this answer."""
        if self.recording is None:
            return SubtaskRecord(answer_fp, fingerprint(self.value), self.provenance, degraded=self.degraded)
        kept = self.recording
        return SubtaskRecord(answer_fp, kept.sha, self.provenance, kept.prompt, self.degraded)


Answers = Mapping[str, Answer]
Check = Callable[[Any], Sequence[str]]


class Entry(Protocol):
    """What is needed of a resolved entry."""

    @property
    def name(self) -> str: ...
    @property
    def pattern(self) -> IntegrationPattern: ...
    @property
    def subtasks(self) -> tuple[Subtask, ...]: ...
    @property
    def facts(self) -> dict[str, Any]: ...
    @property
    def fingerprints(self) -> Mapping[str, str]: ...


def values(answers: Answers) -> dict[str, Any]:
    """Return the effective values as patterns see them."""
    told = {name: answer.value for name, answer in answers.items()}
    approved = sorted(name for name, answer in answers.items() if answer.provenance == HUMAN)
    return told | ({APPROVED: approved} if approved else {})


def facts_with(entry: Entry, answers: Answers) -> dict[str, Any]:
    """Return the entry as its skeleton and its judges see it: with what answers add to it."""
    return entry.pattern.extended(entry.facts, values(answers))


def answered(entry: Entry, known: Known, asking: Asking) -> tuple[dict[str, Answer], tuple[Subtask, ...]]:
    """Return the entry's answers as far as no model has to be asked, and the questions that one may be asked.

    Raises:
        PatternError: the pattern's own answer breaks the schema that it declares.
        RecordingError: a recorded answer is missing where nothing else may answer, or is none.
    """
    answers: dict[str, Answer] = {}
    open_: list[Subtask] = []
    facts, phase = entry.facts, None
    for task in entry.subtasks:
        if task.phase != phase:
            facts, phase = entry.pattern.extended(entry.facts, values(answers)), task.phase
        record = known.records.get(task.id)
        current = record is not None and record.answer_fp == entry.fingerprints[task.id]
        answers[task.id] = _answer(entry, task, facts, known, values(answers), current=current)
        if _is_open(record, answers[task.id], asking, current=current):
            _refuse_unrecorded(entry, task, asking, record, answers[task.id])
            open_.append(task)
    return answers, tuple(open_)


def _answer(
    entry: Entry,
    task: Subtask,
    facts: dict[str, Any],
    known: Known,
    earlier: Mapping[str, Any],
    *,
    current: bool,
) -> Answer:
    inputs = task.slice(facts)
    offline = entry.pattern.answer(task.id, inputs)
    _validate(entry.pattern, task, offline)
    data, record = known.files.get(task.file), known.records.get(task.id)

    def check(value: Any) -> Sequence[str]:
        context = entry.pattern.context(task.id, facts, earlier)  # dear, and hardly ever needed
        return faults(entry.pattern, task, {**inputs, **context}, value)

    if data is None:
        return Answer(offline, degraded=current and record is not None and record.degraded)
    place = f"{known.folder}/{task.file}"
    kept = loads(data, place)
    if record is None or kept.sha != record.answer or (kept.by == HUMAN != record.provenance):
        kept = _of_a_person(entry, kept, place, entry.fingerprints[task.id], check)
        return Answer(overlaid(offline, kept.answer), HUMAN, kept)
    if current:
        return Answer(overlaid(offline, kept.answer), kept.by, kept, record.degraded)
    rest = pruned(kept.answer, check)
    if rest is None:
        return Answer(offline, degraded=kept.by != HUMAN)
    kept = replace(kept, answer=rest)
    return Answer(overlaid(offline, rest), kept.by, kept, degraded=kept.by != HUMAN)


def _of_a_person(entry: Entry, edited: Recording, place: str, question: str, check: Check) -> Recording:
    """Who edits an answer makes it his own; it is held to the checks of its question."""
    if wrong := check(edited.answer):
        told = "\n  ".join(wrong)
        raise RecordingError(
            f"{place}: the edited answer does not fit:\n  {told}\n"
            f"Mend it, or take it back: git checkout -- {place}"
        )
    return Recording(edited.answer, HUMAN, question)


def _is_open(record: SubtaskRecord | None, answer: Answer, asking: Asking, *, current: bool) -> bool:
    """Whether nobody has answered this very question, or it is to be asked again."""
    if answer.provenance == HUMAN:
        return False
    lost = record is not None and record.provenance != OFFLINE and answer.recording is None
    again = asking.mode is Mode.REFRESH or (asking.retry_degraded and answer.degraded)
    return not current or lost or again


def _refuse_unrecorded(
    entry: Entry, task: Subtask, asking: Asking, record: SubtaskRecord | None, answer: Answer
) -> None:
    """Under ``recorded`` nothing is answered anew: what a model is to say must be there."""
    if asking.mode is not Mode.RECORDED:
        return
    promised = record is not None and record.provenance != OFFLINE and answer.recording is None
    if promised or asking.entitled:
        what = f"{task.file} is missing" if promised else "nobody has answered it yet"
        raise RecordingError(
            f"{entry.name}: the question {task.id} has no recorded answer: {what}. "
            f"Run: jackfield generate {entry.name} --answers model, and commit what it writes"
        )


def faults(pattern: IntegrationPattern, task: Subtask, inputs: Mapping[str, Any], value: Any) -> list[str]:
    """Return what is wrong with an answer: its schema first, then what the pattern checks."""
    wrong = schema_faults(task, value) or _leaks(value) or _unfit(task, value)
    return wrong or list(pattern.verify(task.id, inputs, value))[:MOST_FAULTS]


def _unfit(task: Subtask, value: Any) -> list[str]:
    """Whoever said it, text of data is one that can be seen, and ends where it seems to."""
    from generator.subtasks.replies import unfit_text

    return [wrong] if task.kind == "data" and (wrong := unfit_text(value)) else []


def _leaks(value: Any) -> list[str]:
    """Nothing that could be a credential is recorded, whoever said it."""
    found = secrets_lint.leaks(compact(value))
    return [f"it holds {leak.what}. Name variables, never values." for leak in found][:MOST_FAULTS]


def schema_faults(task: Subtask, value: Any) -> list[str]:
    """Return in words where an answer breaks the schema of its question."""
    if not task.schema or task.admits(value):
        return []
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(dict(task.schema)).iter_errors(value)
    return [
        f"{'.'.join(map(str, error.absolute_path)) or 'the answer'}: {error.message[:200]}"
        for error in islice(errors, MOST_FAULTS)
    ]


def _validate(pattern: IntegrationPattern, task: Subtask, value: Any) -> None:
    if task.each and not value:
        return  # a question that only a model or a person can answer
    if wrong := schema_faults(task, value):
        raise PatternError(f"{pattern.label}: offline answer to {task.id} breaks its schema: {wrong[0]}")


def pending(
    subtasks: Sequence[Subtask], fingerprints: Mapping[str, str], known: Mapping[str, SubtaskRecord]
) -> tuple[Subtask, ...]:
    """Return the questions that the lock has no current answer to: what a plan can say without answers."""
    return tuple(
        task
        for task in subtasks
        if (record := known.get(task.id)) is None or record.answer_fp != fingerprints[task.id]
    )
