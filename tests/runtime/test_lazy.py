"""Names that a package imports when they are first asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

INIT = """
from integrations.runtime.lazy import lazily

_HOMES = {"first": "One Two", "second": "Three"}

def __getattr__(name):
    return lazily(__name__, name, _HOMES)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    folder = tmp_path / "lazy_example"
    folder.mkdir()
    (folder / "__init__.py").write_text(INIT, "utf-8")
    (folder / "first.py").write_text("One, Two = 1, 2\n", "utf-8")
    (folder / "second.py").write_text("Three = 3\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "lazy_example"
    for name in [n for n in sys.modules if n.partition(".")[0] == "lazy_example"]:
        del sys.modules[name]


def test_a_name_brings_its_own_module_alone(package: str) -> None:
    found = import_module(package)
    assert not {"lazy_example.first", "lazy_example.second"} & set(sys.modules)
    assert found.Two == 2
    assert "lazy_example.first" in sys.modules
    assert "lazy_example.second" not in sys.modules


def test_a_name_that_no_module_has_is_an_attribute_error(package: str) -> None:
    with pytest.raises(AttributeError, match="module 'lazy_example' has no attribute 'Four'"):
        _ = import_module(package).Four
