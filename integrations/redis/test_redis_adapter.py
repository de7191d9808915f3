# Generated from integrations.yaml, entry "redis"; see redis_adapter.py for how to change it.
"""Redis without a server: every operation against a script, blocking and async."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import convert
from msgspec.json import encode

from integrations.redis import AsyncRedisAdapter, Customer, Job, RedisAdapter, Session, examples
from integrations.runtime import (
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    IntegrationError,
    InvalidRequestError,
    MissingSecretError,
    PermissionDeniedError,
    RequestTimeoutError,
    SecretManager,
    UnavailableError,
    UnexpectedResponseError,
)
from integrations.runtime.redis import DeadLetter, Entry, Scored
from integrations.runtime.testing import ANYTHING, OK, Fields, ScriptedRedis

SECRETS: dict[str, str] = {"REDIS_URL": "redis://:secret-of-redis-url@localhost:6379/0"}
ATTEMPTS = 3  # of an operation that may be repeated
TIMEOUT = 5  # seconds, unless the caller says otherwise

CUSTOMER: Any = {"email": "ada@example.com", "name": "name-1", "orders": 42}
JOB: Any = {"kind": "send_invoice", "not_before": "2026-01-02T03:04:05Z", "order_id": 42}
SESSION: Any = {
    "created_at": "2026-01-02T03:04:05Z",
    "email": "ada@example.com",
    "roles": ["role-1"],
    "user_id": "user-1",
}


@pytest.fixture(params=["sync", "async"])
def redis(request: pytest.FixtureRequest) -> Iterator[ScriptedRedis]:
    with ScriptedRedis.running(RedisAdapter, AsyncRedisAdapter, request.param, secrets=SECRETS) as running:
        yield running


def test_get_customer_1(redis: ScriptedRedis) -> None:
    redis.replies([b"email", b"ada@example.com", b"name", b"name-1", b"orders", b"42"])
    found = redis.call(lambda cache: cache.get_customer("customer-1"))
    redis.sent(["HGETALL", "customer:customer-1"])
    assert found == convert(CUSTOMER, Customer)


def test_get_customer_2(redis: ScriptedRedis) -> None:
    redis.replies([])
    found = redis.call(lambda cache: cache.get_customer("customer-1"))
    redis.sent(["HGETALL", "customer:customer-1"])
    assert found is None


def test_set_customer_1(redis: ScriptedRedis) -> None:
    redis.transaction(1, 1, 1)
    found = redis.call(lambda cache: cache.set_customer("customer-1", convert(CUSTOMER, Customer)))
    redis.sent(
        ["MULTI"],
        ["DEL", "customer:customer-1"],
        ["HSET", "customer:customer-1", Fields({"email": "ada@example.com", "name": "name-1", "orders": 42})],
        ["PEXPIRE", "customer:customer-1", 604800000],
        ["EXEC"],
    )
    assert found is None


def test_set_customer_2(redis: ScriptedRedis) -> None:
    redis.transaction(1, 1, 1)
    found = redis.call(lambda cache: cache.set_customer("customer-1", convert(CUSTOMER, Customer), ttl=1.5))
    redis.sent(
        ["MULTI"],
        ["DEL", "customer:customer-1"],
        ["HSET", "customer:customer-1", Fields({"email": "ada@example.com", "name": "name-1", "orders": 42})],
        ["PEXPIRE", "customer:customer-1", 1500],
        ["EXEC"],
    )
    assert found is None


def test_set_customer_fields(redis: ScriptedRedis) -> None:
    redis.transaction(1, 1)
    found = redis.call(lambda cache: cache.set_customer_fields("customer-1", email="ada@example.com"))
    redis.sent(
        ["MULTI"],
        ["HSET", "customer:customer-1", "email", "ada@example.com"],
        ["PEXPIRE", "customer:customer-1", 604800000],
        ["EXEC"],
    )
    assert found is None


def test_update_customer_1(redis: ScriptedRedis) -> None:
    redis.replies_all(OK, [b"email", b"ada@example.com", b"name", b"name-1", b"orders", b"42"])
    redis.replies_all(OK, b"QUEUED", b"QUEUED", b"QUEUED", None)
    redis.replies_all(OK, [b"email", b"ada@example.com", b"name", b"name-1", b"orders", b"42"])
    redis.transaction(1, 1, 1)
    found = redis.call(lambda cache: cache.update_customer("customer-1", lambda found: found))
    redis.sent(["WATCH", "customer:customer-1"], ["HGETALL", "customer:customer-1"])
    redis.sent(
        ["MULTI"],
        ["DEL", "customer:customer-1"],
        ["HSET", "customer:customer-1", Fields({"email": "ada@example.com", "name": "name-1", "orders": 42})],
        ["PEXPIRE", "customer:customer-1", 604800000],
        ["EXEC"],
    )
    redis.sent(["WATCH", "customer:customer-1"], ["HGETALL", "customer:customer-1"])
    redis.sent(
        ["MULTI"],
        ["DEL", "customer:customer-1"],
        ["HSET", "customer:customer-1", Fields({"email": "ada@example.com", "name": "name-1", "orders": 42})],
        ["PEXPIRE", "customer:customer-1", 604800000],
        ["EXEC"],
    )
    assert found == convert(CUSTOMER, Customer)


def test_update_customer_2(redis: ScriptedRedis) -> None:
    redis.replies_all(OK, [b"email", b"ada@example.com", b"name", b"name-1", b"orders", b"42"])
    redis.transaction(1)
    found = redis.call(lambda cache: cache.update_customer("customer-1", lambda found: None))
    redis.sent(["WATCH", "customer:customer-1"], ["HGETALL", "customer:customer-1"])
    redis.sent(["MULTI"], ["DEL", "customer:customer-1"], ["EXEC"])
    assert found is None


def test_get_customer_email_1(redis: ScriptedRedis) -> None:
    redis.replies(b"ada@example.com")
    found = redis.call(lambda cache: cache.get_customer_email("customer-1"))
    redis.sent(["HGET", "customer:customer-1", "email"])
    assert found == "ada@example.com"


def test_get_customer_email_2(redis: ScriptedRedis) -> None:
    redis.replies(None)
    found = redis.call(lambda cache: cache.get_customer_email("customer-1"))
    redis.sent(["HGET", "customer:customer-1", "email"])
    assert found is None


def test_get_customer_name_1(redis: ScriptedRedis) -> None:
    redis.replies(b"name-1")
    found = redis.call(lambda cache: cache.get_customer_name("customer-1"))
    redis.sent(["HGET", "customer:customer-1", "name"])
    assert found == "name-1"


def test_get_customer_name_2(redis: ScriptedRedis) -> None:
    redis.replies(None)
    found = redis.call(lambda cache: cache.get_customer_name("customer-1"))
    redis.sent(["HGET", "customer:customer-1", "name"])
    assert found is None


def test_get_customer_orders_1(redis: ScriptedRedis) -> None:
    redis.replies(b"42")
    found = redis.call(lambda cache: cache.get_customer_orders("customer-1"))
    redis.sent(["HGET", "customer:customer-1", "orders"])
    assert found == 42


def test_get_customer_orders_2(redis: ScriptedRedis) -> None:
    redis.replies(None)
    found = redis.call(lambda cache: cache.get_customer_orders("customer-1"))
    redis.sent(["HGET", "customer:customer-1", "orders"])
    assert found is None


def test_increment_customer_orders(redis: ScriptedRedis) -> None:
    redis.transaction(8, 1)
    found = redis.call(lambda cache: cache.increment_customer_orders("customer-1", by=5))
    redis.sent(
        ["MULTI"],
        ["HINCRBY", "customer:customer-1", "orders", 5],
        ["PEXPIRE", "customer:customer-1", 604800000],
        ["EXEC"],
    )
    assert found == 8


def test_delete_customer_1(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.delete_customer("customer-1"))
    redis.sent(["DEL", "customer:customer-1"])
    assert found is True


def test_delete_customer_2(redis: ScriptedRedis) -> None:
    redis.replies(0)
    found = redis.call(lambda cache: cache.delete_customer("customer-1"))
    redis.sent(["DEL", "customer:customer-1"])
    assert found is False


def test_get_customer_ttl_1(redis: ScriptedRedis) -> None:
    redis.replies(1500)
    found = redis.call(lambda cache: cache.get_customer_ttl("customer-1"))
    redis.sent(["PTTL", "customer:customer-1"])
    assert found == 1.5


def test_get_customer_ttl_2(redis: ScriptedRedis) -> None:
    redis.replies(-2)
    found = redis.call(lambda cache: cache.get_customer_ttl("customer-1"))
    redis.sent(["PTTL", "customer:customer-1"])
    assert found is None


def test_refresh_customer(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.refresh_customer("customer-1"))
    redis.sent(["PEXPIRE", "customer:customer-1", 604800000])
    assert found is True


def test_scan_customers(redis: ScriptedRedis) -> None:
    redis.replies([b"7", [b"customer:customer-1"]])
    redis.replies([b"0", [b"~ another key"]])
    found = redis.call(lambda cache: cache.scan_customers())
    redis.sent(["SCAN", 0, "MATCH", "customer:*", "COUNT", 500])
    redis.sent(["SCAN", 7, "MATCH", "customer:*", "COUNT", 500])
    assert found == ["customer-1"]


def test_add_job(redis: ScriptedRedis) -> None:
    redis.replies(b"1700000000000-0")
    found = redis.call(lambda cache: cache.add_job(convert(JOB, Job)))
    redis.sent(
        [
            "XADD",
            "jobs",
            "MAXLEN",
            "~",
            100000,
            "*",
            Fields({"kind": "send_invoice", "not_before": "2026-01-02T03:04:05Z", "order_id": 42}),
        ]
    )
    assert found == "1700000000000-0"


def test_read_jobs_1(redis: ScriptedRedis) -> None:
    redis.replies(
        [
            [
                b"jobs",
                [
                    [
                        b"1700000000000-0",
                        [
                            b"kind",
                            b"send_invoice",
                            b"not_before",
                            b"2026-01-02T03:04:05Z",
                            b"order_id",
                            b"42",
                        ],
                    ]
                ],
            ]
        ]
    )
    found = redis.call(lambda cache: cache.read_jobs())
    redis.sent(["XREAD", "COUNT", 100, "STREAMS", "jobs", "0-0"])
    assert found == [Entry("1700000000000-0", convert(JOB, Job))]


def test_read_jobs_2(redis: ScriptedRedis) -> None:
    redis.replies(None)
    found = redis.call(lambda cache: cache.read_jobs(count=5, wait=2.5))
    redis.sent(["XREAD", "COUNT", 5, "BLOCK", 2500, "STREAMS", "jobs", "0-0"])
    assert found == []


def test_count_jobs(redis: ScriptedRedis) -> None:
    redis.replies(3)
    found = redis.call(lambda cache: cache.count_jobs())
    redis.sent(["XLEN", "jobs"])
    assert found == 3


def test_take_jobs_1(redis: ScriptedRedis) -> None:
    redis.replies(
        [
            [
                b"jobs",
                [
                    [
                        b"1700000000000-0",
                        [
                            b"kind",
                            b"send_invoice",
                            b"not_before",
                            b"2026-01-02T03:04:05Z",
                            b"order_id",
                            b"42",
                        ],
                    ]
                ],
            ]
        ]
    )
    found = redis.call(lambda cache: cache.take_jobs("worker-1"))
    redis.sent(["XREADGROUP", "GROUP", "workers", "worker-1", "COUNT", 10, "STREAMS", "jobs", ">"])
    assert found == [Entry("1700000000000-0", convert(JOB, Job))]


def test_take_jobs_2(redis: ScriptedRedis) -> None:
    redis.refuses("NOGROUP")
    redis.replies(OK, None)
    found = redis.call(lambda cache: cache.take_jobs("worker-1"))
    redis.sent(["XREADGROUP", "GROUP", "workers", "worker-1", "COUNT", 10, "STREAMS", "jobs", ">"])
    redis.sent(["XGROUP", "CREATE", "jobs", "workers", "0", "MKSTREAM"])
    redis.sent(["XREADGROUP", "GROUP", "workers", "worker-1", "COUNT", 10, "STREAMS", "jobs", ">"])
    assert found == []


def test_take_jobs_3(redis: ScriptedRedis) -> None:
    redis.replies([[b"jobs", [[b"1-0", [b"of", b"another"]]]]], 1)
    found = redis.call(lambda cache: cache.take_jobs("worker-1"))
    redis.sent(["XREADGROUP", "GROUP", "workers", "worker-1", "COUNT", 10, "STREAMS", "jobs", ">"])
    redis.sent(["EVAL", ANYTHING, 2, "jobs", "jobs:dead", "workers", "1-0", "unreadable"])
    assert found == []


def test_ack_jobs(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.ack_jobs("1700000000000-0"))
    redis.sent(["XACK", "jobs", "workers", "1700000000000-0"])
    assert found == 1


def test_claim_jobs(redis: ScriptedRedis) -> None:
    redis.replies(
        [
            [
                b"1700000000000-0",
                [b"kind", b"send_invoice", b"not_before", b"2026-01-02T03:04:05Z", b"order_id", b"42"],
                2,
            ]
        ]
    )
    found = redis.call(lambda cache: cache.claim_jobs("worker-1"))
    redis.sent(["EVAL", ANYTHING, 2, "jobs", "jobs:dead", "workers", "worker-1", 60000, 10, 5])
    assert found == [Entry("1700000000000-0", convert(JOB, Job), 2)]


def test_give_up_job(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.give_up_job("1700000000000-0", "no such order"))
    redis.sent(["EVALSHA", ANYTHING, 2, "jobs", "jobs:dead", "workers", "1700000000000-0", "no such order"])
    assert found is True


def test_read_dead_jobs(redis: ScriptedRedis) -> None:
    redis.replies(
        [
            [
                b"jobs:dead",
                [
                    [
                        b"1700000000000-0",
                        [b"a", b"b", b"x-id", b"1-0", b"x-deliveries", b"5", b"x-reason", b"unreadable"],
                    ]
                ],
            ]
        ]
    )
    found = redis.call(lambda cache: cache.read_dead_jobs())
    redis.sent(["XREAD", "COUNT", 100, "STREAMS", "jobs:dead", "0-0"])
    assert found == [DeadLetter("1700000000000-0", "1-0", "unreadable", 5, {"a": b"b"})]


def test_delete_job_1(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.delete_job())
    redis.sent(["DEL", "jobs"])
    assert found is True


def test_delete_job_2(redis: ScriptedRedis) -> None:
    redis.replies(0)
    found = redis.call(lambda cache: cache.delete_job())
    redis.sent(["DEL", "jobs"])
    assert found is False


def test_add_to_leaderboard(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.add_to_leaderboard("season-1", "leaderboard-1", 1.5))
    redis.sent(["ZADD", "leaderboard:season-1", 1.5, "leaderboard-1"])
    assert found is True


def test_increment_in_leaderboard(redis: ScriptedRedis) -> None:
    redis.replies(b"3.5")
    found = redis.call(lambda cache: cache.increment_in_leaderboard("season-1", "leaderboard-1", by=2.0))
    redis.sent(["ZINCRBY", "leaderboard:season-1", 2, "leaderboard-1"])
    assert found == 3.5


def test_remove_from_leaderboard(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.remove_from_leaderboard("season-1", "leaderboard-1"))
    redis.sent(["ZREM", "leaderboard:season-1", "leaderboard-1"])
    assert found == 1


def test_get_leaderboard_score_1(redis: ScriptedRedis) -> None:
    redis.replies(b"1.5")
    found = redis.call(lambda cache: cache.get_leaderboard_score("season-1", "leaderboard-1"))
    redis.sent(["ZSCORE", "leaderboard:season-1", "leaderboard-1"])
    assert found == 1.5


def test_get_leaderboard_score_2(redis: ScriptedRedis) -> None:
    redis.replies(None)
    found = redis.call(lambda cache: cache.get_leaderboard_score("season-1", "leaderboard-1"))
    redis.sent(["ZSCORE", "leaderboard:season-1", "leaderboard-1"])
    assert found is None


def test_get_leaderboard_rank_1(redis: ScriptedRedis) -> None:
    redis.replies(0)
    found = redis.call(lambda cache: cache.get_leaderboard_rank("season-1", "leaderboard-1"))
    redis.sent(["ZREVRANK", "leaderboard:season-1", "leaderboard-1"])
    assert found == 0


def test_get_leaderboard_rank_2(redis: ScriptedRedis) -> None:
    redis.replies(None)
    found = redis.call(lambda cache: cache.get_leaderboard_rank("season-1", "leaderboard-1"))
    redis.sent(["ZREVRANK", "leaderboard:season-1", "leaderboard-1"])
    assert found is None


def test_get_top_leaderboard(redis: ScriptedRedis) -> None:
    redis.replies([b"leaderboard-1", b"1.5"])
    found = redis.call(lambda cache: cache.get_top_leaderboard("season-1", 3))
    redis.sent(["ZREVRANGE", "leaderboard:season-1", 0, 2, "WITHSCORES"])
    assert found == [Scored("leaderboard-1", 1.5)]


def test_get_leaderboard(redis: ScriptedRedis) -> None:
    redis.replies([b"leaderboard-1", b"1.5"])
    found = redis.call(lambda cache: cache.get_leaderboard("season-1"))
    redis.sent(["ZRANGE", "leaderboard:season-1", 0, -1, "WITHSCORES"])
    assert found == [Scored("leaderboard-1", 1.5)]


def test_get_leaderboard_between(redis: ScriptedRedis) -> None:
    redis.replies([b"leaderboard-1", b"1.5"])
    found = redis.call(lambda cache: cache.get_leaderboard_between("season-1", 1.0, 2.0))
    redis.sent(["ZRANGEBYSCORE", "leaderboard:season-1", 1, 2, "WITHSCORES", "LIMIT", 0, 1000])
    assert found == [Scored("leaderboard-1", 1.5)]


def test_count_leaderboard(redis: ScriptedRedis) -> None:
    redis.replies(3)
    found = redis.call(lambda cache: cache.count_leaderboard("season-1"))
    redis.sent(["ZCARD", "leaderboard:season-1"])
    assert found == 3


def test_delete_leaderboard_1(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.delete_leaderboard("season-1"))
    redis.sent(["DEL", "leaderboard:season-1"])
    assert found is True


def test_delete_leaderboard_2(redis: ScriptedRedis) -> None:
    redis.replies(0)
    found = redis.call(lambda cache: cache.delete_leaderboard("season-1"))
    redis.sent(["DEL", "leaderboard:season-1"])
    assert found is False


def test_scan_leaderboards(redis: ScriptedRedis) -> None:
    redis.replies([b"7", [b"leaderboard:season-1"]])
    redis.replies([b"0", [b"~ another key"]])
    found = redis.call(lambda cache: cache.scan_leaderboards())
    redis.sent(["SCAN", 0, "MATCH", "leaderboard:*", "COUNT", 500])
    redis.sent(["SCAN", 7, "MATCH", "leaderboard:*", "COUNT", 500])
    assert found == ["season-1"]


def test_lock_order(redis: ScriptedRedis) -> None:
    redis.replies(7)
    redis.replies(1)
    found = redis.call(lambda cache: cache.lock_order("order-1"))
    redis.sent(
        ["EVALSHA", ANYTHING, 2, "lock:order:order-1", "lock:order:{order_id}:fence", "token-1", 30000]
    )
    redis.sent(["EVALSHA", ANYTHING, 1, "lock:order:order-1", "token-1"])
    assert found == 7


def test_increment_request_count(redis: ScriptedRedis) -> None:
    redis.transaction(None, 8)
    found = redis.call(lambda cache: cache.increment_request_count("client-1", 42, by=5))
    redis.sent(
        ["MULTI"],
        ["SET", "requests:client-1:42", 0, "PX", 120000, "NX"],
        ["INCRBY", "requests:client-1:42", 5],
        ["EXEC"],
    )
    assert found == 8


def test_get_request_count_1(redis: ScriptedRedis) -> None:
    redis.replies(b"3")
    found = redis.call(lambda cache: cache.get_request_count("client-1", 42))
    redis.sent(["GET", "requests:client-1:42"])
    assert found == 3


def test_get_request_count_2(redis: ScriptedRedis) -> None:
    redis.replies(None)
    found = redis.call(lambda cache: cache.get_request_count("client-1", 42))
    redis.sent(["GET", "requests:client-1:42"])
    assert found == 0


def test_delete_request_count_1(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.delete_request_count("client-1", 42))
    redis.sent(["DEL", "requests:client-1:42"])
    assert found is True


def test_delete_request_count_2(redis: ScriptedRedis) -> None:
    redis.replies(0)
    found = redis.call(lambda cache: cache.delete_request_count("client-1", 42))
    redis.sent(["DEL", "requests:client-1:42"])
    assert found is False


def test_get_request_count_ttl_1(redis: ScriptedRedis) -> None:
    redis.replies(1500)
    found = redis.call(lambda cache: cache.get_request_count_ttl("client-1", 42))
    redis.sent(["PTTL", "requests:client-1:42"])
    assert found == 1.5


def test_get_request_count_ttl_2(redis: ScriptedRedis) -> None:
    redis.replies(-2)
    found = redis.call(lambda cache: cache.get_request_count_ttl("client-1", 42))
    redis.sent(["PTTL", "requests:client-1:42"])
    assert found is None


def test_refresh_request_count(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.refresh_request_count("client-1", 42))
    redis.sent(["PEXPIRE", "requests:client-1:42", 120000])
    assert found is True


def test_scan_request_counts(redis: ScriptedRedis) -> None:
    redis.replies([b"7", [b"requests:client-1:42"]])
    redis.replies([b"0", [b"~ another key"]])
    found = redis.call(lambda cache: cache.scan_request_counts())
    redis.sent(["SCAN", 0, "MATCH", "requests:*:*", "COUNT", 500])
    redis.sent(["SCAN", 7, "MATCH", "requests:*:*", "COUNT", 500])
    assert found == [("client-1", 42)]


def test_get_session_1(redis: ScriptedRedis) -> None:
    redis.replies(encode(SESSION))
    found = redis.call(lambda cache: cache.get_session("user-1"))
    redis.sent(["GETEX", "session:user-1", "PX", 3600000])
    assert found == convert(SESSION, Session)


def test_get_session_2(redis: ScriptedRedis) -> None:
    redis.replies(None)
    found = redis.call(lambda cache: cache.get_session("user-1"))
    redis.sent(["GETEX", "session:user-1", "PX", 3600000])
    assert found is None


def test_get_sessions(redis: ScriptedRedis) -> None:
    redis.replies([encode(SESSION), None])
    found = redis.call(lambda cache: cache.get_sessions(["user-1", "user-1"]))
    redis.sent(["MGET", "session:user-1", "session:user-1"])
    assert found == [convert(SESSION, Session), None]


def test_set_session_1(redis: ScriptedRedis) -> None:
    redis.replies(b"OK")
    found = redis.call(lambda cache: cache.set_session("user-1", convert(SESSION, Session)))
    redis.sent(["SET", "session:user-1", SESSION, "PX", 3600000])
    assert found is True


def test_set_session_2(redis: ScriptedRedis) -> None:
    redis.replies(None)
    found = redis.call(
        lambda cache: cache.set_session("user-1", convert(SESSION, Session), ttl=1.5, only_if_absent=True)
    )
    redis.sent(["SET", "session:user-1", SESSION, "PX", 1500, "NX"])
    assert found is False


def test_update_session_1(redis: ScriptedRedis) -> None:
    redis.replies_all(OK, encode(SESSION))
    redis.replies_all(OK, b"QUEUED", None)
    redis.replies_all(OK, encode(SESSION))
    redis.transaction(1)
    found = redis.call(lambda cache: cache.update_session("user-1", lambda found: found))
    redis.sent(["WATCH", "session:user-1"], ["GET", "session:user-1"])
    redis.sent(["MULTI"], ["SET", "session:user-1", SESSION, "PX", 3600000], ["EXEC"])
    redis.sent(["WATCH", "session:user-1"], ["GET", "session:user-1"])
    redis.sent(["MULTI"], ["SET", "session:user-1", SESSION, "PX", 3600000], ["EXEC"])
    assert found == convert(SESSION, Session)


def test_update_session_2(redis: ScriptedRedis) -> None:
    redis.replies_all(OK, encode(SESSION))
    redis.transaction(1)
    found = redis.call(lambda cache: cache.update_session("user-1", lambda found: None))
    redis.sent(["WATCH", "session:user-1"], ["GET", "session:user-1"])
    redis.sent(["MULTI"], ["DEL", "session:user-1"], ["EXEC"])
    assert found is None


def test_delete_session_1(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.delete_session("user-1"))
    redis.sent(["DEL", "session:user-1"])
    assert found is True


def test_delete_session_2(redis: ScriptedRedis) -> None:
    redis.replies(0)
    found = redis.call(lambda cache: cache.delete_session("user-1"))
    redis.sent(["DEL", "session:user-1"])
    assert found is False


def test_get_session_ttl_1(redis: ScriptedRedis) -> None:
    redis.replies(1500)
    found = redis.call(lambda cache: cache.get_session_ttl("user-1"))
    redis.sent(["PTTL", "session:user-1"])
    assert found == 1.5


def test_get_session_ttl_2(redis: ScriptedRedis) -> None:
    redis.replies(-2)
    found = redis.call(lambda cache: cache.get_session_ttl("user-1"))
    redis.sent(["PTTL", "session:user-1"])
    assert found is None


def test_refresh_session(redis: ScriptedRedis) -> None:
    redis.replies(1)
    found = redis.call(lambda cache: cache.refresh_session("user-1"))
    redis.sent(["PEXPIRE", "session:user-1", 3600000])
    assert found is True


def test_scan_sessions(redis: ScriptedRedis) -> None:
    redis.replies([b"7", [b"session:user-1"]])
    redis.replies([b"0", [b"~ another key"]])
    found = redis.call(lambda cache: cache.scan_sessions())
    redis.sent(["SCAN", 0, "MATCH", "session:*", "COUNT", 500])
    redis.sent(["SCAN", 7, "MATCH", "session:*", "COUNT", 500])
    assert found == ["user-1"]


def test_reserve_stock_1(redis: ScriptedRedis) -> None:
    redis.replies(42)
    found = redis.call(lambda cache: cache.reserve_stock("sku-1", quantity=42))
    redis.sent(["EVALSHA", "1fb9e24fbd81c271874f217b21ef37ea77542cb9", 1, "stock:sku-1", 42])
    assert found == 42


def test_reserve_stock_2(redis: ScriptedRedis) -> None:
    redis.refuses("NOSCRIPT")
    redis.replies(42)
    found = redis.call(lambda cache: cache.reserve_stock("sku-1", quantity=42))
    redis.sent(["EVALSHA", "1fb9e24fbd81c271874f217b21ef37ea77542cb9", 1, "stock:sku-1", 42])
    redis.sent(["EVAL", ANYTHING, 1, "stock:sku-1", 42])
    assert found == 42


@pytest.mark.parametrize("atomic", [False, True])
def test_a_pipeline_sends_all_at_once(redis: ScriptedRedis, atomic: bool) -> None:
    replies = [[b"email", b"ada@example.com", b"name", b"name-1", b"orders", b"42"], b"ada@example.com"]
    if atomic:
        redis.transaction(*replies)
    else:
        redis.replies_all(*replies)
    found = redis.pipelined(
        lambda p: [p.get_customer("customer-1"), p.get_customer_email("customer-1")],
        atomic=atomic,
        timeout=7.5,
    )
    sent: list[list[Any]] = [["HGETALL", "customer:customer-1"], ["HGET", "customer:customer-1", "email"]]
    redis.sent(*([["MULTI"], *sent, ["EXEC"]] if atomic else sent), timeout=7.5)
    assert found == [convert(CUSTOMER, Customer), "ada@example.com"]


# Every operation, and how often it is sent while the server does not answer.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "get_customer": (ATTEMPTS, lambda cache: cache.get_customer("customer-1")),
    "set_customer": (ATTEMPTS, lambda cache: cache.set_customer("customer-1", convert(CUSTOMER, Customer))),
    "set_customer_fields": (
        ATTEMPTS,
        lambda cache: cache.set_customer_fields("customer-1", email="ada@example.com"),
    ),
    "update_customer": (1, lambda cache: cache.update_customer("customer-1", lambda found: found)),
    "get_customer_email": (ATTEMPTS, lambda cache: cache.get_customer_email("customer-1")),
    "get_customer_name": (ATTEMPTS, lambda cache: cache.get_customer_name("customer-1")),
    "get_customer_orders": (ATTEMPTS, lambda cache: cache.get_customer_orders("customer-1")),
    "increment_customer_orders": (1, lambda cache: cache.increment_customer_orders("customer-1", by=5)),
    "delete_customer": (ATTEMPTS, lambda cache: cache.delete_customer("customer-1")),
    "get_customer_ttl": (ATTEMPTS, lambda cache: cache.get_customer_ttl("customer-1")),
    "refresh_customer": (ATTEMPTS, lambda cache: cache.refresh_customer("customer-1")),
    "scan_customers": (ATTEMPTS, lambda cache: cache.scan_customers()),
    "add_job": (1, lambda cache: cache.add_job(convert(JOB, Job))),
    "read_jobs": (ATTEMPTS, lambda cache: cache.read_jobs()),
    "count_jobs": (ATTEMPTS, lambda cache: cache.count_jobs()),
    "take_jobs": (1, lambda cache: cache.take_jobs("worker-1")),
    "ack_jobs": (ATTEMPTS, lambda cache: cache.ack_jobs("1700000000000-0")),
    "claim_jobs": (1, lambda cache: cache.claim_jobs("worker-1")),
    "give_up_job": (ATTEMPTS, lambda cache: cache.give_up_job("1700000000000-0", "no such order")),
    "read_dead_jobs": (ATTEMPTS, lambda cache: cache.read_dead_jobs()),
    "delete_job": (ATTEMPTS, lambda cache: cache.delete_job()),
    "add_to_leaderboard": (
        ATTEMPTS,
        lambda cache: cache.add_to_leaderboard("season-1", "leaderboard-1", 1.5),
    ),
    "increment_in_leaderboard": (
        1,
        lambda cache: cache.increment_in_leaderboard("season-1", "leaderboard-1", by=2.0),
    ),
    "remove_from_leaderboard": (
        ATTEMPTS,
        lambda cache: cache.remove_from_leaderboard("season-1", "leaderboard-1"),
    ),
    "get_leaderboard_score": (
        ATTEMPTS,
        lambda cache: cache.get_leaderboard_score("season-1", "leaderboard-1"),
    ),
    "get_leaderboard_rank": (ATTEMPTS, lambda cache: cache.get_leaderboard_rank("season-1", "leaderboard-1")),
    "get_top_leaderboard": (ATTEMPTS, lambda cache: cache.get_top_leaderboard("season-1", 3)),
    "get_leaderboard": (ATTEMPTS, lambda cache: cache.get_leaderboard("season-1")),
    "get_leaderboard_between": (ATTEMPTS, lambda cache: cache.get_leaderboard_between("season-1", 1.0, 2.0)),
    "count_leaderboard": (ATTEMPTS, lambda cache: cache.count_leaderboard("season-1")),
    "delete_leaderboard": (ATTEMPTS, lambda cache: cache.delete_leaderboard("season-1")),
    "scan_leaderboards": (ATTEMPTS, lambda cache: cache.scan_leaderboards()),
    "lock_order": (ATTEMPTS, lambda cache: cache.lock_order("order-1")),
    "increment_request_count": (1, lambda cache: cache.increment_request_count("client-1", 42, by=5)),
    "get_request_count": (ATTEMPTS, lambda cache: cache.get_request_count("client-1", 42)),
    "delete_request_count": (ATTEMPTS, lambda cache: cache.delete_request_count("client-1", 42)),
    "get_request_count_ttl": (ATTEMPTS, lambda cache: cache.get_request_count_ttl("client-1", 42)),
    "refresh_request_count": (ATTEMPTS, lambda cache: cache.refresh_request_count("client-1", 42)),
    "scan_request_counts": (ATTEMPTS, lambda cache: cache.scan_request_counts()),
    "get_session": (ATTEMPTS, lambda cache: cache.get_session("user-1")),
    "get_sessions": (ATTEMPTS, lambda cache: cache.get_sessions(["user-1", "user-1"])),
    "set_session": (ATTEMPTS, lambda cache: cache.set_session("user-1", convert(SESSION, Session))),
    "update_session": (1, lambda cache: cache.update_session("user-1", lambda found: found)),
    "delete_session": (ATTEMPTS, lambda cache: cache.delete_session("user-1")),
    "get_session_ttl": (ATTEMPTS, lambda cache: cache.get_session_ttl("user-1")),
    "refresh_session": (ATTEMPTS, lambda cache: cache.refresh_session("user-1")),
    "scan_sessions": (ATTEMPTS, lambda cache: cache.scan_sessions()),
    "reserve_stock": (1, lambda cache: cache.reserve_stock("sku-1", quantity=42)),
    "healthcheck": (ATTEMPTS, lambda cache: cache.healthcheck()),
    "command": (1, lambda cache: cache.command("INCR", "anything")),
}


@pytest.mark.parametrize("operation", CALLS)
def test_a_failure_is_raised_after_as_many_attempts_as_are_safe(redis: ScriptedRedis, operation: str) -> None:
    attempts, call = CALLS[operation]
    redis.fails(RequestTimeoutError("slow"), times=attempts)
    with pytest.raises(RequestTimeoutError) as raised:
        redis.call(call)
    assert (raised.value.service, raised.value.operation) == ("Redis", operation)
    assert len(redis.calls) == attempts
    redis.fails(ConnectionFailedError("not reached", undone=True), times=ATTEMPTS)
    with pytest.raises(ConnectionFailedError):
        redis.call(call)
    redis.refuses("OOM", times=ATTEMPTS)
    with pytest.raises(UnavailableError) as refused:
        redis.call(call)
    assert refused.value.code == "OOM"
    assert {seen["timeout"] for seen in redis.calls} <= {TIMEOUT, TIMEOUT + 2.5}
    redis.forget()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("NOAUTH", AuthenticationError),
        ("WRONGPASS", AuthenticationError),
        ("NOPERM", PermissionDeniedError),
        ("WRONGTYPE", InvalidRequestError),
        ("MOVED", InvalidRequestError),
        ("ERR", InvalidRequestError),
        ("LOADING", UnavailableError),
        ("READONLY", UnavailableError),
        ("CLUSTERDOWN", UnavailableError),
    ],
)
def test_a_refusal_has_the_code_of_the_server(
    redis: ScriptedRedis, code: str, error: type[IntegrationError]
) -> None:
    redis.refuses(code, times=ATTEMPTS if error is UnavailableError else 1)
    with pytest.raises(error, match=code):
        redis.call(CALLS["healthcheck"][1])
    redis.forget()


@pytest.mark.parametrize(
    ("operation", "template"),
    [
        ("get_session", "session:{user_id}"),
    ],
)
def test_what_cannot_be_read_is_named_and_not_shown(
    redis: ScriptedRedis, operation: str, template: str
) -> None:
    redis.replies(b'{"hidden": ')
    with pytest.raises(UnexpectedResponseError) as raised:
        redis.call(CALLS[operation][1])
    assert template in str(raised.value)
    assert "hidden" not in str(raised.value)
    redis.forget()


@pytest.mark.parametrize("adapter", [RedisAdapter, AsyncRedisAdapter])
def test_a_missing_secret_is_named(adapter: type[RedisAdapter | AsyncRedisAdapter]) -> None:
    with pytest.raises(MissingSecretError, match="REDIS_URL"):
        adapter.from_config(secrets=SecretManager(environ={}, mounts=()), environ={})


def test_a_closed_adapter_says_so() -> None:
    with ScriptedRedis.running(RedisAdapter, AsyncRedisAdapter, "sync", secrets=SECRETS) as redis:
        redis.adapter.close()
        with pytest.raises(ConfigurationError, match="closed"):
            redis.call(CALLS["healthcheck"][1])


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "Redis",
        "connection_string": "${REDIS_URL}",
        "pool_size": 20,
        "pool_timeout": 5,
        "connect_timeout": 5,
        "timeout": 5,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {},
    }


def test_the_example_get_customer_runs() -> None:
    with ScriptedRedis.running(RedisAdapter, AsyncRedisAdapter, "sync", secrets=SECRETS) as redis:
        redis.replies([b"email", b"ada@example.com", b"name", b"name-1", b"orders", b"42"])
        redis.call(examples.get_customer)
        redis.forget()


def test_the_example_get_top_leaderboard_runs() -> None:
    with ScriptedRedis.running(RedisAdapter, AsyncRedisAdapter, "sync", secrets=SECRETS) as redis:
        redis.replies([b"leaderboard-1", b"1.5"])
        redis.call(examples.get_top_leaderboard)
        redis.forget()


def test_the_example_scan_customers_runs() -> None:
    with ScriptedRedis.running(RedisAdapter, AsyncRedisAdapter, "sync", secrets=SECRETS) as redis:
        redis.replies([b"7", [b"customer:customer-1"]])
        redis.replies([b"0", [b"~ another key"]])
        redis.call(examples.scan_customers)
        redis.forget()


def test_the_example_set_customer_runs() -> None:
    with ScriptedRedis.running(RedisAdapter, AsyncRedisAdapter, "sync", secrets=SECRETS) as redis:
        redis.transaction(1, 1, 1)
        redis.call(examples.set_customer)
        redis.forget()


def test_the_example_lock_order_runs() -> None:
    with ScriptedRedis.running(RedisAdapter, AsyncRedisAdapter, "sync", secrets=SECRETS) as redis:
        redis.replies(7)
        redis.replies(1)
        redis.call(examples.lock_order)
        redis.forget()


def test_the_example_check_health_runs() -> None:
    with ScriptedRedis.running(RedisAdapter, AsyncRedisAdapter, "sync", secrets=SECRETS) as redis:
        redis.replies(b"PONG")
        redis.call(examples.check_health)
        redis.sent(["PING"])
