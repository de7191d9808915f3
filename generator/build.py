"""Answered entries to judged packages: render, judge, score. The checked-in tree is not touched."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from generator.gates import Finding, Subject, Verdict, judge
from generator.lock import FileRecord, Lock, render_fp, settled
from generator.package import Rendered
from generator.render import Job, render
from generator.resolve import Resolved
from generator.score import SCORE_VERSION, score
from generator.subtasks.answering import Answers, facts_with, values
from generator.subtasks.contracts import answer_file
from generator.tools import tool_versions
from generator.writing.own import Own
from generator.writing.untrusted import MAX_TEXT

KEPT = "kept"  # among a pattern's answers: the names that the lock has for its operations
CARRIED = ("answers", "prices", "trial")  # evidence of answers, which no gate sees again
Progress = Callable[[str], None]


def silent(stage: str) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class Built:
    """One package, judged. ``lock.evidence`` holds its counts; *findings* must be empty to commit it.

    *cost* is what this run spent on it, in dollars; ``ends`` says how each question to a model ended: kept,
    no better, rejected, unavailable or budget.
    """

    resolved: Resolved
    rendered: Rendered
    lock: Lock
    findings: tuple[Finding, ...]
    cost: Decimal = Decimal(0)
    ends: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, bytes]:
        """Return everything that the package's folder holds but its lock: what was rendered, and answers."""
        return {**self.rendered.files, **self.recordings}

    @property
    def recordings(self) -> dict[str, bytes]:
        """Return the recorded answers by path in the package."""
        return dict(self.rendered.answers)

    @property
    def remarks(self) -> Sequence[Mapping[str, str]]:
        """What could not be modelled of what the package was made from: ``at`` and ``message``."""
        found: Sequence[Mapping[str, str]] = self.rendered.blueprint.get("findings") or ()
        return found

    @property
    def score(self) -> int:
        """Return the validation score, 0 to 100."""
        return int(self.lock.evidence["build_metrics"]["validation_score"])


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where packages are staged: *stage* is fresh, *source* holds the runtime, *root* the documents."""

    stage: Path
    source: Path
    cache: Path | None = None
    root: Path | None = None


def draft(
    entries: Sequence[Resolved],
    shop: Workshop,
    answers: Mapping[str, Answers],
    known: Mapping[str, Lock] = MappingProxyType({}),
) -> tuple[tuple[Rendered, Lock], ...]:
    """Render each entry with its *answers* (by name); nothing is judged: locks hold no evidence.

    An operation that the lock in *known* names keeps that name.
    """
    each = [answers[entry.want.name] for entry in entries]
    jobs = [_job(e, mine, known.get(e.want.name)) for e, mine in zip(entries, each, strict=True)]
    lay(shop)
    packages = [_recorded(p, a) for p, a in zip(render(jobs, shop.stage), each, strict=True)]
    return tuple((p, _lock(e, a, p)) for e, a, p in zip(entries, each, packages, strict=True))


def build(
    entries: Sequence[Resolved],
    shop: Workshop,
    answers: Mapping[str, Answers],
    progress: Progress = silent,
    known: Mapping[str, Lock] = MappingProxyType({}),
    own: Mapping[str, Own] = MappingProxyType({}),
) -> tuple[Built, ...]:
    """Render and judge every entry with its *answers* (by name); one run of each tool judges them all.

    A package that renders to the very bytes of its lock in *known* keeps that lock's evidence, unjudged.
    *own* holds the user's files by name and path; a package is judged with them.
    """
    progress(f"render {len(entries)}")
    drafts = draft(entries, shop, answers, known)
    _keep_own_files(entries, shop, own)
    fresh = [
        subject(e, lock, answers[e.want.name])
        for e, (_, lock) in zip(entries, drafts, strict=True)
        if not _same(lock, known)
    ]
    verdicts = judge(shop.stage, fresh, progress=progress, cache=shop.cache, root=shop.root) if fresh else {}
    return tuple(
        _judged(entry, rendered, lock, verdicts[lock.name], known.get(lock.name))
        if lock.name in verdicts
        else Built(entry, rendered, replace(lock, evidence=known[lock.name].evidence), ())
        for entry, (rendered, lock) in zip(entries, drafts, strict=True)
    )


def _same(lock: Lock, known: Mapping[str, Lock]) -> bool:
    old = known.get(lock.name)
    return old is not None and (old.files, old.runtime_api) == (lock.files, lock.runtime_api)


def lay(shop: Workshop) -> None:
    """Lay an empty staging folder with the runtime linked in."""
    shutil.rmtree(shop.stage, ignore_errors=True)
    folder = shop.stage / "integrations"
    folder.mkdir(parents=True)
    for name in ("__init__.py", "runtime"):
        os.symlink((shop.source / "integrations" / name).resolve(), folder / name)


def evidence(verdict: Verdict, before: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """Return what the gates saw, as the lock records it: no time, no host, no path.

    What answers took is carried over from the evidence *before*.
    """
    carried = {key: before[key] for key in CARRIED if key in before}
    return {
        "build_metrics": {
            "total_cost": dollars(paid(carried.get("answers", {}))),
            "validation_score": score(verdict.counts).total,
        },
        "counts": dict(verdict.counts),
        "score_version": SCORE_VERSION,
        "tools": tool_versions(),
        **carried,
    }


def paid(answers: Mapping[str, Mapping[str, Any]]) -> Decimal:
    """Return the dollars that it took to answer, of what evidence says of each question."""
    return sum((Decimal(str(told.get("cost_usd", 0))) for told in answers.values()), Decimal(0))


def dollars(amount: Decimal) -> str:
    """Return an amount as locks and reports have it: four decimals, six where four would say nothing."""
    return f"{amount:.6f}" if 0 < amount < Decimal("0.001") else f"{amount:.4f}"


def _job(entry: Resolved, answers: Answers, old: Lock | None) -> Job:
    kept = {KEPT: old.operations} if old is not None and old.operations else {}
    blueprint = entry.pattern.resolve(facts_with(entry, answers), {**values(answers), **kept})
    return Job(entry.want.name, entry.want.module, entry.skeleton, blueprint)


def _recorded(package: Rendered, answers: Answers) -> Rendered:
    """Add the recorded answers, which belong into the package's folder."""
    kept = {name: answer.recording for name, answer in answers.items() if answer.recording is not None}
    return replace(package, answers={answer_file(name): found.dumps() for name, found in kept.items()})


def _lock(entry: Resolved, answers: Answers, package: Rendered) -> Lock:
    want = entry.want
    records = {name: answers[name].record(fp) for name, fp in want.subtasks.items()}
    files = {
        path: FileRecord(hashlib.sha256(data).hexdigest(), "once" if path in entry.once else "managed")
        for path, data in package.files.items()
    }
    files |= {
        path: FileRecord(hashlib.sha256(data).hexdigest(), "answer") for path, data in package.answers.items()
    }
    return Lock(
        name=want.name,
        entry=settled(want.entry),
        pattern=want.pattern,
        variant=want.variant,
        components=want.components,
        subtasks=records,
        files=files,
        dependencies=want.dependencies,
        runtime_api=want.runtime_api,
        public_names=tuple(sorted(package.blueprint.get("public", ()))),
        incomplete=bool(package.blueprint.get("incomplete")),
        render_fp=render_fp({n: r.answer for n, r in records.items()}, want.components, want.entry),
        evidence={},
        operations=_recordable(package.blueprint.get("names") or {}),
    )


def _recordable(names: Mapping[str, str]) -> dict[str, str]:
    """Return the names that a lock can hold: an operation may be called anything by a document."""
    return {key: name for key, name in names.items() if key.isprintable() and len(key) <= MAX_TEXT}


def _keep_own_files(entries: Sequence[Resolved], shop: Workshop, own: Mapping[str, Own]) -> None:
    """Judge each package with the user's own files in place of the fresh ones."""
    for entry in entries:
        for path, data in own.get(entry.want.name, {}).items():
            (shop.stage / "integrations" / entry.want.module / path).write_bytes(data)


def subject(entry: Resolved, lock: Lock, answers: Answers) -> Subject:
    """Return what the gates need to know of one package."""
    return Subject(
        name=entry.want.name,
        module=entry.want.module,
        entry=facts_with(entry, answers),
        public_names=lock.public_names,
        files=tuple(sorted(path for path, record in lock.files.items() if record.kind != "answer")),
        spec=entry.want.entry.get("spec"),
        dependencies=entry.want.dependencies,
        operations=lock.operations,
        oracle=entry.pattern.folder.oracle,
        sandboxed=any(t.kind == "code" and answers[t.id].recording is not None for t in entry.subtasks),
    )


def _judged(entry: Resolved, rendered: Rendered, lock: Lock, verdict: Verdict, old: Lock | None) -> Built:
    before = old.evidence if old is not None else {}
    return Built(entry, rendered, replace(lock, evidence=evidence(verdict, before)), verdict.findings)
