"""One document built whole by the real command, in a repository of its own, within a time limit."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
COMMAND = "import sys; from generator.cli import main; sys.exit(main())"
MODULE = "service"  # what every adapter of the corpus is called


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process did: *code* is None where it had to be stopped."""

    code: int | None
    out: str
    err: str
    cpu: float
    wall: float
    peak_mb: float

    @property
    def last(self) -> str:
        """Return the last line of what it complained."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        return lines[-1].strip() if lines else f"ended with {self.code}"


def run(command: Sequence[str], folder: Path, limit: float, **extra: str) -> Ran:
    """Run a process in a group of its own; stop the group after *limit* seconds."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "PYTHONPATH": str(HERE.parent), **extra}
    started = time.perf_counter()
    with (folder / "out").open("w+") as out, (folder / "err").open("w+") as err:
        child = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=out, stderr=err, start_new_session=True
        )
        timer = threading.Timer(limit, os.killpg, (child.pid, signal.SIGKILL))
        timer.start()
        _, status, used = os.wait4(child.pid, 0)
        stopped = not timer.is_alive()
        timer.cancel()
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        code = None if stopped else child.returncode
        cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        return Ran(code, out.read(), err.read(), cpu, wall, peak)


@dataclass(frozen=True, slots=True)
class Result:
    """One document's row. *probe* is None where no package could be rendered; *gates* counts findings."""

    name: str
    raw: Mapping[str, Any]
    probe: Mapping[str, Any] | None
    whole: Ran
    said: str = ""  # why there is no package, where there is none
    methods: int = 0
    gates: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def green(self) -> bool:
        """Return whether every hard gate passed."""
        return self.whole.code == 0

    def to_json(self) -> dict[str, Any]:
        """Return the row for machines."""
        return {
            "name": self.name,
            **self.raw,
            "methods": self.methods,
            "said": self.said,
            "gates": dict(self.gates),
            "gate_findings": list(self.findings),
            "counts": dict(self.evidence),
            "probe": self.probe,
            "whole": {"cpu": self.whole.cpu, "wall": self.whole.wall, "peak_mb": self.whole.peak_mb},
        }


def build(name: str, file: Path, place: Path, limit: float) -> Result:
    """Build *file* whole below *place*, a fresh folder."""
    file, place = file.resolve(), place.resolve()
    place.mkdir(parents=True)
    raw = json.loads(checked(run([sys.executable, str(HERE / "_corpus_count.py"), str(file)], place, limit)))
    lay(place / "probe", name, file, raw)
    lay(place / "repo", name, file, raw)
    script = str(HERE / "_corpus_probe.py")
    probe = run([sys.executable, script, "."], place / "probe", limit)
    whole = run([sys.executable, "-c", COMMAND, "generate", "--json"], place / "repo", limit)
    return _result(name, raw, probe, whole, place / "repo")


def checked(ran: Ran) -> str:
    """Return what a process printed that must not fail."""
    if ran.code:
        raise RuntimeError(ran.last)
    return ran.out


def lay(root: Path, name: str, file: Path, raw: Mapping[str, Any]) -> None:
    """Start a repository with one entry. A document that does not say where its service is gets a place."""
    (root / "specs").mkdir(parents=True)
    shutil.copyfile(file, root / "specs" / file.name)
    title = re.sub(r"[^A-Za-z0-9.-]+", " ", raw["title"]).strip()[:60] or name
    requirements = {} if raw["located"] else {"base_url": "https://service.example"}
    entry = {"name": MODULE, "service": title, "type": "api", "spec": f"specs/{file.name}"}
    manifest = {"version": 1, "integrations": [{**entry, "requirements": requirements}]}
    (root / "integrations.yaml").write_text(json.dumps(manifest, indent=1))


def _result(name: str, raw: Mapping[str, Any], probe: Ran, whole: Ran, root: Path) -> Result:
    seen = json.loads(probe.out) if probe.code == 0 else None
    if whole.code == 0:
        lock = json.loads((root / "integrations" / MODULE / "metadata.json").read_text())
        methods, evidence = len(lock["reproducible"]["operations"]), lock["evidence"]["counts"]
        return Result(name, raw, seen, whole, methods=methods, evidence=evidence)
    methods = seen["operations"] if seen else 0
    told = _outcome(whole.out)
    findings = tuple(f for package in told.get("failed", ()) for f in package["findings"])
    gates: dict[str, int] = {}
    for finding in findings:
        gates[finding["gate"]] = gates.get(finding["gate"], 0) + 1
    said = "" if gates else "stopped by the time limit" if whole.code is None else whole.last
    return Result(name, raw, seen, whole, said, methods, gates, findings)


def _outcome(text: str) -> Mapping[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
