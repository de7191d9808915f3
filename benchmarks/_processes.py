"""What whole processes cost: CPU seconds (user + system), wall seconds and peak memory, medians of a few."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
RUNS = 5
# How the console script starts the command.
COMMAND = "import sys; from generator.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process used, its children included where it waited for them."""

    cpu: float
    wall: float
    peak_mb: float


def jackfield(root: Path, *arguments: str, code: int = 0) -> Cost:
    """Run one command line in *root* and insist on its exit code."""
    return run([sys.executable, "-c", COMMAND, *arguments], root, code)


def run(command: Sequence[str], root: Path, code: int = 0) -> Cost:
    """Run a process to its end, as on a machine that may cache bytecode."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(CHECKOUT)
    started = time.perf_counter()
    child = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != code:
        raise SystemExit(f"{list(command)} ended with {child.returncode}, not {code}")
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def median(measured: Callable[[], Cost], before: Callable[[], object] = lambda: None) -> Cost:
    """Return the medians over RUNS, after one run that warms the caches."""
    costs = []
    for _ in range(RUNS + 1):
        before()
        costs.append(measured())
    kept = costs[1:]
    return Cost(
        statistics.median(cost.cpu for cost in kept),
        statistics.median(cost.wall for cost in kept),
        max(cost.peak_mb for cost in kept),
    )
