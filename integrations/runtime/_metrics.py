"""Counts, errors, latency and cost of calls; thread-safe, bounded, and cheap enough to be always on."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType
from typing import Any, Final, TypedDict

from ._clock import SYSTEM_CLOCK, Clock

MAX_NAMES: Final = 1000  # distinct operation names; later ones are counted together
OTHER: Final = "(other)"
_GROWTH: Final = math.log(1.02)  # a latency bucket spans 2 %, so a quantile is right within 1 %
_SMALLEST: Final = 1e-6


class Latency(TypedDict):
    """Seconds. All zero when nothing was timed."""

    count: int
    mean: float
    p50: float
    p95: float
    p99: float
    max: float


class OperationMetrics(TypedDict):
    calls: int
    errors: int
    errors_by_type: dict[str, int]
    cost: float
    latency: Latency


class TotalMetrics(TypedDict):
    total_calls: int
    total_errors: int
    total_cost: float
    latency: Latency
    by_operation: dict[str, OperationMetrics]


@dataclass(slots=True)
class Series:
    """What is known of one operation; memory does not grow with calls."""

    calls: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    cost: Decimal = Decimal(0)
    seconds: float = 0.0
    shortest: float = math.inf
    longest: float = 0.0
    buckets: dict[int, int] = field(default_factory=dict)

    def time(self, seconds: float) -> None:
        bucket = math.ceil(math.log(seconds / _SMALLEST) / _GROWTH) if seconds > _SMALLEST else 0
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
        self.seconds += seconds
        if seconds > self.longest:
            self.longest = seconds
        if seconds < self.shortest:
            self.shortest = seconds

    def fail(self, kind: str) -> None:
        known = kind if kind in self.errors or len(self.errors) < MAX_NAMES else OTHER
        self.errors[known] = self.errors.get(known, 0) + 1

    def add(self, other: Series) -> None:
        self.calls += other.calls
        self.cost += other.cost
        self.seconds += other.seconds
        self.longest = max(self.longest, other.longest)
        self.shortest = min(self.shortest, other.shortest)
        for mine, theirs in ((self.buckets, other.buckets), (self.errors, other.errors)):
            _add_counts(mine, theirs)

    def at_most(self, seconds: float) -> int:
        """How many timed calls took at most *seconds*, within the width of a bucket."""
        return sum(count for bucket, count in self.buckets.items() if _middle(bucket) <= seconds)

    def latency(self) -> Latency:
        count = sum(self.buckets.values())
        p50, p95, p99 = (self._quantile(q, count) for q in (0.50, 0.95, 0.99))
        mean = self.seconds / count if count else 0.0
        return Latency(count=count, mean=mean, p50=p50, p95=p95, p99=p99, max=self.longest)

    def _quantile(self, share: float, count: int) -> float:
        left = math.ceil(share * count)
        for bucket in sorted(self.buckets):
            left -= self.buckets[bucket]
            if left <= 0:
                return min(self.longest, max(self.shortest, _middle(bucket)))
        return 0.0

    def report(self) -> OperationMetrics:
        return OperationMetrics(
            calls=self.calls,
            errors=sum(self.errors.values()),
            errors_by_type=dict(sorted(self.errors.items())),
            cost=float(self.cost),
            latency=self.latency(),
        )


def _middle(bucket: int) -> float:
    """The seconds in the middle of a bucket."""
    return _SMALLEST * math.exp((bucket - 0.5) * _GROWTH)


class MetricsCollector:
    """Counts calls by name.

        metrics = MetricsCollector()
        metrics.track("api_call", cost=0.001)            # counts one call and its cost, now
        with metrics.track("api_call", cost=0.001):      # the same, and times the block and notes its error
            ...
        metrics.get_total_metrics()["total_cost"]

    Args:
        clock: time.
    """

    def __init__(self, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._series: dict[str, Series] = {}

    def track(self, name: str, cost: float | Decimal = 0) -> Tracked:
        """Count one call of *name* at once; used in a `with`, the block is timed and its error counted too.

        Args:
            name: what was called. At most 1,000 names are kept apart.
            cost: dollars.
        """
        with self._lock:
            series = self._of(name)
            series.calls += 1
            if cost:
                series.cost += Decimal(str(cost))
        return Tracked(self, name)

    def record(self, name: str, seconds: float, error: str = "") -> None:
        """Count one finished call: its duration, and the class name of its error if it failed."""
        with self._lock:
            series = self._of(name)
            series.calls += 1
            series.time(seconds)
            if error:
                series.fail(error)

    def count(self, name: str, number: int) -> None:
        """Count *number* of what is not timed one by one, such as the messages of a batch."""
        with self._lock:
            self._of(name).calls += number

    def get_total_metrics(self) -> TotalMetrics:
        """Return a snapshot: totals over all names, and each name by itself.

        `total_calls`, `total_errors` and `total_cost` (dollars) count; `latency` has `p50`, `p95`, `p99`,
        `mean` and `max` in seconds (quantiles within 1 %) and the `count` of timed calls; `by_operation`
        has `calls`, `errors`, `errors_by_type`, `cost` and `latency` by name.
        """
        total = Series()
        series = self.snapshot()
        for one in series.values():
            total.add(one)
        return TotalMetrics(
            total_calls=total.calls,
            total_errors=sum(total.errors.values()),
            total_cost=float(total.cost),
            latency=total.latency(),
            by_operation={name: one.report() for name, one in sorted(series.items())},
        )

    def snapshot(self) -> dict[str, Series]:
        """Return a copy of every series, for exporters."""
        copies = {}
        with self._lock:
            for name, series in self._series.items():
                copies[name] = Series()
                copies[name].add(series)
        return copies

    def _of(self, name: str) -> Series:
        series = self._series.get(name)
        if series is None:
            kept = name if len(self._series) < MAX_NAMES else OTHER
            series = self._series.setdefault(kept, Series())
        return series

    def _finish(self, name: str, seconds: float, error: str) -> None:
        with self._lock:
            series = self._of(name)
            series.time(seconds)
            if error:
                series.fail(error)


class Tracked:
    """One counted call; as a context manager it is timed as well."""

    __slots__ = ("_metrics", "_name", "_started")

    def __init__(self, metrics: MetricsCollector, name: str) -> None:
        self._metrics, self._name, self._started = metrics, name, 0.0

    def __enter__(self) -> Tracked:
        self._started = self._metrics._clock.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds = self._metrics._clock.monotonic() - self._started
        self._metrics._finish(self._name, seconds, kind.__name__ if kind else "")


def _add_counts(mine: dict[Any, int], theirs: Mapping[Any, int]) -> None:
    for key, count in theirs.items():
        mine[key] = mine.get(key, 0) + count
