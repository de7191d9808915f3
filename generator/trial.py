"""Answer, build, and keep what models said only where that is better: decided once, replayed ever after.

Every package is built with the answers that it has without a model. Where models proposed others, it is
built again with all of them together; what findings blame is dropped, and judged again at most twice.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from generator.build import Built, Progress, Workshop, build, dollars, draft, paid, silent
from generator.gates import Finding
from generator.lock import Lock
from generator.resolve import Resolved
from generator.subtasks import acceptance
from generator.subtasks.contracts import Subtask
from generator.subtasks.orchestrator import SmartOrchestrator
from generator.subtasks.proposing import Talk, prices, propose, took
from generator.subtasks.recordings import NOTHING, Known, Recording
from generator.writing.own import Own

REJUDGES = 2
KEPT, NO_BETTER = "kept", "no better"  # how an answered question ended
Proposals = dict[str, Recording]


@dataclass(frozen=True)
class Trial:
    """One batch of entries on its way: where they are built, and what is known of each by name."""

    shop: Workshop
    orchestrator: SmartOrchestrator
    progress: Progress = silent
    known: Mapping[str, Lock] = field(default_factory=dict)
    own: Mapping[str, Own] = field(default_factory=dict)
    recorded: Mapping[str, Known] = field(default_factory=dict)
    _running: threading.Lock = field(default_factory=threading.Lock)  # code is tried one at a time

    def run(self, entries: Sequence[Resolved]) -> tuple[Built, ...]:
        """Answer, render and judge; one package for each entry, in their order."""
        talks = [self._talk(entry) for entry in entries]
        spent = self._spent() if self.orchestrator.asking.by_model else {}
        if self.orchestrator.asking.by_model and any(talk.open for talk in talks):
            self.orchestrator.tell = self.progress
            self.progress(f"ask {sum(len(talk.open) for talk in talks)} questions")
            propose(talks, self.orchestrator, self._attempt)
        plain = {built.lock.name: built for built in self._build(talks, {})}
        better = self._better([talk for talk in talks if talk.proposed], plain)
        costs = self._spent() if self.orchestrator.asking.by_model else {}
        return tuple(
            self._settled(talk, plain[talk.entry.name], better.get(talk.entry.name), costs, spent)
            for talk in talks
        )

    def _talk(self, entry: Resolved) -> Talk:
        known = self.recorded.get(entry.name, NOTHING)
        base, open_ = self.orchestrator.baseline(entry, known)
        rounds = _rounds(entry, self.known.get(entry.name))
        return Talk(entry, known, open_, rounds=rounds, base=base)

    def _spent(self) -> Mapping[str, Decimal]:
        spent: Mapping[str, Decimal] = self.orchestrator.ledger.summary()["by_entry"]
        return dict(spent)

    def _build(self, talks: Sequence[Talk], proposals: Mapping[str, Proposals]) -> tuple[Built, ...]:
        answers = {talk.entry.name: talk.answers(proposals.get(talk.entry.name, {})) for talk in talks}
        entries = [talk.entry for talk in talks]
        return build(entries, self.shop, answers, self.progress, self.known, self.own)

    def _better(
        self, talks: Sequence[Talk], plain: Mapping[str, Built]
    ) -> dict[str, tuple[Built, Proposals]]:
        """Return the packages that are better with proposals, each with those that it keeps."""
        live = {talk.entry.name: acceptance.telling(talk) for talk in talks}
        found: dict[str, tuple[Built, Proposals]] = {}
        for _ in range(1 + REJUDGES):
            todo = [t for t in talks if live[t.entry.name] and t.entry.name not in found]
            if not todo:
                break
            for talk, built in zip(todo, self._build(todo, live), strict=True):
                name = talk.entry.name
                dropped = self._dropped(talk, live[name], plain[name], built)
                if not dropped:
                    found[name] = built, live[name]
                live[name] = {key: kept for key, kept in live[name].items() if key not in dropped}
        return found

    def _dropped(self, talk: Talk, live: Proposals, plain: Built, built: Built) -> frozenset[str]:
        if built.findings:
            return self._blamed(talk, live, built) or frozenset(live)
        if built.rendered.files == plain.rendered.files:
            return frozenset(live)  # names that stick, for one, are not changed by any answer
        code = any(task.kind == "code" and task.id in live for task in talk.entry.subtasks)
        return acceptance.useless(live, plain, built, code=code)

    def _blamed(self, talk: Talk, live: Proposals, built: Built) -> frozenset[str]:
        """Return the proposals that shaped what the findings point at: render the package without each."""
        without: dict[str, Mapping[str, bytes]] = {}
        for name in live:
            rest = {key: kept for key, kept in live.items() if key != name}
            answers = {talk.entry.name: talk.answers(rest)}
            without[name] = draft([talk.entry], self.shop, answers, self.known)[0][0].files
        return acceptance.blamed(built, without)

    def _attempt(self, talk: Talk, task: Subtask, code: Any) -> tuple[str, ...]:
        """Return what the gates find in a package with this code in it."""
        shop = replace(self.shop, stage=self.shop.stage.with_name(f"{self.shop.stage.name}-attempt"))
        kept = Recording(code, "attempt", talk.entry.fingerprints[task.id])
        answers = {talk.entry.name: talk.answers({**talk.proposed, task.id: kept})}
        with self._running:
            try:
                built = build([talk.entry], shop, answers, silent, {}, self.own)[0]
            finally:
                shutil.rmtree(shop.stage, ignore_errors=True)
        return tuple(map(_short, built.findings))

    def _settled(
        self,
        talk: Talk,
        plain: Built,
        better: tuple[Built, Proposals] | None,
        costs: Mapping[str, Decimal],
        before: Mapping[str, Decimal],
    ) -> Built:
        if not talk.given:
            return plain
        built, kept = better if better is not None else (plain, {})
        name = talk.entry.name
        answers = {**built.lock.evidence.get("answers", {}), **_evidence(talk, kept)}
        total = {"total_cost": dollars(paid(answers))}
        evidence = {**built.lock.evidence, "answers": answers}
        evidence["build_metrics"] = {**evidence["build_metrics"], **total}
        asked = {a.model for end in talk.given.values() for a in end.attempts if a.tokens.prompt}
        listed = {**evidence.get("prices", {}), **prices(self.orchestrator.models, asked)}
        evidence |= {"prices": listed} if listed else {}
        if kept:
            evidence["trial"] = acceptance.both(plain, built)
        cost = costs.get(name, Decimal(0)) - before.get(name, Decimal(0))
        ends = {name: end.why or (KEPT if name in kept else NO_BETTER) for name, end in talk.given.items()}
        return replace(built, lock=replace(built.lock, evidence=evidence), cost=cost, ends=ends)


def _rounds(entry: Resolved, lock: Lock | None) -> dict[str, int]:
    """Return how often models were asked each question that has not changed since."""
    records = lock.subtasks if lock is not None else {}
    told = lock.evidence.get("answers", {}) if lock is not None else {}
    current = [n for n, record in records.items() if record.answer_fp == entry.fingerprints.get(n)]
    return {name: int(told[name].get("asked", 1)) for name in current if name in told}


def _evidence(talk: Talk, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each question took and how it ended, kept or not."""
    return {
        name: {
            **took(end),
            "asked": talk.rounds.get(name, 0) + 1,
            "ended": end.why or (KEPT if name in kept else NO_BETTER),
        }
        for name, end in talk.given.items()
    }


def _short(finding: Finding) -> str:
    where = finding.path.rpartition("/")[2]
    return f"{where}:{finding.line} {finding.gate}: {finding.message}"[:400]
