"""Prove what is checked in: render it again and compare, or judge it again and record the score."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from generator import build, tree
from generator.errors import GateError, JackfieldError
from generator.gates import judge
from generator.lock import Lock, dumps
from generator.pipeline import workshop
from generator.plan import Observed
from generator.reconcile import Prepared, prepare
from generator.resolve import Resolved, resolve
from generator.subtasks import recordings
from generator.subtasks.answering import Answer, answered
from generator.subtasks.asking import Asking, Mode
from generator.writing.journal import TREE
from generator.writing.writer import single_writer


def rebuild(prepared: Prepared) -> tuple[str, ...]:
    """Render every entry again; return each file, or lock, that says other than these inputs give.

    Edits by hand are the plan's to report: here the lock's digests are compared with the fresh bytes.
    """
    shop = replace(workshop(prepared.root), stage=workshop(prepared.root).stage.with_name("rebuild"))
    entries = [e for e in resolve(prepared.manifest, prepared.catalog) if not e.want.entry.get("disabled")]
    seen = tree.observe(prepared.root, [entry.want.module for entry in entries])
    try:
        locks = _by_name(seen)
        answers = {entry.name: replayed(prepared.root, entry, locks.get(entry.name)) for entry in entries}
        fresh = [lock for _, lock in build.draft(entries, shop, answers, locks)]
    finally:
        shutil.rmtree(shop.stage, ignore_errors=True)
    old = {module: package.lock for module, package in seen.items()}
    return tuple(path for lock in fresh for path in _differences(lock, old.get(lock.module)))


def replayed(root: Path, entry: Resolved, lock: Lock | None) -> dict[str, Answer]:
    """Return an entry's answers as the tree has them; whatever a model said must be there.

    Raises:
        RecordingError: a recorded answer is missing, or is none.
    """
    return answered(entry, recordings.known(root, lock), Asking(Mode.RECORDED))[0]


def _by_name(seen: Mapping[str, Observed]) -> dict[str, Lock]:
    return {package.lock.name: package.lock for package in seen.values() if package.lock is not None}


def _differences(fresh: Lock, checked_in: Lock | None) -> list[str]:
    folder = f"{TREE}/{fresh.module}"
    if checked_in is None:
        return [folder]
    names = sorted(fresh.files.keys() | checked_in.files.keys())
    files = [f"{folder}/{name}" for name in names if fresh.files.get(name) != checked_in.files.get(name)]
    same = replace(checked_in, evidence={}) == replace(fresh, evidence={})
    return files or ([] if same else [f"{folder}/metadata.json"])


def rescore(root: Path, name: str) -> Lock:
    """Judge a package as it stands in the tree, and record the evidence in its lock.

    Raises:
        GateError: a hard gate fails; nothing was recorded.
        JackfieldError: the package is not up to date with the manifest, so it has no score of its own.
    """
    with single_writer(root):
        prepared = prepare(root)
        if any(action.name == name for action in (*prepared.plan.pending, *prepared.plan.blocked)):
            raise JackfieldError(f"{name} is not up to date. Run: jackfield generate {name}")
        entry = next((e for e in resolve(prepared.manifest, prepared.catalog) if e.want.name == name), None)
        lock = tree.observe(root, [name.replace("-", "_")]).get(name.replace("-", "_"))
        if entry is None or lock is None or lock.lock is None:
            raise JackfieldError(f"there is no package {name!r} to judge. Run: jackfield generate")
        fresh = _judged(root, entry, lock.lock)
        tree.commit(root, tree.Change(fresh.module, {}, dumps(fresh)))
    return fresh


def _judged(root: Path, entry: Resolved, lock: Lock) -> Lock:
    shop = workshop(root)
    build.lay(shop)
    shutil.copytree(root / TREE / lock.module, shop.stage / TREE / lock.module)
    try:
        subjects = [build.subject(entry, lock, replayed(root, entry, lock))]
        verdict = judge(shop.stage, subjects, cache=shop.cache, root=shop.root)[lock.name]
    finally:
        shutil.rmtree(shop.stage, ignore_errors=True)
    if verdict.findings:
        raise GateError(f"{lock.name} fails its gates:\n  " + "\n  ".join(map(str, verdict.findings)))
    return replace(lock, evidence=build.evidence(verdict, lock.evidence))
