"""A store of processed messages that consumers in many processes share."""

from __future__ import annotations

import asyncio
import threading
import time

from integrations.runtime.redis import AsyncKeyValueAdapter, KeyValueAdapter, RedisSettings


def test_a_message_is_claimed_by_one_of_many(redis: KeyValueAdapter) -> None:
    won: list[bool | None] = []
    stores = [redis.idempotency("orders") for _ in range(8)]
    threads = [threading.Thread(target=lambda s=store: won.append(s.claim("m-1"))) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won, key=str) == [None] * 7 + [True]


def test_what_is_done_stays_done_and_what_is_released_is_free(redis: KeyValueAdapter) -> None:
    store, other = redis.idempotency("orders"), redis.idempotency("orders")
    assert store.claim("m-1") is True
    store.done("m-1")
    assert other.claim("m-1") is False
    assert store.claim("m-2") is True
    store.release("m-2")
    assert other.claim("m-2") is True


def test_a_claim_that_ran_out_cannot_release_that_of_its_successor(redis: KeyValueAdapter) -> None:
    slow, next_one = redis.idempotency("orders", lease=0.02), redis.idempotency("orders")
    assert slow.claim("m-1") is True
    time.sleep(0.05)
    assert next_one.claim("m-1") is True
    slow.release("m-1")
    assert slow.claim("m-1") is None


def test_ids_with_odd_letters_are_kept_apart(redis: KeyValueAdapter) -> None:
    store = redis.idempotency("orders")
    assert store.claim("a:b") is True
    assert store.claim("a%3Ab") is True


def test_the_async_form_does_the_same(address: str) -> None:
    async def run() -> None:
        async with AsyncKeyValueAdapter(RedisSettings(service="Redis", connection_string=address)) as redis:
            await redis.command("FLUSHDB")
            store = redis.idempotency("orders")
            assert await store.claim("m-1") is True
            assert await redis.idempotency("orders").claim("m-1") is None
            await store.release("m-1")
            assert await store.claim("m-1") is True
            await store.done("m-1")
            assert await store.claim("m-1") is False

    asyncio.run(run())
