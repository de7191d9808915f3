"""The Python API: build one package in memory, look at it, save it where you like."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator import build, history, patterns, trial
from generator.errors import GateError, RefusedError
from generator.lock import FILE_NAME, Lock, LockUnreadable, dumps, loads
from generator.manifest import entry_of
from generator.paths import data_root
from generator.resolve import Resolved, resolve_entry
from generator.starter import runtime_files
from generator.subtasks.orchestrator import SmartOrchestrator


@dataclass(frozen=True, slots=True)
class IntegrationPackage:
    """One generated package in memory. ``files`` maps a path inside the package to its bytes."""

    name: str
    files: Mapping[str, bytes]
    lock: Lock
    metadata: dict[str, Any]

    @property
    def module(self) -> str:
        """Return the package's folder and Python name."""
        return self.lock.module

    def save_to_directory(self, path: str | os.PathLike[str]) -> Path:
        """Write the package and return its folder: *path* itself if it is named like the module, else in it.

        The lock says ``origin: api``, so reconciling never prunes the package. Next to it, a folder that is
        called ``integrations`` and has no runtime yet gets one, since every adapter imports it.

        Raises:
            RefusedError: a file there was edited by hand, or is not Jackfield's; nothing was written.
        """
        folder = Path(path)
        folder = folder if folder.name == self.module else folder / self.module
        contents = {**self.files, FILE_NAME: dumps(self.lock)}
        contents = {name: data for name, data in contents.items() if not self._is_own(folder, name)}
        _refuse_foreign(folder, contents)
        folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(contents, key=lambda name: (name == FILE_NAME, name)):
            _write(folder / name, contents[name])
        if folder.parent.name == "integrations" and not (folder.parent / "runtime").exists():
            _lay_runtime(folder.parent.parent)
        return folder

    def _is_own(self, folder: Path, name: str) -> bool:
        record = self.lock.files.get(name)
        return record is not None and record.kind == "once" and (folder / name).exists()


class IntegrationBuilder:
    """Build packages one at a time, from any thread. The working directory never changes.

    Args:
        orchestrator: who answers open questions; offline when left out.
        root: a repository whose ``cookiecutters/`` and run history are used too.
    """

    def __init__(
        self, orchestrator: SmartOrchestrator | None = None, root: str | os.PathLike[str] | None = None
    ) -> None:
        self.orchestrator = orchestrator or SmartOrchestrator()
        self._root = Path(root).resolve() if root is not None else None
        self._folder = tempfile.mkdtemp(prefix="jackfield-")
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._gates = threading.Lock()  # the type checker's cache is shared
        self._history = history.History(self._root)

    def build_integration(
        self,
        service_name: str,
        integration_type: str | None = None,
        requirements: Mapping[str, Any] | None = None,
    ) -> IntegrationPackage:
        """Generate and judge one package.

        Raises:
            ManifestError: the requirements cannot be used; every problem at once.
            AnswerError: the orchestrator may not fall back, and cannot answer.
            GateError: the package fails a hard gate.
        """
        started = time.monotonic()
        catalog = patterns.catalog(self._root)
        raw: dict[str, Any] = {"name": name_of(service_name), "service": service_name}
        raw |= {"requirements": dict(requirements or {})}
        raw |= {"type": integration_type} if integration_type else {}
        resolved = resolve_entry(entry_of(raw, catalog), catalog, {})
        built = self._build(resolved)
        seconds = time.monotonic() - started
        self._history.add(built.lock.name, float(built.cost), seconds, built.score)
        return _package(built, seconds)

    def get_build_history(self) -> list[dict[str, Any]]:
        """Return one record a build, oldest first: name, cost in dollars, duration in seconds, score."""
        return self._history.records()

    def get_average_metrics(self) -> dict[str, float]:
        """Return ``builds`` and means: ``avg_duration_seconds``, ``avg_cost``, ``avg_validation_score``."""
        return self._history.averages()

    def _build(self, resolved: Resolved) -> build.Built:
        with tempfile.TemporaryDirectory(dir=self._folder) as stage, self._gates:
            shop = build.Workshop(Path(stage) / "build", data_root(), cache=Path(self._folder) / "cache")
            built = trial.Trial(shop, self.orchestrator).run([resolved])[0]
        if built.findings:
            raise GateError(f"{built.lock.name} fails its gates:\n  " + "\n  ".join(map(str, built.findings)))
        return replace(built, lock=replace(built.lock, origin="api"))


def name_of(service: str) -> str:
    """Return a manifest name for a service: ``"Acme Billing v2"`` → ``acme-billing-v2``."""
    words = re.findall(r"[a-z0-9]+", service.casefold())
    name = "-".join(words) or "service"
    return name if name[0].isalpha() else f"service-{name}"


def _package(built: build.Built, seconds: float) -> IntegrationPackage:
    lock = built.lock
    metrics = {
        "total_cost": float(built.cost),
        "duration_seconds": seconds,
        "validation_score": built.score,
    }
    metadata = {
        "name": lock.name,
        "service": lock.entry["service"],
        "pattern": lock.pattern,
        "variant": lock.variant,
        "incomplete": lock.incomplete,
        "public_names": list(lock.public_names),
        "build_metrics": metrics,
    }
    return IntegrationPackage(lock.name, built.files, lock, metadata)


def _refuse_foreign(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Refuse to replace any file that the folder's lock does not know as it stands."""
    try:
        known = loads((folder / FILE_NAME).read_bytes()).files
    except (OSError, LockUnreadable):
        known = {}
    for name, data in contents.items():
        place = folder / name
        if name == FILE_NAME or not place.exists() or place.read_bytes() == data:
            continue
        sha = hashlib.sha256(place.read_bytes()).hexdigest()
        if name not in known or known[name].sha256 != sha:
            raise RefusedError(f"{place} was edited by hand or is not Jackfield's; move it away first")


def _write(place: Path, data: bytes) -> None:
    """Put a file in place in one step; what already holds these bytes is not touched."""
    if place.exists() and place.read_bytes() == data:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=place.parent)
    with open(descriptor, "wb") as file:
        file.write(data)
    os.chmod(draft, 0o644)  # mkstemp makes private files; sources are meant to be read
    os.replace(draft, place)


def _lay_runtime(root: Path) -> None:
    data = data_root()
    for source in runtime_files(data):
        place = root / source.relative_to(data)
        if not place.exists():
            _write(place, source.read_bytes())
