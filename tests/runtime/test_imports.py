"""What importing costs: nothing heavy until a name is used, and never the generator."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import integrations.runtime

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    "httpx2",
    "httpcore2",
    "msgspec",
    "cachetools",
    "yaml",
    "asyncio",
    "ssl",
    "logging",
    "prometheus_client",
}


def loaded(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has after *code*."""
    shown = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(shown.stdout.split())


def test_importing_the_runtime_loads_nothing() -> None:
    modules = loaded("import integrations.runtime")
    assert modules & HEAVY == set()
    assert not [name for name in modules if name.startswith("integrations.runtime.")]


def test_a_utility_loads_only_what_it_needs() -> None:
    assert (
        loaded("from integrations.runtime import MetricsCollector, SecretManager") & {"httpx2", "msgspec"}
        == set()
    )


def test_the_http_base_loads_neither_yaml_nor_the_generator() -> None:
    modules = loaded("import integrations.runtime.http")
    assert "httpx2" in modules
    assert not {
        name for name in modules if name.split(".")[0] in ("yaml", "generator", "cachetools", "pytest")
    }


def test_the_http_base_leaves_alone_what_only_some_programs_need() -> None:
    modules = loaded("import integrations.runtime.http")
    assert not modules & {"asyncio", "integrations.runtime._http.styles"}


def test_the_runtime_never_mentions_the_generator() -> None:
    for path in (ROOT / "integrations" / "runtime").rglob("*.py"):
        assert "generator" not in {line.split()[1].split(".")[0] for line in imports(path)}, path


def imports(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text().splitlines())
    return [line for line in lines if line.startswith(("import ", "from "))]


@pytest.mark.parametrize("name", integrations.runtime.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(integrations.runtime, name) is not None
    assert name in dir(integrations.runtime)


def test_a_name_that_is_not_there_says_so() -> None:
    with pytest.raises(AttributeError, match="nothing_here"):
        integrations.runtime.nothing_here  # noqa: B018
