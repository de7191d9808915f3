"""Only what is better is kept: judged together, dropped by blame, and decided once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.models.scripted import BLANK, Body, Said, say

from .conftest import CHECKOUT, PETS
from .modelled import GOOD, KEY, SECRET, Modelled, answers, modelled, subtask

ADAPTER = "{{cookiecutter.module}}_adapter.py"
DOCS = "{{cookiecutter.module.upper()}}_INTEGRATION.md"


@pytest.fixture(autouse=True)
def _keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, SECRET)
    monkeypatch.delenv("CI", raising=False)


def lay_trusting_pattern(root: Path, line: str) -> None:
    """Copy the pattern into the repository, without its checks, and print a *line* of answers as code."""
    folder = root / "cookiecutters" / "api"
    shutil.copytree(CHECKOUT / "cookiecutters" / "api", folder, ignore=shutil.ignore_patterns("__pycache__"))
    code = folder / "pattern.py"
    code.write_text(code.read_text() + "\n\ndel verify\n")
    adapter = folder / "rest" / "{{cookiecutter.module}}" / ADAPTER
    adapter.write_text(adapter.read_text() + line)


def provenance(made: Modelled) -> dict[str, str]:
    """Return by question who gave the accepted answer."""
    return {name: told["provenance"] for name, told in made.lock()["reproducible"]["subtasks"].items()}


def test_an_answer_that_breaks_the_package_is_dropped_alone(tmp_path: Path) -> None:
    with modelled(tmp_path / "repo") as made:
        lay_trusting_pattern(
            made.root, "\n{% if 'creates' in cookiecutter._b.overview %}eval('1'){% endif %}\n"
        )
        done = made.run("generate")
        assert done.code == 0, done.out + done.err
        given = provenance(made)
        assert given["overview"] == "offline"
        assert given["summaries"] == given["naming"] == "acme/small"
        assert "no better" in done.out
        assert made.lock()["evidence"]["answers"]["overview"]["ended"] == "no better"
        assert "overview" not in [path.stem for path in (made.root / "integrations/pets/answers").iterdir()]
        assert made.run("check", "--rebuild").code == 0


def test_all_are_dropped_where_the_package_stays_broken(tmp_path: Path) -> None:
    line = "\n{% if 'fetch' in cookiecutter._b.methods|map(attribute='name')|join %}eval('1'){% endif %}\n"
    with modelled(tmp_path / "repo", answers({"naming": GOOD["naming"]})) as made:
        lay_trusting_pattern(made.root, line)
        done = made.run("generate", "pets")
        assert done.code == 0, done.out + done.err
        assert set(provenance(made).values()) == {"offline"}
        assert not (made.root / "integrations/pets/answers").exists()


def test_a_judged_answer_that_adds_no_request_is_not_kept(tmp_path: Path) -> None:
    cases: dict[str, list[str]] = {"cases": []}
    with modelled(tmp_path / "repo", answers({**GOOD, "test_cases": cases})) as made:
        assert made.run("generate", "pets").code == 0
        assert provenance(made)["test_cases"] == "offline"


SEARCH = PETS.replace("units: string?", "units: string?, lang: string?, days: integer?")


def test_a_case_that_adds_requests_is_kept_and_both_counts_show_it(tmp_path: Path) -> None:
    cases = {"cases": [{"operation": "GET /now", "arguments": {"city": "Oslo", "days": 3}}]}

    def script(body: Body) -> Said:
        return say(cases) if subtask(body) == "test_cases" else BLANK

    with modelled(tmp_path / "repo", script, text=SEARCH) as made:
        assert made.run("generate", "weather").code == 0
        lock = made.lock("weather")
        assert lock["reproducible"]["subtasks"]["test_cases"]["provenance"] == "acme/large"
        trial = lock["evidence"]["trial"]
        assert trial["answered"]["requests"] > trial["offline"]["requests"]
        assert made.given("test_cases", "weather")["judged_by"] == "counts"
