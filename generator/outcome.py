"""What a finished run did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generator.build import Built
from generator.plan import Plan


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of ``generate``: *written* and *failed* packages, and what was left for a person.

    ``refused`` maps a name to why its package could not be committed although it was built.
    """

    plan: Plan
    written: tuple[Built, ...] = ()
    failed: tuple[Built, ...] = ()
    deleted: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)  # the score that each package had
    notes: tuple[str, ...] = ()
    fail_under: int = 0
    strict_budget: bool = False

    @property
    def cost(self) -> Decimal:
        """Return the dollars that this run spent."""
        return sum((b.cost for b in (*self.written, *self.failed)), Decimal(0))

    @property
    def low(self) -> tuple[Built, ...]:
        """Return the packages that were written with a score below the manifest's ``fail_under``."""
        return tuple(built for built in self.written if built.score < self.fail_under)

    @property
    def refused_budget(self) -> int:
        """Return how many questions a budget left unanswered."""
        return sum(end == "budget" for built in (*self.written, *self.failed) for end in built.ends.values())

    @property
    def exit_code(self) -> int:
        """0 done, 1 a package failed its gates or its score, 3 something needs a person, 4 strict budget."""
        if self.failed or self.low:
            return 1
        if self.strict_budget and self.refused_budget:
            return 4
        return 3 if self.plan.blocked or self.refused else 0

    def to_json(self) -> dict[str, Any]:
        """Return the run for machines."""
        return {
            "written": [_built(b, self.before.get(b.lock.name)) for b in self.written],
            "failed": [
                _built(b, None) | {"findings": [_finding(f) for f in b.findings]} for b in self.failed
            ],
            "deleted": list(self.deleted),
            "left_alone": {a.name: list(a.reasons) for a in self.plan.blocked} | dict(self.refused),
            "unchanged": self.plan.unchanged,
            "cost_usd": str(self.cost),
            "notes": list(self.notes),
            "refused_by_budget": self.refused_budget,
            "exit_code": self.exit_code,
        }


def _built(built: Built, before: int | None) -> dict[str, Any]:
    return {
        "name": built.lock.name,
        "score": built.score,
        "score_before": before,
        "cost_usd": str(built.cost),
        "remarks": [dict(remark) for remark in built.remarks],
        "questions": dict(built.ends),
    }


def _finding(finding: Any) -> dict[str, Any]:
    return {key: getattr(finding, key) for key in ("gate", "path", "line", "message")}
