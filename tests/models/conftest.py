"""A real model's server for the tests of this folder: llama.cpp's own, with a model without any sense."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks._llama import serving

from . import llama


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of the tiny model's server, which knows it as ``tiny``."""
    folder = tmp_path_factory.mktemp("model")
    with serving(llama.write(folder / "tiny.gguf"), folder / "log", context=llama.CONTEXT) as address:
        yield address
