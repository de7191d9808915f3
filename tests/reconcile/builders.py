"""Small packages and entries for these tests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.lock import FileRecord, Lock, SubtaskRecord, dumps, settled
from generator.plan import Desired
from generator.tree import Change

SHA = "a" * 64


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def an_entry(name: str = "github", /, **requirements: Any) -> dict[str, Any]:
    return {"name": name, "service": "GitHub", "description": "", "requirements": requirements}


def a_lock(name: str = "github", files: Mapping[str, bytes] | None = None, **changes: Any) -> Lock:
    once = f"{name.replace('-', '_')}_custom.py"
    fields: dict[str, Any] = {
        "name": name,
        "entry": settled(an_entry(name)),
        "pattern": "api",
        "variant": "rest",
        "components": {"skeleton api/rest": SHA},
        "subtasks": {"naming": SubtaskRecord("b" * 64, "c" * 64, "offline")},
        "files": {
            path: FileRecord(sha(data), "once" if path == once else "managed")
            for path, data in (files or {}).items()
        },
        "dependencies": ("httpx2>=2.16,<3",),
        "runtime_api": 1,
        "public_names": ("GitHubAdapter",),
        "incomplete": False,
        "render_fp": SHA,
        "evidence": {"build_metrics": {"total_cost": "0.0000", "validation_score": 96}},
    }
    return Lock(**(fields | changes))


def wanted(name: str = "github", **changes: Any) -> Desired:
    """What the manifest asks for when ``a_lock(name)`` is up to date."""
    fields: dict[str, Any] = {
        "name": name,
        "module": name.replace("-", "_"),
        "entry": an_entry(name),
        "pattern": "api",
        "variant": "rest",
        "detected": "",
        "components": {"skeleton api/rest": SHA},
        "subtasks": {"naming": "b" * 64},
        "dependencies": ("httpx2>=2.16,<3",),
        "runtime_api": 1,
    }
    return Desired(**(fields | changes))


def a_change(name: str, files: Mapping[str, bytes], old: Mapping[str, bytes] | None = None) -> Change:
    """Replace *old* by *files*, as a run does that has seen the old package unedited."""
    old = old or {}
    return Change(
        module=name.replace("-", "_"),
        files=files,
        lock=dumps(a_lock(name, files)),
        deletes={path: sha(data) for path, data in old.items() if path not in files},
        expected={path: sha(data) for path, data in old.items()},
    )


def write(root: Path, name: str, files: Mapping[str, bytes]) -> Path:
    """Put a package and its lock on disk, without the generator."""
    folder = root / "integrations" / name.replace("-", "_")
    for path, data in {**files, "metadata.json": dumps(a_lock(name, files))}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def contents(root: Path) -> dict[str, bytes]:
    """Every file below ``integrations/`` by its path."""
    tree = root / "integrations"
    return {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*") if path.is_file()}
