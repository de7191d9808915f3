"""Connections that break, servers that restart or fall silent, replicas that are gone, encryption."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from integrations.runtime import ConnectionFailedError, PoolExhaustedError, RequestTimeoutError
from integrations.runtime._settings import RetryConfig
from integrations.runtime.sql import SqlAdapter, SqlSettings, TlsConfig
from integrations.runtime.testing import FaultProxy, server

from .live import SERVED, Live, fresh

pytestmark = pytest.mark.engines("postgresql", "mysql")
ONE = "SELECT 1"


@pytest.fixture
def proxy(live: Live) -> Iterator[FaultProxy]:
    parts = urlsplit(live.url)
    with FaultProxy(parts.hostname or "", parts.port or 0) as made:
        yield made


def through(live: Live, proxy: FaultProxy) -> str:
    """The live database's URL by way of the proxy."""
    parts = urlsplit(live.url)
    return live.url.replace(f"{parts.hostname}:{parts.port}", f"{proxy.host}:{proxy.port}")


def test_a_read_survives_connections_that_were_reset(live: Live, proxy: FaultProxy) -> None:
    read = live.query(ONE, int, reads=True)

    async def test(db: Any) -> None:
        far = live.adapter(through(live, proxy))
        for _ in range(3):
            assert await far._one(read) == 1
            proxy.reset()
        assert await far._one(read) == 1
        assert far.pool["busy"] == 0

    live.run(test)


@pytest.mark.engines("postgresql")
def test_a_write_finds_a_new_connection_where_the_idle_one_was_reset(live: Live, proxy: FaultProxy) -> None:
    write = live.query("INSERT INTO t (i) VALUES (1)")

    async def test(db: Any) -> None:
        await db.fetch("CREATE TABLE t (i int)")
        far = live.adapter(through(live, proxy), retry=RetryConfig(max_attempts=1))
        for _ in range(3):
            assert await far._execute(write) == 1
            proxy.reset()
            time.sleep(0.05)
        assert far.pool["replaced"] == 2
        assert await db._one(live.query("SELECT COUNT(*) FROM t", int)) == 3

    live.run(test)


def test_an_idle_connection_is_looked_at_before_it_is_lent(live: Live, proxy: FaultProxy) -> None:
    async def test(db: Any) -> None:
        far = live.adapter(through(live, proxy), retry=RetryConfig(max_attempts=1))
        await far.healthcheck()
        proxy.reset()
        await asyncio.sleep(0.05)
        await far.healthcheck()
        assert far.pool["replaced"] == 1

    live.run(test)


def test_a_server_that_falls_silent_is_given_up(live: Live, proxy: FaultProxy) -> None:
    async def test(db: Any) -> None:
        far = live.adapter(through(live, proxy), retry=RetryConfig(max_attempts=1))
        await far.healthcheck()
        proxy.partition()
        started = time.monotonic()
        with pytest.raises(RequestTimeoutError):
            await far._one(live.query(ONE, int), {}, 0.2)
        assert time.monotonic() - started < 4
        proxy.heal()
        await far.healthcheck()
        assert far.pool["busy"] == 0

    live.run(test)


def test_a_connection_that_breaks_while_committing_is_told(live: Live, proxy: FaultProxy) -> None:
    """Whether it was committed is not known, so it is not run again."""
    calls = 0

    async def test(db: Any) -> None:
        await db.fetch("CREATE TABLE t (i int)")
        far = live.adapter(through(live, proxy), retry=RetryConfig(base_delay=0.01))

        async def put(tx: Any) -> None:
            nonlocal calls
            calls += 1
            await tx._execute(live.query("INSERT INTO t (i) VALUES (1)"))
            proxy.reset()

        with pytest.raises(ConnectionFailedError) as caught:
            await far.run_in_transaction(put)
        assert calls == (5 if caught.value.undone else 1)  # undone: the commit could not even be sent
        assert far.pool["busy"] == 0

    live.run(test)


def test_a_transaction_whose_connection_breaks_before_the_commit_is_run_again(
    live: Live, proxy: FaultProxy
) -> None:
    calls = 0

    async def test(db: Any) -> None:
        await db.fetch("CREATE TABLE t (i int)")
        far = live.adapter(through(live, proxy), retry=RetryConfig(base_delay=0.01))

        async def put(tx: Any) -> None:
            nonlocal calls
            calls += 1
            await tx._execute(live.query("INSERT INTO t (i) VALUES (1)"))
            if calls == 1:
                proxy.reset()
            await tx._execute(live.query("INSERT INTO t (i) VALUES (2)"))

        await far.run_in_transaction(put)
        assert calls == 2
        assert await db._one(live.query("SELECT COUNT(*) FROM t", int)) == 2

    live.run(test)


def test_reads_survive_a_restart_of_the_server(live: Live) -> None:
    read = live.query(ONE, int, reads=True)

    async def test(db: Any) -> None:
        assert await db._one(read) == 1
        server(live.engine.name).restart()
        assert await db._one(read) == 1

    live.run(test)


def test_reads_go_to_replicas_in_turn_and_to_the_primary_when_they_fail(live: Live, tmp_path: Any) -> None:
    who = live.query("SELECT name FROM who", str, reads=True)
    change = live.query("UPDATE who SET name = name")
    urls = [live.url, fresh(live.engine, tmp_path), fresh(live.engine, tmp_path)]

    async def test(db: Any) -> None:
        for url, name in zip(urls, ("primary", "first", "second"), strict=True):
            one = live.adapter(url)
            await one.fetch("CREATE TABLE who (name varchar(10))")
            await one.fetch(f"INSERT INTO who (name) VALUES ('{name}')")
        several = live.adapter(replicas=tuple(urls[1:]))
        assert {await several._one(who) for _ in range(2)} == {"first", "second"}
        assert await several._execute(change) == (1 if live.engine.name == "postgresql" else 0)
        async with several._stream(who) as rows:
            assert {row async for row in rows} <= {"first", "second"}
        async with several.transaction() as tx:
            assert await tx._one(who) == "primary"
        gone = f"{live.engine.name}://app@127.0.0.1:9/x"
        alone = live.adapter(replicas=(gone,), retry=RetryConfig(max_attempts=1))
        assert [await alone._one(who) for _ in range(2)] == ["primary", "primary"]
        async with alone._stream(who) as rows:
            assert [row async for row in rows] == ["primary"]

    live.run(test)


def test_whoever_finds_no_free_connection_in_time_is_told(live: Live) -> None:
    async def test(db: Any) -> None:
        async with db.transaction():
            with pytest.raises(PoolExhaustedError, match="all 1 connections were busy for") as caught:
                await db.fetch(ONE)
        assert caught.value.undone
        assert caught.value.retryable
        await db.healthcheck()

    live.run(test, pool_size=1, pool_timeout=0.05, retry=RetryConfig(max_attempts=1))


def test_many_callers_share_few_connections(live: Live) -> None:
    read = live.query(ONE, int, reads=True)

    async def test(db: Any) -> None:
        if live.form == "async":
            found = await asyncio.gather(*(db._one(read) for _ in range(100)))
        else:
            calls = [asyncio.to_thread(db.inner._one, read) for _ in range(100)]
            found = await asyncio.gather(*calls)
        assert found == [1] * 100
        assert db.pool["opened"] <= 3
        assert db.pool["busy"] == 0

    live.run(test, pool_size=3)


@pytest.mark.parametrize("mode", ["require", "verify-full"])
def test_encryption_that_the_server_does_not_offer_is_no_connection(live: Live, mode: Any) -> None:
    async def test(db: Any) -> None:
        strict = live.adapter(tls=TlsConfig(mode=mode), retry=RetryConfig(max_attempts=1))
        with pytest.raises(ConnectionFailedError):
            await strict.healthcheck()
        await live.adapter(tls=TlsConfig(mode="disable")).healthcheck()
        await live.adapter(tls=TlsConfig(mode="prefer")).healthcheck()

    live.run(test)


@pytest.mark.parametrize("engine", [pair[0].name for pair in SERVED if pair[1] == "sync"])
def test_a_closed_adapter_says_so(engine: str) -> None:
    kind = type("Db", (SqlAdapter,), {"SERVICE": "Test", "ENGINE": engine})
    db: Any = kind(server(engine).url, settings=SqlSettings(service="Test"))
    db.healthcheck()
    db.close()
    with pytest.raises(Exception, match="the adapter is closed"):
        db.healthcheck()
