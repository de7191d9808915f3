# Generated from integrations.yaml, entry "redis". To change it, edit that entry (or cookiecutters/database/)
# and run `nox -s generate -- redis`. Your own methods belong in redis_custom.py.
"""Redis: 48 operations on typed keys, blocking and async."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from integrations.runtime.redis import (
    AsyncKeyValueAdapter,
    AsyncPipeline,
    CounterKey,
    DeadLetter,
    Entry,
    HashKey,
    Key,
    KeyValueAdapter,
    Lock,
    LockKey,
    Pipeline,
    Scored,
    Script,
    SortedSetKey,
    StreamKey,
    StringKey,
    awaited,
    iterated,
    locked,
    queued,
)

from .redis_models import Customer, Job, Session

CUSTOMER: HashKey[Customer] = HashKey("customer:{customer_id}", Customer, ttl=604800)
JOB: StreamKey[Job] = StreamKey("jobs", Job, maxlen=100000, group="workers", max_deliveries=5, claim_after=60)
LEADERBOARD: SortedSetKey[str] = SortedSetKey("leaderboard:{season}", str)
ORDER_LOCK = LockKey("lock:order:{order_id}", ttl=30)
REQUEST_COUNT = CounterKey("requests:{client}:{minute}", ttl=120)
SESSION: StringKey[Session] = StringKey("session:{user_id}", Session, ttl=3600, sliding=True)
RESERVE_STOCK_SCRIPT_STOCK = Key("stock:{sku}")
RESERVE_STOCK_SCRIPT: Script[int] = Script(
    "reserve_stock",
    (
        "local left = tonumber(redis.call('GET', KEYS[1]) or '0')\n"
        "local wanted = tonumber(ARGV[1])\n"
        "if left < wanted then return -1 end\n"
        "return redis.call('DECRBY', KEYS[1], wanted)\n"
    ),
    int,
)


class RedisAdapter(KeyValueAdapter):
    """Sessions, request counters, a leaderboard, background jobs and locks of the shop.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. What
    is not safe to repeat is tried again only where nothing of it took effect.
    """

    SERVICE = "Redis"
    PACKAGE = "redis"
    CONFIG = Path(__file__).with_name("config.yaml")

    def get_customer(self, customer_id: str, *, timeout: float | None = None) -> Customer | None:
        """Read a customer.

        Returns:
            The object; None where there is none.
        """
        return self._do("get_customer", CUSTOMER.at(customer_id=customer_id).get(), timeout)

    def set_customer(
        self, customer_id: str, value: Customer, *, ttl: float | None = None, timeout: float | None = None
    ) -> None:
        """Write a customer in place of what was there.

        Args:
            ttl: Seconds until it is gone; 604800 by default.
        """
        return self._do("set_customer", CUSTOMER.at(customer_id=customer_id).set(value, ttl=ttl), timeout)

    def set_customer_fields(
        self,
        customer_id: str,
        *,
        email: str | None = None,
        name: str | None = None,
        orders: int | None = None,
        timeout: float | None = None,
    ) -> None:
        """Write some fields of a customer, and leave the others.

        Raises:
            InvalidArgumentError: no field is given.
        """
        return self._do(
            "set_customer_fields",
            CUSTOMER.at(customer_id=customer_id).set_fields({"email": email, "name": name, "orders": orders}),
            timeout,
        )

    def update_customer(
        self,
        customer_id: str,
        change: Callable[[Customer | None], Customer | None],
        *,
        timeout: float | None = None,
    ) -> Customer | None:
        """Change a customer as a function says, and repeat that where somebody else was faster.

        Args:
            change: Takes the value, None where there is none, and returns the new one, None to delete it. It
                may be called more than once.

        Returns:
            The new value.

        Raises:
            TransactionConflictError: others were always faster.
        """
        return self._run("update_customer", CUSTOMER.at(customer_id=customer_id).update(change), timeout)

    def get_customer_email(self, customer_id: str, *, timeout: float | None = None) -> str | None:
        """Read email of a customer.

        Returns:
            The field; None where there is none.
        """
        return self._do(
            "get_customer_email", CUSTOMER.at(customer_id=customer_id).field("email", str), timeout
        )

    def get_customer_name(self, customer_id: str, *, timeout: float | None = None) -> str | None:
        """Read name of a customer.

        Returns:
            The field; None where there is none.
        """
        return self._do("get_customer_name", CUSTOMER.at(customer_id=customer_id).field("name", str), timeout)

    def get_customer_orders(self, customer_id: str, *, timeout: float | None = None) -> int | None:
        """Read orders of a customer.

        Returns:
            The field; None where there is none.
        """
        return self._do(
            "get_customer_orders", CUSTOMER.at(customer_id=customer_id).field("orders", int), timeout
        )

    def increment_customer_orders(
        self, customer_id: str, *, by: int = 1, timeout: float | None = None
    ) -> int:
        """Add to orders of a customer.

        Returns:
            What it is then.
        """
        return self._do(
            "increment_customer_orders", CUSTOMER.at(customer_id=customer_id).increment("orders", by), timeout
        )

    def delete_customer(self, customer_id: str, *, timeout: float | None = None) -> bool:
        """Delete a customer.

        Returns:
            Whether it was there.
        """
        return self._do("delete_customer", CUSTOMER.at(customer_id=customer_id).delete(), timeout)

    def get_customer_ttl(self, customer_id: str, *, timeout: float | None = None) -> float | None:
        """Read how long a customer still lives.

        Returns:
            Seconds; None where it stays, or is not there.
        """
        return self._do("get_customer_ttl", CUSTOMER.at(customer_id=customer_id).ttl(), timeout)

    def refresh_customer(self, customer_id: str, *, timeout: float | None = None) -> bool:
        """Let the time of a customer begin anew.

        Returns:
            Whether it was there.
        """
        return self._do("refresh_customer", CUSTOMER.at(customer_id=customer_id).refresh(), timeout)

    def scan_customers(self, *, timeout: float | None = None) -> Iterator[str]:
        """Walk over all customers that there are.

        Yields:
            customer_id of each key; a key that is there all the while comes at least once.
        """
        return self._scan("scan_customers", CUSTOMER, (str,), timeout)

    def add_job(self, message: Job, *, timeout: float | None = None) -> str:
        """Add a job at the end.

        Returns:
            Its id.
        """
        return self._do("add_job", JOB.at().add(message), timeout)

    def read_jobs(
        self, after: str = "0-0", *, count: int = 100, wait: float = 0.0, timeout: float | None = None
    ) -> list[Entry[Job]]:
        """Read jobs after one of them, the oldest first.

        Args:
            after: An id, of the last that was read.
            count: How many at most.
            wait: Seconds to wait for the first, where there is none.
        """
        return self._do("read_jobs", JOB.at().read(after, count, wait), timeout)

    def count_jobs(self, *, timeout: float | None = None) -> int:
        """Tell how many jobs there are."""
        return self._do("count_jobs", JOB.at().count(), timeout)

    def take_jobs(
        self, consumer: str, *, count: int = 10, wait: float = 0.0, timeout: float | None = None
    ) -> list[Entry[Job]]:
        """Take jobs that no consumer of the group has had yet.

        Args:
            consumer: Who takes them; the same name after a restart.
            count: How many at most.
            wait: Seconds to wait for the first, where there is none.

        Returns:
            Messages to be acknowledged; one that cannot be read goes to the dead letters.
        """
        return self._run("take_jobs", JOB.at().read_group(consumer, count, wait), timeout)

    def ack_jobs(self, *ids: str, timeout: float | None = None) -> int:
        """Acknowledge jobs: they are done.

        Returns:
            How many were waiting for it.
        """
        return self._do("ack_jobs", JOB.at().ack(ids), timeout)

    def claim_jobs(
        self, consumer: str, *, idle: float | None = None, count: int = 10, timeout: float | None = None
    ) -> list[Entry[Job]]:
        """Take jobs over that another consumer has left lying.

        Args:
            consumer: Who takes them.
            idle: Seconds without acknowledgement; 60 by default.
            count: How many at most.

        Returns:
            Messages; one that was delivered 5 times goes to the dead letters instead.
        """
        return self._run("claim_jobs", JOB.at().claim(consumer, idle, count), timeout)

    def give_up_job(self, id: str, reason: str, *, timeout: float | None = None) -> bool:
        """Give a job up: to the dead letters, and acknowledged, in one step.

        Returns:
            Whether it was waiting for acknowledgement.
        """
        return self._do("give_up_job", JOB.at().bury(id, reason), timeout)

    def read_dead_jobs(
        self, after: str = "0-0", *, count: int = 100, timeout: float | None = None
    ) -> list[DeadLetter]:
        """Read jobs that were given up, the oldest first.

        Args:
            after: An id among the dead letters.
            count: How many at most.
        """
        return self._do("read_dead_jobs", JOB.at().dead(after, count), timeout)

    def delete_job(self, *, timeout: float | None = None) -> bool:
        """Delete a job.

        Returns:
            Whether it was there.
        """
        return self._do("delete_job", JOB.at().delete(), timeout)

    def add_to_leaderboard(
        self, season: str, member: str, score: float, *, timeout: float | None = None
    ) -> bool:
        """Give a member of a leaderboard its score.

        Returns:
            Whether it is new.
        """
        return self._do("add_to_leaderboard", LEADERBOARD.at(season=season).add(member, score), timeout)

    def increment_in_leaderboard(
        self, season: str, member: str, *, by: float = 1.0, timeout: float | None = None
    ) -> float:
        """Add to the score of a member of a leaderboard.

        Returns:
            What the score is then.
        """
        return self._do(
            "increment_in_leaderboard", LEADERBOARD.at(season=season).increment(member, by), timeout
        )

    def remove_from_leaderboard(self, season: str, *members: str, timeout: float | None = None) -> int:
        """Remove members from a leaderboard.

        Returns:
            How many were there.
        """
        return self._do("remove_from_leaderboard", LEADERBOARD.at(season=season).remove(members), timeout)

    def get_leaderboard_score(
        self, season: str, member: str, *, timeout: float | None = None
    ) -> float | None:
        """Read the score of a member of a leaderboard.

        Returns:
            The score; None where it is no member.
        """
        return self._do("get_leaderboard_score", LEADERBOARD.at(season=season).score(member), timeout)

    def get_leaderboard_rank(self, season: str, member: str, *, timeout: float | None = None) -> int | None:
        """Read the rank of a member of a leaderboard; 0 has the highest score.

        Returns:
            How many have a higher score; None where it is no member.
        """
        return self._do("get_leaderboard_rank", LEADERBOARD.at(season=season).rank(member), timeout)

    def get_top_leaderboard(
        self, season: str, count: int = 10, *, timeout: float | None = None
    ) -> list[Scored[str]]:
        """Read the highest scores of a leaderboard, the highest first."""
        return self._do("get_top_leaderboard", LEADERBOARD.at(season=season).top(count), timeout)

    def get_leaderboard(
        self, season: str, start: int = 0, stop: int = -1, *, timeout: float | None = None
    ) -> list[Scored[str]]:
        """Read a leaderboard in order, the lowest score first.

        Args:
            start: The first place, from 0.
            stop: The last place; -1 is the last of all.
        """
        return self._do("get_leaderboard", LEADERBOARD.at(season=season).range(start, stop), timeout)

    def get_leaderboard_between(
        self, season: str, lowest: float, highest: float, *, limit: int = 1000, timeout: float | None = None
    ) -> list[Scored[str]]:
        """Read members of a leaderboard by score, the lowest first, both ends included."""
        return self._do(
            "get_leaderboard_between", LEADERBOARD.at(season=season).between(lowest, highest, limit), timeout
        )

    def count_leaderboard(self, season: str, *, timeout: float | None = None) -> int:
        """Tell how many there are in a leaderboard."""
        return self._do("count_leaderboard", LEADERBOARD.at(season=season).count(), timeout)

    def delete_leaderboard(self, season: str, *, timeout: float | None = None) -> bool:
        """Delete a leaderboard.

        Returns:
            Whether it was there.
        """
        return self._do("delete_leaderboard", LEADERBOARD.at(season=season).delete(), timeout)

    def scan_leaderboards(self, *, timeout: float | None = None) -> Iterator[str]:
        """Walk over all leaderboards that there are.

        Yields:
            season of each key; a key that is there all the while comes at least once.
        """
        return self._scan("scan_leaderboards", LEADERBOARD, (str,), timeout)

    def lock_order(self, order_id: str, *, ttl: float | None = None, wait: float = 0.0) -> Lock:
        """Take an order lock in a `with`: nobody else has it meanwhile.

        Args:
            ttl: Seconds after which it ends by itself; 30 by default.
            wait: Seconds to wait for it while somebody else has it.

        Returns:
            The lock; its `fence` is higher than that of every holder before.

        Raises:
            LockTakenError: somebody else has it all the while.
            LockLostError: it ended before the block did.
        """
        return self._lock("lock_order", ORDER_LOCK.at(order_id=order_id), ttl, wait)

    def increment_request_count(
        self, client: str, minute: int, *, by: int = 1, timeout: float | None = None
    ) -> int:
        """Add to a request count; it lives 120 seconds from the first count.

        Returns:
            The new count.
        """
        return self._do(
            "increment_request_count", REQUEST_COUNT.at(client=client, minute=minute).increment(by), timeout
        )

    def get_request_count(self, client: str, minute: int, *, timeout: float | None = None) -> int:
        """Read a request count.

        Returns:
            The count; 0 where there is none.
        """
        return self._do("get_request_count", REQUEST_COUNT.at(client=client, minute=minute).get(), timeout)

    def delete_request_count(self, client: str, minute: int, *, timeout: float | None = None) -> bool:
        """Delete a request count.

        Returns:
            Whether it was there.
        """
        return self._do(
            "delete_request_count", REQUEST_COUNT.at(client=client, minute=minute).delete(), timeout
        )

    def get_request_count_ttl(
        self, client: str, minute: int, *, timeout: float | None = None
    ) -> float | None:
        """Read how long a request count still lives.

        Returns:
            Seconds; None where it stays, or is not there.
        """
        return self._do(
            "get_request_count_ttl", REQUEST_COUNT.at(client=client, minute=minute).ttl(), timeout
        )

    def refresh_request_count(self, client: str, minute: int, *, timeout: float | None = None) -> bool:
        """Let the time of a request count begin anew.

        Returns:
            Whether it was there.
        """
        return self._do(
            "refresh_request_count", REQUEST_COUNT.at(client=client, minute=minute).refresh(), timeout
        )

    def scan_request_counts(self, *, timeout: float | None = None) -> Iterator[tuple[str, int]]:
        """Walk over all request counts that there are.

        Yields:
            client and minute of each key; a key that is there all the while comes at least once.
        """
        return self._scan("scan_request_counts", REQUEST_COUNT, (str, int), timeout)

    def get_session(self, user_id: str, *, timeout: float | None = None) -> Session | None:
        """Read a session; its time begins anew.

        Returns:
            The value; None where there is none.
        """
        return self._do("get_session", SESSION.at(user_id=user_id).get(), timeout)

    def get_sessions(self, user_ids: Sequence[str], *, timeout: float | None = None) -> list[Session | None]:
        """Read several sessions at once.

        Returns:
            A value for each, in their order; None for each that is not there.
        """
        return self._do("get_sessions", SESSION.many([{"user_id": one} for one in user_ids]), timeout)

    def set_session(
        self,
        user_id: str,
        value: Session,
        *,
        ttl: float | None = None,
        only_if_absent: bool = False,
        timeout: float | None = None,
    ) -> bool:
        """Write a session.

        Args:
            ttl: Seconds until it is gone; 3600 by default.
            only_if_absent: Leave what is there, and return False.

        Returns:
            Whether it was written.
        """
        return self._do(
            "set_session",
            SESSION.at(user_id=user_id).set(value, ttl=ttl, only_if_absent=only_if_absent),
            timeout,
        )

    def update_session(
        self,
        user_id: str,
        change: Callable[[Session | None], Session | None],
        *,
        timeout: float | None = None,
    ) -> Session | None:
        """Change a session as a function says, and repeat that where somebody else was faster.

        Args:
            change: Takes the value, None where there is none, and returns the new one, None to delete it. It
                may be called more than once.

        Returns:
            The new value.

        Raises:
            TransactionConflictError: others were always faster.
        """
        return self._run("update_session", SESSION.at(user_id=user_id).update(change), timeout)

    def delete_session(self, user_id: str, *, timeout: float | None = None) -> bool:
        """Delete a session.

        Returns:
            Whether it was there.
        """
        return self._do("delete_session", SESSION.at(user_id=user_id).delete(), timeout)

    def get_session_ttl(self, user_id: str, *, timeout: float | None = None) -> float | None:
        """Read how long a session still lives.

        Returns:
            Seconds; None where it stays, or is not there.
        """
        return self._do("get_session_ttl", SESSION.at(user_id=user_id).ttl(), timeout)

    def refresh_session(self, user_id: str, *, timeout: float | None = None) -> bool:
        """Let the time of a session begin anew.

        Returns:
            Whether it was there.
        """
        return self._do("refresh_session", SESSION.at(user_id=user_id).refresh(), timeout)

    def scan_sessions(self, *, timeout: float | None = None) -> Iterator[str]:
        """Walk over all sessions that there are.

        Yields:
            user_id of each key; a key that is there all the while comes at least once.
        """
        return self._scan("scan_sessions", SESSION, (str,), timeout)

    def reserve_stock(self, sku: str, *, quantity: int, timeout: float | None = None) -> int:
        """Take a quantity from the stock of an article; -1 where there is not enough."""
        return self._do(
            "reserve_stock",
            RESERVE_STOCK_SCRIPT.call([RESERVE_STOCK_SCRIPT_STOCK.key(sku=sku)], [(quantity, int)]),
            timeout,
        )

    def pipeline(self, *, atomic: bool = False, timeout: float | None = None) -> RedisPipeline:
        """Return a pipeline: its methods queue, and all is sent at once at the end of its `with`.

        Args:
            atomic: Make all of it one transaction.
            timeout: Seconds for all of it.
        """
        return RedisPipeline(self._send, atomic=atomic, timeout=timeout)


class AsyncRedisAdapter(AsyncKeyValueAdapter):
    """The same operations, to be awaited; `RedisAdapter` documents their arguments and errors."""

    SERVICE = "Redis"
    PACKAGE = "redis"
    CONFIG = Path(__file__).with_name("config.yaml")

    get_customer = awaited(RedisAdapter.get_customer)
    set_customer = awaited(RedisAdapter.set_customer)
    set_customer_fields = awaited(RedisAdapter.set_customer_fields)
    update_customer = awaited(RedisAdapter.update_customer)
    get_customer_email = awaited(RedisAdapter.get_customer_email)
    get_customer_name = awaited(RedisAdapter.get_customer_name)
    get_customer_orders = awaited(RedisAdapter.get_customer_orders)
    increment_customer_orders = awaited(RedisAdapter.increment_customer_orders)
    delete_customer = awaited(RedisAdapter.delete_customer)
    get_customer_ttl = awaited(RedisAdapter.get_customer_ttl)
    refresh_customer = awaited(RedisAdapter.refresh_customer)
    scan_customers = iterated(RedisAdapter.scan_customers)
    add_job = awaited(RedisAdapter.add_job)
    read_jobs = awaited(RedisAdapter.read_jobs)
    count_jobs = awaited(RedisAdapter.count_jobs)
    take_jobs = awaited(RedisAdapter.take_jobs)
    ack_jobs = awaited(RedisAdapter.ack_jobs)
    claim_jobs = awaited(RedisAdapter.claim_jobs)
    give_up_job = awaited(RedisAdapter.give_up_job)
    read_dead_jobs = awaited(RedisAdapter.read_dead_jobs)
    delete_job = awaited(RedisAdapter.delete_job)
    add_to_leaderboard = awaited(RedisAdapter.add_to_leaderboard)
    increment_in_leaderboard = awaited(RedisAdapter.increment_in_leaderboard)
    remove_from_leaderboard = awaited(RedisAdapter.remove_from_leaderboard)
    get_leaderboard_score = awaited(RedisAdapter.get_leaderboard_score)
    get_leaderboard_rank = awaited(RedisAdapter.get_leaderboard_rank)
    get_top_leaderboard = awaited(RedisAdapter.get_top_leaderboard)
    get_leaderboard = awaited(RedisAdapter.get_leaderboard)
    get_leaderboard_between = awaited(RedisAdapter.get_leaderboard_between)
    count_leaderboard = awaited(RedisAdapter.count_leaderboard)
    delete_leaderboard = awaited(RedisAdapter.delete_leaderboard)
    scan_leaderboards = iterated(RedisAdapter.scan_leaderboards)
    lock_order = locked(RedisAdapter.lock_order)
    increment_request_count = awaited(RedisAdapter.increment_request_count)
    get_request_count = awaited(RedisAdapter.get_request_count)
    delete_request_count = awaited(RedisAdapter.delete_request_count)
    get_request_count_ttl = awaited(RedisAdapter.get_request_count_ttl)
    refresh_request_count = awaited(RedisAdapter.refresh_request_count)
    scan_request_counts = iterated(RedisAdapter.scan_request_counts)
    get_session = awaited(RedisAdapter.get_session)
    get_sessions = awaited(RedisAdapter.get_sessions)
    set_session = awaited(RedisAdapter.set_session)
    update_session = awaited(RedisAdapter.update_session)
    delete_session = awaited(RedisAdapter.delete_session)
    get_session_ttl = awaited(RedisAdapter.get_session_ttl)
    refresh_session = awaited(RedisAdapter.refresh_session)
    scan_sessions = iterated(RedisAdapter.scan_sessions)
    reserve_stock = awaited(RedisAdapter.reserve_stock)

    def pipeline(self, *, atomic: bool = False, timeout: float | None = None) -> AsyncRedisPipeline:
        """Return a pipeline; see `RedisAdapter.pipeline`."""
        return AsyncRedisPipeline(self._send, atomic=atomic, timeout=timeout)


class RedisQueue:
    """What can be queued: each method returns a `Queued`, whose `.value` is there after `execute`."""

    get_customer = queued(RedisAdapter.get_customer)
    set_customer = queued(RedisAdapter.set_customer)
    set_customer_fields = queued(RedisAdapter.set_customer_fields)
    get_customer_email = queued(RedisAdapter.get_customer_email)
    get_customer_name = queued(RedisAdapter.get_customer_name)
    get_customer_orders = queued(RedisAdapter.get_customer_orders)
    increment_customer_orders = queued(RedisAdapter.increment_customer_orders)
    delete_customer = queued(RedisAdapter.delete_customer)
    get_customer_ttl = queued(RedisAdapter.get_customer_ttl)
    refresh_customer = queued(RedisAdapter.refresh_customer)
    add_job = queued(RedisAdapter.add_job)
    read_jobs = queued(RedisAdapter.read_jobs)
    count_jobs = queued(RedisAdapter.count_jobs)
    ack_jobs = queued(RedisAdapter.ack_jobs)
    give_up_job = queued(RedisAdapter.give_up_job)
    read_dead_jobs = queued(RedisAdapter.read_dead_jobs)
    delete_job = queued(RedisAdapter.delete_job)
    add_to_leaderboard = queued(RedisAdapter.add_to_leaderboard)
    increment_in_leaderboard = queued(RedisAdapter.increment_in_leaderboard)
    remove_from_leaderboard = queued(RedisAdapter.remove_from_leaderboard)
    get_leaderboard_score = queued(RedisAdapter.get_leaderboard_score)
    get_leaderboard_rank = queued(RedisAdapter.get_leaderboard_rank)
    get_top_leaderboard = queued(RedisAdapter.get_top_leaderboard)
    get_leaderboard = queued(RedisAdapter.get_leaderboard)
    get_leaderboard_between = queued(RedisAdapter.get_leaderboard_between)
    count_leaderboard = queued(RedisAdapter.count_leaderboard)
    delete_leaderboard = queued(RedisAdapter.delete_leaderboard)
    increment_request_count = queued(RedisAdapter.increment_request_count)
    get_request_count = queued(RedisAdapter.get_request_count)
    delete_request_count = queued(RedisAdapter.delete_request_count)
    get_request_count_ttl = queued(RedisAdapter.get_request_count_ttl)
    refresh_request_count = queued(RedisAdapter.refresh_request_count)
    get_session = queued(RedisAdapter.get_session)
    get_sessions = queued(RedisAdapter.get_sessions)
    set_session = queued(RedisAdapter.set_session)
    delete_session = queued(RedisAdapter.delete_session)
    get_session_ttl = queued(RedisAdapter.get_session_ttl)
    refresh_session = queued(RedisAdapter.refresh_session)
    reserve_stock = queued(RedisAdapter.reserve_stock)


class RedisPipeline(RedisQueue, Pipeline):
    """A pipeline, blocking."""


class AsyncRedisPipeline(RedisQueue, AsyncPipeline):
    """A pipeline, async."""
