"""Start in a repository of one's own: a manifest with one example, and the runtime that adapters share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.errors import RefusedError
from generator.paths import data_root

SCHEMA = "schema/integrations.schema.json"
MANIFEST = """\
# yaml-language-server: $schema={schema}
version: 1
defaults:
  answers: offline
  timeout: 30s

integrations:
  - name: httpbin
    service: httpbin
    description: A public echo service, to try an adapter against.
    requirements:
      base_url: https://httpbin.org
      endpoints:
        - GET /uuid
        - method: GET
          path: /status/{{code}}
          name: get_status
          summary: Answer with the status that was asked for.
          returns: null
"""
IGNORE = "/.jackfield/*\n!/.jackfield/base/\n"


def init(root: Path, manifest: bytes = b"") -> tuple[str, ...]:
    """Lay the files that are missing and return their paths; what is there is left alone.

    *manifest* stands in the place of the one with an example.

    Raises:
        RefusedError: the repository has a manifest already.
    """
    if (root / "integrations.yaml").exists():
        raise RefusedError("integrations.yaml exists already; edit it, then run: jackfield plan")
    created = []
    for path, data in _files(root, manifest):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            created.append(path.relative_to(root).as_posix())
    return tuple(created)


def empty() -> str:
    """A manifest without an entry."""
    return MANIFEST.partition("  - name:")[0].format(schema=SCHEMA)


def missing(root: Path) -> tuple[str, ...]:
    """What ``init`` would lay besides the manifest and the runtime's many files."""
    paths = (path for path, _ in _files(root) if not path.exists())
    names = dict.fromkeys(path.relative_to(root).as_posix() for path in paths)
    runtime = "integrations/runtime/"
    kept = [name for name in names if name != "integrations.yaml" and not name.startswith(runtime)]
    return (*kept, *([runtime] if len(kept) + 1 < len(names) else []))


def _files(root: Path, manifest: bytes = b"") -> Iterator[tuple[Path, bytes]]:
    data = data_root()
    yield root / SCHEMA, (data / SCHEMA).read_bytes()
    yield root / "integrations.yaml", manifest or MANIFEST.format(schema=SCHEMA).encode()
    yield root / ".gitignore", IGNORE.encode()
    for source in runtime_files(data):
        yield root / source.relative_to(data), source.read_bytes()


def runtime_files(data: Path) -> tuple[Path, ...]:
    """Return every file of the shipped runtime, and the package's ``__init__.py``, in a fixed order."""
    runtime = data / "integrations" / "runtime"
    found = (p for p in runtime.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return (data / "integrations" / "__init__.py", *sorted(found))
