"""What a database's own client makes of the proxy's faults, with PostgreSQL behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from integrations.runtime.testing import FaultProxy, server

psycopg = pytest.importorskip("psycopg")


@pytest.fixture(scope="module")
def url() -> str:
    return server("postgresql").url


@pytest.fixture
def proxy(url: str) -> Iterator[FaultProxy]:
    parts = urlsplit(url)
    with FaultProxy(parts.hostname or "", parts.port or 5432) as made:
        yield made


def connect(url: str, proxy: FaultProxy) -> Any:
    port = urlsplit(url).port
    return psycopg.connect(url.replace(f":{port}/", f":{proxy.port}/"), autocommit=True, connect_timeout=2)


def test_rows_come_through_and_a_reset_ends_the_session(url: str, proxy: FaultProxy) -> None:
    with connect(url, proxy) as connection:
        assert len(connection.execute("SELECT generate_series(1, 10000)").fetchall()) == 10_000
        proxy.reset()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with connect(url, proxy) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_partition_is_a_time_out_and_a_refusal_is_none(url: str, proxy: FaultProxy) -> None:
    proxy.partition()
    started = time.monotonic()
    with pytest.raises(psycopg.errors.ConnectionTimeout):
        connect(url, proxy)
    assert time.monotonic() - started >= 1.9
    proxy.heal()
    proxy.refuse()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        connect(url, proxy)


def test_a_killed_server_ends_the_session_and_a_restarted_one_is_behind_the_same_proxy(
    url: str, proxy: FaultProxy
) -> None:
    connection = connect(url, proxy)
    server("postgresql").kill()
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
    server("postgresql").restart()
    with connect(url, proxy) as again:
        assert again.execute("SELECT 1").fetchone() == (1,)
