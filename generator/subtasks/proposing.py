"""Ask models what is open of several entries, phase by phase: later questions may see earlier answers.

A proposal is held exactly as the tree would hold it once it is accepted, so what is judged is what will be
replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from generator.lock import SubtaskRecord
from generator.resolve import Resolved
from generator.subtasks.answering import Answer, answered, facts_with, faults, values
from generator.subtasks.asking import Asking
from generator.subtasks.contracts import Subtask
from generator.subtasks.exchange import Given, Model, Question
from generator.subtasks.orchestrator import SmartOrchestrator
from generator.subtasks.recordings import HUMAN, Known, Recording

Try = Callable[["Talk", Subtask, Any], Sequence[str]]  # what is wrong with code when it runs


@dataclass
class Talk:
    """What is asked about one entry: what the tree holds, the open questions, and how each of them ended."""

    entry: Resolved
    known: Known
    open: tuple[Subtask, ...]
    given: dict[str, Given] = field(default_factory=dict)
    proposed: dict[str, Recording] = field(default_factory=dict)
    rounds: Mapping[str, int] = field(default_factory=dict)  # how often each was asked before, as it is
    base: Mapping[str, Answer] | None = None  # the answers without a model, where they are at hand

    def answers(self, proposals: Mapping[str, Recording]) -> dict[str, Answer]:
        """Return the answers that the tree would have with these proposals in it.

        What a model was asked and did not answer is degraded; what it answered in vain is not.
        """
        if self.base is not None and not proposals and not self.given:
            return dict(self.base)
        known = self.known
        files = {task.file: proposals[task.id].dumps() for task in self.open if task.id in proposals}
        records = {name: self._record(name, kept) for name, kept in proposals.items()}
        whole = Known({**known.records, **records}, {**known.files, **files}, known.folder)
        answers, _ = answered(self.entry, whole, Asking())
        failed = {name for name, end in self.given.items() if end.why}
        return {
            name: replace(a, degraded=name in failed or (a.degraded and name not in self.given))
            for name, a in answers.items()
        }

    def _record(self, name: str, kept: Recording) -> SubtaskRecord:
        return SubtaskRecord(self.entry.fingerprints[name], kept.sha, kept.by, kept.prompt)


def propose(talks: Sequence[Talk], orchestrator: SmartOrchestrator, attempt: Try) -> None:
    """Ask everything that is open; each talk then knows what was proposed."""
    for phase in sorted({task.phase for talk in talks for task in talk.entry.subtasks}):
        asked = [
            (talk, task, posed)
            for talk in talks
            for task in talk.open
            if task.phase == phase and (posed := question(talk, task, attempt)) is not None
        ]
        ends = orchestrator.ask([posed for *_, posed in asked])
        for (talk, task, _), end in zip(asked, ends, strict=True):
            talk.given[task.id] = end
            if not end.why:
                talk.proposed[task.id] = _recording(talk, task, end, orchestrator.models)
                _reopen(talk, task)


def _reopen(talk: Talk, task: Subtask) -> None:
    """What is asked later about the same thing rests on this answer: code on its cases, for one."""
    _, _, key = task.id.partition(":")
    later = [t for t in talk.entry.subtasks if key and t.phase > task.phase and t.id.endswith(f":{key}")]
    if fresh := [one for one in later if one not in talk.open]:
        answers = talk.answers({})
        talk.open += tuple(one for one in fresh if answers[one.id].provenance != HUMAN)


def question(talk: Talk, task: Subtask, attempt: Try) -> Question | None:
    """Return an open question, ready to be asked; None where its inputs leave nothing to say."""
    pattern, answers = talk.entry.pattern, talk.answers(talk.proposed)
    facts = facts_with(talk.entry, answers)
    inputs = {**task.slice(facts), **pattern.context(task.id, facts, values(answers))}

    def check(answer: Any) -> Sequence[str]:
        wrong = faults(pattern, task, inputs, answer)
        return wrong or (attempt(talk, task, answer) if task.kind == "code" else ())

    posed = pattern.posed(task, inputs)
    if posed is None:
        return None
    shown, form = posed
    prompt = prompt_of(pattern.folder.path, task)
    return Question(talk.entry.name, task, shown, prompt, check, form, talk.rounds.get(task.id, 0))


def prompt_of(folder: Path, task: Subtask) -> str:
    """Return the text of a question's prompt file."""
    return (folder / task.prompt).read_text(encoding="utf-8") if task.prompt else ""


def _recording(talk: Talk, task: Subtask, end: Given, models: Sequence[Model]) -> Recording:
    from generator.subtasks.prompts import version

    prompt = version(prompt_of(talk.entry.pattern.folder.path, task), task)
    fingerprint = talk.entry.fingerprints[task.id]
    return Recording(end.value, end.model, fingerprint, prompt, task.judged, told(end, models))


def told(end: Given, models: Sequence[Model]) -> dict[str, Any]:
    """Return what a question took, as a recording keeps it: see ``took``, and the reply and its prices."""
    asked = {attempt.model for attempt in end.attempts if attempt.tokens.prompt}
    return {**took(end), "reply": end.attempts[-1].key, "usd_per_million_tokens": prices(models, asked)}


def took(end: Given) -> dict[str, Any]:
    """Return what a question took: the outcome of each attempt, dollars, tokens."""
    tokens = end.tokens
    return {
        "cost_usd": f"{end.cost:.6f}",
        "outcomes": [attempt.outcome for attempt in end.attempts],
        "tokens": {"prompt": tokens.prompt, "completion": tokens.completion, "cached": tokens.cached},
    }


def prices(models: Sequence[Model], names: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the unit prices of these models, in dollars per million tokens."""
    return {
        model.name: {"input": f"{model.input_price:f}", "output": f"{model.output_price:f}"}
        for model in models
        if model.name in names
    }
