"""Real servers that a test starts for itself on this machine, and ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

TOKEN = "a-token-for-this-test-alone"


def jupyter(port: int, root: Path) -> list[str]:
    """The command of a jupyter-server that serves *root* to whoever has TOKEN."""
    options = ["--ip=127.0.0.1", f"--port={port}", "--no-browser", "--allow-root"]
    options += [f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}"]
    return [sys.executable, "-m", "jupyter_server", *options]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str], home: Path, address: str) -> Iterator[None]:
    """Run a server of our own until the block ends; it is ended by its process group."""
    quiet = {"HOME": str(home), "ANONYMIZED_TELEMETRY": "False", "JUPYTER_PREFER_ENV_PATH": "0"}
    child = subprocess.Popen(
        command,
        cwd=home,
        env={**os.environ, **quiet},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 90
        while fetched(address) is None:
            if time.monotonic() > deadline or child.poll() is not None:
                pytest.fail(f"{command[0]} did not start")
            time.sleep(0.1)
        yield
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        child.wait(20)


def fetched(address: str) -> bytes | None:
    request = urllib.request.Request(address, headers={"Authorization": f"token {TOKEN}"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            body: bytes = answer.read()
            return body
    except (urllib.error.URLError, OSError):
        return None
