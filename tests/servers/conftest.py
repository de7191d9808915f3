"""Runs tests of the kit in a process of their own, as a user's would be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from integrations.runtime.testing.servers import environment

ROOT = Path(__file__).parents[2]
QUICK = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # what else is installed here is not needed
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def suite(tmp_path: Path) -> Run:
    """Run a test file's text by pytest in a folder of its own, with these arguments and variables."""

    def run(
        text: str, *arguments: str, name: str = "test_it.py", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "generator.suites", "-p", "no:cacheprovider"]
        if "-n" in arguments:
            command += ["-p", "xdist"]
        kept = {key: value for key, value in os.environ.items() if not key.startswith("JACKFIELD_REQUIRE")}
        return subprocess.run(
            [*command, *arguments, "."],
            cwd=tmp_path,
            env={
                **kept,
                "PYTHONPATH": str(ROOT),
                "JACKFIELD_SERVERS": str(environment()),
                **QUICK,
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def nothing(tmp_path: Path) -> dict[str, str]:
    """Return the variables of a machine that has no server: none on the PATH, no environment of pip's."""
    return {"PATH": str(tmp_path / "empty"), "JACKFIELD_SERVERS": str(tmp_path / "empty")}
