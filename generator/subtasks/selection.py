"""Which models are asked, and in which order: by difficulty, and by what a good answer has cost so far."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from generator.subtasks.contracts import Subtask
from generator.subtasks.exchange import Model, Tier
from generator.subtasks.providers import retired
from generator.subtasks.spending import Record

ENOUGH = 5  # judged answers, before they say more than the list price
PROMPT = 1_500  # tokens of a usual question
WRITTEN = 3  # a usual answer is this part of the longest one


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def order(
    models: Sequence[Model],
    subtask: Subtask,
    records: Iterable[Record] = (),
    today: Callable[[], datetime.date] = _today,
) -> tuple[Model, ...]:
    """Return whom to ask, first to last; what its provider has no more is left out.

    An easy question goes to the cheap tier first, a hard one to the strong tier. Inside a tier, the model
    comes first whose good answers to this kind of question cost least; without enough records, the one that
    is cheapest by the list. Equals stay in the order of *models*.
    """
    day = today()
    there = [model for model in models if not retired(model, day)]
    judged = _judged(subtask, records)
    first = Tier.STRONG if subtask.difficulty == "hard" else Tier.CHEAP
    return tuple(
        sorted(
            there, key=lambda model: (model.tier is not first, _price(model, subtask, judged.get(model.name)))
        )
    )


def kind(subtask_id: str) -> str:
    """Return the kind of question: every ``method:NAME`` is one kind."""
    return subtask_id.partition(":")[0]


def _judged(subtask: Subtask, records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        if kind(record.subtask) == kind(subtask.id):
            found.setdefault(record.model, []).append(record)
    return found


def _price(model: Model, subtask: Subtask, judged: Sequence[Record] | None) -> Decimal:
    """Return the dollars of a good answer: as recorded, else as the list makes one expect."""
    if judged is None or len(judged) < ENOUGH:
        return model.cost(PROMPT, subtask.max_tokens // WRITTEN)
    passed = sum(record.passed for record in judged)
    spent = sum((record.dollars for record in judged), Decimal(0))
    return spent / passed if passed else Decimal("Infinity")
