"""A live database for each engine and form that a test asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from .live import EVERY, Live, fresh


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test of `live` every engine and form, unless it names its own."""
    marked = metafunc.definition.get_closest_marker("engines")
    if "live" in metafunc.fixturenames:
        pairs = EVERY if marked is None else [pair for pair in EVERY if pair[0].name in marked.args]
        ids = [f"{engine.name}-{form}" for engine, form in pairs]
        metafunc.parametrize("live", pairs, indirect=True, ids=ids)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "engines(*names): run a test of `live` for these engines alone")


@pytest.fixture
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Live:
    engine, form = request.param
    return Live(engine, form, fresh(engine, tmp_path))
