"""The ledger's file: one JSON line an event, appended in one write, and read with tolerance."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from generator.errors import TreeError
from generator.writing.workspace import FOLDER, prepare

FILE = "ledger.jsonl"
MAX_LINE = 20_000  # characters: no honest line is longer, and a longer one is read in parts
ANSWERED = "answered"  # the outcome of a call that brought a reply
Line = dict[str, Any]

_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW

_TEXTS = ("id", "entry", "subtask", "provider", "model")
_COUNTS = ("prompt", "completion", "cached")


@dataclass(frozen=True, slots=True)
class Record:
    """One judged answer: what it cost, and whether it passed."""

    subtask: str
    model: str
    dollars: Decimal
    passed: bool


def append(root: Path, line: Line, *, safe: bool = False) -> None:
    """Add one line in one write, so that threads and runs never mix theirs; *safe* waits for the disk.

    Raises:
        TreeError: it cannot be written.
    """
    text = json.dumps(line, sort_keys=True)
    try:
        descriptor = os.open(os.path.join(prepare(root), FILE), _APPEND, 0o644)
        try:
            _add(descriptor, text)
            if safe:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise TreeError(
            f"{FOLDER}/{FILE} cannot be written, so nothing is spent: {error.strerror}"
        ) from error


def _add(descriptor: int, text: str) -> None:
    """Write a line of its own, even after one that a crash cut short."""
    size = os.fstat(descriptor).st_size
    cut_short = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
    os.write(descriptor, (("\n" if cut_short else "") + text + "\n").encode())


def lines(root: Path) -> tuple[Line, ...]:
    """Return every line of a ledger that makes sense, oldest first."""
    try:
        with open(root / FOLDER / FILE, encoding="utf-8", errors="replace") as file:
            told = iter(lambda: file.readline(MAX_LINE), "")
            return tuple(line for text in told if (line := _sound(text)) is not None)
    except OSError:
        return ()


def _sound(text: str) -> Line | None:
    """Return the line if it is one: cut short by a crash or made up, it is None."""
    try:
        line = json.loads(text)
        checks = _BY_STATE[line["state"]]
        return line if isinstance(line["run"], str) and isinstance(line["at"], str) and checks(line) else None
    except (ValueError, KeyError, TypeError, RecursionError, InvalidOperation):
        return None


def _is_booking(line: Line) -> bool:
    return all(isinstance(line[key], str) for key in _TEXTS) and _dollars(line) >= 0


def _is_settled(line: Line) -> bool:
    counted = all(isinstance(line[key], int) and line[key] >= 0 for key in _COUNTS)
    return counted and isinstance(line["key"], str) and isinstance(line["outcome"], str) and _is_booking(line)


def _is_verdict(line: Line) -> bool:
    return isinstance(line["key"], str) and isinstance(line["passed"], bool)


_BY_STATE = {"reserved": _is_booking, "settled": _is_settled, "judged": _is_verdict}


def _dollars(line: Line) -> Decimal:
    amount = Decimal(line["dollars"])
    if not amount.is_finite():
        raise ValueError("not an amount")
    return amount


def sums(told: Iterable[Line]) -> dict[str, Any]:
    """Return the dollars of a run's lines: in all, and by operation, entry, provider and model."""
    final = _final(told)
    uncertain = sum((_dollars(line) for line in final if line.get("uncertain", True)), Decimal(0))
    return {
        "total_cost": sum(map(_dollars, final), Decimal(0)),
        "uncertain_cost": uncertain,
        "requests": len(final),
        "tokens": {name: sum(line.get(name, 0) for line in final) for name in _COUNTS},
        "by_operation": _by("subtask", final),
        "by_entry": _by("entry", final),
        "by_provider": _by("provider", final),
        "by_model": _by("model", final),
    }


def _final(told: Iterable[Line]) -> Sequence[Line]:
    """Return the last word on each call: settled, or still reserved."""
    found: dict[str, Line] = {}
    for line in told:
        if line["state"] in ("reserved", "settled"):
            found[line["id"]] = line
    return tuple(found.values())


def _by(field: str, final: Sequence[Line]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in final:
        found[line[field]] = found.get(line[field], Decimal(0)) + _dollars(line)
    return dict(sorted(found.items()))


def recorded(told: Sequence[Line]) -> tuple[Record, ...]:
    """Return the judged answers in these lines; of two verdicts on one reply, the later one."""
    verdicts = {line["key"]: line["passed"] for line in told if line["state"] == "judged"}
    return tuple(_records(told, verdicts))


def _records(told: Sequence[Line], verdicts: dict[str, bool]) -> Iterator[Record]:
    """Yield one record a reply; attempts that brought none cost as well, but say nothing of quality."""
    for line in told:
        if line["state"] == "settled" and line["key"] in verdicts and line["outcome"] == ANSWERED:
            yield Record(line["subtask"], line["model"], _dollars(line), verdicts[line["key"]])
