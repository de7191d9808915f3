"""An adapter at a broker in memory, in both forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integrations.runtime import SYSTEM_CLOCK
from integrations.runtime.testing import MemoryBroker

from .bench import Bench


@pytest.fixture(params=["sync", "async"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = Bench(request.param, MemoryBroker(SYSTEM_CLOCK))
    yield made
    made.close()


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def build(form: str, **given: Any) -> Bench:
        broker = given.pop("broker", None) or MemoryBroker(SYSTEM_CLOCK)
        made.append(Bench(form, broker, **given))
        return made[-1]

    yield build
    for one in made:
        one.close()
