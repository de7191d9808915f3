"""The plan as JSON: a documented, versioned face for other programs (``schema/plan.schema.json``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from generator.lock import fingerprint
from generator.plan import Action, Desired, Kind, Observed, Plan

PLAN_VERSION = 1


def precondition(desired: Sequence[Desired], observed: Mapping[str, Observed]) -> str:
    """Return a digest of all that a plan was decided from: when it differs, a saved plan is stale."""
    wants = [
        asdict(replace(want, entry=want.settled, facts=None))
        for want in sorted(desired, key=lambda want: want.name)
    ]
    sees = {module: asdict(seen) for module, seen in observed.items()}
    return fingerprint({"desired": wants, "observed": sees})


def to_json(
    plan: Plan, precondition: str = "", *, notes: Sequence[str] = (), exit_code: int | None = None
) -> dict[str, Any]:
    """Return the plan as ``schema/plan.schema.json`` describes it; drift stands in a list of its own.

    *exit_code* is the plan's own unless more than its actions decide it; *notes* say what that is.
    """
    counts = {kind.value: sum(action.kind is kind for action in plan.actions) for kind in Kind}
    return {
        "plan_version": PLAN_VERSION,
        "precondition": precondition,
        "exit_code": plan.exit_code if exit_code is None else exit_code,
        "summary": counts,
        "cost_usd": {
            "low": str(sum((action.cost_low for action in plan.actions), Decimal(0))),
            "high": str(sum((action.cost_high for action in plan.actions), Decimal(0))),
        },
        "actions": [_action_json(action) for action in plan.actions if action.kind is not Kind.DRIFT],
        "drift": [_action_json(action) for action in plan.actions if action.kind is Kind.DRIFT],
        "notes": list(notes),
    }


def _action_json(action: Action) -> dict[str, Any]:
    return {
        "action": action.kind.value,
        "name": action.name,
        "path": f"integrations/{action.module}",
        "reasons": list(action.reasons),
        "edited": list(action.edited),
        "cost_usd": {"low": str(action.cost_low), "high": str(action.cost_high)},
        "moved_from": action.moved_from,
    }
