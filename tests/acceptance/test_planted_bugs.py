"""A bug planted in a generated adapter fails the adapter's own suite, each time."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import CHECKOUT

MODULES = ("github", "stripe")


def wrong_verb(source: str) -> str:
    """Turn the first GET operation into a HEAD."""
    return _once(r'"GET"', '"HEAD"', source)


def dropped_parameter(source: str) -> str:
    """Forget the first query parameter that is passed on."""
    return _once(r'query=\{\s*"[^"]+": \w+,?\s*', "query={", source)


def swallowed_error(source: str) -> str:
    """Return nothing instead of raising, in the first call of the blocking class."""
    return _once(
        r"\n( +)return (self\._call\((?:[^()]|\([^()]*\))*\))",
        r"\n\1try:\n\1    return \2\n\1except Exception:\n\1    return None",
        source,
    )


def retried_post(source: str) -> str:
    """Call the first POST without an idempotency key safe to repeat, or drop its key."""
    if "idempotency_header" in source:
        return _once(r'idempotency_header="[^"]+"', "idempotent=True", source)
    return _once(r'("POST",\s*"[^"]+",)', r"\1 idempotent=True,", source)


def leaked_secret(source: str) -> str:
    """Print the host's variables on the first call."""
    return _once(
        r"\n( +)return (self\._call\()", r"\n\1import os\n\n\1print(dict(os.environ))\n\1return \2", source
    )


def _once(pattern: str, replacement: str, source: str) -> str:
    changed, times = re.subn(pattern, replacement, source, count=1)
    assert times == 1, f"{pattern} is nowhere in the adapter"
    return changed


def _suite(root: Path, module: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"integrations/{module}"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("planted")
    shutil.copytree(
        CHECKOUT / "integrations", root / "integrations", ignore=shutil.ignore_patterns("__pycache__")
    )
    return root


@pytest.mark.parametrize("module", MODULES)
def test_the_suite_passes_without_a_bug(copy: Path, module: str) -> None:
    done = _suite(copy, module)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("bug", [wrong_verb, dropped_parameter, swallowed_error, retried_post, leaked_secret])
def test_a_planted_bug_fails_the_suite(copy: Path, module: str, bug: Callable[[str], str]) -> None:
    adapter = copy / "integrations" / module / f"{module}_adapter.py"
    pristine = adapter.read_text()
    try:
        adapter.write_text(bug(pristine))
        assert _suite(copy, module).returncode == 1
    finally:
        adapter.write_text(pristine)
