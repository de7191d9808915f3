"""The async consumer: one task receives and settles; it also handles, or others do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from inspect import isawaitable
from typing import Final, TypeVar

from .._guard import Guard
from .consumer import CURRENT, FLUSH, GLANCE, PATIENCE, Again, ConsumerBase, Dead, Plan
from .draining import watching
from .hand import Lanes
from .messages import AsyncBroker, AsyncSubscription, Delivery
from .tally import Consumed
from .verdicts import Verdict

T = TypeVar("T")
BEGINNINGS: Final = 3  # turns of the loop until a task that was woken runs


class AsyncConsumer(ConsumerBase[T]):
    """One run of an async consumer; a handler may be a coroutine function."""

    def __init__(
        self, plan: Plan[T], guard: Guard, broker: AsyncBroker, declare: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(plan, guard)
        self._broker, self._declare = broker, declare
        self._ready, self._outcome = asyncio.Event(), asyncio.Event()

    async def run(self) -> Consumed:
        """Consume until there is a reason to stop, and return what came of it."""
        with watching(self._halt):
            subscription: AsyncSubscription | None
            subscription = await self._guard.acall(self._operation, self._subscribe, repeatable=True)
            while subscription is not None:
                if reason := await self._session(subscription):
                    return self._tally.result(reason)
                subscription = await self._again()
        return self._tally.result(self._halt.reason)

    async def _subscribe(self) -> AsyncSubscription:
        await self._declare()
        return await self._broker.subscribe(self._route)

    async def _again(self) -> AsyncSubscription | None:
        """Subscribe again, however often it takes; None when the consumer is to stop meanwhile."""
        while True:
            left = self._backoff()
            while left > 0 and not self._halt:
                await self._clock.async_sleep(min(left, PATIENCE))
                left -= PATIENCE
            if self._halt:
                return None
            try:
                return await self._subscribe()
            except Exception as error:
                self._lost(error)

    async def _session(self, subscription: AsyncSubscription) -> str:
        """Consume; return why the run is over, or "" when the connection is."""
        self._seen = self._clock.monotonic()
        try:
            async with self._keeping(subscription):
                consume = self._one_by_one if self._straight() else self._spread
                return await consume(subscription)
        except Exception as error:
            self._lost(error)
            return ""
        finally:
            self._held = ()
            with suppress(Exception):  # what is not settled comes again either way
                await subscription.close()

    @asynccontextmanager
    async def _keeping(self, subscription: AsyncSubscription) -> AsyncIterator[None]:
        """Extend the lease of what is in hand, as long as it is."""
        if not subscription.lease:
            yield
            return

        async def keep() -> None:
            while True:
                await asyncio.sleep(subscription.lease / 3)
                for delivery in list(self._held):
                    with suppress(Exception):  # it is settled meanwhile, or the connection is gone
                        await subscription.extend(delivery)

        task = asyncio.create_task(keep())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _handled(self, delivery: Delivery) -> Verdict:
        message = self._read(delivery)
        if isinstance(message, Dead):
            return message
        token = CURRENT.set(delivery)
        try:
            waited = self._handler(message)
            if isawaitable(waited):
                await waited
        except Exception as error:
            return self._failed(error, delivery)
        finally:
            CURRENT.reset(token)
        return None

    async def _one_by_one(self, subscription: AsyncSubscription) -> str:
        most = self._route.prefetch
        while not (reason := self._over()):
            batch = await subscription.receive(self._tally.room(most), self._wait())
            if batch:
                self._held = batch
                await self._batch(subscription, batch)
                self._held = ()
                self._came()
        return reason

    async def _batch(self, subscription: AsyncSubscription, batch: Sequence[Delivery]) -> None:
        """Handle one batch, and ack what is processed together."""
        done: list[Delivery] = []
        monotonic, halt, handled = self._clock.monotonic, self._halt, self._handled
        begun = monotonic()
        try:
            for delivery in batch:
                if halt:
                    break
                verdict = await handled(delivery)
                if verdict is None:
                    done.append(delivery)
                else:
                    await self._settle(subscription, delivery, verdict)
                if done and monotonic() - begun > FLUSH:
                    await self._ack(subscription, done)
                    done, begun = [], monotonic()
        except BaseException:
            with suppress(Exception):
                await self._ack(subscription, done)
            raise
        await self._ack(subscription, done)

    async def _ack(self, subscription: AsyncSubscription, done: Sequence[Delivery]) -> None:
        if done:
            await subscription.ack(done)
            self._tally.add("processed", len(done))

    async def _settle(
        self, subscription: AsyncSubscription, delivery: Delivery, verdict: Again | Dead
    ) -> None:
        if isinstance(verdict, Again):
            await subscription.retry(delivery, verdict.delay)
        else:
            await subscription.dead_letter(delivery, verdict.reason)
        self._count(delivery, verdict)

    async def _spread(self, subscription: AsyncSubscription) -> str:
        """Let several tasks handle messages, each in the order of its key."""
        lanes = Lanes(ordered=self._route.ordered)
        tasks = [asyncio.create_task(self._work(lanes)) for _ in range(self._plan.concurrency)]
        self._held = lanes
        try:
            reason = await self._feed(subscription, lanes, tasks)
            await self._drain(subscription, lanes, tasks)
            return reason
        except Exception:
            await self._end(lanes)
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, lanes: Lanes) -> None:
        while True:
            delivery = None if self._halt else lanes.take()
            if delivery is None:
                self._ready.clear()
                await self._ready.wait()
                continue
            try:
                verdict = await self._handled(delivery)
            except BaseException:  # e.g. SystemExit: the run ends with it, and the message comes again
                lanes.busy -= 1
                raise
            lanes.finish(delivery, verdict, self._clock.monotonic())
            self._outcome.set()
            self._ready.set()

    async def _feed(
        self, subscription: AsyncSubscription, lanes: Lanes, tasks: Sequence[asyncio.Task[None]]
    ) -> str:
        """Receive and settle, until there is a reason to stop."""
        while True:
            await self._settle_all(subscription, lanes, tasks)
            if reason := self._over(len(lanes)):
                return reason
            lanes.release(self._clock.monotonic())
            self._ready.set()
            for _ in range(BEGINNINGS):  # whoever is ready begins, before anybody waits for more
                if lanes.waiting:
                    await asyncio.sleep(0)
            if not lanes.done:
                await self._receive(subscription, lanes, lanes.release(self._clock.monotonic()))

    async def _receive(self, subscription: AsyncSubscription, lanes: Lanes, due: float | None) -> None:
        wait = self._wait() if due is None else min(self._wait(), max(0.0, due))
        room = self._tally.room(self._route.prefetch) - len(lanes)
        if room > 0:
            batch = await subscription.receive(room, min(wait, GLANCE) if lanes.is_restless else wait)
        else:
            batch = await subscription.receive(0, 0.0 if lanes.is_restless else wait)
            await self._await_outcome(lanes)
        if batch:
            lanes.add(batch)
            self._came()

    async def _await_outcome(self, lanes: Lanes) -> None:
        """Wait a little, while messages are being handled, for what becomes of the first."""
        if lanes.done or not lanes.busy:
            return
        self._outcome.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(10 * GLANCE):
                await self._outcome.wait()

    async def _settle_all(
        self, subscription: AsyncSubscription, lanes: Lanes, tasks: Sequence[asyncio.Task[None]]
    ) -> None:
        done = []
        for delivery, verdict in lanes.outcomes():
            if verdict is None:
                done.append(delivery)
            elif isinstance(verdict, Again) and lanes.keeps(delivery, verdict):
                self._count(delivery, verdict)
            else:
                await self._settle(subscription, delivery, verdict)
                lanes.settled([delivery])
        await self._ack(subscription, done)
        lanes.settled(done)
        for task in tasks:
            if task.done():  # none ends by itself
                task.result()

    async def _drain(
        self, subscription: AsyncSubscription, lanes: Lanes, tasks: Sequence[asyncio.Task[None]]
    ) -> None:
        """Finish what is being handled, within the grace time; the rest goes back."""
        lanes.close()
        until = self._deadline()
        while lanes.busy and self._clock.monotonic() < until:
            await self._await_outcome(lanes)
            await self._settle_all(subscription, lanes, tasks)
        await self._settle_all(subscription, lanes, tasks)

    async def _end(self, lanes: Lanes) -> None:
        """Let handlers end whose connection is gone: nobody else may have their keys meanwhile."""
        lanes.close()
        while lanes.busy and not (self._halt and self._clock.monotonic() >= self._deadline()):
            lanes.outcomes()
            await self._await_outcome(lanes)
