"""Start llama.cpp's own server for one GGUF file, wait until it answers, and end it."""

from __future__ import annotations

import importlib.util
import select
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import _llama_server

READY_WITHIN = 180.0  # seconds: a large file may have to be read from a slow disk


class ServerFailed(Exception):
    """The server did not start; the message holds the end of what it said."""


def installed() -> bool:
    """Whether the server is there: it comes with the extra ``dev``."""
    return importlib.util.find_spec("xllamacpp") is not None


@contextmanager
def serving(
    gguf: Path, log: Path, *, alias: str = "tiny", threads: int = 1, context: int = 16384
) -> Iterator[str]:
    """Serve *gguf* until the block ends; yield the base URL that clients of OpenAI's interface use.

    *log* gets what the server says. The child ends with us, however we end: it waits on a pipe of ours.

    Raises:
        ServerFailed: it is no model that llama.cpp can read, or the time is up.
    """
    command = [sys.executable, str(Path(_llama_server.__file__).resolve())]
    command += [str(gguf), alias, str(threads), str(context)]
    with (
        log.open("wb") as said,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said) as child,
    ):
        try:
            yield _ready(child, log, time.monotonic() + READY_WITHIN) + "/v1"
        finally:
            child.kill()  # it holds nothing that could be lost


def _ready(child: subprocess.Popen[bytes], log: Path, deadline: float) -> str:
    """Return the server's address, once it says that its model is loaded."""
    assert child.stdout is not None
    readable, _, _ = select.select([child.stdout], [], [], max(0.0, deadline - time.monotonic()))
    address = child.stdout.readline().decode().strip() if readable else ""
    while address and child.poll() is None and time.monotonic() < deadline:
        if healthy(address):
            return address
        time.sleep(0.02)
    tail = log.read_text(errors="replace").strip().splitlines()[-5:]
    raise ServerFailed("the model's server did not start:\n  " + "\n  ".join(tail))


def healthy(address: str) -> bool:
    """Whether the server at *address* has loaded its model; it says 503 until then."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
