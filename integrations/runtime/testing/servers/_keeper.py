"""Starts processes and makes folders that never outlive this process, however it ends."""

from __future__ import annotations

import atexit
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import _watcher

LOWEST_PORT = (
    15_000  # below what the kernel gives to clients: a client that dials a dead port must not meet itself
)
USER = "nobody"


class ServerFailedError(RuntimeError):
    """A server was found and did not start, or stopped: what it said last is in the text."""


@dataclass(slots=True, eq=False)
class Process:
    """One process of a server."""

    popen: subprocess.Popen[bytes]
    signal: int
    log: Path
    members: list[int] = field(default_factory=list)

    def running(self) -> bool:
        return self.popen.poll() is None

    def said(self) -> str:
        """Return the end of what it printed."""
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""


class Keeper:
    """What this process started; a watcher beside it ends that when this process is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._processes: list[Process] = []
        self._folders: list[Path] = []
        self._copies: dict[Path, Path] = {}
        self._ports: set[int] = set()
        self._watcher: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def folder(self, name: str, *, unprivileged: bool = False) -> Path:
        """Make a temporary folder that is removed at the end.

        Args:
            unprivileged: it belongs to the user that servers run as where this process is root's.
        """
        below = Path(tempfile.gettempdir())
        if unprivileged and as_user() and not _passable(below):
            below = Path("/tmp")  # noqa: S108 - the system's own: TMPDIR is closed to the server's user
        made = Path(tempfile.mkdtemp(prefix=f"jackfield-{name}-", dir=below))
        self._tell({"folder": str(made)})
        self._folders.append(made)
        if unprivileged and as_user():
            shutil.chown(made, USER)
        return made

    def readable(self, root: Path, *folders: str) -> Path:
        """Return *root*, or a copy of these folders of it if the user that servers run as cannot read it."""
        if not as_user() or _passable(root):
            return root
        if root not in self._copies:
            copy = self.folder("programs", unprivileged=True)
            copy.chmod(0o755)
            for name in folders:
                if (root / name).exists():
                    shutil.copytree(root / name, copy / name, symlinks=True)
            for path in copy.rglob("*"):
                path.chmod(path.stat().st_mode | (0o555 if path.stat().st_mode & 0o100 else 0o444))
            self._copies[root] = copy
        return self._copies[root]

    def port(self) -> int:
        """Return a port of this machine that nobody listens on and that no other server here was given."""
        for _ in range(1000):
            port = random.SystemRandom().randrange(LOWEST_PORT, _highest_port())
            with self._lock:
                if port not in self._ports and _free(port):
                    self._ports.add(port)
                    return port
        raise ServerFailedError("no port is free")

    def start(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str],
        unprivileged: bool,
        stop: int = signal.SIGTERM,
    ) -> Process:
        """Start a process in a session of its own; what it prints goes to *log*."""
        with log.open("ab") as output:
            popen = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **env},
                cwd="/",
                start_new_session=True,
                **(as_user() if unprivileged else {}),  # type: ignore[call-overload]
            )
        self._tell({"pid": popen.pid, "born": _watcher.born(popen.pid), "signal": int(stop)})
        process = Process(popen, stop, log)
        self._processes.append(process)
        return process

    def end(self, process: Process) -> None:
        """Ask a process to stop, and see that it does; nothing where it has stopped already."""
        _watcher.end(process.popen.pid, process.signal, gone=lambda: not process.running())
        self._forget(process)

    def kill(self, process: Process) -> None:
        """Kill a process and its children at once, as a crash would."""
        members = _watcher.kill(process.popen.pid)
        process.popen.wait()
        wait_for(lambda: not any(map(_watcher.alive, members)), 10.0)
        self._forget(process)

    def close(self) -> None:
        """End every process and remove every folder; a forked child ends nothing."""
        if os.getpid() != self._owner:
            return
        for process in reversed(list(self._processes)):
            self.end(process)
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        if self._watcher is not None and self._watcher.stdin is not None:
            self._watcher.stdin.close()
            self._watcher.wait()
            self._watcher = None

    def _forget(self, process: Process) -> None:
        if process in self._processes:
            self._processes.remove(process)
            self._tell({"ended": process.popen.pid})

    def _tell(self, told: Mapping[str, object]) -> None:
        with self._lock:
            if self._watcher is None:
                self._watcher = subprocess.Popen(
                    [sys.executable, "-I", "-S", _watcher.__file__],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    start_new_session=True,
                )
            assert self._watcher.stdin is not None
            self._watcher.stdin.write(json.dumps(told).encode() + b"\n")
            self._watcher.stdin.flush()


def as_user() -> dict[str, object]:
    """Return how a process is started as an unprivileged user; {} where this process is one."""
    if os.geteuid() != 0:
        return {}
    import pwd  # a Unix alone has it

    entry = pwd.getpwnam(USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def run(
    command: Sequence[str | Path], *, unprivileged: bool = False, env: Mapping[str, str] | None = None
) -> str:
    """Run a program to its end; return what it printed.

    Raises:
        ServerFailedError: it failed; what it printed is in the text.
    """
    user = as_user() if unprivileged else {}
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(env or {})},
        cwd="/",
        check=False,
        **user,  # type: ignore[call-overload]
    )
    printed: str = done.stdout.decode(errors="replace")
    if done.returncode:
        raise ServerFailedError(f"{Path(command[0]).name} failed ({done.returncode}): {printed[-2000:]}")
    return printed


def wait_for(ready: Callable[[], bool], seconds: float) -> bool:
    """Ask until *ready* says yes, for so long at most; an error of the network counts as no."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if ready():
                return True
        except OSError:
            pass
        time.sleep(0.02)
    return False


def _passable(folder: Path) -> bool:
    """Say whether every user may pass through a folder and those above it."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


def _highest_port() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 32_768


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
