from __future__ import annotations

import pytest

from . import prism


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, saying so, where Prism is not installed: ``nox -s crosscheck`` installs it."""
    absent = pytest.mark.skip(reason=f"Prism is not installed ({prism.VARIABLE}): nox -s crosscheck does it")
    for item in items:
        if "crosscheck" in item.path.parts and not prism.program():
            item.add_marker(absent)
