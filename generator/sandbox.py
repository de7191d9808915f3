"""The best sandbox that this machine allows for code that a model wrote.

    namespace  no network but a loopback of its own; files read-only but the given folders; no process of the
               machine to be seen; no privilege; limits
    network    the same without the walls around files and processes: they are as the machine has them
    limits     limits alone: time, memory, size of files, open files, processes

What level there was is evidence: it goes into the lock. Below each, the environment is cleared and the time
bounded by ``tools.run``, the AST policy has read the code, and the suite's own guard refuses other machines.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

NAMESPACE, NETWORK, LIMITS = "namespace", "network", "limits"
WALLS: Mapping[str, tuple[str, ...]] = {
    NAMESPACE: ("network", "tree", "processes"),
    NETWORK: ("network",),
    LIMITS: (),
}
LAUNCHER = Path(__file__).with_name("_sandboxed.py")
PATIENCE = 10.0  # seconds that trying the walls may take
MOST = 256  # processes at once
# One process: seconds of processor time, bytes of memory and of one file, open files, threads of the user.
_BOUNDS = {"CPU": 600, "AS": 4 << 30, "FSIZE": 256 << 20, "NOFILE": 1024, "CORE": 0}
_THREADS = {
    NAMESPACE: 512,
    NETWORK: 512,
    LIMITS: 4096,
}  # of the sandbox; below "limits", of all that the user runs


@lru_cache(maxsize=1)
def level() -> str:
    """Return the best level that works here; it is tried once, which takes about 50 ms."""
    if sys.platform != "linux":
        return LIMITS
    try:
        done = subprocess.run(
            [*_python(), "{}"],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            env={},
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return LIMITS
    standing = {frozenset(line.split()) for line in done.stdout.decode().splitlines()}
    return next(name for name, walls in WALLS.items() if not walls or frozenset(walls) in standing)


def missing(of: str) -> tuple[str, ...]:
    """Return the walls that a level lacks."""
    return tuple(wall for wall in WALLS[NAMESPACE] if wall not in WALLS[of])


def wrap(command: Sequence[str], writable: Sequence[Path], *, at: str = "") -> list[str]:
    """Return the command that runs *command* in the sandbox, *at* the best level unless told otherwise.

    Only below *writable* can it write. A sandbox that cannot be built ends with exit code 126 and says why:
    it never runs the command with less. Where there is no POSIX, the command itself is returned.
    """
    if os.name != "posix":
        return list(command)
    chosen = at or level()
    request = {
        "walls": WALLS[chosen],
        "writable": [str(folder.resolve()) for folder in writable],
        "limits": {**_BOUNDS, "NPROC": _THREADS[chosen]},
        "most": MOST,
    }
    return [*_python(), json.dumps(request), *command]


def _python() -> list[str]:
    return [sys.executable, "-I", "-S", str(LAUNCHER)]
