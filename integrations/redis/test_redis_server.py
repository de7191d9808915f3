# Generated from integrations.yaml, entry "redis"; see redis_adapter.py for how to change it.
"""Redis on a real server: every kind of key, blocking and async."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import convert

from integrations.redis import AsyncRedisAdapter, Customer, Job, RedisAdapter, Session
from integrations.runtime.redis import Scored
from integrations.runtime.testing import RunningRedis, server

CUSTOMER: Any = {"email": "ada@example.com", "name": "name-1", "orders": 42}
JOB: Any = {"kind": "send_invoice", "not_before": "2026-01-02T03:04:05Z", "order_id": 42}
SESSION: Any = {
    "created_at": "2026-01-02T03:04:05Z",
    "email": "ada@example.com",
    "roles": ["role-1"],
    "user_id": "user-1",
}


@pytest.fixture(scope="module")
def url() -> str:
    return server("redis").fresh("redis")


@pytest.fixture(params=["sync", "async"])
def live(request: pytest.FixtureRequest, url: str) -> Iterator[RunningRedis]:
    with RunningRedis.running(RedisAdapter, AsyncRedisAdapter, request.param, url) as running:
        yield running


def test_the_server_answers(live: RunningRedis) -> None:
    live.call(lambda cache: cache.healthcheck())


def test_customer(live: RunningRedis) -> None:
    found = live.call(lambda cache: cache.get_customer("customer-1"))
    assert found is None
    found = live.call(lambda cache: cache.set_customer("customer-1", convert(CUSTOMER, Customer)))
    assert found is None
    found = live.call(lambda cache: cache.get_customer("customer-1"))
    assert found == convert(CUSTOMER, Customer)
    found = live.call(lambda cache: cache.update_customer("customer-1", lambda before: before))
    assert found == convert(CUSTOMER, Customer)
    found = live.call(lambda cache: cache.get_customer_email("customer-1"))
    assert True
    found = live.call(lambda cache: cache.get_customer_name("customer-1"))
    assert True
    found = live.call(lambda cache: cache.get_customer_orders("customer-1"))
    assert True
    found = live.call(lambda cache: cache.increment_customer_orders("customer-1", by=0))
    assert isinstance(found, int)
    found = live.call(lambda cache: cache.scan_customers())
    assert found == ["customer-1"]
    found = live.call(lambda cache: cache.refresh_customer("customer-1"))
    assert found is True
    found = live.call(lambda cache: cache.get_customer_ttl("customer-1"))
    assert 0 < (found or 0) <= 604800
    found = live.call(lambda cache: cache.delete_customer("customer-1"))
    assert found is True


def test_job(live: RunningRedis) -> None:
    found = live.call(lambda cache: cache.add_job(convert(JOB, Job)))
    assert "-" in found
    found = live.call(lambda cache: cache.read_jobs())
    assert [entry.message for entry in found] == [convert(JOB, Job)]
    found = live.call(lambda cache: cache.count_jobs())
    assert found == 1
    found = live.call(lambda cache: cache.take_jobs("worker-1"))
    assert [entry.message for entry in found] == [convert(JOB, Job)]
    found = live.call(lambda cache: cache.claim_jobs("worker-2", idle=3600.0))
    assert found == []
    found = live.call(lambda cache: cache.ack_jobs("1-0"))
    assert found == 0
    found = live.call(lambda cache: cache.give_up_job("1-0", "no such order"))
    assert found is False
    found = live.call(lambda cache: cache.read_dead_jobs())
    assert found == []
    found = live.call(lambda cache: cache.delete_job())
    assert found is True


def test_leaderboard(live: RunningRedis) -> None:
    found = live.call(lambda cache: cache.add_to_leaderboard("season-1", "leaderboard-1", 1.5))
    assert found is True
    found = live.call(lambda cache: cache.increment_in_leaderboard("season-1", "leaderboard-1", by=2.0))
    assert found == 3.5
    found = live.call(lambda cache: cache.get_leaderboard_score("season-1", "leaderboard-1"))
    assert found == 3.5
    found = live.call(lambda cache: cache.get_leaderboard_rank("season-1", "leaderboard-1"))
    assert found == 0
    found = live.call(lambda cache: cache.get_top_leaderboard("season-1"))
    assert found == [Scored("leaderboard-1", 3.5)]
    found = live.call(lambda cache: cache.get_leaderboard("season-1"))
    assert found == [Scored("leaderboard-1", 3.5)]
    found = live.call(lambda cache: cache.get_leaderboard_between("season-1", 3.0, 4.0))
    assert found == [Scored("leaderboard-1", 3.5)]
    found = live.call(lambda cache: cache.count_leaderboard("season-1"))
    assert found == 1
    found = live.call(lambda cache: cache.remove_from_leaderboard("season-1", "leaderboard-1"))
    assert found == 1
    found = live.call(lambda cache: cache.add_to_leaderboard("season-1", "leaderboard-1", 1.5))
    assert found is True
    found = live.call(lambda cache: cache.scan_leaderboards())
    assert found == ["season-1"]
    found = live.call(lambda cache: cache.delete_leaderboard("season-1"))
    assert found is True


def test_order_lock(live: RunningRedis) -> None:
    found = live.call(lambda cache: cache.lock_order("order-1"))
    assert found == 1
    found = live.call(lambda cache: cache.lock_order("order-1"))
    assert found == 2


def test_request_count(live: RunningRedis) -> None:
    found = live.call(lambda cache: cache.get_request_count("client-1", 42))
    assert found == 0
    found = live.call(lambda cache: cache.increment_request_count("client-1", 42))
    assert found == 1
    found = live.call(lambda cache: cache.increment_request_count("client-1", 42, by=5))
    assert found == 6
    found = live.call(lambda cache: cache.get_request_count("client-1", 42))
    assert found == 6
    found = live.call(lambda cache: cache.scan_request_counts())
    assert found == [("client-1", 42)]
    found = live.call(lambda cache: cache.refresh_request_count("client-1", 42))
    assert found is True
    found = live.call(lambda cache: cache.get_request_count_ttl("client-1", 42))
    assert 0 < (found or 0) <= 120
    found = live.call(lambda cache: cache.delete_request_count("client-1", 42))
    assert found is True


def test_session(live: RunningRedis) -> None:
    found = live.call(lambda cache: cache.get_session("user-1"))
    assert found is None
    found = live.call(lambda cache: cache.set_session("user-1", convert(SESSION, Session)))
    assert found is True
    found = live.call(
        lambda cache: cache.set_session("user-1", convert(SESSION, Session), only_if_absent=True)
    )
    assert found is False
    found = live.call(lambda cache: cache.get_session("user-1"))
    assert found == convert(SESSION, Session)
    found = live.call(lambda cache: cache.update_session("user-1", lambda before: before))
    assert found == convert(SESSION, Session)
    found = live.call(lambda cache: cache.get_sessions(["user-1"]))
    assert found == [convert(SESSION, Session)]
    found = live.call(lambda cache: cache.scan_sessions())
    assert found == ["user-1"]
    found = live.call(lambda cache: cache.refresh_session("user-1"))
    assert found is True
    found = live.call(lambda cache: cache.get_session_ttl("user-1"))
    assert 0 < (found or 0) <= 3600
    found = live.call(lambda cache: cache.delete_session("user-1"))
    assert found is True
