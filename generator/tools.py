"""The tools that judge packages, run as child processes: cleared environment, time-out, bounded output.

A tool is found as a module of this very interpreter (ruff also as the program beside it), so the versions
that judge are the ones that are installed with Jackfield, whatever PATH says.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import signal
import site
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from generator.errors import ToolError
from generator.sandbox import wrap

TOOLS = ("coverage", "jsonschema", "mypy", "pytest", "ruff")
OUTPUT = 64 * 1024 * 1024  # bytes a stream; a tool that says more has failed
LOOK = 0.5  # seconds between two looks at how much a tool has written
KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Run:
    """How a child process ended; *code* is negative when a signal ended it."""

    code: int
    out: bytes
    err: bytes
    timed_out: bool = False
    too_long: bool = False

    @property
    def last_words(self) -> str:
        """Return the last line the process said, for a message."""
        lines = (self.err.strip() or self.out.strip()).decode(errors="replace").splitlines()
        return lines[-1].strip()[:300] if lines else ""

    @property
    def ending(self) -> str:
        """Return in words how it ended."""
        if self.timed_out:
            return "did not end in time"
        if self.too_long:
            return "printed without end"
        if self.code < 0:
            return f"was ended by {_signal_name(-self.code)}"
        return f"ended with exit code {self.code}"


def python(module: str, *arguments: str) -> list[str]:
    """Return the command that runs an installed module; the working directory is not importable.

    Raises:
        ToolError: the module is not installed.
    """
    if importlib.util.find_spec(module) is None:
        raise ToolError(
            f"{module} is not installed for {sys.executable}. Run: python -m pip install jackfield"
        )
    return [sys.executable, "-P", "-m", module, *arguments]


def ruff(*arguments: str) -> list[str]:
    """Return ruff's command: the program beside the interpreter, or else the module."""
    program = Path(sys.executable).with_name("ruff.exe" if os.name == "nt" else "ruff")
    return [str(program), *arguments] if program.is_file() else python("ruff", *arguments)


def tool_versions() -> dict[str, str]:
    """Return the versions that a verdict depends on, Python's first."""
    return {"python": platform.python_version(), **_installed()}


@lru_cache(maxsize=1)
def _installed() -> dict[str, str]:
    return {name: version(name) for name in TOOLS}


def environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a child's whole environment: nothing of ours but where programs and packages are.

    *home* is a scratch folder; it stands in for the home and the temporary directory.
    """
    kept = {key: os.environ[key] for key in KEPT if key in os.environ}
    fixed = {
        "HOME": str(home),
        "TMPDIR": str(home),
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUSERBASE": site.getuserbase(),
    }
    return {**kept, **fixed, **(extra or {})}


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    home: Path,
    seconds: float,
    extra: Mapping[str, str] | None = None,
    stop: threading.Event | None = None,
    most: int = OUTPUT,
    sandboxed: bool = False,
) -> Run:
    """Run one tool to its end, at most *seconds*; whatever it started ends with it.

    *home* is a scratch folder, *extra* adds to the environment, *most* bounds each stream in bytes;
    *sandboxed*, it can write to *home* alone, and reach nothing outside, as far as this machine allows.
    Raises ToolError when the program cannot be started, or *stop* ended it.
    """
    command = wrap(command, [home]) if sandboxed else command
    # Files, not pipes: a process that outlives its group cannot keep us waiting for the end of a pipe.
    with TemporaryFile(dir=home) as out, TemporaryFile(dir=home) as err:
        child = _start(command, cwd, environment(home, extra), out, err)
        try:
            timed_out = _wait(child, seconds, stop, lambda: _longest(out, err) > most)
        finally:
            _end(child)
        said = _longest(out, err)
        return Run(child.returncode, _head(out, most), _head(err, most), timed_out, said > most)


def _start(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], out: IO[bytes], err: IO[bytes]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError(f"{command[0]} cannot be started: {error.strerror or error}") from error


def _wait(
    child: subprocess.Popen[bytes],
    seconds: float,
    stop: threading.Event | None,
    enough: Callable[[], bool],
) -> bool:
    """Wait until the child ends or has said *enough*; return whether the time ran out."""
    deadline = time.monotonic() + seconds
    while _is_running(child, min(LOOK, deadline - time.monotonic())):
        if stop is not None and stop.is_set():
            raise ToolError("stopped before it had finished")
        if time.monotonic() >= deadline or enough():
            break
    return child.returncode is None and not enough()


def _is_running(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait a while; return whether the child still runs then."""
    try:
        child.wait(timeout=max(seconds, 0))
    except subprocess.TimeoutExpired:
        return True
    return False


def _longest(*outputs: IO[bytes]) -> int:
    return max(os.fstat(output.fileno()).st_size for output in outputs)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and its whole group, which may live on when the child itself has ended."""
    try:
        if os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    except (ProcessLookupError, PermissionError):
        pass  # nothing of it is left
    child.wait()


def _head(output: IO[bytes], most: int) -> bytes:
    output.seek(0)
    return output.read(most)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
