"""Seals: what a fresh clone may believe of a lock, so that it need not decide everything again.

Whoever writes a package notes in its lock's evidence for which entry (as the manifest had it) and by which
generator that was done, bound to the very bytes of the lock's reproducible part. Where all three are as they
were, entry, answers and components are what the lock says, and only the files are left to compare. Any other
lock is read and compared in full: a seal saves time, and nothing else depends on it. It is no signature; who
can forge it can forge the lock as well, and ``check --rebuild`` finds both.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from generator.lock import Lock, dumps, inside
from generator.paths import data_root
from generator.render import formatter

NAME = "seal"
_REPRODUCIBLE = b'\n  "lock_version": '  # it stands first there, and nothing deeper is indented like that
_read = json.JSONDecoder().decode
_BYTECODE = "__pycache__"


@dataclass(frozen=True, slots=True)
class Sealed:
    """An unbroken seal: the package's name, its entry's key, and the sha256 of each managed file."""

    name: str
    entry: str
    files: dict[str, str]


def sealed(lock: Lock, entry: str, generator: str) -> Lock:
    """Return *lock* with a seal for the entry with this key, written by this generator."""
    data = dumps(lock)
    proof = _proof(entry, generator, data[data.index(_REPRODUCIBLE) :])
    seal = {"entry": entry, "generator": generator, "proof": proof}
    return replace(lock, evidence={**lock.evidence, NAME: seal})


def unsealed(lock: Lock) -> Lock:
    """Return *lock* without a seal."""
    return replace(lock, evidence={key: value for key, value in lock.evidence.items() if key != NAME})


def opened(data: bytes, generator: str) -> Sealed | None:
    """Return what a lock's bytes say under an unbroken seal of this generator, else None."""
    start = data.find(_REPRODUCIBLE)
    if data.find(generator.encode(), 0, max(start, 0)) < 0:
        return None
    try:
        document = _read(data.decode("ascii"))
        seal, fields = document["evidence"][NAME], document["reproducible"]
        name, entry, records = str(fields["name"]), str(seal["entry"]), fields["files"].items()
        if seal["proof"] != _proof(entry, generator, data[start:]):
            return None
        files = {path: record["sha256"] for path, record in records if record["kind"] == "managed"}
        return Sealed(name, entry, files) if all(map(inside, files)) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _proof(entry: str, generator: str, reproducible: bytes) -> str:
    return hashlib.sha256(f"{entry}\n{generator}".encode() + reproducible).hexdigest()


def generator_id(root: Path) -> str:
    """Return the digest of everything that decides what an entry becomes, wherever it is installed."""
    data, package = data_root(), Path(__file__).resolve().parent
    places = {"generator": package, "cookiecutters": data / "cookiecutters", "schema": data / "schema"}
    if root.resolve() != data:
        places["own"] = root / "cookiecutters"
    python = ".".join(map(str, sys.version_info[:2]))
    digest = hashlib.sha256(f"{python} {formatter()}".encode())
    for name, folder in places.items():
        for path in _sources(folder):
            text, content = f"{name}/{path.relative_to(folder).as_posix()}".encode(), path.read_bytes()
            digest.update(b"%d %s %d " % (len(text), text, len(content)) + content)
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    """Yield the files that count, in a fixed order; a wheel's own data counts under its own name."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and _BYTECODE not in parts and parts[0] != "_data":
            yield path
