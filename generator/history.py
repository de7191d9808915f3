"""How long builds took and what they cost: in memory, and in ``.jackfield/history.jsonl`` of a repository."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from generator.writing.workspace import prepare

FILE = "history.jsonl"


class History:
    """Records of builds, oldest first. Safe to share between threads."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._records: list[dict[str, Any]] = []

    def add(self, name: str, cost: float, seconds: float, score: int) -> None:
        """Record one build: dollars, seconds and points."""
        record = {"name": name, "cost": cost, "duration_seconds": seconds, "validation_score": score}
        with self._lock:
            if self._root:
                _append(self._root, record)
            else:
                self._records.append(record)

    def records(self) -> list[dict[str, Any]]:
        """Return a copy of every record."""
        with self._lock:
            return _read(self._root) if self._root else [dict(record) for record in self._records]

    def averages(self) -> dict[str, float]:
        """Return means over every record; zeros when there is none."""
        records = self.records()
        number = len(records)

        def mean(key: str) -> float:
            return sum(record[key] for record in records) / number if number else 0.0

        return {
            "avg_duration_seconds": mean("duration_seconds"),
            "avg_cost": mean("cost"),
            "avg_validation_score": mean("validation_score"),
            "builds": number,
        }


def _append(root: Path, record: dict[str, Any]) -> None:
    """Add one line in one write, so that runs side by side never mix their lines."""
    place = os.path.join(prepare(root), FILE)
    descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        os.write(descriptor, (json.dumps(record, sort_keys=True) + "\n").encode())
    finally:
        os.close(descriptor)


def _read(root: Path) -> list[dict[str, Any]]:
    """Return the records of a file; a line that a crash cut short is left out."""
    try:
        lines = (root / ".jackfield" / FILE).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    found = []
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and {"cost", "duration_seconds", "validation_score"} <= record.keys():
            found.append(record)
    return found
