"""Start in a repository of one's own: a manifest with one example, and the runtime that adapters share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.errors import RefusedError
from generator.paths import data_root

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


def init(root: Path) -> tuple[str, ...]:
    """Lay the files that are missing and return their paths; what is there is left alone.

    Raises:
        RefusedError: the repository has a manifest already.
    """
    if (root / "integrations.yaml").exists():
        raise RefusedError("integrations.yaml exists already; edit it, then run: jackfield plan")
    created = []
    for path, data in _files(root):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            created.append(path.relative_to(root).as_posix())
    return tuple(created)


def _files(root: Path) -> Iterator[tuple[Path, bytes]]:
    data = data_root()
    yield root / "schema/integrations.schema.json", (data / "schema/integrations.schema.json").read_bytes()
    manifest = MANIFEST.format(schema="schema/integrations.schema.json")
    yield root / "integrations.yaml", manifest.encode()
    yield root / ".gitignore", IGNORE.encode()
    for source in runtime_files(data):
        yield root / source.relative_to(data), source.read_bytes()


def runtime_files(data: Path) -> tuple[Path, ...]:
    """Return every file of the shipped runtime, and the package's ``__init__.py``, in a fixed order."""
    runtime = data / "integrations" / "runtime"
    found = (p for p in runtime.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return (data / "integrations" / "__init__.py", *sorted(found))
