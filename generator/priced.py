"""What a plan says about models: what asking them may cost, what is asked again, what could be better.

Nothing is asked here and no heavy library is imported; a run that no model answers pays nothing for this.
"""

from __future__ import annotations

import datetime
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from generator.lock import Lock
from generator.plan import BUILT, Action, Kind, Observed, Plan
from generator.resolve import Resolved
from generator.subtasks.answering import pending
from generator.subtasks.asking import OFFLINE, Asking, Mode
from generator.subtasks.contracts import Subtask
from generator.subtasks.recordings import HUMAN, compact

if TYPE_CHECKING:
    from generator.subtasks.exchange import Model

Seen = Mapping[str, Observed]


def priced(
    decided: Plan, resolved: Mapping[str, Resolved], observed: Seen, asking: Asking, names: Container[str]
) -> Plan:
    """Return the plan with what is asked again, and with the dollars that models may cost.

    Only *names* are asked again; every entry when there are none.
    """
    if not asking.by_model:
        return decided
    from generator.subtasks.providers import models

    able = models(asking.providers, asking.own)
    return Plan(
        tuple(
            _priced(_again(action, entry, lock, asking, names), entry, lock, asking, able)
            if (entry := resolved.get(action.name)) is not None
            else action
            for action in decided.actions
            for lock in [_lock(action, observed)]
        )
    )


def _lock(action: Action, observed: Seen) -> Lock | None:
    seen = observed.get((action.moved_from or action.module).replace("-", "_"))
    return seen.lock if seen else None


def _again(
    action: Action, entry: Resolved, lock: Lock | None, asking: Asking, names: Container[str]
) -> Action:
    """A package that needs nothing is made anew where its questions are asked again."""
    if (names and action.name not in names) or lock is None or entry.want.entry.get("disabled"):
        return action
    again = (task for task in entry.subtasks if _asked_again(task, lock, asking))
    asked = [task.id for task in again if _shown(entry, task) is not None]
    if not asked or action.kind not in BUILT | {Kind.NOOP}:
        return action
    shown = ", ".join(asked[:4]) + (", …" if len(asked) > 4 else "")
    reason = f"asked again: {shown}"
    return replace(
        action,
        kind=Kind.REGENERATE if action.kind is not Kind.RENAME else action.kind,
        reasons=(*action.reasons, reason),
    )


def _asked_again(task: Subtask, lock: Lock, asking: Asking) -> bool:
    record = lock.subtasks.get(task.id)
    if record is None or record.provenance == HUMAN:
        return False
    return asking.mode is Mode.REFRESH or (asking.retry_degraded and record.degraded)


def _priced(
    action: Action, entry: Resolved, lock: Lock | None, asking: Asking, able: tuple[Model, ...]
) -> Action:
    """Add the estimate: from one sample of the cheapest model to everything that the budget lets through."""
    if action.kind not in BUILT:
        return action
    from generator.subtasks import estimate
    from generator.subtasks.orchestrator import LIMITS

    records = lock.subtasks if lock else {}
    asked = {task.id: task for task in pending(entry.subtasks, entry.fingerprints, records)}
    asked |= {t.id: t for t in entry.subtasks if lock is not None and _asked_again(t, lock, asking)}
    limits = {**LIMITS, **asking.limits}
    own = entry.want.entry.get("budget_usd")
    most = limits["entry"] if own is None else Decimal(str(own))
    low = high = Decimal(0)
    for _, task in sorted(asked.items()):
        shown = _shown(entry, task)
        if shown is None:
            continue  # the entry says everything itself
        least, worst = estimate.estimate(task, len(compact(shown)), able)
        low, high = low + min(least, limits["subtask"]), high + min(worst, limits["subtask"])
    return replace(action, cost_low=min(low, most), cost_high=min(high, most))


def _shown(entry: Resolved, task: Subtask) -> dict[str, Any] | None:
    """Return what a model would be shown; None where it would not be asked.

    Code rests on earlier answers, which a plan does not have: it counts as asked.
    """
    inputs = task.slice(entry.facts)
    posed = entry.pattern.posed(task, inputs)
    if posed is None:
        return inputs if task.kind == "code" else None
    return posed[0]


def remarks(resolved: Mapping[str, Resolved], observed: Seen) -> dict[str, tuple[str, ...]]:
    """Return by module what could be better about answers: degraded ones, older prompts, retired models."""
    found = {}
    for entry in resolved.values():
        seen = observed.get(entry.want.module)
        if seen is not None and seen.lock is not None:
            told = tuple(_remarks(entry, seen.lock))
            if told:
                found[entry.want.module] = told
    return found


def _remarks(entry: Resolved, lock: Lock) -> Iterator[str]:
    degraded = sorted(name for name, record in lock.subtasks.items() if record.degraded)
    if degraded:
        yield (
            f"{entry.name}: not answered by a model as they are now: {', '.join(degraded)}; to ask: "
            f"jackfield generate {entry.name} --retry-degraded"
        )
    old = sorted(_outdated(entry, lock))
    if old:
        yield (
            f"{entry.name}: could be answered anew ({'; '.join(old)}), which costs: "
            f"jackfield generate {entry.name} --answers refresh"
        )


def _outdated(entry: Resolved, lock: Lock) -> Iterator[str]:
    by_model = [
        (task, record)
        for task in entry.subtasks
        if (record := lock.subtasks.get(task.id)) and record.provenance not in (OFFLINE, HUMAN)
    ]
    if not by_model:
        return
    from generator.subtasks.prompts import version
    from generator.subtasks.proposing import prompt_of

    for task, record in by_model:
        if record.prompt != version(prompt_of(entry.pattern.folder.path, task), task):
            yield f"the prompt of {task.id} changed"
        if _is_gone(record.provenance):
            yield f"{record.provenance} is retired"


def _is_gone(name: str) -> bool:
    """Whether a provider of the price table has this model no more."""
    from generator.subtasks.providers import current

    there = current(name.partition("/")[0], datetime.date.today())
    return bool(there) and name not in there
