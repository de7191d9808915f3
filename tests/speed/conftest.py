"""Small repositories with locked packages that no renderer made, and processes that say what they import."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks._trees import lay
from generator.inputs import inputs
from generator.writing.stamps import inputs_digest

CHECKOUT = Path(__file__).resolve().parents[2]
REPORT = """
import sys
from generator.cli import main
code = main(sys.argv[1:])
print("modules:", *sorted(sys.modules))
sys.exit(code)
"""


@dataclass(frozen=True)
class Run:
    """One command line in a process of its own: what it printed and imported."""

    code: int
    out: str
    modules: frozenset[str]


def jackfield(root: Path, *arguments: str) -> Run:
    """Run ``jackfield`` and list every module that the process has imported by its end."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *arguments],
        cwd=root,
        env={**kept, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    out, said, modules = done.stdout.rpartition("modules: ")
    assert said, done.stderr
    return Run(done.returncode, out, frozenset(modules.split()))


@pytest.fixture(scope="session")
def _settled() -> None:
    """The generator's own files are old enough for their stamps to count, also where one was just edited."""
    deadline = time.monotonic() + 5
    while not inputs_digest(inputs(str(CHECKOUT))) and time.monotonic() < deadline:
        time.sleep(0.1)


@pytest.fixture
def tree(_settled: None, tmp_path: Path) -> Path:
    """A repository of three entries in which a plan finds nothing to do."""
    lay(tmp_path / "repo", 3)
    return tmp_path / "repo"
