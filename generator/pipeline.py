"""The program as one sequence: load → resolve → plan → answer → render → judge → commit, prune last.

``reconcile.prepare`` loads, resolves and plans; ``build`` answers, renders and judges; ``commit`` writes.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from generator import tree
from generator.build import Built, Workshop
from generator.errors import RefusedError
from generator.history import History
from generator.lock import Lock
from generator.outcome import Outcome
from generator.paths import data_root
from generator.plan import BUILT, Plan, mass_deletion, plan
from generator.reconcile import Prepared, prepare, remember
from generator.resolve import Resolved
from generator.subtasks import recordings
from generator.subtasks.asking import UNSAID, Options
from generator.subtasks.orchestrator import SmartOrchestrator
from generator.trial import Trial
from generator.writing import commit, stamps
from generator.writing.commit import Run
from generator.writing.workspace import FOLDER
from generator.writing.writer import single_writer

# Packages that one run of each tool judges: enough to share its start-up, few enough to commit often.
BATCH = 50


def generate(
    root: Path,
    names: Sequence[str] = (),
    overwrite: Sequence[str] = (),
    *,
    allow_mass_delete: bool = False,
    run: Run | None = None,
    options: Options = UNSAID,
) -> Outcome:
    """Bring the tree to what the manifest says; a package that fails a gate is not written.

    Raises:
        RefusedError: too much would be deleted; nothing was written.
        JackfieldError: see ``generator.errors``; each package is old or new, never in between.
    """
    run = run or Run()
    with single_writer(root):
        notes = tree.recover(root)
        prepared = prepare(root, names, overwrite, options)
        _guard(prepared, allow_mass_delete)
        run.planned = len(prepared.plan.pending)
        outcome = Outcome(
            prepared.plan,
            notes=tuple(notes),
            fail_under=prepared.manifest.fail_under,
            strict_budget=prepared.asking.strict,
        )
        orchestrator = _orchestrator(prepared)
        for batch in _batches(prepared):
            outcome = commit.write(prepared, _build(prepared, batch, run, orchestrator), outcome, run)
        outcome = commit.prune(prepared, outcome, run)
        commit.publish(prepared, outcome)
        _settle(prepared, outcome)
    return outcome


def workshop(root: Path) -> Workshop:
    """Return where this repository's packages are staged and judged."""
    source = root if (root / "integrations" / "runtime").is_dir() else data_root()
    return Workshop(root / FOLDER / "build", source, root / FOLDER / "cache", root)


def _guard(prepared: Prepared, allowed: bool) -> None:
    managed = [seen for seen in prepared.observed.values() if seen.lock and seen.lock.origin == "manifest"]
    existing = max(len(managed), len(prepared.memory.clean))
    reason = None if allowed else mass_deletion(prepared.plan, existing)
    if reason:
        raise RefusedError(f"{reason}; nothing was changed. If that is meant, run with --allow-mass-delete")


def _batches(prepared: Prepared) -> Iterator[tuple[Resolved, ...]]:
    todo = [prepared.resolved[action.name] for action in prepared.plan.actions if action.kind in BUILT]
    for start in range(0, len(todo), BATCH):
        yield tuple(todo[start : start + BATCH])


def _orchestrator(prepared: Prepared) -> SmartOrchestrator:
    entries = prepared.manifest.entries
    limits = {e.name: Decimal(str(e.budget_usd)) for e in entries if e.budget_usd is not None}
    return SmartOrchestrator.of(prepared.asking, prepared.root, limits)


def _build(
    prepared: Prepared, batch: Sequence[Resolved], run: Run, orchestrator: SmartOrchestrator
) -> tuple[Built, ...]:
    shop = workshop(prepared.root)
    own = {entry.want.name: commit.own_of(prepared, entry) for entry in batch}
    locks = {entry.want.name: commit.old_lock(prepared, entry.want.name) for entry in batch}
    known = {name: lock for name, lock in locks.items() if lock is not None}
    recorded = {entry.name: _recorded(prepared, entry, locks[entry.name]) for entry in batch}
    started = time.monotonic()
    try:
        built = Trial(shop, orchestrator, run.tell, known, own, recorded).run(batch)
    finally:
        shutil.rmtree(shop.stage, ignore_errors=True)
    log, each = History(prepared.root), (time.monotonic() - started) / len(batch)
    for package in built:
        log.add(package.lock.name, float(package.cost), each, package.score)
    return built


def _recorded(prepared: Prepared, entry: Resolved, lock: Lock | None) -> recordings.Known:
    """Return what was answered before; what a person merged into a broken lock has not lost its answers."""
    seen = prepared.observed.get(entry.want.module)
    if lock is None and seen is not None and seen.problem:
        return recordings.unlocked(prepared.root, entry.want.module, entry.subtasks)
    return recordings.known(prepared.root, lock)


def _settle(prepared: Prepared, outcome: Outcome) -> None:
    """Look again at what was written, and remember what is clean now."""
    names = [built.lock.name for built in outcome.written]
    modules = [prepared.resolved[name].want.module for name in names]
    gone = [action.module for action in prepared.plan.actions if action.name in outcome.deleted]
    snapshot = stamps.renew(prepared.root, prepared.memory.snapshot, [*modules, *gone])
    again = plan([prepared.resolved[name].want for name in names], tree.observe(prepared.root, modules))
    rest = [a for a in prepared.plan.actions if a.name not in {*names, *outcome.deleted}]
    actions = tuple(sorted((*again.actions, *rest), key=lambda action: action.name))
    after, done = Plan(actions), not outcome.failed and not outcome.refused
    in_step = done and not prepared.narrowed and after.exit_code == 0
    remember(
        replace(prepared, plan=after, extras=None, in_step=in_step),
        replace(prepared.memory, snapshot=snapshot),
        complete=done,
    )
