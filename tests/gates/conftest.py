from __future__ import annotations

from pathlib import Path

import pytest

from .staging import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """An empty stage without the runtime."""
    return Stage(tmp_path / "stage")


@pytest.fixture
def full_stage(tmp_path: Path) -> Stage:
    """An empty stage with the real runtime."""
    return Stage(tmp_path / "stage", runtime=True)
