# Generated from integrations.yaml, entry "redis"; see redis_adapter.py for how to change it.
"""How Redis is used. `python -m integrations.redis.examples` runs those that only read."""

from __future__ import annotations

from integrations.redis import Customer, RedisAdapter


def get_customer(cache: RedisAdapter) -> None:
    """Read a customer."""
    print(cache.get_customer("customer-1"))


def get_top_leaderboard(cache: RedisAdapter) -> None:
    """Read the highest scores of a leaderboard, the highest first."""
    print(cache.get_top_leaderboard("season-1", 3))


def scan_customers(cache: RedisAdapter) -> None:
    """Walk over all customers that there are."""
    for found in cache.scan_customers():
        print(found)


def set_customer(cache: RedisAdapter) -> None:
    """Write a customer in place of what was there."""
    cache.set_customer("customer-1", Customer(name="name-1", orders=42, email="ada@example.com"))
    print("done")


def lock_order(cache: RedisAdapter) -> None:
    """Take an order lock in a `with`: nobody else has it meanwhile."""
    with cache.lock_order("order-1") as held:
        print("held; whoever had it before had a lower number than", held.fence)


def check_health(cache: RedisAdapter) -> None:
    """Ask whether the server answers."""
    cache.healthcheck()
    print("well")


READING = (
    check_health,
    get_customer,
    get_top_leaderboard,
    scan_customers,
)


def main() -> None:
    """Run the examples that only read."""
    with RedisAdapter.from_config() as cache:
        for example in READING:
            example(cache)


if __name__ == "__main__":
    main()
