from __future__ import annotations

from pathlib import Path

import pytest

from .staging import Stage


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the tools remember from one test to the next."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def stage(tmp_path: Path, cache: Path) -> Stage:
    """An empty stage without the runtime."""
    return Stage(tmp_path / "stage", cache=cache)


@pytest.fixture
def full_stage(tmp_path: Path, cache: Path) -> Stage:
    """An empty stage with the real runtime."""
    return Stage(tmp_path / "stage", runtime=True, cache=cache)
