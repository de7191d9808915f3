"""What a plan costs when nothing changed, when one entry changed, and on a fresh clone, beside ``git status``.

    python benchmarks/noop.py [N ...]        default: 100 1000; 10000 takes about two minutes to lay out

Each tree holds N locked REST packages of 8 files of about 4 KB. Figures are CPU seconds (user + system) of the
whole process, medians of five; ratios are to ``git status`` on the same tree in the same run.
"""

from __future__ import annotations

import hashlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
RUNS = 5
FILES = 8
SIZE = 4096
VERBS = (("GET", "/items"), ("GET", "/items/{item_id}"), ("POST", "/items"), ("DELETE", "/items/{item_id}"))


def main(sizes: list[int]) -> None:
    """Print one table row a size and a kind of run."""
    print(f"{'N':>6}  {'run':<12}{'CPU s':>8}{'x git':>8}{'peak MB':>9}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "repo"
            lay(root, size)
            measure(root, size)


def measure(root: Path, size: int) -> None:
    """Run and print every row of one tree."""
    git = median(lambda: run(["git", "status", "--porcelain"], root))
    show(size, "git status", git, git)
    state = root / ".jackfield" / "state"
    show(size, "cold plan", median(lambda: plan(root, 0), before=lambda: state.unlink(missing_ok=True)), git)
    show(size, "warm no-op", median(lambda: plan(root, 0)), git)
    manifest = root / "integrations.yaml"
    text = manifest.read_text()
    numbers = iter(range(RUNS + 1))

    def edit() -> None:
        manifest.write_text(text)
        plan(root, 0)
        manifest.write_text(text.replace("timeout: 31s", f"timeout: {40 + next(numbers)}s", 1))

    show(size, "one edited", median(lambda: plan(root, 2), before=edit), git)
    manifest.write_text(text)


def show(size: int, name: str, figures: tuple[float, float], git: tuple[float, float]) -> None:
    """Print one row."""
    cpu, peak = figures
    print(f"{size:>6}  {name:<12}{cpu:>8.3f}{cpu / git[0]:>8.1f}{peak:>9.0f}", flush=True)


def plan(root: Path, code: int) -> tuple[float, float]:
    """Run ``jackfield plan`` and insist on its exit code."""
    return run([sys.executable, "-m", "generator", "plan"], root, code)


def run(command: list[str], root: Path, code: int = 0) -> tuple[float, float]:
    """Return one process's CPU seconds and peak memory in MB."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(CHECKOUT)
    child = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != code:
        raise SystemExit(f"{command} ended with {child.returncode}, not {code}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def median(measured: Callable[[], tuple[float, float]], before: Callable[[], object] = lambda: None) -> tuple[float, float]:
    """Return the medians of CPU and memory over RUNS, after one warm-up."""
    figures = []
    for _ in range(RUNS + 1):
        before()
        figures.append(measured())
    kept = figures[1:]
    return statistics.median(f[0] for f in kept), statistics.median(f[1] for f in kept)


def lay(root: Path, size: int) -> None:
    """Write a manifest of *size* entries, a locked package for each, and commit it all to git."""
    sys.path.insert(0, str(CHECKOUT))
    from generator import dependencies, manifest, patterns
    from generator.resolve import resolve

    (root / "integrations").mkdir(parents=True)
    (root / "integrations.yaml").write_text("version: 1\nintegrations:\n" + "".join(map(entry, range(size))))
    catalog = patterns.catalog(root)
    loaded = manifest.load(root, catalog)
    for resolved in resolve(loaded, catalog):
        package(root, resolved.want)
    wants = {r.want.name: r.want.dependencies for r in resolve(loaded, catalog)}
    (root / "integrations" / "pyproject.toml").write_bytes(dependencies.pyproject(wants))
    (root / ".gitignore").write_text("/.jackfield/\n")
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "-c", "gc.auto=0"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "tree"]):
        subprocess.run([*git, *command], cwd=root, check=True)


def entry(number: int) -> str:
    """Return one entry as people write them."""
    endpoints = "".join(f"        - {{method: {verb}, path: \"{path}\"}}\n" for verb, path in VERBS)
    return (
        f"  - name: service-{number:05d}\n    service: Service {number}\n    owner: team-{number % 17}\n"
        f"    description: What service {number} does for us.\n    requirements:\n"
        f"      base_url: https://service-{number}.example/v{number % 3}\n      auth_type: bearer\n"
        f"      timeout: 31s\n      rate_limit: {100 + number % 900}\n      endpoints:\n{endpoints}"
    )


def package(root: Path, want) -> None:  # type: ignore[no-untyped-def]
    """Write FILES files of SIZE bytes and the lock that says they came from this entry."""
    from generator.lock import FileRecord, Lock, SubtaskRecord, dumps, render_fp, settled

    folder = root / "integrations" / want.module
    folder.mkdir()
    files = {f"part_{n}.py": body(f"{want.name}/{n}") for n in range(FILES - 1)}
    for path, data in files.items():
        (folder / path).write_bytes(data)
    records = {name: SubtaskRecord(fp, "0" * 64, "offline") for name, fp in want.subtasks.items()}
    lock = Lock(
        want.name, settled(want.entry), want.pattern, want.variant, want.components, records,
        {path: FileRecord(hashlib.sha256(data).hexdigest(), "managed") for path, data in files.items()},
        want.dependencies, want.runtime_api, (), False,
        render_fp(dict.fromkeys(records, "0" * 64), want.components, want.entry), {},
    )  # fmt: skip
    (folder / "metadata.json").write_bytes(dumps(lock))


def body(seed: str) -> bytes:
    """Return about SIZE bytes of code that no other file holds."""
    chance, lines = random.Random(seed), list[str]()  # noqa: S311 - filler, not a secret
    while sum(map(len, lines)) < SIZE:
        lines.append(f"def f_{chance.randrange(10**9)}(x: int) -> int:\n    return x + {chance.randrange(9999)}\n\n")
    return "".join(lines).encode()


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [100, 1000])
