"""What machines read keeps to the schemas under ``schema/``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from .conftest import CHECKOUT, Repository


def _errors(schema: str, document: Any) -> list[str]:
    loaded = json.loads((CHECKOUT / "schema" / schema).read_bytes())
    return [error.message for error in Draft202012Validator(loaded).iter_errors(document)]


def test_a_plan_keeps_to_its_schema_whatever_it_holds(generated: Repository) -> None:
    assert not _errors("plan.schema.json", generated.run("plan", "--json").json)
    (generated.root / "integrations/weather/weather_adapter.py").write_text("mine")
    generated.edit("- name: pets\n", "- name: animals\n    moved_from: pets\n")
    document = generated.run("plan", "--json").json
    assert not _errors("plan.schema.json", document)
    assert document["exit_code"] == 3
    assert [action["name"] for action in document["drift"]] == ["weather"]


def test_a_check_holds_the_plan_it_is_about(generated: Repository) -> None:
    document = generated.run("check", "--rebuild", "--json").json
    assert document["exit_code"] == 0
    assert document["rebuilt"] is True
    assert document["differing"] == []
    assert not _errors("plan.schema.json", document["plan"])


@pytest.mark.parametrize("module", ["pets", "weather"])
def test_locks_keep_to_their_schema(generated: Repository, module: str) -> None:
    lock = json.loads((generated.root / "integrations" / module / "metadata.json").read_bytes())
    assert not _errors("lock.schema.json", lock)
