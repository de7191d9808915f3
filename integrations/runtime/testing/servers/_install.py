"""Installs the servers that come by pip into an environment of their own, pinned with hashes.

``requirements/<system>.txt`` names what a system's server needs. What is installed is noted, so that asking
again costs nothing: no process is started and no server looked for.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from ._finding import ADDRESS, address, environment, find, names, system

REQUIREMENTS = Path(__file__).parent / "requirements"
STAMP = "installed.json"
PACKAGES = Path(__file__).parents[3]  # integrations/


class InstallFailedError(RuntimeError):
    """pip failed; what it printed is in the text."""


def needed(packages: Path = PACKAGES) -> list[str]:
    """Return the systems that generated packages need: a variant that is a system is named so."""
    known, found = set(names()), set()
    for lock in packages.glob("*/metadata.json"):
        try:
            found.add(json.loads(lock.read_bytes())["reproducible"]["variant"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # not a lock; the generator tells what is wrong with it
    return sorted(known & found)


def install(wanted: Iterable[str], *, say: Callable[[str], None] = print) -> None:
    """Install the servers of systems, unless they are there; say what is done.

    Raises:
        InstallFailedError: pip failed.
        LookupError: there is no such system.
    """
    folder, stamp = environment(), _stamp()
    missing = [name for name in wanted if stamp.get(name) != _digest(name) and _absent(name, say)]
    if not missing:
        return
    if not (folder / "bin" / "python").exists():
        say(f"making {folder}")
        _run([sys.executable, "-m", "venv", str(folder)])
    say(f"installing {', '.join(missing)} into {folder}")
    files = [word for name in missing for word in ("-r", str(_requirements(name)))]
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    _run([*pip, *files])
    stamp.update({name: _digest(name) for name in missing})
    (folder / STAMP).write_text(json.dumps(stamp, indent=2, sort_keys=True) + "\n")


def _absent(name: str, say: Callable[[str], None]) -> bool:
    """Say whether pip must install a system's server, and tell where another one is, or comes from."""
    kind = system(name)
    if address(name):
        say(f"{name}: at the address in ${ADDRESS}{name.upper()}")
    elif (found := find(kind)) is not None and found.origin != "pip":
        say(f"{name}: {kind.title} {found.version}, {found.origin}")
    elif not _requirements(name).exists():
        say(f"{name}: {kind.missing}")
    else:
        return True
    return False


def _stamp() -> dict[str, str]:
    """Return what was installed, by the digest of its requirements; nothing where the environment is gone."""
    try:
        stamp: dict[str, str] = json.loads((environment() / STAMP).read_bytes())
        return stamp if (environment() / "bin" / "python").exists() else {}
    except (OSError, ValueError):
        return {}


def _digest(name: str) -> str:
    try:
        return hashlib.sha256(_requirements(name).read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _requirements(name: str) -> Path:
    return REQUIREMENTS / f"{name}.txt"


def _run(command: list[str]) -> None:
    import subprocess  # here alone: most runs have nothing to install

    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise InstallFailedError(f"{' '.join(command[:4])} … failed:\n{done.stdout}{done.stderr}")
