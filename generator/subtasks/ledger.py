"""What models may cost and did cost: dollars are reserved before a call and settled after it, or nothing is.

Three limits hold at once: one question, one entry, one run. Each attempt leaves two lines in
``.jackfield/ledger.jsonl``: the reservation, safe on the disk before anything is sent, and what became of
it; so a crash leaves the reservation standing. A call whose cost nobody knows (no answer came) is booked at
its reservation, as *uncertain*: an upper bound.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from generator.errors import BudgetError
from generator.subtasks.exchange import Tokens
from generator.subtasks.spending import ANSWERED, Line, Record, append, lines, recorded, sums

NO_TOKENS = Tokens()
REMEMBERED = 10_000  # of the file's lines: what models did long ago says little about them now
SUBTASK, ENTRY, RUN = "subtask", "entry", "run"


@dataclass(frozen=True, slots=True)
class Budget:
    """The most dollars for one question, for all questions of one entry, and for a run."""

    subtask: Decimal = Decimal("0.02")
    entry: Decimal = Decimal("0.05")
    run: Decimal = Decimal("1.00")


@dataclass(frozen=True, slots=True)
class Reservation:
    """Dollars that are set aside for one call."""

    id: str
    entry: str
    subtask: str
    amount: Decimal
    provider: str = ""
    model: str = ""


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@dataclass
class Ledger:
    """The books of one run. Safe to share between threads.

    ``entries`` holds the limits that entries set themselves (``budget_usd``). Without a root, nothing is
    kept on disk.
    """

    root: Path | None
    budget: Budget = field(default_factory=Budget)
    entries: Mapping[str, Decimal] = field(default_factory=dict)
    run: str = field(default_factory=lambda: secrets.token_hex(8))
    now: Callable[[], str] = _now
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _open: dict[str, Reservation] = field(default_factory=dict, repr=False)
    _lines: list[Line] = field(default_factory=list, repr=False)
    _spent: dict[tuple[str, ...], Decimal] = field(default_factory=dict, repr=False)
    _earlier: tuple[Line, ...] | None = field(default=None, repr=False)

    def reserve(
        self, entry: str, subtask: str, amount: Decimal, *, provider: str = "", model: str = ""
    ) -> Reservation:
        """Set dollars aside for one call, on the disk before this returns.

        Raises:
            BudgetError: that is more than is left of a limit; nothing is booked.
        """
        with self._lock:
            self._afford(entry, subtask, amount)
            made = Reservation(
                f"{self.run}-{len(self._lines)}", entry, subtask, amount, provider=provider, model=model
            )
            self._write(self._line(made, "reserved", amount), safe=True)
            self._open[made.id] = made
            self._book(made, amount)
            return made

    def settle(
        self,
        reservation: Reservation,
        cost: Decimal | None,
        *,
        tokens: Tokens = NO_TOKENS,
        outcome: str = ANSWERED,
        key: str = "",
        uncertain: bool = False,
    ) -> Decimal:
        """Book what a call really cost, lower or higher; None is unknown. Return the dollars booked.

        *uncertain* says that *cost* is an upper bound.
        """
        with self._lock:
            if self._open.pop(reservation.id, None) is None:
                return Decimal(0)  # it is settled already
            booked = reservation.amount if cost is None else cost
            line = self._line(reservation, "settled", booked)
            line |= {"uncertain": uncertain or cost is None, "outcome": outcome, "key": key}
            line |= {"prompt": tokens.prompt, "completion": tokens.completion, "cached": tokens.cached}
            self._book(reservation, booked - reservation.amount)
            self._write(line)
            return booked

    def judged(self, reply_key: str, passed: bool) -> None:
        """Remember whether the answer in a reply was good, for the choice among models."""
        with self._lock:
            self._write(
                {"at": self.now(), "run": self.run, "state": "judged", "key": reply_key, "passed": passed}
            )

    def summary(self) -> dict[str, Any]:
        """Return this run's dollars: ``total_cost``, of it ``uncertain_cost``, and by operation, entry,
        provider and model; with ``requests`` and ``tokens``. What is under way counts as uncertain.
        """
        with self._lock:
            return sums(self._lines)

    @property
    def spent(self) -> Decimal:
        """Return this run's dollars so far, what is under way included."""
        with self._lock:
            return self._spent.get(_account(RUN, "", ""), Decimal(0))

    def records(self) -> tuple[Record, ...]:
        """Return the judged answers of the repository's recent history and of this run, oldest first."""
        with self._lock:
            if self._earlier is None:
                known = lines(self.root)[-REMEMBERED:] if self.root else ()
                self._earlier = tuple(line for line in known if line["run"] != self.run)
            return recorded((*self._earlier, *self._lines))

    def _afford(self, entry: str, subtask: str, amount: Decimal) -> None:
        for scope, limit in self._limits(entry):
            left = limit - self._spent.get(_account(scope, entry, subtask), Decimal(0))
            if amount > left:
                raise BudgetError(_refusal(scope, entry, subtask, amount, max(left, Decimal(0)), limit))

    def _limits(self, entry: str) -> tuple[tuple[str, Decimal], ...]:
        own = self.entries.get(entry, self.budget.entry)
        return (SUBTASK, self.budget.subtask), (ENTRY, own), (RUN, self.budget.run)

    def _book(self, reservation: Reservation, amount: Decimal) -> None:
        for scope in (SUBTASK, ENTRY, RUN):
            account = _account(scope, reservation.entry, reservation.subtask)
            self._spent[account] = self._spent.get(account, Decimal(0)) + amount

    def _line(self, made: Reservation, state: str, dollars: Decimal) -> Line:
        line = {"at": self.now(), "run": self.run, "id": made.id, "state": state}
        line |= {"entry": made.entry, "subtask": made.subtask, "provider": made.provider, "model": made.model}
        return {**line, "dollars": str(dollars)}

    def _write(self, line: Line, safe: bool = False) -> None:
        if self.root:
            append(self.root, line, safe=safe)
        self._lines.append(line)


def history(root: Path) -> list[dict[str, Any]]:
    """Return what each run in a repository's ledger cost, oldest first, as ``summary`` does; with ``run``,
    ``started`` (UTC), and how many answers were ``judged`` and ``passed``. Lines that cannot be read are left
    out; a reservation that a crash left standing counts as uncertain.
    """
    runs: dict[str, list[Line]] = {}
    for line in lines(root):
        runs.setdefault(line["run"], []).append(line)
    return [
        {"run": run, "started": told[0]["at"], **sums(told), **_verdicts(told)} for run, told in runs.items()
    ]


def _verdicts(told: list[Line]) -> dict[str, int]:
    verdicts = {line["key"]: line["passed"] for line in told if line["state"] == "judged"}
    return {"judged": len(verdicts), "passed": sum(verdicts.values())}


def _account(scope: str, entry: str, subtask: str) -> tuple[str, ...]:
    return {SUBTASK: (SUBTASK, entry, subtask), ENTRY: (ENTRY, entry), RUN: (RUN,)}[scope]


def _refusal(scope: str, entry: str, subtask: str, amount: Decimal, left: Decimal, limit: Decimal) -> str:
    whose, mend = {
        SUBTASK: ("this question", "raise defaults.budget_usd.subtask"),
        ENTRY: ("this entry", "raise the entry's budget_usd, or defaults.budget_usd.entry"),
        RUN: ("this run", "raise it with --budget DOLLARS, or defaults.budget_usd.run"),
    }[scope]
    return (
        f"{entry}: {subtask} was not asked: a call could cost ${amount:.4f}, and ${left:.4f} is left of the "
        f"${limit:.4f} for {whose}. To ask it, {mend}"
    )
