"""The tool that measures a local model asks what ``generate`` asks, and its tables tell what came of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks._model_run import Asked, Judged
from benchmarks._model_table import report, to_json
from benchmarks.model_e2e import main, measured, priced
from generator.subtasks.exchange import Attempt, Given, Model, Tier, Tokens

CHEAP = Model("acme", "acme/m", "openai/m", Tier.CHEAP, Decimal(1), Decimal(2), Decimal(1), 8000, "schema")
WRONG = Attempt("local/m", "check", Tokens(1000, 100), detail="'x' is no field.")
RIGHT = Attempt("local/m", "accepted", Tokens(2000, 200))
ASKED = (
    Asked("pets", "overview", Given({"overview": "Keeps pets."}, "local/m", (WRONG, RIGHT)), 2.0),
    Asked("pets", "examples", Given(None, "", (WRONG, WRONG, WRONG), "rejected"), 3.0),
)
JUDGED = (Judged("pets", 95, 97, ("overview",)),)


def cells(table: str, name: str) -> list[str]:
    """The cells of the row called *name*."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return next(row for row in rows if row[0] == name)


def test_of_a_model_without_sense_a_shipped_entry_keeps_invented_values_at_most(
    tiny_model: str, tmp_path: Path
) -> None:
    asked, judged = measured(tiny_model, "tiny", tmp_path, ["openweather"], tmp_path / "told.json")
    assert len(json.loads((tmp_path / "told.json").read_text())["asked"]) == len(asked)
    assert {one.entry for one in asked} == {"openweather"}
    assert {"examples", "overview"} <= {one.subtask for one in asked}
    assert {one.subtask for one in asked if one.accepted} <= {"examples"}
    assert all(one.given.cost == 0 and one.given.tokens.prompt for one in asked)
    assert [one.entry for one in judged] == ["openweather"]
    assert set(judged[0].kept) <= {"examples"}
    assert judged[0].score >= judged[0].offline > 90


def test_a_row_says_how_often_a_question_was_asked_accepted_and_mended() -> None:
    table = report(ASKED, JUDGED, [CHEAP])
    assert cells(table, "overview") == ["overview", "1", "1", "0", "1", "1", "", "3,000", "300", "2"]
    assert cells(table, "examples") == ["examples", "1", "0", "0", "2", "0", "check 1", "3,000", "300", "3"]
    assert cells(table, "all") == ["all", "2", "1", "0", "3", "1", "", "6,000", "600", "5"]


def test_an_entry_has_its_price_with_and_without_what_had_to_be_mended() -> None:
    row = cells(report(ASKED, JUDGED, [CHEAP]), "pets")
    assert row == ["pets", "1 of 2", "1", "95", "97", "6,000", "600", "5", "0.0024 – 0.0072"]


def test_what_was_said_and_why_it_was_refused_is_written_down() -> None:
    told = json.loads(json.dumps(to_json(ASKED, JUDGED, [CHEAP])))
    assert told["asked"][0]["answer"] == {"overview": "Keeps pets."}
    assert told["asked"][1]["attempts"][0]["detail"] == "'x' is no field."
    assert told["judged"][0]["usd"] == {"acme/m": {"once": "0.0024", "all": "0.0072"}}


def test_prices_are_those_of_three_providers() -> None:
    assert len({model.provider for model in priced()}) == 3
    assert all(model.input_price > 0 for model in priced())


def test_a_model_has_to_be_named() -> None:
    with pytest.raises(SystemExit):
        main([])
