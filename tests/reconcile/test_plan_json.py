"""The plan as other programs read it."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import jsonschema

from generator.lock import dumps, loads
from generator.plan import Action, Kind, Observed, Plan, plan
from generator.plan_json import precondition, to_json

from .builders import SHA, a_lock, an_entry, wanted

SCHEMA = json.loads((Path(__file__).parents[2] / "schema" / "plan.schema.json").read_text())

EVERY = Plan(
    tuple(
        Action(kind, f"name-{n}", f"name_{n}", ("why",), ("a.py",), Decimal("0.1"), Decimal("0.25"), "old")
        for n, kind in enumerate(Kind)
    )
)


def test_a_plan_of_every_kind_is_what_the_schema_says() -> None:
    document = to_json(EVERY, SHA)
    jsonschema.validate(json.loads(json.dumps(document)), SCHEMA)
    jsonschema.validate(to_json(Plan(())), SCHEMA)


def test_drift_stands_apart_and_costs_are_summed_exactly() -> None:
    document = to_json(EVERY)
    assert [action["action"] for action in document["drift"]] == ["drift"]
    assert len(document["actions"]) == len(Kind) - 1
    assert document["cost_usd"] == {"low": "0.8", "high": "2.00"}
    assert document["exit_code"] == 3


def test_the_bounded_reasons_of_a_real_plan_fit_the_schema() -> None:
    made = plan([wanted(entry=an_entry("github", **{f"k{n}": n for n in range(30)}))], {"github": observed()})
    jsonschema.validate(to_json(made), SCHEMA)


def observed() -> Observed:
    return Observed("github", a_lock(files={"a.py": b""}), "", {"a.py": SHA})


def test_a_precondition_is_the_same_for_the_same_facts_in_any_order() -> None:
    first, second = wanted(), wanted("zoo", entry=an_entry("zoo", b=1, a=2))
    again = wanted("zoo", entry=an_entry("zoo", a=2, b=1))
    other = Observed("other", None, "it is not JSON", {})
    reread = replace(observed(), lock=loads(dumps(a_lock(files={"a.py": b""}))))
    assert precondition([first, second], {"github": observed(), "other": other}) == precondition(
        [again, first], {"other": other, "github": reread}
    )


def test_a_precondition_changes_with_every_fact() -> None:
    facts = {
        precondition([wanted()], {"github": observed()}),
        precondition([wanted(runtime_api=2)], {"github": observed()}),
        precondition([wanted(entry=an_entry(a=1))], {"github": observed()}),
        precondition([wanted()], {"github": replace(observed(), files={"a.py": None})}),
        precondition([wanted()], {"github": replace(observed(), lock=a_lock(origin="api"))}),
        precondition([wanted()], {}),
    }
    assert len(facts) == 6
