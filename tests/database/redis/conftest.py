"""Adapters on a real server, and without one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.runtime.redis import KeyValueAdapter, RedisSettings
from integrations.runtime.testing import server


@pytest.fixture(scope="session")
def address() -> str:
    return server("redis").fresh("runtime")


@pytest.fixture
def redis(address: str) -> Iterator[KeyValueAdapter]:
    with KeyValueAdapter(RedisSettings(service="Redis", connection_string=address)) as adapter:
        adapter.command("FLUSHDB")
        yield adapter
