"""Show the metrics of adapters to Prometheus. Needs `prometheus_client`; costs nothing until a scrape.

from integrations.runtime.prometheus import export

export(github.metrics, service="github")
export(stripe.metrics, service="stripe")
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from ._metrics import MetricsCollector, Series

BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds


class Exporter:
    """Reads every exported collector when Prometheus asks; one a registry, so that a family appears once."""

    def __init__(self) -> None:
        self.sources: dict[str, MetricsCollector] = {}

    def describe(self) -> list[Metric]:
        """Nothing is collected at registration."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield calls, errors, cost and durations of every operation of every service."""
        labels = ("service", "operation")
        calls = CounterMetricFamily("integration_calls", "Calls.", labels=labels)
        cost = CounterMetricFamily("integration_cost_dollars", "Dollars.", labels=labels)
        errors = CounterMetricFamily("integration_errors", "Failed calls.", labels=(*labels, "error"))
        seconds = HistogramMetricFamily("integration_call_seconds", "Duration of timed calls.", labels=labels)
        for where, series in self._series():
            calls.add_metric(where, series.calls)
            cost.add_metric(where, float(series.cost))
            seconds.add_metric(where, buckets(series), series.seconds)
            for kind, count in sorted(series.errors.items()):
                errors.add_metric((*where, kind), count)
        yield from (calls, cost, errors, seconds)

    def _series(self) -> Iterator[tuple[tuple[str, str], Series]]:
        for service, metrics in sorted(self.sources.items()):
            for name, series in sorted(metrics.snapshot().items()):
                yield (service, name), series


def buckets(series: Series) -> list[tuple[str, float]]:
    """Return how many timed calls took at most each bound, within 2 %."""
    bounds = [(str(bound), float(series.at_most(bound))) for bound in BOUNDS]
    return [*bounds, ("+Inf", float(series.at_most(float("inf"))))]


_exporters: weakref.WeakKeyDictionary[CollectorRegistry, Exporter] = weakref.WeakKeyDictionary()
_lock: Final = threading.Lock()


def export(metrics: MetricsCollector, service: str, registry: CollectorRegistry = REGISTRY) -> None:
    """Show *metrics* in *registry*, labelled with *service*; the last call for a service counts."""
    with _lock:
        exporter = _exporters.get(registry)
        if exporter is None:
            exporter = _exporters[registry] = Exporter()
            registry.register(exporter)
        exporter.sources = {**exporter.sources, service: metrics}
