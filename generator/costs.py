"""What models have cost: run by run from this machine's ledger, and package by package from the locks."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from generator import tree
from generator.build import dollars
from generator.lock import Lock, dumps
from generator.report import columns, count
from generator.subtasks import calls, ledger, recordings
from generator.writing import disk
from generator.writing.journal import TREE
from generator.writing.workspace import FOLDER
from generator.writing.writer import single_writer

RUNS = 20  # that the terminal shows


@dataclass(frozen=True, slots=True)
class Costs:
    """``runs`` as ``ledger.history`` has them, oldest first; ``packages`` the total_cost of each lock."""

    runs: Sequence[Mapping[str, Any]]
    packages: Mapping[str, Decimal]

    def to_json(self) -> dict[str, Any]:
        """Return all of it for machines; amounts are dollars, as text."""
        return {
            "runs": [_plain(run) for run in self.runs],
            "packages": _plain(self.packages),
            "total_usd": str(sum((run["total_cost"] for run in self.runs), Decimal(0))),
        }

    def text(self) -> str:
        """Return the terminal face: the last runs, then what was spent by model and by package."""
        if not self.runs and not any(self.packages.values()):
            return "No model has been asked here: $0.00"
        return "\n\n".join([*self._runs(), *self._models(), *self._packages(), self._total()])

    def _runs(self) -> Iterator[str]:
        if self.runs:
            shown = self.runs[-RUNS:]
            head = ("RUN", "STARTED", "CALLS", "TOKENS IN", "OUT", "ANSWERS", "GOOD", "COST")
            yield columns([head, *map(_row, shown)])
        if len(self.runs) > RUNS:
            yield f"{count(len(self.runs) - RUNS, 'earlier run')} not shown; --json has them all"

    def _models(self) -> Iterator[str]:
        by_model: dict[str, Decimal] = {}
        for run in self.runs:
            for name, spent in run["by_model"].items():
                by_model[name] = by_model.get(name, Decimal(0)) + spent
        if by_model:
            yield columns([("MODEL", "COST"), *((n, f"${dollars(s)}") for n, s in sorted(by_model.items()))])

    def _packages(self) -> Iterator[str]:
        paid = {name: spent for name, spent in sorted(self.packages.items()) if spent}
        if paid:
            yield columns([("PACKAGE", "TO PRODUCE"), *((n, f"${dollars(s)}") for n, s in paid.items())])

    def _total(self) -> str:
        total = sum((run["total_cost"] for run in self.runs), Decimal(0))
        unsure = sum((run["uncertain_cost"] for run in self.runs), Decimal(0))
        tail = f", of which ${dollars(unsure)} at the most: no answer came" if unsure else ""
        return f"{count(len(self.runs), 'run')} on this machine: ${dollars(total)}{tail}"


def costs(root: Path) -> Costs:
    """Return what is on record below *root*; a lock that cannot be read counts nothing."""
    locks = [seen.lock for seen in tree.observe(root).values() if seen.lock is not None]
    return Costs(
        ledger.history(root), {lock.name: _cost(lock) for lock in sorted(locks, key=lambda k: k.name)}
    )


def prune(root: Path) -> tuple[str, ...]:
    """Remove recorded answers that no lock names, and journalled replies that no answer came from."""
    with single_writer(root):
        seen = tree.observe(root)
        removed: list[str] = []
        reached: set[str] = set()
        for module, package in sorted(seen.items()):
            if package.lock is None:
                return tuple(removed)  # what its recordings reach is not known
            removed += _unlisted(root, module, package.lock)
            reached |= _replies(root, package.lock)
        return (*removed, *_unreached(root, reached))


def _unlisted(root: Path, module: str, lock: Lock) -> list[str]:
    folder = root / TREE / module / recordings.FOLDER
    names = sorted(os.listdir(folder)) if disk.plain_folder(folder) else []
    paths = [f"{recordings.FOLDER}/{name}" for name in names if name.endswith(".json")]
    gone = {
        path: sha
        for path in paths
        if path not in lock.files and (sha := disk.digest(root / TREE / module / path))
    }
    if gone:
        tree.commit(root, tree.Change(module, {}, dumps(lock), gone))
    return [f"{TREE}/{module}/{path}" for path in sorted(gone)]


def _unreached(root: Path, reached: Container[str]) -> list[str]:
    folder = f"{FOLDER}/{calls.CALLS}"
    names = sorted(os.listdir(root / folder)) if disk.plain_folder(root / folder) else []
    gone = [name for name in names if name.removesuffix(".json") not in reached]
    for name in gone:
        os.unlink(root / folder / name)
    return [f"{folder}/{name}" for name in gone]


def _replies(root: Path, lock: Lock) -> set[str]:
    files = recordings.known(root, lock).files
    told = (recordings.loads(data, path).made.get("reply") for path, data in files.items())
    return {key for key in told if isinstance(key, str)}


def _cost(lock: Lock) -> Decimal:
    told = lock.evidence.get("build_metrics", {}).get("total_cost", "0")
    try:
        return Decimal(str(told))
    except ArithmeticError:
        return Decimal(0)


def _row(run: Mapping[str, Any]) -> tuple[str, ...]:
    tokens = run["tokens"]
    numbers = (run["requests"], tokens["prompt"], tokens["completion"], run["judged"], run["passed"])
    return (run["run"][:8], run["started"], *map(str, numbers), f"${dollars(run['total_cost'])}")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, Mapping) else value
