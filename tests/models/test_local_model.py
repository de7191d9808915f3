"""The whole command with the provider ``local``: a real server on this machine, whose model has no sense."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..acceptance.conftest import Repository, make_repository

MANIFEST = """\
version: 1
defaults:
  providers:
    local: {base_url: "ADDRESS", model: tiny}
integrations:
  - name: kennel
    service: Kennel
    description: Where the dogs of the town are kept.
    requirements:
      base_url: https://kennel.example
      endpoints:
        - {method: GET, path: /dogs, returns: [Dog]}
        - {method: GET, path: /dogs/oldest, returns: Dog}
      types:
        Dog: {size: {enum: [small, large]}, born_on: date, chipped: boolean}
"""


def kennel(folder: Path, address: str) -> Repository:
    return make_repository(folder, MANIFEST.replace("ADDRESS", address))


def lock(repository: Repository) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(repository.files()["kennel/metadata.json"])
    return told


def without_what_was_asked(told: dict[str, Any]) -> dict[str, Any]:
    """A lock but for what it says of a model that was asked in vain."""
    evidence = {key: said for key, said in told["evidence"].items() if key not in ("answers", "prices")}
    subtasks = told["reproducible"]["subtasks"].items()
    plain = {name: {k: v for k, v in said.items() if k != "degraded"} for name, said in subtasks}
    return {**told, "evidence": evidence, "reproducible": {**told["reproducible"], "subtasks": plain}}


@pytest.fixture(scope="module")
def asked(tiny_model: str, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository whose questions were put to the model."""
    repository = kennel(tmp_path_factory.mktemp("asked"), tiny_model)
    said = repository.generate("--answers", "model", "--provider", "local").out
    assert "no answer of a model passed its checks: " in said
    assert "$0.00" in said
    return repository


def test_answers_without_sense_leave_the_package_as_it_is_offline(
    tiny_model: str, asked: Repository, tmp_path: Path
) -> None:
    offline = kennel(tmp_path, tiny_model)
    offline.generate()
    plain, made = offline.files(), asked.files()
    differ = [path for path in {**plain, **made} if plain.get(path) != made.get(path)]
    assert differ == ["kennel/metadata.json"]
    assert without_what_was_asked(lock(asked)) == lock(offline)


def test_the_lock_says_what_was_asked_in_vain_and_that_it_cost_nothing(asked: Repository) -> None:
    told = lock(asked)
    ends = {name: end["ended"] for name, end in told["evidence"]["answers"].items()}
    refused = {name for name, one in told["reproducible"]["subtasks"].items() if one.get("degraded")}
    assert ends == dict.fromkeys(refused, "rejected")
    assert {"naming", "overview", "troubleshooting"} <= refused
    assert told["evidence"]["build_metrics"]["total_cost"] == "0.0000"


def test_what_was_asked_in_vain_is_not_asked_again(asked: Repository) -> None:
    calls = asked.root / ".jackfield" / "calls"
    kept, before = sorted(calls.iterdir()), asked.stamps()
    assert kept
    asked.generate("--answers", "model", "--provider", "local")
    assert asked.stamps() == before
    assert sorted(calls.iterdir()) == kept
