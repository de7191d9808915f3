"""The runtime on a real server: contention, dying consumers, restarts and faults of the network."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from integrations.runtime import (
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    IntegrationError,
    InvalidRequestError,
    PoolExhaustedError,
    RequestTimeoutError,
    TransactionConflictError,
)
from integrations.runtime._settings import RetryConfig
from integrations.runtime.redis import (
    AsyncKeyValueAdapter,
    CounterKey,
    HashKey,
    KeyValueAdapter,
    ListKey,
    LockKey,
    LockLostError,
    LockTakenError,
    Pipeline,
    RedisSettings,
    Script,
    StreamKey,
    StringKey,
)
from integrations.runtime.testing import FaultProxy, server

COUNT = CounterKey("count:{name}", ttl=60)
TEXT: StringKey[str] = StringKey("text:{name}", str)
LOCK = LockKey("lock:{name}", ttl=5)


class Job(msgspec.Struct, frozen=True):
    number: int


JOBS: StreamKey[Job] = StreamKey("jobs", Job, group="workers", max_deliveries=2)
BOX: ListKey[int] = ListKey("box", int)
TALLY: HashKey[Job] = HashKey("tally", Job)


def settings(url: str, **more: Any) -> RedisSettings:
    return RedisSettings(service="Redis", connection_string=url, **more)


def together(count: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_one_thread_at_a_time_holds_a_lock_and_each_fence_is_higher(redis: KeyValueAdapter) -> None:
    held, fences, most = [], [], []

    def work(number: int) -> None:
        for _ in range(3):
            with redis._lock("lock", LOCK.at(name="a"), None, 20.0) as lock:
                held.append(number)
                most.append(len(held))
                fences.append(lock.fence)
                time.sleep(0.002)
                held.remove(number)

    together(4, work)
    assert most == [1] * 12
    assert fences == sorted(set(fences))


def test_a_lock_that_is_taken_is_not_waited_for_unless_told(redis: KeyValueAdapter) -> None:
    with (
        redis._lock("lock", LOCK.at(name="a"), None, 0.0),
        pytest.raises(LockTakenError, match="held by somebody else"),
        redis._lock("lock", LOCK.at(name="a"), None, 0.0),
    ):
        pytest.fail("two hold one lock")


def test_a_lock_that_ran_out_is_told_and_the_new_holder_keeps_it(redis: KeyValueAdapter) -> None:
    late = redis._lock("lock", LOCK.at(name="a"), 0.02, 0.0)
    late.__enter__()
    time.sleep(0.05)
    with redis._lock("lock", LOCK.at(name="a"), None, 0.0) as new:
        with pytest.raises(LockLostError):
            late.extend()
        with pytest.raises(LockLostError):
            late.__exit__(None, None, None)
        new.extend()  # it is still held


def test_what_went_wrong_in_a_block_is_told_before_a_lost_lock(redis: KeyValueAdapter) -> None:
    def late() -> None:
        with redis._lock("lock", LOCK.at(name="a"), 0.01, 0.0):
            time.sleep(0.03)
            raise KeyError("first")

    with pytest.raises(KeyError):
        late()


def test_what_a_dead_consumer_had_is_claimed_and_given_up_in_the_end(redis: KeyValueAdapter) -> None:
    jobs = JOBS.at()
    for number in range(3):
        redis._do("add", jobs.add(Job(number)))
    assert len(redis._run("take", jobs.read_group("dies", count=2))) == 2  # and is never heard of again
    done = redis._run("take", jobs.read_group("works"))
    redis._do("ack", jobs.ack(entry.id for entry in done))
    time.sleep(0.02)
    claimed = redis._run("claim", jobs.claim("works", idle=0.01))
    assert [(entry.message.number, entry.deliveries) for entry in claimed] == [(0, 2), (1, 2)]
    assert redis._do("ack", jobs.ack([claimed[0].id])) == 1
    time.sleep(0.02)
    assert redis._run("claim", jobs.claim("works", idle=0.01)) == []
    dead = redis._do("dead", jobs.dead())
    assert [(one.of, one.reason, one.deliveries) for one in dead] == [(claimed[1].id, "attempts used up", 2)]
    assert dead[0].fields == {"number": b"1"}
    assert redis.command("XPENDING", "jobs", "workers")[0] == 0


def test_a_message_that_cannot_be_read_stops_nobody_and_is_not_lost(redis: KeyValueAdapter) -> None:
    jobs = JOBS.at()
    redis.command("XADD", "jobs", "*", "number", "not a number")
    redis._do("add", jobs.add(Job(1)))
    found = redis._run("take", jobs.read_group("works"))
    assert [entry.message for entry in found] == [Job(1)]
    assert [one.reason for one in redis._do("dead", jobs.dead())] == ["unreadable"]


def test_a_rejected_message_is_given_up_once(redis: KeyValueAdapter) -> None:
    jobs = JOBS.at()
    redis._do("add", jobs.add(Job(1)))
    (entry,) = redis._run("take", jobs.read_group("works"))
    assert redis._do("bury", jobs.bury(entry.id, "no such order")) is True
    assert redis._do("bury", jobs.bury(entry.id, "no such order")) is False
    assert len(redis._do("dead", jobs.dead())) == 1


def test_no_update_is_lost_when_many_change_one_value(redis: KeyValueAdapter) -> None:
    tally = TALLY.at()

    def work(_: int) -> None:
        for _ in range(10):
            redis._run("update", tally.update(lambda old: Job(old.number + 1 if old else 1)))

    together(4, work)
    assert redis._do("get", tally.get()) == Job(40)


def test_an_update_that_others_always_disturb_is_a_conflict(address: str) -> None:
    with KeyValueAdapter(settings(address, retry=RetryConfig(max_attempts=1))) as redis:
        text = TEXT.at(name="busy")

        def disturbed(old: str | None) -> str:
            redis.command("APPEND", text.key, "x")
            return "mine"

        with pytest.raises(TransactionConflictError):
            redis._run("update", text.update(disturbed))


def test_an_update_whose_function_fails_leaves_nothing_watched(redis: KeyValueAdapter) -> None:
    def fails(old: str | None) -> str:
        raise KeyError("mine")

    with pytest.raises(KeyError):
        redis._run("update", TEXT.at(name="a").update(fails))
    redis._do("set", TEXT.at(name="a").set("x"))
    assert redis.command("GET", "text:a") == b"x"


@pytest.mark.parametrize("atomic", [False, True])
def test_a_pipeline_gives_each_call_its_own_result_or_error(redis: KeyValueAdapter, atomic: bool) -> None:
    redis._do("set", TEXT.at(name="a").set("no number"))
    pipeline = Pipeline(redis._send, atomic=atomic)
    before = pipeline._do("increment", COUNT.at(name="b").increment())
    wrong = pipeline._do("increment", CounterKey("text:{name}").at(name="a").increment())
    after = pipeline._do("get", TEXT.at(name="a").get())
    with pytest.raises(InvalidRequestError, match="increment"):
        pipeline.execute()
    assert (before.value, after.value) == (1, "no number")
    with pytest.raises(InvalidRequestError):
        _ = wrong.value


def test_a_pipeline_that_was_left_by_an_error_sends_nothing(redis: KeyValueAdapter) -> None:
    def broken() -> None:
        with Pipeline(redis._send) as pipeline:
            pipeline._do("set", TEXT.at(name="a").set("x"))
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert redis._do("get", TEXT.at(name="a").get()) is None


def test_a_script_is_sent_again_when_the_server_has_forgotten_it(redis: KeyValueAdapter) -> None:
    script = Script[int]("add", "return redis.call('INCRBY', KEYS[1], ARGV[1])", int)
    for total in (5, 10):
        redis.command("SCRIPT", "FLUSH")
        assert redis._do("add", script.call(["number"], [(5, int)])) == total
    pipeline = Pipeline(redis._send)
    redis.command("SCRIPT", "FLUSH")
    queued = pipeline._do("add", script.call(["number"], [(5, int)]))
    pipeline.execute()
    assert queued.value == 15


def test_the_first_count_begins_the_time_and_the_others_do_not(redis: KeyValueAdapter) -> None:
    hits = CounterKey("hits:{name}", ttl=60).at(name="a")
    redis._do("increment", hits.increment())
    redis.command("PEXPIRE", hits.key, 5000)
    assert redis._do("increment", hits.increment()) == 2
    assert (redis._do("ttl", hits.ttl()) or 60) <= 5


def test_a_wait_that_is_longer_than_the_timeout_is_no_error(redis: KeyValueAdapter) -> None:
    box = BOX.at()
    assert redis._do("wait", box.wait(0.3), timeout=0.2) is None


def test_a_call_that_takes_too_long_is_given_up_and_its_answer_is_nobody_elses(
    redis: KeyValueAdapter,
) -> None:
    with pytest.raises(RequestTimeoutError):
        redis.command("BLPOP", "nothing", 1, timeout=0.05)
    assert [redis.command("ECHO", str(n)) for n in range(3)] == [b"0", b"1", b"2"]


def test_a_cancelled_call_leaves_no_answer_behind(address: str) -> None:
    async def run() -> None:
        async with AsyncKeyValueAdapter(settings(address, pool_size=1)) as redis:
            waiting = asyncio.create_task(redis.command("BLPOP", "nothing", 5))
            await asyncio.sleep(0.05)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert await redis.command("ECHO", "mine") == b"mine"

    asyncio.run(run())


def test_a_pool_that_stays_full_is_told(address: str) -> None:
    few = settings(address, pool_size=1, pool_timeout=0.05, retry=RetryConfig(max_attempts=1))
    with KeyValueAdapter(few) as redis, redis._engine.session(), pytest.raises(PoolExhaustedError):
        redis.healthcheck()


def test_an_async_pool_that_stays_full_is_told(address: str) -> None:
    async def run() -> None:
        few = settings(address, pool_size=1, pool_timeout=0.05, retry=RetryConfig(max_attempts=1))
        async with AsyncKeyValueAdapter(few) as redis, redis._engine.session():
            with pytest.raises(PoolExhaustedError):
                await redis.healthcheck()

    asyncio.run(run())


def test_a_wrong_password_is_refused_and_not_shown(address: str) -> None:
    parts = urlsplit(address)
    url = f"redis://:wrong-password@{parts.hostname}:{parts.port}/0"
    with KeyValueAdapter(settings(url)) as redis, pytest.raises(AuthenticationError) as raised:
        redis.healthcheck()
    assert raised.value.code == "WRONGPASS"
    assert raised.value.attempts == 1
    assert "wrong-password" not in repr(raised.value) + str(raised.value) + repr(redis)


@pytest.mark.parametrize("url", ["http://a", "nonsense", "redis://host:port", "redis://:secret@h:x/0"])
def test_an_address_that_cannot_be_read_is_not_shown(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        KeyValueAdapter(settings(url))
    assert "secret" not in str(raised.value)


def through(proxy: FaultProxy, address: str, **more: Any) -> KeyValueAdapter:
    parts = urlsplit(address)
    url = f"redis://:{parts.password}@{proxy.host}:{proxy.port}{parts.path}"
    quick = RetryConfig(max_attempts=3, base_delay=0.01)
    return KeyValueAdapter(settings(url, retry=quick, timeout=1.0, **more))


def test_a_broken_connection_repeats_what_is_safe_and_nothing_else(address: str) -> None:
    parts = urlsplit(address)
    with FaultProxy(str(parts.hostname), int(parts.port or 0)) as proxy, through(proxy, address) as redis:
        redis.command("FLUSHDB")
        redis._do("set", TEXT.at(name="a").set("x"))
        for _ in range(5):
            proxy.reset()
            assert redis._do("get", TEXT.at(name="a").get()) == "x"
        box, answered = BOX.at(), []
        for number in range(200):
            cutting = threading.Timer(0.0005, proxy.reset)
            if number % 10 == 0:
                cutting.start()
            with contextlib.suppress(ConnectionFailedError):  # it may have arrived; it was not sent twice
                redis._do("push", box.push([number]))
                answered.append(number)
            if number % 10 == 0:
                cutting.join()
        kept = redis._do("get", box.get())
        assert len(kept) == len(set(kept))
        assert set(answered) <= set(kept)


def test_a_network_that_is_cut_is_a_timeout_and_heals(address: str) -> None:
    parts = urlsplit(address)
    with FaultProxy(str(parts.hostname), int(parts.port or 0)) as proxy, through(proxy, address) as redis:
        redis.healthcheck()
        proxy.partition()
        with pytest.raises(ConnectionFailedError):
            redis.healthcheck(timeout=0.1)
        proxy.heal()
        redis.healthcheck()


def test_an_adapter_lives_through_a_restart_of_the_server() -> None:
    running = server("redis")
    if not running.ours:
        pytest.skip("the server is somebody else's, and is not restarted")
    with KeyValueAdapter(settings(running.fresh("restart"))) as redis:
        redis._do("set", TEXT.at(name="a").set("kept"))
        with redis._lock("lock", LOCK.at(name="a"), 60.0, 0.0) as lock:
            running.restart()
            assert redis._do("get", TEXT.at(name="a").get()) == "kept"
            assert redis._do("increment", COUNT.at(name="c").increment()) == 1
            lock.extend()


def test_a_server_that_is_gone_is_told_as_not_reached(address: str) -> None:
    with FaultProxy("127.0.0.1", 1) as nowhere, through(nowhere, address) as redis:
        with pytest.raises(IntegrationError) as raised:
            redis._do("increment", COUNT.at(name="a").increment())
        assert isinstance(raised.value, ConnectionFailedError)
        assert raised.value.attempts == 3  # nothing was sent, so even this is repeated
