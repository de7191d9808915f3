"""The same document given to openapi-python-client, in an environment of its own."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks._corpus_run import Ran, run

PEER = "openapi-python-client"
VERSION = "0.29.1"


@dataclass(frozen=True, slots=True)
class Peer:
    """What it made of one document. *state* is ok, refused, stopped or not run."""

    state: str
    broken: int = 0  # files that are no Python
    operations: int = 0
    lines: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    peak_mb: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return asdict(self)


def installed(folder: Path) -> Path | None:
    """Return the folder of its commands, installed there on the first run; None where that fails."""
    commands = folder / "bin"
    if not (commands / PEER).exists():
        steps = (
            [sys.executable, "-m", "venv", str(folder)],
            [str(commands / "python"), "-m", "pip", "install", "-q", f"{PEER}=={VERSION}"],
        )
        for step in steps:
            if subprocess.run(step, capture_output=True, check=False).returncode:
                return None
    return commands


def generate(commands: Path, file: Path, place: Path, version: str, limit: float) -> Peer:
    """Let it write its client below *place*, formatted as it does by itself."""
    if version.startswith("2"):
        return Peer("not run")  # it says that it does not read Swagger
    place.mkdir(parents=True)
    out = place / "client"
    options = ["--path", str(file), "--output-path", str(out), "--meta", "none"]
    path = os.pathsep.join([str(commands), os.environ.get("PATH", "")])
    ran = run([str(commands / PEER), "generate", *options], place, limit, PATH=path)
    if ran.code is None:
        return _costing(ran, "stopped")
    files = sorted(out.rglob("*.py"))
    if ran.code or not files:
        return _costing(ran, "refused")
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in files}
    calls = [p for p in files if p.is_relative_to(out / "api") and p.name != "__init__.py"]
    lines = sum(text.count("\n") for text in texts.values())
    return _costing(ran, "ok", sum(map(_is_broken, texts.values())), len(calls), lines)


def _costing(ran: Ran, state: str, broken: int = 0, operations: int = 0, lines: int = 0) -> Peer:
    return Peer(state, broken, operations, lines, ran.cpu, ran.wall, ran.peak_mb)


def _is_broken(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return True
    return False
