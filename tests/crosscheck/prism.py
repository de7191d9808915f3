"""Prism, the mock server of OpenAPI documents, as a process of its own on this machine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

VARIABLE = "JACKFIELD_PRISM"  # where nox has put the program
START = 90.0  # seconds until it must listen
MOST_DEATHS = 40
ERRORS = "https://stoplight.io/prism/errors#"


def program() -> str:
    """Return the program's path, or "" where it is not installed."""
    found = os.environ.get(VARIABLE, "")
    return found if found and Path(found).exists() else ""


@contextmanager
def mocking(document: Path, home: Path) -> Iterator[Running]:
    """Run Prism on *document*; give what runs it. It listens on the loopback alone and ends by its PID."""
    running = Running(document, home, _free_port())
    try:
        running.start()
        yield running
    finally:
        running.stop()


class Running:
    """A Prism that is started again when a request ends it. *deaths* counts how often that happened."""

    def __init__(self, document: Path, home: Path, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.deaths = 0
        self._command = [program(), "mock", "--host", "127.0.0.1", "--port", str(port), str(document)]
        self._home, self._log = home, home / "prism.log"
        self._stopping = threading.Event()
        self._child = self._started()
        self._watch = threading.Thread(target=self._restart, daemon=True)

    def start(self) -> None:
        """Wait until it listens, and keep it running."""
        deadline = time.monotonic() + START
        while "is listening" not in (said := self._log.read_text("utf-8", "replace")):
            if self._child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Prism does not start: {said[-500:]}")
            time.sleep(0.05)
        self._watch.start()

    def stop(self) -> None:
        """End it, by its PID."""
        self._stopping.set()
        self._child.terminate()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        told = {"PATH": os.environ["PATH"], "HOME": str(self._home), "CI": "true", "NO_COLOR": "1"}
        with self._log.open("ab") as out:
            return subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self._home, env=told
            )

    def _restart(self) -> None:
        while not self._stopping.wait(0.05):
            if self._child.poll() is not None and self.deaths < MOST_DEATHS:
                self.deaths += 1
                self._child = self._started()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _read(header: str) -> list[dict[str, Any]]:
    """Return the violations of a header; Prism leaves the header out, or cuts it, where it grows too long."""
    try:
        found = json.loads(header)
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def refusal(status: int, headers: Mapping[str, str], content: bytes) -> str:
    """Return why Prism refuses a request, or "" where it takes it."""
    told = {name.lower(): value for name, value in headers.items()}
    violations = _read(told.get("sl-violations", ""))
    problem = json.loads(content) if 400 <= status < 500 and ERRORS.encode() in content else {}
    violations += problem.get("validation", [])
    wrong = [
        v for v in violations if "response" not in v.get("location", ()) and v.get("severity") == "Error"
    ]
    if wrong:
        return "; ".join(str(v["message"]) for v in wrong)
    return f"{problem['title']}: {problem['detail']}".rstrip(": ") if problem else ""
