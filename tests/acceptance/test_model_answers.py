"""Answers of models, end to end: asked once, recorded, replayed for nothing, kept where that is better."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.models.scripted import DOWN, RETIRED, Said, prompt

from .conftest import CHECKOUT
from .modelled import GOOD, KEY, SECRET, Modelled, answers, manifest, modelled, subtask


@pytest.fixture(autouse=True)
def _keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, SECRET)
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture(scope="module")
def _answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Modelled]:
    before = {name: os.environ.get(name) for name in (KEY, "CI")}
    os.environ[KEY] = SECRET
    os.environ.pop("CI", None)
    with modelled(tmp_path_factory.mktemp("answered") / "repo") as made:
        done = made.run("generate")
        assert done.code == 0, done.out + done.err
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
        yield made


@pytest.fixture
def answered(_answered: Modelled, tmp_path: Path) -> Modelled:
    """A repository whose questions were answered; a copy for this test alone, with the provider."""
    shutil.copytree(_answered.root, tmp_path / "repo", symlinks=True)
    return Modelled(type(_answered.repository)(tmp_path / "repo"), _answered.server)


def test_what_a_model_said_stands_in_the_package_with_its_provenance(answered: Modelled) -> None:
    kept = answered.given("summaries")
    assert kept["answer"] == GOOD["summaries"]
    assert kept["answered_by"] == "acme/small"
    assert kept["judged_by"] == "checks"
    assert Decimal(kept["made"]["cost_usd"]) > 0
    adapter = (answered.root / "integrations/pets/pets_adapter.py").read_text()
    assert "Fetch the pet that has this number." in adapter
    assert "def fetch_pet(" in adapter
    record = answered.lock()["reproducible"]["subtasks"]["summaries"]
    assert record["provenance"] == "acme/small"


def test_recordings_are_what_their_schema_says(answered: Modelled) -> None:
    schema = json.loads((CHECKOUT / "schema" / "answer.schema.json").read_bytes())
    checker = Draft202012Validator(schema)
    recordings = sorted(answered.root.glob("integrations/*/answers/*.json"))
    assert len(recordings) > 5
    for path in recordings:
        checker.validate(json.loads(path.read_bytes()))
    lock = json.loads((CHECKOUT / "schema" / "lock.schema.json").read_bytes())
    Draft202012Validator(lock).validate(answered.lock())


def test_the_lock_keeps_both_counts_and_what_everything_took(answered: Modelled) -> None:
    evidence = answered.lock()["evidence"]
    assert evidence["trial"].keys() == {"offline", "answered"}
    assert evidence["trial"]["answered"]["conforming"] >= evidence["trial"]["offline"]["conforming"]
    took = evidence["answers"]
    assert took["summaries"]["ended"] == "kept"
    assert took["troubleshooting"]["ended"] == "rejected"
    total = sum(Decimal(told["cost_usd"]) for told in took.values())
    assert abs(Decimal(evidence["build_metrics"]["total_cost"]) - total) < Decimal("0.0001")


def test_a_fresh_clone_with_no_key_replays_byte_for_byte_and_asks_nobody(
    answered: Modelled, tmp_path: Path
) -> None:
    asked = answered.server.requests
    clone = tmp_path / "clone"
    shutil.copytree(answered.root, clone, symlinks=True, ignore=shutil.ignore_patterns(".jackfield"))
    before = _bytes(clone)
    for package in ("pets", "weather"):  # all but what was committed as the source of it
        for path in (clone / "integrations" / package).glob("*_adapter.py"):
            path.unlink()
    program = (
        "import sys; from generator.cli import main; code = main(sys.argv[1:]);"
        "assert 'litellm' not in sys.modules and 'openai' not in sys.modules; sys.exit(code)"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CHECKOUT),
        "HOME": str(tmp_path),
        "CI": "true",
    }
    for arguments in (("generate", "--overwrite", "pets", "--overwrite", "weather"), ("check", "--rebuild")):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=clone,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert _bytes(clone) == before
    assert answered.server.requests == asked


def _bytes(root: Path) -> dict[str, bytes]:
    folder = root / "integrations"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"runtime", "__pycache__"} & set(path.relative_to(folder).parts)
    }


def test_a_second_run_asks_nothing_and_changes_nothing(answered: Modelled) -> None:
    asked, files = answered.server.requests, _bytes(answered.root)
    assert answered.run("generate").code == 0
    assert answered.run("plan").code == 0
    assert answered.server.requests == asked
    assert _bytes(answered.root) == files


def test_an_edited_answer_becomes_a_persons_and_costs_nothing(answered: Modelled) -> None:
    asked = answered.server.requests
    place = answered.root / "integrations/pets/answers/summaries.json"
    place.write_text(place.read_text().replace("has this number", "bears this number"))
    plan = answered.run("plan")
    assert plan.code == 2
    assert "answers/summaries.json edited by hand" in plan.out
    assert "free" in plan.out
    assert answered.run("generate").code == 0
    assert answered.given("summaries")["answered_by"] == "human"
    assert "bears this number" in (answered.root / "integrations/pets/pets_adapter.py").read_text()
    assert answered.server.requests == asked
    assert answered.run("generate", "--answers", "refresh", "pets").code == 0
    assert answered.given("summaries")["answered_by"] == "human"


def test_an_edited_answer_that_breaks_its_contract_is_refused_by_name(answered: Modelled) -> None:
    place = answered.root / "integrations/pets/answers/summaries.json"
    files = _bytes(answered.root)
    place.write_text(place.read_text().replace("GET /pets/{pet_id}", "GET /cats/{cat_id}"))
    done = answered.run("generate")
    assert done.code == 1
    assert "integrations/pets/answers/summaries.json" in done.err
    assert "GET /cats/{cat_id}" in done.err
    assert {**_bytes(answered.root), "pets/answers/summaries.json": b""} == {
        **files,
        "pets/answers/summaries.json": b"",
    }


def test_an_edited_answer_with_text_that_nobody_sees_is_refused(answered: Modelled) -> None:
    place = answered.root / "integrations/pets/answers/overview.json"
    place.write_text(place.read_text().replace("Reads single pets", "Reads \\u202esingle pets"))
    done = answered.run("generate")
    assert done.code == 1
    assert "U+202E" in done.err


def test_a_missing_recording_is_an_error_that_names_question_and_command(answered: Modelled) -> None:
    (answered.root / "integrations/pets/answers/summaries.json").unlink()
    done = answered.run("generate", "--answers", "recorded")
    assert done.code == 1
    assert "summaries" in done.err
    assert "jackfield generate pets --answers model" in done.err
    assert answered.run("check", "--rebuild").code != 0


def test_recorded_answers_are_what_ci_uses_without_being_told(
    answered: Modelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    asked = answered.server.requests
    answered.repository.edit(
        "  - name: weather",
        "  - name: dogs\n    service: Dogs\n    requirements:\n"
        "      base_url: https://dogs.example\n      endpoints: [GET /dogs]\n  - name: weather",
    )
    done = answered.run("generate")
    assert done.code == 1
    assert "dogs" in done.err
    assert "--answers model" in done.err
    assert answered.server.requests == asked


@pytest.mark.parametrize("fault", [DOWN, RETIRED], ids=["outage", "retired"])
def test_an_outage_changes_no_byte_of_accepted_answers(
    answered: Modelled, tmp_path: Path, fault: Said
) -> None:
    files = _bytes(answered.root)
    with modelled(tmp_path / "other", lambda body: fault) as down:
        answered.repository.manifest.write_text(manifest(down.server.url))
        assert answered.run("generate").code == 0
        assert down.server.requests == 0
        done = answered.run("generate", "--answers", "refresh")
        assert done.code == 0, done.out + done.err
        assert down.server.requests > 0
    after = _bytes(answered.root)
    locks = {path for path in files if path.endswith("metadata.json")}
    assert {p: d for p, d in after.items() if p not in locks} == {
        p: d for p, d in files.items() if p not in locks
    }
    assert answered.lock()["reproducible"]["subtasks"]["summaries"]["provenance"] == "acme/small"


def test_a_changed_question_asks_that_question_alone_and_keeps_what_still_holds(answered: Modelled) -> None:
    seen = len(answered.server.asked)
    answered.repository.edit("auth_type: bearer", "auth_type: bearer\n      rate_limit: 60/minute")
    plan = answered.run("plan")
    assert "question troubleshooting changed" in plan.out or "rate_limit added" in plan.out
    assert "$" in plan.out
    assert answered.run("generate").code == 0
    assert {subtask(asked.body) for asked in answered.server.asked[seen:]} == {"troubleshooting"}
    assert answered.given("summaries")["answered_by"] == "acme/small"


def test_what_a_model_could_not_answer_is_told_and_asked_again_on_request(answered: Modelled) -> None:
    plan = answered.run("plan")
    assert plan.code == 0
    assert "troubleshooting" in plan.out
    assert "--retry-degraded" in plan.out
    seen = len(answered.server.asked)
    assert answered.run("generate", "pets", "--retry-degraded").code == 0
    again = {subtask(asked.body) for asked in answered.server.asked[seen:]}
    assert "troubleshooting" in again
    assert "summaries" not in again


def test_an_answer_that_says_what_goes_without_saying_is_not_kept(tmp_path: Path) -> None:
    offline = {"summaries": {"GET /pets/{pet_id}": "Get a pet."}}
    with modelled(tmp_path / "repo", answers(offline)) as made:
        assert made.run("generate").code == 0
        assert made.lock()["reproducible"]["subtasks"]["summaries"]["provenance"] == "offline"
        assert not (made.root / "integrations/pets/answers").exists()
        assert made.lock()["evidence"]["answers"]["summaries"]["ended"] == "no better"


def test_a_run_stops_before_the_call_that_it_cannot_afford(tmp_path: Path) -> None:
    with modelled(tmp_path / "repo") as made:
        done = made.run("generate", "--budget", "0.0005", "--strict-budget")
        assert done.code == 4, done.out
        assert "for the budget" in done.out
        spent = json.loads(made.run("cost", "--json").out)
        billed = made.server.dollars(Decimal("0.5"), Decimal("2.0"), Decimal("0.5"))
        assert Decimal(spent["total_usd"]) == billed
        assert billed <= Decimal("0.0005")
        assert (made.root / "integrations/pets/pets_adapter.py").exists()
        assert made.run("check", "--rebuild").code == 0


def test_nobody_is_asked_where_the_budget_is_nothing(tmp_path: Path) -> None:
    with modelled(tmp_path / "repo") as made:
        assert made.run("generate", "--budget", "0").code == 0
        assert made.server.requests == 0


def test_an_entry_with_a_budget_of_its_own_keeps_to_it(tmp_path: Path) -> None:
    with modelled(tmp_path / "repo") as made:
        made.repository.edit("service: Pets\n", "service: Pets\n    budget_usd: 0\n")
        assert made.run("generate").code == 0
        assert made.server.requests > 0
        assert not any("/pets" in prompt(asked.body) for asked in made.server.asked)


def test_a_plan_says_what_models_may_cost_and_the_cost_lies_between(tmp_path: Path) -> None:
    with modelled(tmp_path / "repo") as made:
        plan = made.run("plan", "--json")
        told = json.loads(plan.out)["cost_usd"]
        assert made.server.requests == 0
        assert made.run("generate").code == 0
        spent = Decimal(json.loads(made.run("cost", "--json").out)["total_usd"])
        assert Decimal(told["low"]) <= spent <= Decimal(told["high"])


def test_the_key_reaches_the_provider_and_no_file(answered: Modelled) -> None:
    assert all(SECRET in asked.headers["authorization"] for asked in answered.server.asked)
    assert all(SECRET not in prompt(asked.body) for asked in answered.server.asked)
    for path in answered.root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert SECRET.encode() not in path.read_bytes(), path


def test_prune_removes_recordings_that_no_lock_names(answered: Modelled) -> None:
    folder = answered.root / "integrations/pets/answers"
    (folder / "left.json").write_text("{}")
    kept = (folder / "summaries.json").read_bytes()
    done = answered.run("prune")
    assert "integrations/pets/answers/left.json" in done.out
    assert not (folder / "left.json").exists()
    assert (folder / "summaries.json").read_bytes() == kept
    replies = list((answered.root / ".jackfield/calls").glob("*.json"))
    assert len(replies) == len(list(folder.glob("*.json"))) + len(
        list((answered.root / "integrations/weather/answers").glob("*.json"))
    )


def test_models_without_a_provider_is_an_error_with_its_mend(tmp_path: Path) -> None:
    with modelled(tmp_path / "repo") as made:
        text = made.repository.manifest.read_text().replace("  provider: acme\n", "")
        made.repository.manifest.write_text(text)
        done = made.run("generate")
        assert done.code == 1
        assert "defaults.provider" in done.err


def test_a_broken_lock_does_not_lose_what_models_said(answered: Modelled) -> None:
    asked = answered.server.requests
    (answered.root / "integrations/pets/metadata.json").write_text("<<<<<<< ours\n")
    assert answered.run("generate").code == 0
    assert answered.given("summaries")["answered_by"] == "acme/small"
    assert answered.server.requests == asked


BARE = """\
version: 1
integrations:
  - name: pets
    service: Pets
    type: api
    description: Keeps pets.
    requirements: {base_url: "https://pets.example"}
"""


def test_proposed_operations_are_marked_until_a_person_approves_them(tmp_path: Path) -> None:
    proposed = {"endpoints": [{"method": "GET", "path": "/pets/{pet_id}", "summary": "Get a pet."}]}
    with modelled(tmp_path / "repo", answers({"operations": proposed}), text=BARE) as made:
        done = made.run("generate")
        assert done.code == 0, done.out + done.err
        docs = made.root / "integrations/pets/PETS_INTEGRATION.md"
        assert "def get_pet(" in (made.root / "integrations/pets/pets_adapter.py").read_text()
        assert "not confirmed" in docs.read_text()
        asked = made.server.requests
        assert made.run("approve", "pets", "operations").code == 0
        assert "free" in made.run("plan").out
        assert made.run("generate").code == 0
        assert "not confirmed" not in docs.read_text()
        assert made.given("operations")["answered_by"] == "human"
        assert made.server.requests == asked
        assert made.run("check", "--rebuild").code == 0


def test_proposed_operations_that_an_entry_would_refuse_get_nowhere(tmp_path: Path) -> None:
    twice = [{"method": "GET", "path": "/pets", "summary": "List pets."}] * 2
    with modelled(tmp_path / "repo", answers({"operations": {"endpoints": twice}}), text=BARE) as made:
        assert made.run("generate").code == 0
        assert made.lock()["reproducible"]["subtasks"]["operations"]["provenance"] == "offline"
        assert made.lock()["reproducible"]["incomplete"] is True


def test_a_changed_prompt_or_a_retired_model_is_told_and_costs_nothing(answered: Modelled) -> None:
    place = answered.root / "integrations/pets/metadata.json"
    record = answered.lock()["reproducible"]["subtasks"]["summaries"]
    asked, text = answered.server.requests, place.read_text()
    assert "could be answered anew" not in answered.run("plan").out
    place.write_text(text.replace(record["prompt"], "0" * 12))
    plan = answered.run("plan")
    assert plan.code == 0
    assert "the prompt of summaries changed" in plan.out
    assert "--answers refresh" in plan.out
    place.write_text(text.replace('"provenance": "acme/small"', '"provenance": "deepseek/deepseek-chat"'))
    assert "deepseek/deepseek-chat is retired" in answered.run("plan").out
    assert answered.run("generate").code == 0
    assert answered.server.requests == asked
