"""What a plan costs where nothing changed, where one entry did, and on a fresh clone, beside ``git status``.

    python benchmarks/noop.py [N ...]        default: 100 1000; laying 10000 takes a minute or two

Each tree holds N locked REST packages of 8 files of about 4 KB. Figures are CPU seconds (user + system) of
the whole process, medians of five; ratios are to ``git status`` on the same tree in the same run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._processes import Cost, jackfield, median, run

TREES = Path(__file__).with_name("_trees.py")
TIMEOUT = "timeout: 31s"  # as every entry has it
GIT = ("git", "status", "--porcelain")
UNTIL_TRUSTED = 2.5  # seconds: stamps of a generator that was written just now are not believed


def main(sizes: list[int]) -> None:
    """Print one table row a size and a kind of run."""
    print("| N | run | CPU s | × git status | peak MB |")
    print("| ---: | --- | ---: | ---: | ---: |")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "repo"
            # In a process of its own: what this one holds in memory counts as its children's peak.
            subprocess.run([sys.executable, str(TREES), str(root), str(size)], check=True)
            time.sleep(UNTIL_TRUSTED)
            measure(root, size)


def measure(root: Path, size: int) -> None:
    """Run and print every row of one tree."""
    git = median(lambda: run(GIT, root))
    rows = {
        "git status": git,
        "plan, fresh clone": _cold(root),
        "plan, nothing changed": median(lambda: jackfield(root, "plan")),
        "generate, nothing changed": median(lambda: jackfield(root, "generate")),
        "plan, one entry edited": _edited(root),
    }
    for name, cost in rows.items():
        ratio = cost.cpu / git.cpu
        print(f"| {size:,} | {name} | {cost.cpu:.3f} | {ratio:.1f} | {cost.peak_mb:.0f} |", flush=True)


def _cold(root: Path) -> Cost:
    state = root / ".jackfield" / "state"
    return median(lambda: jackfield(root, "plan"), before=lambda: state.unlink(missing_ok=True))


def _edited(root: Path) -> Cost:
    """Each run finds one entry changed since a run that found nothing."""
    manifest = root / "integrations.yaml"
    text = manifest.read_text()

    def edit() -> None:
        manifest.write_text(text)
        jackfield(root, "plan")
        manifest.write_text(text.replace(TIMEOUT, "timeout: 77s", 1))

    cost = median(lambda: jackfield(root, "plan", code=2), before=edit)
    manifest.write_text(text)
    return cost


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [100, 1000])
