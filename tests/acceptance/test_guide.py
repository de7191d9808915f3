"""The guide's calls, as people copy them: build in Python, the utilities, an own pattern, parallel."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generator import (
    APIIntegrationPattern,
    IntegrationBuilder,
    IntegrationPattern,
    SmartOrchestrator,
    register_pattern,
    unregister_pattern,
)
from generator.errors import AnswerError
from tests.models.scripted import BLANK, Body, Said, say, scripted

from .modelled import KEY, SECRET, subtask

GITHUB: dict[str, Any] = {
    "base_url": "https://api.github.com",
    "auth_type": "bearer",
    "rate_limit": 5000,
    "endpoints": [{"method": "GET", "path": "/repos/{owner}/{repo}"}],
}


def test_build_one_integration_and_save_it(tmp_path: Path) -> None:
    orchestrator = SmartOrchestrator(provider="deepseek", enable_fallback=True, enable_model_selection=True)
    builder = IntegrationBuilder(orchestrator)
    package = builder.build_integration(service_name="GitHub", integration_type="api", requirements=GITHUB)

    package.save_to_directory(tmp_path / "integrations" / "github")
    metrics = package.metadata["build_metrics"]
    assert metrics["total_cost"] == 0
    assert metrics["duration_seconds"] > 0
    assert 0 < metrics["validation_score"] <= 100
    assert (tmp_path / "integrations/github/github_adapter.py").is_file()

    summary = orchestrator.get_cost_summary()
    assert summary["total_cost"] == 0
    assert set(summary["by_operation"].values()) == {0}
    assert len(builder.get_build_history()) == 1
    average = builder.get_average_metrics()
    assert average["avg_duration_seconds"] > 0
    assert average["avg_cost"] == 0


def test_the_type_is_detected_and_a_bare_name_is_enough() -> None:
    builder = IntegrationBuilder(SmartOrchestrator(provider="offline"))
    assert builder.build_integration("GitHub", requirements=GITHUB).metadata["pattern"] == "api"
    bare = builder.build_integration("Stripe")
    assert bare.metadata["incomplete"] is True


def test_no_key_and_no_fallback_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPSEEK_API_KEY", raising=False)
    builder = IntegrationBuilder(SmartOrchestrator(provider="deepseek", enable_fallback=False))
    with pytest.raises(AnswerError, match="deepseek"):
        builder.build_integration("GitHub", integration_type="api", requirements=GITHUB)


def test_falling_back_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    builder = IntegrationBuilder(SmartOrchestrator(provider="deepseek"))
    for _ in range(2):
        builder.build_integration("GitHub", requirements=GITHUB)
    assert sum("offline" in record.message for record in caplog.records) == 1


def test_a_model_of_ones_own_answers_and_the_summary_says_what_it_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def script(body: Body) -> Said:
        said = {"GET /repos/{owner}/{repo}": "Fetch one repository of an owner."}
        return say(said) if subtask(body) == "summaries" else BLANK

    monkeypatch.setenv(KEY, SECRET)
    with scripted(script) as server:
        acme = {"base_url": server.url, "model": "small", "secret": KEY, "input_usd": 0.5, "output_usd": 2.0}
        orchestrator = SmartOrchestrator(provider="acme", providers={"acme": acme}, budget={"run": 0.5})
        package = IntegrationBuilder(orchestrator).build_integration("GitHub", requirements=GITHUB)
        summary = orchestrator.get_cost_summary()
        billed = float(server.dollars(Decimal("0.5"), Decimal("2.0"), Decimal("0.5")))
    assert "Fetch one repository of an owner." in package.files["github_adapter.py"].decode()
    assert "answers/summaries.json" in package.files
    assert summary["total_cost"] == pytest.approx(billed)
    assert package.metadata["build_metrics"]["total_cost"] == pytest.approx(billed)
    assert summary["by_operation"]["summaries"] > 0
    assert summary["by_entry"].keys() == {"github"}
    assert summary["by_provider"].keys() == {"acme"}
    assert summary["by_model"].keys() == {"acme/small"}


def test_builds_run_in_parallel_and_leave_the_working_directory_alone() -> None:
    builder = IntegrationBuilder(SmartOrchestrator(provider="offline"))
    before, seen = os.getcwd(), set[str]()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.005):
            seen.add(os.getcwd())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(max_workers=3) as pool:
            services = ["GitHub", "Stripe", "Twilio"]
            packages = list(
                pool.map(lambda name: builder.build_integration(name, requirements=GITHUB), services)
            )
    finally:
        done.set()
        watcher.join()
    assert [package.name for package in packages] == ["github", "stripe", "twilio"]
    assert seen == {before}
    assert len(builder.get_build_history()) == 3


class InternalPattern(IntegrationPattern):
    """Services of our own, which all look alike."""

    name = "internal"

    def matches(self, requirements: dict[str, Any]) -> bool:  # type: ignore[override]
        return "internal_host" in requirements

    def decompose(self, requirements: dict[str, Any]) -> list[Any]:  # type: ignore[override]
        return [*super().decompose(requirements), {"name": "Explain the service mesh"}]

    def normalise(self, entry: dict[str, Any]) -> dict[str, Any]:
        requirements = dict(entry["requirements"])
        requirements["base_url"] = f"https://{requirements.pop('internal_host')}"
        return super().normalise({**entry, "requirements": requirements})


def test_a_pattern_of_ones_own_matches_first() -> None:
    assert APIIntegrationPattern().matches({"base_url": "https://x.example"})
    register_pattern(InternalPattern())
    try:
        builder = IntegrationBuilder(SmartOrchestrator(provider="offline"))
        package = builder.build_integration(
            "Ledger", requirements={"internal_host": "ledger.corp.example", "endpoints": ["GET /entries"]}
        )
    finally:
        unregister_pattern("internal")
    assert package.metadata["pattern"] == "internal"
    assert b"https://ledger.corp.example" in package.files["config.yaml"]
    assert "explain_the_service_mesh" in package.lock.subtasks


def test_the_utilities_work_as_the_guide_says(monkeypatch: pytest.MonkeyPatch) -> None:
    from integrations.runtime import (
        CacheManager,
        ErrorHandler,
        IntegrationError,
        MetricsCollector,
        RateLimiter,
        SecretManager,
        retry_exponential,
    )

    attempts: list[int] = []

    @retry_exponential(max_attempts=3, base_delay=0.001)
    def flaky() -> str:
        attempts.append(1)
        if len(attempts) < 3:
            raise ConnectionError("reset")
        return "done"

    assert flaky() == "done"

    with RateLimiter(calls_per_minute=100):
        pass

    metrics = MetricsCollector()
    with metrics.track("api_call", cost=0.001):
        pass
    totals = metrics.get_total_metrics()
    assert totals["total_calls"] == 1

    monkeypatch.setenv("APP_API_KEY", "s3cret-value")
    key = SecretManager(prefix="APP_").get("API_KEY", required=True)
    assert "s3cret-value" not in repr(key)

    cache = CacheManager(default_ttl=3600)
    loads: list[int] = []

    @cache.cached(ttl=600)
    def load(number: int) -> int:
        loads.append(number)
        return number * 2

    assert [load(4), load(4)] == [8, 8]
    assert loads == [4]

    handler = ErrorHandler()
    handled = handler.handle(TimeoutError("slow"), context={"operation": "list"})
    assert isinstance(handled, IntegrationError)
    assert handler.should_retry(handled, 1, 3)
    assert not handler.should_retry(handled, 3, 3)


def test_the_utilities_have_async_forms() -> None:
    from integrations.runtime import RateLimiter, retry_exponential

    @retry_exponential(max_attempts=2, base_delay=0.001)
    async def once() -> int:
        async with RateLimiter(calls_per_minute=100):
            return 1

    assert asyncio.run(once()) == 1
