"""The blocking consumer: one thread receives and settles; it also handles, or others do."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar

from .._guard import Guard
from .consumer import CURRENT, FLUSH, GLANCE, PATIENCE, Again, ConsumerBase, Dead, Plan, Run
from .draining import watching
from .hand import Hand
from .messages import Broker, Delivery, Subscription
from .tally import Consumed
from .trace import handling
from .verdicts import Verdict

T = TypeVar("T")


class Consumer(ConsumerBase[T]):
    """One run of a blocking consumer."""

    def __init__(self, plan: Plan[T], guard: Guard, broker: Broker, declare: Callable[[], None]) -> None:
        super().__init__(plan, guard)
        self._broker, self._declare = broker, declare

    def run(self) -> Consumed:
        """Consume until there is a reason to stop, and return what came of it."""
        with watching(self._halt):
            subscription: Subscription | None
            subscription = self._guard.call(self._operation, self._subscribe, repeatable=True)
            while subscription is not None:
                if reason := self._session(subscription):
                    return self._tally.result(reason)
                subscription = self._again()
        return self._tally.result(self._halt.reason)

    def _subscribe(self) -> Subscription:
        self._declare()
        return self._broker.subscribe(self._route)

    def _again(self) -> Subscription | None:
        """Subscribe again, however often it takes; None when the consumer is to stop meanwhile."""
        while True:
            left = self._backoff()
            while left > 0 and not self._halt:
                self._clock.sleep(min(left, PATIENCE))
                left -= PATIENCE
            if self._halt:
                return None
            try:
                return self._subscribe()
            except Exception as error:
                self._lost(error)

    def _session(self, subscription: Subscription) -> str:
        """Consume; return why the run is over, or "" when the connection is."""
        self._seen = self._clock.monotonic()
        try:
            with self._keeping(subscription):
                return self._one_by_one(subscription) if self._straight() else self._spread(subscription)
        except Exception as error:
            self._lost(error)
            return ""
        finally:
            self._held = ()
            with suppress(Exception):  # what is not settled comes again either way
                subscription.close()

    @contextmanager
    def _keeping(self, subscription: Subscription) -> Iterator[None]:
        """Extend the lease of what is in hand, as long as it is."""
        if not subscription.lease:
            yield
            return
        ended = threading.Event()

        def keep() -> None:
            while not ended.wait(subscription.lease / 3):
                for delivery in list(self._held):
                    with suppress(Exception):  # it is settled meanwhile, or the connection is gone
                        subscription.extend(delivery)

        thread = threading.Thread(target=keep, name=f"{self._operation}-lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _handled(self, delivery: Delivery) -> Verdict:
        message = self._read(delivery)
        if isinstance(message, Dead):
            return message
        token = CURRENT.set(delivery)
        try:
            self._handler(message)
        except Exception as error:
            return self._failed(error, delivery)
        finally:
            CURRENT.reset(token)
        return None

    def _one_by_one(self, subscription: Subscription) -> str:
        most = self._route.prefetch
        while not (reason := self._over()):
            batch = subscription.receive(self._tally.room(most), self._wait())
            if batch:
                self._held = batch
                if isinstance(batch, Run):
                    self._run(subscription, batch)
                else:
                    self._batch(subscription, batch)
                self._held = ()
                self._came()
        return reason

    def _batch(self, subscription: Subscription, batch: Sequence[Delivery]) -> None:
        """Handle one batch, and ack what is processed together."""
        done: list[Delivery] = []
        monotonic, halt, handled = self._clock.monotonic, self._halt, self._handled
        begun = monotonic()
        try:
            for delivery in batch:
                if halt:
                    break
                verdict = handled(delivery)
                if verdict is None:
                    done.append(delivery)
                else:
                    self._settle(subscription, delivery, verdict)
                if done and monotonic() - begun > FLUSH:
                    self._ack(subscription, done)
                    done, begun = [], monotonic()
        except BaseException:
            with suppress(Exception):
                self._ack(subscription, done)
            raise
        self._ack(subscription, done)

    def _run(self, subscription: Subscription, run: Run) -> None:
        """The same, of messages that were never tried: nothing is done for each that can be done for all."""
        start = 0
        with handling(run):
            while start < len(run) and not self._halt:
                walk = self._walk(run, start)
                done = run.part(start, walk.stop)
                if walk.broken is not None:
                    with suppress(Exception):
                        self._ack(subscription, done)
                    raise walk.broken
                self._ack(subscription, done)
                start = walk.stop
                if walk.verdict is not None:
                    self._settle(subscription, run[start], walk.verdict)
                    start += 1

    def _ack(self, subscription: Subscription, done: Sequence[Delivery]) -> None:
        if done:
            subscription.ack(done)
            self._tally.add("processed", len(done))

    def _settle(self, subscription: Subscription, delivery: Delivery, verdict: Again | Dead) -> None:
        if isinstance(verdict, Again):
            subscription.retry(delivery, verdict.delay)
        else:
            subscription.dead_letter(delivery, verdict.reason)
        self._count(delivery, verdict)

    def _spread(self, subscription: Subscription) -> str:
        """Let several threads handle messages, or this one in the order of their keys."""
        hand = Hand(ordered=self._route.ordered)
        number = self._plan.concurrency if self._plan.concurrency > 1 else 0
        threads = [self._thread(hand, index) for index in range(number)]
        self._held = hand
        try:
            reason = self._feed(subscription, hand, inline=not threads)
            self._drain(subscription, hand)
            return reason
        except Exception:
            self._end(hand)
            raise
        finally:
            hand.close()
            for thread in threads:
                thread.join(max(0.0, self._deadline() - self._clock.monotonic()))

    def _thread(self, hand: Hand, index: int) -> threading.Thread:
        context = contextvars.copy_context()
        name = f"{self._operation}-{index}"
        thread = threading.Thread(target=context.run, args=(self._work, hand), name=name, daemon=True)
        thread.start()
        return thread

    def _work(self, hand: Hand) -> None:
        while not self._halt and (delivery := hand.take()) is not None:
            try:
                verdict = self._handled(delivery)
            except (
                BaseException
            ) as error:  # e.g. SystemExit: the run ends with it, and the message comes again
                hand.stop(error)
                return
            hand.finish(delivery, verdict, self._clock.monotonic())

    def _feed(self, subscription: Subscription, hand: Hand, *, inline: bool) -> str:
        """Receive and settle, until there is a reason to stop."""
        while True:
            self._settle_all(subscription, hand)
            if reason := self._over(len(hand)):
                return reason
            due = hand.release(self._clock.monotonic())
            if inline and self._inline(hand):
                continue
            self._receive(subscription, hand, due)

    def _receive(self, subscription: Subscription, hand: Hand, due: float | None) -> None:
        wait = self._wait() if due is None else min(self._wait(), max(0.0, due))
        room = self._tally.room(self._route.prefetch) - len(hand)
        if room > 0:
            batch = subscription.receive(room, min(wait, GLANCE) if hand.is_restless else wait)
        else:
            batch = subscription.receive(0, 0.0 if hand.is_restless else wait)
            hand.await_outcome(10 * GLANCE)
        if batch:
            hand.add(batch)
            self._came()

    def _inline(self, hand: Hand) -> bool:
        """Handle what can be handled now, in this thread; return whether there was any."""
        any_handled = False
        while not self._halt and (delivery := hand.take(block=False)) is not None:
            hand.finish(delivery, self._handled(delivery), self._clock.monotonic())
            any_handled = True
        return any_handled

    def _settle_all(self, subscription: Subscription, hand: Hand) -> None:
        done = []
        for delivery, verdict in hand.outcomes():
            if verdict is None:
                done.append(delivery)
            elif isinstance(verdict, Again) and hand.keeps(delivery, verdict):
                self._count(delivery, verdict)
            else:
                self._settle(subscription, delivery, verdict)
                hand.settled([delivery])
        self._ack(subscription, done)
        hand.settled(done)
        if hand.broken is not None:
            raise hand.broken

    def _drain(self, subscription: Subscription, hand: Hand) -> None:
        """Finish what is being handled, within the grace time; the rest goes back."""
        hand.close()
        until = self._deadline()
        while hand.busy and self._clock.monotonic() < until:
            hand.await_outcome(10 * GLANCE)
            self._settle_all(subscription, hand)
        self._settle_all(subscription, hand)

    def _end(self, hand: Hand) -> None:
        """Let handlers end whose connection is gone: nobody else may have their keys meanwhile."""
        hand.close()
        while hand.busy and not (self._halt and self._clock.monotonic() >= self._deadline()):
            hand.outcomes()
            hand.await_outcome(10 * GLANCE)
