"""Metrics: what is counted, what is timed, and that it stays small and right under threads."""

from __future__ import annotations

import threading
import tracemalloc

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from integrations.runtime import MetricsCollector
from integrations.runtime.prometheus import export
from integrations.runtime.testing import FakeClock


def test_a_plain_call_counts_one_call_and_its_cost() -> None:
    metrics = MetricsCollector()
    metrics.track("api_call", cost=0.001)
    metrics.track("api_call", cost=0.001)
    total = metrics.get_total_metrics()
    assert (total["total_calls"], total["total_errors"], total["total_cost"]) == (2, 0, 0.002)
    assert total["latency"]["count"] == 0
    assert total["latency"]["p99"] == 0


def test_a_block_is_timed_as_well() -> None:
    clock = FakeClock()
    metrics = MetricsCollector(clock=clock)
    with metrics.track("api_call", cost=0.5):
        clock.advance(2)
    total = metrics.get_total_metrics()
    assert (total["total_calls"], total["total_cost"]) == (1, 0.5)
    assert total["latency"] == {"count": 1, "mean": 2.0, "p50": 2.0, "p95": 2.0, "p99": 2.0, "max": 2.0}


def test_an_error_in_a_block_is_counted_by_kind_and_passes_through() -> None:
    metrics = MetricsCollector()
    with pytest.raises(KeyError), metrics.track("api_call"):
        raise KeyError
    total = metrics.get_total_metrics()
    assert total["total_errors"] == 1
    assert total["by_operation"]["api_call"]["errors_by_type"] == {"KeyError": 1}


def test_quantiles_are_right_within_one_percent() -> None:
    metrics = MetricsCollector()
    for milliseconds in range(1, 1001):
        metrics.record("get", milliseconds / 1000)
    latency = metrics.get_total_metrics()["latency"]
    assert latency["p50"] == pytest.approx(0.5, rel=0.011)
    assert latency["p95"] == pytest.approx(0.95, rel=0.011)
    assert latency["p99"] == pytest.approx(0.99, rel=0.011)
    assert latency["max"] == 1.0
    assert latency["mean"] == pytest.approx(0.5005)


def test_operations_are_kept_apart_and_added_up() -> None:
    metrics = MetricsCollector()
    metrics.record("get", 0.1)
    metrics.record("list", 0.3, "NotFoundError")
    metrics.track("list", cost=1)
    total = metrics.get_total_metrics()
    assert {name: one["calls"] for name, one in total["by_operation"].items()} == {"get": 1, "list": 2}
    assert (total["total_calls"], total["total_errors"], total["latency"]["count"]) == (3, 1, 2)


def test_thousandths_of_a_cent_add_up_exactly() -> None:
    metrics = MetricsCollector()
    for _ in range(1000):
        metrics.track("api_call", cost=0.1)
    assert metrics.get_total_metrics()["total_cost"] == 100.0


def test_no_call_is_lost_between_threads() -> None:
    metrics = MetricsCollector()

    def work() -> None:
        for _ in range(500):
            metrics.track("plain", cost=0.001)
            with metrics.track("timed"):
                pass

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = metrics.get_total_metrics()
    assert (total["total_calls"], total["total_cost"]) == (8000, 4.0)
    assert total["by_operation"]["timed"]["latency"]["count"] == 4000


def test_memory_is_bounded_in_calls_names_and_kinds() -> None:
    metrics = MetricsCollector()
    tracemalloc.start()
    for number in range(5000):
        metrics.record(f"operation {number}", 1e-9 * 1.01**number, f"Error{number}")
    for number in range(20_000):
        metrics.record("get", (number % 997) / 100)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    total = metrics.get_total_metrics()
    assert total["total_calls"] == 25_000
    assert len(total["by_operation"]) == 1001
    assert len(total["by_operation"]["(other)"]["errors_by_type"]) <= 1001
    assert size < 3_000_000


def test_a_snapshot_does_not_move_afterwards() -> None:
    metrics = MetricsCollector()
    before = metrics.get_total_metrics()
    metrics.track("api_call")
    assert before["total_calls"] == 0
    assert before["by_operation"] == {}


def test_prometheus_sees_calls_errors_cost_and_durations_of_two_services() -> None:
    registry = CollectorRegistry()
    metrics, other = MetricsCollector(), MetricsCollector()
    export(metrics, "github", registry)
    export(other, "stripe", registry)
    other.track("pay")
    metrics.record("get", 0.02)
    metrics.record("get", 3.0, "NotFoundError")
    metrics.track("get", cost=0.25)
    read = registry.get_sample_value
    where = {"service": "github", "operation": "get"}
    assert read("integration_calls_total", where) == 3
    assert read("integration_cost_dollars_total", where) == 0.25
    assert read("integration_errors_total", {**where, "error": "NotFoundError"}) == 1
    assert read("integration_call_seconds_bucket", {**where, "le": "0.01"}) == 0
    assert read("integration_call_seconds_bucket", {**where, "le": "0.025"}) == 1
    assert read("integration_call_seconds_bucket", {**where, "le": "+Inf"}) == 2
    assert read("integration_call_seconds_sum", where) == pytest.approx(3.02)
    assert read("integration_calls_total", {"service": "stripe", "operation": "pay"}) == 1
    assert generate_latest(registry).count(b"# TYPE integration_calls_total counter") == 1
