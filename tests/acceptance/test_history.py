"""Durations and costs of runs are kept beside the tree, not in the locks."""

from __future__ import annotations

from pathlib import Path

from generator import IntegrationBuilder
from generator.history import FILE, History

from .conftest import Repository


def test_a_run_is_in_the_history_and_a_cut_line_does_no_harm(generated: Repository) -> None:
    place = generated.root / ".jackfield" / FILE
    with place.open("a") as file:
        file.write('{"name": "cut sh')
    records = IntegrationBuilder(root=generated.root).get_build_history()
    assert {record["name"] for record in records} == {"pets", "weather"}
    assert all(record["duration_seconds"] > 0 for record in records)
    assert b"duration" not in generated.files()["pets/metadata.json"]


def test_averages_are_means(tmp_path: Path) -> None:
    for history in (History(), History(tmp_path)):
        assert history.averages()["avg_duration_seconds"] == 0
        history.add("a", 0.25, 1.0, 90)
        history.add("b", 0.75, 3.0, 100)
        assert history.averages() == {
            "avg_duration_seconds": 2.0,
            "avg_cost": 0.5,
            "avg_validation_score": 95.0,
            "builds": 2,
        }
