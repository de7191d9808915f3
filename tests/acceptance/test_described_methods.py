"""A method in words becomes code: its cases first, then a body that passes them in a sandbox, or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.sandbox import level
from tests.models.scripted import BLANK, Body, Said, fenced, prompt, say

from .conftest import PETS
from .modelled import KEY, SECRET, modelled, run, subtask

WORDS = "Return the names of the pets with these numbers, leaving out those that are not there."
TYPED = PETS.replace(
    "- GET /pets/{pet_id}\n",
    "- {method: GET, path: '/pets/{pet_id}', name: get_pet, returns: Pet, "
    "parameters: {pet_id: {type: integer, in: path}}}\n",
)
METHODS = f"{TYPED.partition('  - name: weather')[0]}    methods:\n      pet_names: {WORDS}\n"
SIGNATURE = "def pet_names(self, numbers: Sequence[int]) -> list[str]:"


def pet(number: int, name: str) -> dict[str, Any]:
    return {"operation": "GET /pets/{pet_id}", "body": {"id": number, "name": name}}


def asked(number: int) -> dict[str, Any]:
    return {"operation": "GET /pets/{pet_id}", "parameters": {"pet_id": number}}


CASES = {
    "parameters": {"numbers": "[integer]"},
    "returns": "[string]",
    "cases": [
        {"arguments": {"numbers": []}, "answers": [], "requests": [], "expected": []},
        {
            "arguments": {"numbers": [1, 2]},
            "answers": [pet(1, "Minka"), {"operation": "GET /pets/{pet_id}", "status": 404}],
            "requests": [asked(1), asked(2)],
            "expected": ["Minka"],
        },
    ],
}
CODE = f"""{SIGNATURE}
    found: list[str] = []
    for number in numbers:
        try:
            found.append(self.get_pet(number).name)
        except NotFoundError:
            continue
    return found
"""
STUB = f"{SIGNATURE}\n    return []\n"
HOSTILE = f"{SIGNATURE}\n    return [str(self.get_pet(1).__class__.__mro__)]\n"


@pytest.fixture(autouse=True)
def _keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, SECRET)
    monkeypatch.delenv("CI", raising=False)


def script(*codes: str) -> Any:
    """A provider that says the cases, then each code in turn, the last one for ever, and nothing else."""
    left = list(codes)

    def answer(body: Body) -> Said:
        name = subtask(body)
        if name == "cases":
            return say(CASES)
        if name == "method":
            return fenced(left.pop(0) if len(left) > 1 else left[0], "python")
        return BLANK

    return answer


def test_the_code_is_accepted_recorded_and_replayed(tmp_path: Path) -> None:
    with modelled(tmp_path / "repo", script(CODE), text=METHODS) as made:
        done = made.run("generate", "pets")
        assert done.code == 0, done.out + done.err
        text = (made.root / "integrations/pets/pets_adapter.py").read_text()
        assert "def pet_names(self, numbers: Sequence[int]) -> list[str]:" in text
        lock = made.lock()
        assert lock["reproducible"]["subtasks"]["method:pet_names"]["provenance"].startswith("acme/")
        assert lock["evidence"]["counts"]["tests"]["sandbox"] == level()
        assert made.given("method.pet_names")["answer"].strip() == CODE.strip()
        assert made.given("cases.pet_names")["answer"] == CASES
        count = len(made.server.asked)
        assert run(made.root, "check", "--rebuild").code == 0
        assert len(made.server.asked) == count


def test_a_body_that_fails_its_cases_is_mended_by_what_they_say(tmp_path: Path) -> None:
    with modelled(tmp_path / "repo", script(STUB, STUB, CODE), text=METHODS) as made:
        done = made.run("generate", "pets")
        assert done.code == 0, done.out + done.err
        assert made.given("method.pet_names")["answer"].strip() == CODE.strip()
        mended = [prompt(request.body) for request in made.server.asked if subtask(request.body) == "method"]
        assert "no request was sent" in mended[-1]


@pytest.mark.parametrize("code", [HOSTILE, STUB])
def test_code_that_never_passes_is_not_in_the_package(tmp_path: Path, code: str) -> None:
    with modelled(tmp_path / "repo", script(code), text=METHODS) as made:
        done = made.run("generate", "pets")
        assert done.code == 0, done.out + done.err
        folder = made.root / "integrations/pets"
        assert "pet_names" not in (folder / "pets_adapter.py").read_text()
        assert not (folder / "answers" / "method.pet_names.json").exists()
        assert "not written" in (folder / "PETS_INTEGRATION.md").read_text()


def test_offline_nothing_is_asked_and_the_method_is_missing(tmp_path: Path) -> None:
    with modelled(tmp_path / "repo", script(CODE), text=METHODS) as made:
        done = made.run("generate", "pets", "--answers", "offline")
        assert done.code == 0, done.out + done.err
        assert made.server.asked == []
        folder = made.root / "integrations/pets"
        assert "pet_names" not in (folder / "pets_adapter.py").read_text()
        assert "jackfield generate pets --answers model" in (folder / "PETS_INTEGRATION.md").read_text()


def test_other_cases_ask_for_the_code_again(tmp_path: Path) -> None:
    said = {"cases": CASES, "method": CODE}

    def answer(body: Body) -> Said:
        name = subtask(body)
        if name == "cases":
            return say(said[name])
        return fenced(str(said[name]), "python") if name == "method" else BLANK

    with modelled(tmp_path / "repo", answer, text=METHODS) as made:
        assert made.run("generate", "pets").code == 0
        renamed = json.dumps(CASES).replace('"numbers"', '"ids"')
        said |= {"cases": json.loads(renamed), "method": CODE.replace("numbers", "ids")}
        (made.root / "integrations/pets/answers/cases.pet_names.json").unlink()
        assert "cases.pet_names.json is missing" in made.run("plan").out
        done = made.run("generate", "pets")
        assert done.code == 0, done.out + done.err
        text = (made.root / "integrations/pets/pets_adapter.py").read_text()
        assert "def pet_names(self, ids: Sequence[int]) -> list[str]:" in text
        assert "for number in ids:" in text
