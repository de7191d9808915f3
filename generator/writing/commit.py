"""Built packages into the tree: each in one journalled step, what left the manifest last."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator import tree
from generator.build import Built, Progress, silent
from generator.errors import RefusedError
from generator.lock import FILE_NAME, Lock, dumps
from generator.outcome import Outcome
from generator.plan import Action, Kind, Observed
from generator.reconcile import EXTRAS, Prepared
from generator.resolve import Resolved
from generator.tree import Change
from generator.writing.journal import TREE
from generator.writing.own import Own, own_files


@dataclass
class Run:
    """A run under way: whom to tell, and how far it is, so that an interrupted run can still say it."""

    tell: Progress = silent
    planned: int = 0
    committed: list[str] = field(default_factory=list)


def _old(prepared: Prepared, action: Action) -> Observed | None:
    """Return the package that an action replaces, under its old module when it moves."""
    module = (action.moved_from or action.module).replace("-", "_")
    return prepared.observed.get(module)


def own_of(prepared: Prepared, entry: Resolved) -> Own:
    """Return the user's own files of a package that is about to be built, under their new names."""
    action = prepared.actions[entry.want.name]
    return own_files(prepared.root, entry, _old(prepared, action) if action.kind is Kind.RENAME else None)


def old_lock(prepared: Prepared, name: str) -> Lock | None:
    """Return the lock of the package that *name* replaces."""
    old = _old(prepared, prepared.actions[name])
    return old.lock if old else None


def write(prepared: Prepared, packages: Sequence[Built], outcome: Outcome, run: Run) -> Outcome:
    """Commit every package that passed; what cannot be written is reported, and the rest goes on."""
    for built in packages:
        name = built.lock.name
        if built.findings:
            outcome = replace(outcome, failed=(*outcome.failed, built))
            continue
        run.tell(f"commit {name}")
        try:
            kept = tree.commit(prepared.root, *_changes(prepared, built))
        except RefusedError as error:
            outcome = replace(outcome, refused={**outcome.refused, name: str(error)})
            continue
        run.committed.append(name)
        before = {**outcome.before, **_old_score(old_lock(prepared, name), name)}
        notes = (*outcome.notes, *(f"{path} was edited by hand and is kept" for path in kept))
        outcome = replace(outcome, written=(*outcome.written, built), before=before, notes=notes)
    return outcome


def _old_score(lock: Lock | None, name: str) -> dict[str, int]:
    found = lock.evidence.get("build_metrics", {}).get("validation_score") if lock else None
    return {name: found} if isinstance(found, int) else {}


def _changes(prepared: Prepared, built: Built) -> Iterator[Change]:
    """Yield the change of one package, and the end of the one that it was moved from."""
    module, action = built.lock.module, prepared.actions[built.lock.name]
    own = own_of(prepared, built.resolved)
    old = _old(prepared, action)
    if action.kind is Kind.RENAME and old is not None:
        yield tree.moved(old)
        old = None
    kept = {path for path in own if (prepared.root / TREE / module / path).exists()}
    files = {path: data for path, data in {**built.files, **own}.items() if path not in kept}
    yield Change(module, files, dumps(built.lock), **_expectations(prepared, action, old, files))


def _expectations(
    prepared: Prepared, action: Action, old: Observed | None, files: Mapping[str, bytes]
) -> dict[str, Mapping[str, Any]]:
    """Return what must be on disk for a change to be safe, and what it may remove."""
    if old is None:
        return {}
    if old.lock is None:
        return {"expected": _recognised(prepared, action, files)}
    gone = {p: r.sha256 for p, r in old.lock.files.items() if r.kind != "once" and p not in files}
    return {"expected": old.files, "deletes": gone}


def _recognised(prepared: Prepared, action: Action, files: Mapping[str, bytes]) -> dict[str, str | None]:
    """Return the files that a broken lock still vouches for: one side of a conflict holds their sha256."""
    found = tree.hashes(prepared.root, action.module, files)
    lock = (prepared.root / TREE / action.module / FILE_NAME).read_bytes()
    known = {sha.decode() for sha in re.findall(rb"[0-9a-f]{64}", lock)}
    return {path: sha for path, sha in found.items() if sha in known or action.name in prepared.overwrite}


def prune(prepared: Prepared, outcome: Outcome, run: Run) -> Outcome:
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


def publish(prepared: Prepared, outcome: Outcome) -> None:
    """Write the adapters' pyproject.toml, once every package that it speaks of is there."""
    if prepared.extras is not None and not outcome.failed:
        tree.publish(prepared.root, EXTRAS, prepared.extras, expected=prepared.extras_sha)
