"""Ends processes and removes folders once whoever started them is gone: ``python _watcher.py``.

A test process that is killed cannot clean up after itself, so it starts this program first and tells it, one
JSON value a line on standard input, what it started: ``{"pid": 7, "born": "…", "signal": 15}``,
``{"folder": "/tmp/…"}``, ``{"ended": 7}``. The pipe ends when the process does, however it ended.
It knows nothing but the standard library, and is run without site-packages, so it costs little.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

PATIENCE = 10.0  # seconds for a server to stop by itself before it is killed


def born(pid: int) -> str:
    """Return when a process started, in the kernel's own count, or "": a PID alone may be used again."""
    return _stat(pid)[19:20][0] if _stat(pid) else ""


def alive(pid: int) -> bool:
    """Say whether a process runs; one that waits to be reaped does not."""
    if Path("/proc/self/stat").exists():
        return _stat(pid)[:1] not in ([], ["Z"])
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        return True
    return False


def family(pid: int) -> list[int]:
    """Return a process and everything below it, the parents first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        if fields := _stat(int(entry.name)):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for member in found:
        found += children.get(member, [])
    return found


def kill(pid: int) -> list[int]:
    """Kill a process, what is below it, and its process group; return whom."""
    members = family(pid)
    for member in members:
        _send(member, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    return members


def end(pid: int, signum: int, *, gone: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Ask a process to stop, wait until it is *gone*, and kill what is left of its family."""
    members = family(pid)
    _send(pid, signum)
    _wait(gone, patience)
    for member in members[1:]:
        _send(member, signal.SIGKILL) if alive(member) else None
    if not gone():
        kill(pid)
        _wait(gone, patience)
    with contextlib.suppress(OSError):  # what a dead leader left in its group
        os.killpg(pid, signal.SIGKILL)


def watch(lines: Iterable[str]) -> None:
    """Read what was started until there is no more to read; then end and remove it all."""
    started: dict[int, Mapping[str, Any]] = {}
    folders: list[Path] = []
    for line in lines:
        told = json.loads(line)
        if "pid" in told:
            started[told["pid"]] = told
        elif "folder" in told:
            folders.append(Path(told["folder"]))
        else:
            started.pop(told["ended"], None)
    for pid, told in reversed(started.items()):
        if born(pid) in ("", told["born"]):
            end(pid, told["signal"], gone=lambda pid=pid: not alive(pid), patience=3.0)  # type: ignore[misc]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, state first; [] where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _send(pid: int, signum: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, signum)


def _wait(gone: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not gone() and time.monotonic() < deadline:
        time.sleep(0.01)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # it outlives whom it watches
        signal.signal(ignored, signal.SIG_IGN)
    watch(sys.stdin)
