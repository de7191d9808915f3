"""The program as one sequence: load → resolve → plan → answer → render → judge → commit, prune last."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from generator import memory, stamps, tree
from generator.build import Built, Progress, Workshop, build, silent
from generator.errors import RefusedError
from generator.journal import TREE
from generator.lock import FILE_NAME, Lock, dumps
from generator.outcome import Outcome
from generator.own import Own, own_files
from generator.paths import data_root
from generator.plan import Action, Kind, Observed, Plan, mass_deletion, plan
from generator.reconcile import EXTRAS, Prepared, prepare
from generator.resolve import Resolved
from generator.tree import Change
from generator.workspace import FOLDER
from generator.writer import single_writer

BATCH = (
    50  # packages that one run of each tool judges: enough to share its start-up, few enough to commit often
)
BUILT = frozenset({Kind.CREATE, Kind.REGENERATE, Kind.RERENDER, Kind.RENAME})


@dataclass
class Run:
    """A run under way: whom to tell, and what is committed, so that an interrupted run can still say it."""

    tell: Progress = silent
    committed: list[str] = field(default_factory=list)


def generate(
    root: Path,
    names: Sequence[str] = (),
    overwrite: Sequence[str] = (),
    *,
    allow_mass_delete: bool = False,
    run: Run | None = None,
) -> Outcome:
    """Bring the tree to what the manifest says; a package that fails a gate is not written.

    Raises:
        RefusedError: too much would be deleted; nothing was written.
        JackfieldError: see ``generator.errors``; each package is old or new, never in between.
    """
    run = run or Run()
    with single_writer(root):
        notes = tree.recover(root)
        prepared = prepare(root, names, overwrite)
        _guard(prepared, allow_mass_delete)
        outcome = Outcome(prepared.plan, notes=tuple(notes), fail_under=prepared.manifest.fail_under)
        shop = workshop(root)
        for batch in _batches(prepared):
            own = {entry.want.name: _own(prepared, entry) for entry in batch}
            known = {e.want.name: lock for e in batch if (lock := _old_lock(prepared, e.want.name))}
            built = build(batch, shop, run.tell, known, own=own)
            outcome = _commit(prepared, built, own, outcome, run)
        outcome = _prune(prepared, outcome, run)
        if prepared.extras is not None and not outcome.failed:
            tree.publish(root, EXTRAS, prepared.extras, expected=prepared.extras_sha)
        shutil.rmtree(shop.stage, ignore_errors=True)
        _settle(prepared, outcome)
    return outcome


def workshop(root: Path) -> Workshop:
    """Return where this repository's packages are staged and judged."""
    own = root if (root / "integrations" / "runtime").is_dir() else data_root()
    return Workshop(root / FOLDER / "build", own, root / FOLDER / "cache")


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


def _action(prepared: Prepared, name: str) -> Action:
    return next(action for action in prepared.plan.actions if action.name == name)


def _old(prepared: Prepared, action: Action) -> Observed | None:
    """Return the package that an action replaces, under its old module when it moves."""
    module = (action.moved_from or action.module).replace("-", "_")
    return prepared.observed.get(module)


def _own(prepared: Prepared, entry: Resolved) -> Own:
    action = _action(prepared, entry.want.name)
    return own_files(prepared.root, entry, _old(prepared, action) if action.kind is Kind.RENAME else None)


def _old_lock(prepared: Prepared, name: str) -> Lock | None:
    old = _old(prepared, _action(prepared, name))
    return old.lock if old else None


def _commit(
    prepared: Prepared, packages: Sequence[Built], own: Mapping[str, Own], outcome: Outcome, run: Run
) -> Outcome:
    """Commit every package that passed; what cannot be written is reported, and the rest goes on."""
    for built in packages:
        name = built.lock.name
        if built.findings:
            outcome = replace(outcome, failed=(*outcome.failed, built))
            continue
        run.tell(f"commit {name}")
        try:
            kept = tree.commit(prepared.root, *_changes(prepared, built, own[name]))
        except RefusedError as error:
            outcome = replace(outcome, refused={**outcome.refused, name: str(error)})
            continue
        run.committed.append(name)
        before = {**outcome.before, **_old_score(_old_lock(prepared, name), name)}
        notes = (*outcome.notes, *(f"{path} was edited by hand and is kept" for path in kept))
        outcome = replace(outcome, written=(*outcome.written, built), before=before, notes=notes)
    return outcome


def _old_score(lock: Lock | None, name: str) -> dict[str, int]:
    found = lock.evidence.get("build_metrics", {}).get("validation_score") if lock else None
    return {name: found} if isinstance(found, int) else {}


def _changes(prepared: Prepared, built: Built, own: Own) -> Iterator[Change]:
    """Yield the change of one package, and the end of the one that it was moved from."""
    module, action = built.lock.module, _action(prepared, built.lock.name)
    old = _old(prepared, action)
    if action.kind is Kind.RENAME and old is not None:
        yield tree.moved(old)
        old = None
    kept = {path for path in own if (prepared.root / TREE / module / path).exists()}
    files = {path: data for path, data in {**built.rendered.files, **own}.items() if path not in kept}
    yield Change(module, files, dumps(built.lock), **_expectations(prepared, action, old, files))


def _expectations(
    prepared: Prepared, action: Action, old: Observed | None, files: Mapping[str, bytes]
) -> dict[str, Mapping[str, Any]]:
    """Return what must be on disk for a change to be safe, and what it may remove."""
    if old is None:
        return {}
    if old.lock is None:
        return {"expected": _recognised(prepared, action, files)}
    gone = {p: r.sha256 for p, r in old.lock.files.items() if r.kind == "managed" and p not in files}
    return {"expected": old.files, "deletes": gone}


def _recognised(prepared: Prepared, action: Action, files: Mapping[str, bytes]) -> dict[str, str | None]:
    """Return the files that a broken lock still vouches for: one side of a conflict holds their sha256."""
    found = tree.hashes(prepared.root, action.module, files)
    lock = (prepared.root / TREE / action.module / FILE_NAME).read_bytes()
    known = {sha.decode() for sha in re.findall(rb"[0-9a-f]{64}", lock)}
    return {path: sha for path, sha in found.items() if sha in known or action.name in prepared.overwrite}


def _prune(prepared: Prepared, outcome: Outcome, run: Run) -> Outcome:
    """Delete the packages that left the manifest, last; edited files stay and are named."""
    for action in prepared.plan.actions:
        lock = prepared.observed[action.module].lock if action.kind is Kind.DELETE else None
        if lock is None:
            continue
        deletes = {path: record.sha256 for path, record in lock.files.items()}
        kept = tree.commit(prepared.root, Change(action.module, {}, None, deletes))
        run.committed.append(action.name)
        notes = (*outcome.notes, *(f"{path} was edited by hand and is kept" for path in kept))
        outcome = replace(outcome, deleted=(*outcome.deleted, action.name), notes=notes)
    return outcome


def _settle(prepared: Prepared, outcome: Outcome) -> None:
    """Look again at what was written, and remember what is clean now."""
    names = [built.lock.name for built in outcome.written]
    modules = [prepared.resolved[name].want.module for name in names]
    gone = [action.module for action in prepared.plan.actions if action.name in outcome.deleted]
    snapshot = stamps.renew(prepared.root, prepared.memory.snapshot, [*modules, *gone])
    again = plan([prepared.resolved[name].want for name in names], tree.observe(prepared.root, modules))
    rest = [a for a in prepared.plan.actions if a.name not in {*names, *outcome.deleted}]
    actions = tuple(sorted((*again.actions, *rest), key=lambda action: action.name))
    memory.remember(
        replace(prepared, plan=Plan(actions), extras=None),
        replace(prepared.memory, snapshot=snapshot),
        complete=not outcome.failed and not outcome.refused,
    )
