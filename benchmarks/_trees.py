"""Repositories of any size to measure on: a manifest, and a locked package of eight files for each entry.

python benchmarks/_trees.py FOLDER N    lays one, committed to git
"""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from generator import dependencies, manifest, patterns
from generator.lock import FileRecord, Lock, SubtaskRecord, dumps, render_fp, settled
from generator.plan import Desired
from generator.resolve import resolve

FILES = 8  # the lock is one of them
SIZE = 4096
VERBS = (("GET", "/items"), ("GET", "/items/{item_id}"), ("POST", "/items"), ("DELETE", "/items/{item_id}"))
_ANSWER = "0" * 64


def lay(root: Path, size: int) -> None:
    """Write *size* entries and their packages; a plan finds nothing to do."""
    (root / "integrations").mkdir(parents=True)
    (root / "integrations.yaml").write_text("version: 1\nintegrations:\n" + "".join(map(entry, range(size))))
    lock(root)


def lock(root: Path) -> None:
    """Write a package for every entry of the manifest, locked to what the entry says now."""
    catalog = patterns.catalog(root)
    wanted = [resolved.want for resolved in resolve(manifest.load(root, catalog), catalog)]
    for want in wanted:
        _package(root / "integrations" / want.module, want)
    extras = dependencies.pyproject({want.name: want.dependencies for want in wanted})
    (root / "integrations" / "pyproject.toml").write_bytes(extras)


def entry(number: int) -> str:
    """Return one entry as people write them."""
    endpoints = "".join(f'        - {{method: {verb}, path: "{path}"}}\n' for verb, path in VERBS)
    return (
        f"  - name: service-{number:05d}\n    service: Service {number}\n    owner: team-{number % 17}\n"
        f"    description: What service {number} does for us.\n    requirements:\n"
        f"      base_url: https://service-{number}.example/v{number % 3}\n      auth_type: bearer\n"
        f"      timeout: 31s\n      rate_limit: {100 + number % 900}\n      endpoints:\n{endpoints}"
    )


def commit(root: Path) -> None:
    """Make it a git repository with everything committed."""
    (root / ".gitignore").write_text("/.jackfield/\n")
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "-c", "gc.auto=0"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "tree"]):
        subprocess.run([*git, *command], cwd=root, check=True)


def _package(folder: Path, want: Desired) -> None:
    folder.mkdir(exist_ok=True)
    files = {f"part_{n}.py": _body(f"{want.name}/{n}") for n in range(FILES - 1)}
    for path, data in files.items():
        (folder / path).write_bytes(data)
    records = {name: SubtaskRecord(fp, _ANSWER, "offline") for name, fp in want.subtasks.items()}
    made = Lock(
        name=want.name,
        entry=settled(want.entry),
        pattern=want.pattern,
        variant=want.variant,
        components=want.components,
        subtasks=records,
        files={p: FileRecord(hashlib.sha256(data).hexdigest(), "managed") for p, data in files.items()},
        dependencies=want.dependencies,
        runtime_api=want.runtime_api,
        public_names=(),
        incomplete=False,
        render_fp=render_fp(dict.fromkeys(records, _ANSWER), want.components, want.entry),
        evidence={},
    )
    (folder / "metadata.json").write_bytes(dumps(made))


def _body(seed: str) -> bytes:
    """Return about SIZE bytes of code that no other file holds."""
    chance, lines, length = random.Random(seed), list[str](), 0
    while length < SIZE:
        number, plus = chance.randrange(10**9), chance.randrange(9999)
        lines.append(f"def f_{number}(x: int) -> int:\n    return x + {plus}\n\n")
        length += len(lines[-1])
    return "".join(lines).encode()


if __name__ == "__main__":
    lay(Path(sys.argv[1]), int(sys.argv[2]))
    commit(Path(sys.argv[1]))
