"""What documents cost: whole ones beside openapi-python-client, a slice of a large one, and a large adapter.

    python benchmarks/openapi.py [FOLDER]        default: a temporary folder; the peer is installed there once

Figures are CPU seconds (user + system) of whole processes, children included, medians of five; each ratio is
within one run. Resolving, rendering and formatting are measured, as the peer formats what it writes; gates
are not. The whole documents are in ``../shared/specs``; where that is absent they are left out, saying so.
"""

from __future__ import annotations

import compileall
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import _corpus_peer as peer
from benchmarks._corpus_documents import SHARED
from benchmarks._corpus_run import HERE, MODULE, checked, lay, run
from benchmarks._processes import Cost, median
from benchmarks._processes import run as timed

WHOLE = ("twilio_verify_v2.yaml", "petstore_v3.yaml")
LARGE = 1000
SLICE = 12
LIMIT = 600.0
CALL = """
import httpx2
from integrations.{module} import LargeAdapter
from integrations.runtime import SecretManager

transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json={{"id": 7}}))
secrets = SecretManager(environ={{"SERVICE_TOKEN": "token"}}, mounts=())
with LargeAdapter.from_config(transport=transport, secrets=secrets, environ={{}}) as adapter:
    assert adapter.{method}(7).id == 7
"""


def main(folder: Path) -> None:
    """Print three tables."""
    commands = peer.installed(folder / "peer")
    if commands is None:
        print("openapi-python-client could not be installed: there is nothing to compare with")
    documents = [SHARED / name for name in WHOLE]
    for file in documents:
        if not file.exists():
            print(f"{file.name} is not beside this checkout: left out")
    beside([file for file in documents if file.exists()], folder, commands)
    large = folder / "large.json"
    subprocess.run([sys.executable, str(HERE / "_synthetic.py"), str(large), str(LARGE)], check=True)
    sliced(large, folder)
    imported(large, folder)


def beside(files: Sequence[Path], folder: Path, commands: Path | None) -> None:
    """Whole documents: ours and the peer's, and how they compare."""
    print("\n| document | run | operations | CPU s | peak MB | lines |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for file in files:
        ours, said = _ours(file, folder / "whole")
        lines = said["lines"]["adapter"] + said["lines"]["models"]
        _row(file.stem, "resolve + render + format", said["operations"], ours, lines)
        if commands is None:
            continue
        costs = [_theirs(commands, file, folder / "client") for _ in range(6)][1:]
        theirs = median_of(costs)
        _row(file.stem, f"{peer.PEER} {peer.VERSION}", costs[0].operations, theirs, costs[0].lines)
        cpu, peak = ours.cpu / theirs.cpu, ours.peak_mb / theirs.peak_mb
        print(f"| {file.stem} | ours ÷ its | | {cpu:.2f} | {peak:.2f} | {lines / costs[0].lines:.3f} |")


def _row(name: str, what: str, operations: int, cost: Cost, lines: int) -> None:
    figures = f"{operations:,} | {cost.cpu:.3f} | {cost.peak_mb:.0f} | {lines:,}"
    print(f"| {name} | {what} | {figures} |", flush=True)


def _ours(file: Path, root: Path, endpoints: Sequence[str] = ()) -> tuple[Cost, dict[str, Any]]:
    """Return what the process costs that leads from the document to formatted files, nothing cached."""
    raw = _counted(file)
    stage = root.with_name(root.name + "-stage")

    def afresh() -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(stage, ignore_errors=True)
        lay(root, file.stem, file, raw)
        _narrow(root, endpoints)

    command = [sys.executable, str(HERE / "_corpus_probe.py"), ".", str(stage)]
    cost = median(lambda: timed(command, root), before=afresh)
    afresh()
    return cost, json.loads(checked(run(command, root, LIMIT)))


def _counted(file: Path) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "_corpus_count.py"), str(file)]
    raw: dict[str, Any] = json.loads(subprocess.check_output(command))
    return raw


def _narrow(root: Path, endpoints: Sequence[str]) -> None:
    """Let the entry choose these operations alone."""
    if endpoints:
        path = root / "integrations.yaml"
        told = json.loads(path.read_text())
        told["integrations"][0]["requirements"]["endpoints"] = list(endpoints)
        path.write_text(json.dumps(told, indent=1))


def _theirs(commands: Path, file: Path, place: Path) -> peer.Peer:
    shutil.rmtree(place, ignore_errors=True)
    return peer.generate(commands, file, place, "3", LIMIT)


def median_of(costs: Sequence[peer.Peer]) -> Cost:
    """Return the medians of what the peer's runs cost."""
    middle = sorted(costs, key=lambda cost: cost.cpu)[len(costs) // 2]
    return Cost(middle.cpu, middle.wall, max(cost.peak_mb for cost in costs))


def sliced(file: Path, folder: Path) -> None:
    """A few operations of a large document, read for the first time and again."""
    step = LARGE // 5 // SLICE
    chosen = [f"GET /things-{number * step}/{{thing_id}}" for number in range(SLICE)]
    first, _ = _ours(file, folder / "slice", chosen)
    command = [sys.executable, str(HERE / "_corpus_probe.py"), ".", str(folder / "slice-stage")]
    again = median(lambda: timed(command, folder / "slice"))
    size = file.stat().st_size / 1e6
    print(f"\n| {SLICE} of {LARGE:,} operations, {size:.1f} MB | CPU s | peak MB | target |")
    print("| --- | ---: | ---: | --- |")
    print(f"| resolve + render + format, first run | {first.cpu:.2f} | {first.peak_mb:.0f} | ≤ 2 s |")
    print(f"| the same, document read before | {again.cpu:.2f} | {again.peak_mb:.0f} | ≤ 2 s |")


def imported(file: Path, folder: Path) -> None:
    """A large adapter: importing it and calling one method, bytecode compiled."""
    stage = folder / "large-stage"
    made = _render(file, folder / "large", stage)
    compileall.compile_dir(str(stage / "integrations"), quiet=2)
    script = stage / "call.py"
    script.write_text(CALL.format(module=MODULE, method=made["names"]["GET /things-0/{thing_id}"]))
    nothing = median(lambda: timed([sys.executable, "-c", "pass"], folder))
    bare = median(lambda: timed([sys.executable, "-c", "import httpx2, msgspec, yaml"], folder))
    called = median(lambda: timed([sys.executable, str(script)], stage))
    print(f"\n| adapter of {made['operations']:,} operations | CPU ms | peak MB | target |")
    print("| --- | ---: | ---: | --- |")
    print(f"| the interpreter alone | {nothing.cpu * 1000:.0f} | {nothing.peak_mb:.0f} | |")
    print(f"| the libraries alone (httpx2, msgspec, yaml) | {bare.cpu * 1000:.0f} | {bare.peak_mb:.0f} | |")
    print(f"| import, one call | {called.cpu * 1000:.0f} | {called.peak_mb:.0f} | ≤ 150 ms |")


def _render(file: Path, root: Path, stage: Path) -> dict[str, Any]:
    for place in (root, stage):
        shutil.rmtree(place, ignore_errors=True)
    lay(root, file.stem, file, _counted(file))
    said: dict[str, Any] = json.loads(
        checked(run([sys.executable, str(HERE / "_corpus_probe.py"), ".", str(stage)], root, LIMIT))
    )
    return said


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary).resolve())
