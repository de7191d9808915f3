"""One rendering of every entry for the whole run: what is tested are the files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from generator.lock import canonical
from generator.patterns import IntegrationPattern, catalog
from generator.render import Job, render

from .entries import GITHUB, NAME_ONLY, ODD, STRIPE, entry

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def pattern() -> IntegrationPattern:
    return catalog(CHECKOUT).pattern("api")


@pytest.fixture(scope="session")
def blueprint(pattern: IntegrationPattern) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def resolved(raw: Mapping[str, Any]) -> dict[str, Any]:
        normal = canonical(pattern.normalise(dict(raw)))
        tasks = pattern.questions(normal)
        answers = {task.id: pattern.answer(task.id, task.slice(normal)) for task in tasks}
        return pattern.resolve(normal, answers)

    return resolved


@pytest.fixture(scope="session")
def rendered(
    pattern: IntegrationPattern, blueprint: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> Callable[[Path, Sequence[Mapping[str, Any]]], Path]:
    """Render entries beside a copy of the runtime, and return the folder that holds ``integrations``."""

    def stage(folder: Path, entries: Sequence[Mapping[str, Any]]) -> Path:
        (folder / "integrations").mkdir(parents=True)
        shutil.copy(CHECKOUT / "integrations" / "__init__.py", folder / "integrations")
        (folder / "integrations" / "runtime").symlink_to(CHECKOUT / "integrations" / "runtime")
        jobs = [
            Job(e["name"], e["name"].replace("-", "_"), pattern.folder.path / "rest", blueprint(e))
            for e in entries
        ]
        render(jobs, folder)
        return folder

    return stage


@pytest.fixture(scope="session")
def stage(
    rendered: Callable[[Path, Sequence[Mapping[str, Any]]], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    entries = [entry(base) for base in (GITHUB, STRIPE, ODD, NAME_ONLY)]
    return rendered(tmp_path_factory.mktemp("stage"), entries)
