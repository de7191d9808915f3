"""One question, asked of cheap models before strong ones until an answer passes its check.

Each tier gives its samples (one of data; of code a second one where the first fails), then mends the best of
them at most twice, with what was wrong. A provider that cannot be asked makes room for the next of its tier
and spends none of that. Where the budget refuses a call, only models that cost less are asked any more.

An attempt's cost is what its reply cost when it was paid for, also where it is replayed now: a lock says
what an answer took to make. What a run spends is the ledger's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any, Protocol

from generator.errors import BudgetError, PriceError, SecretInPromptError, UnavailableError
from generator.subtasks.condense import condense
from generator.subtasks.exchange import Attempt, Given, Model, Question, Reply, Request
from generator.subtasks.hygiene import shortened
from generator.subtasks.prompts import messages
from generator.subtasks.replies import Fault, Value, read

SAMPLES = {"data": 1, "code": 2}
REPAIRS = 2  # a tier
ROUND = 10  # more than the samples that one round takes
MAX_TOKENS = 8_192  # of an answer that was cut off and may be longer now
DETAIL = 300  # characters of an attempt's detail
_CUT_OFF = frozenset({"truncated", "too large"})
_GLANCE = 400  # characters of an answer that was too long to be mended as it is
_ANOTHER = 0.7  # the temperature of a second sample
_SECONDS, _LOCAL_SECONDS = 60.0, 300.0  # time-outs; longer answers get longer ones
_PACE, _LOCAL_PACE = 20, 4  # tokens a second that a provider, or this machine, makes at the least


class Judging(Protocol):
    """Remembers how often a model's replies pass."""

    def judged(self, key: str, passed: bool, /) -> object:
        """Note what became of a reply."""


class Caller(Protocol):
    """Sends one request, within the budget; or returns the reply that it has already."""

    @property
    def ledger(self) -> Judging:
        """Return what keeps count of replies."""

    def ask(self, model: Model, request: Request, *, entry: str, subtask: str) -> Reply:
        """Return the reply; raises BudgetError, UnavailableError, PriceError or SecretInPromptError."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """A reply that was judged: its value when nothing is ``wrong``, else what a repair starts from."""

    model: str
    key: str
    text: str
    value: Any
    wrong: tuple[str, ...]
    faulty: bool  # there is no value at all


@dataclass(slots=True)
class _Course:
    """How far a question has come."""

    question: Question
    caller: Caller
    max_tokens: int
    attempts: list[Attempt] = field(default_factory=list)
    refused: list[Model] = field(default_factory=list)  # by the budget


def ask(question: Question, caller: Caller, models: Sequence[Model]) -> Given:
    """Ask *models*, in their order, tier after tier; a question that nobody could answer is a value, too.

    ``why`` is then budget when a call was refused for its cost, unavailable when no reply ever came, and
    rejected when replies came and none was right, or when nothing may be sent.
    """
    course = _Course(question, caller, question.subtask.max_tokens)
    try:
        for _, tier in groupby(models, key=lambda model: model.tier):
            if found := _ask_tier(course, list(tier)):
                return Given(found.value, found.model, tuple(course.attempts))
    except SecretInPromptError as error:
        _note(course, "", "secret", error)
        return Given(None, "", tuple(course.attempts), "rejected")
    return Given(None, "", tuple(course.attempts), _why(course))


def _why(course: _Course) -> str:
    if course.refused:
        return "budget"
    return "rejected" if any(attempt.key for attempt in course.attempts) else "unavailable"


def _ask_tier(course: _Course, models: list[Model]) -> _Tried | None:
    """The first reply that passes. *models* loses those that cannot be asked."""
    samples = SAMPLES.get(course.question.subtask.kind, 1)
    best: _Tried | None = None
    for step in range(samples + REPAIRS):
        mends = step >= samples
        tried = _try(course, models, 0 if mends else step, best if mends else None)
        if tried is None or not tried.wrong:
            return tried
        best = tried if best is None or mends else min(best, tried, key=_badness)
    return None


def _badness(tried: _Tried) -> tuple[bool, int]:
    return tried.faulty, len(tried.wrong)


def _try(course: _Course, models: list[Model], sample: int, failed: _Tried | None) -> _Tried | None:
    """Get one reply from the first of *models* that can be asked, and judge it; None when there is none."""
    said = messages(course.question, (failed.text, failed.wrong) if failed else None)
    while models:
        model = models[0]
        if not _can_pay(course, model, said):
            models.pop(0)
            continue
        request = _request(course, model, said, sample, failed)
        names = {"entry": course.question.entry, "subtask": course.question.subtask.id}
        try:
            reply = course.caller.ask(model, request, **names)
        except BudgetError as error:
            _note(course, model.name, "budget", error)
            course.refused.append(model)
        except (UnavailableError, PriceError) as error:
            _note(course, model.name, "unavailable", error)
            models.pop(0)
        else:
            return _judge(course, model, reply)
    return None


def _can_pay(course: _Course, model: Model, said: Sequence[tuple[str, str]]) -> bool:
    """Whether *model* costs less than every one that the budget refused."""
    return all(_dollars(course, model, said) < _dollars(course, other, said) for other in course.refused)


def _dollars(course: _Course, model: Model, said: Sequence[tuple[str, str]]) -> Decimal:
    return model.cost(sum(len(text) for _, text in said) // 4, course.max_tokens)


def _request(
    course: _Course, model: Model, said: tuple[tuple[str, str], ...], sample: int, failed: _Tried | None
) -> Request:
    task = course.question.subtask
    least, pace = (_LOCAL_SECONDS, _LOCAL_PACE) if model.local else (_SECONDS, _PACE)
    return Request(
        messages=said,
        contract=task.contract,
        schema=None if task.kind == "code" else course.question.form or task.schema,
        max_tokens=course.max_tokens,
        sample=ROUND * course.question.round + sample,
        parent=failed.key if failed else "",
        temperature=(_ANOTHER if sample or course.question.round else 0.0) if model.sampling else None,
        timeout=max(least, course.max_tokens / pace),
    )


def _judge(course: _Course, model: Model, reply: Reply) -> _Tried:
    task = course.question.subtask
    read_as = read(reply, task)
    value, wrong, outcome = _read(course.question, read_as)
    course.caller.ledger.judged(reply.key, not wrong)
    detail = shortened(" ".join(condense(wrong)), DETAIL)
    course.attempts.append(Attempt(model.name, outcome, reply.tokens, reply.cost, reply.key, detail))
    if outcome == "truncated":  # twice what the subtask allows, however often that happens
        course.max_tokens = max(task.max_tokens, min(2 * task.max_tokens, MAX_TOKENS))
    text = shortened(reply.text, _GLANCE) if outcome in _CUT_OFF else reply.text
    return _Tried(model.name, reply.key, text, value, wrong, isinstance(read_as, Fault))


def _read(question: Question, read_as: Value | Fault) -> tuple[Any, tuple[str, ...], str]:
    """The value of a reply, what is wrong with it, and its outcome in a word."""
    if isinstance(read_as, Fault):
        return None, (read_as.message,), read_as.outcome
    if not (wrong := tuple(question.check(read_as.value))):
        return read_as.value, (), "accepted"
    return read_as.value, wrong, "check" if question.subtask.admits(read_as.value) else "schema"


def _note(course: _Course, model: str, outcome: str, error: Exception) -> None:
    course.attempts.append(Attempt(model, outcome, detail=shortened(str(error), DETAIL)))
