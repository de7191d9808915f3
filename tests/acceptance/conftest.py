"""A repository of its own for each test, driven through the command alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator.starter import init

CHECKOUT = Path(__file__).resolve().parents[2]

PETS = """\
# yaml-language-server: $schema=schema/integrations.schema.json
version: 1
integrations:
  - name: pets
    service: Pets
    requirements:
      base_url: https://pets.example
      auth_type: bearer
      endpoints:
        - GET /pets/{pet_id}
        - method: POST
          path: /pets
          name: create_pet
          body: {name: string, tag: string?}
          returns: Pet
      types:
        Pet: {id: integer, name: string, tag: string?}
  - name: weather
    service: Weather
    requirements:
      base_url: https://weather.example
      endpoints:
        - method: GET
          path: /now
          name: get_now
          parameters: {city: {type: string, required: true}, units: string?}
          returns: {temperature: number}
"""


@dataclass(frozen=True)
class Result:
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Repository:
    """A temporary monorepo."""

    root: Path

    @property
    def manifest(self) -> Path:
        return self.root / "integrations.yaml"

    def edit(self, old: str, new: str) -> None:
        """Replace one passage of the manifest, which must be there once."""
        text = self.manifest.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the manifest"
        self.manifest.write_text(text.replace(old, new))

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        """Return the command line and environment of ``jackfield`` without any secret of this machine."""
        kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
        path = {"PYTHONPATH": str(CHECKOUT), "HOME": str(self.root.parent)}
        return [sys.executable, "-m", "generator", *arguments], {**kept, **path}

    def run(self, *arguments: str) -> Result:
        """Run ``jackfield`` to its end."""
        command, environment = self.command(*arguments)
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Result(done.returncode, done.stdout, done.stderr)

    def generate(self, *arguments: str) -> Result:
        """Run ``jackfield generate``, which must succeed."""
        result = self.run("generate", *arguments)
        assert result.code == 0, result.out + result.err
        return result

    def files(self) -> dict[str, bytes]:
        """Return every file of the generated tree but the runtime and caches."""
        folder = self.root / "integrations"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not {"runtime", "__pycache__"} & set(path.relative_to(folder).parts)
        }

    def stamps(self) -> dict[str, int]:
        """Return every generated file's time of change in nanoseconds."""
        folder = self.root / "integrations"
        return {path: (folder / path).stat().st_mtime_ns for path in self.files()}


def make_repository(folder: Path, manifest: str = PETS) -> Repository:
    """Lay a monorepo with the runtime and this manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    init(folder)
    (folder / "integrations.yaml").write_text(manifest)
    return Repository(folder)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty monorepo with the PETS manifest, nothing generated."""
    return make_repository(tmp_path / "repo")


@pytest.fixture(scope="session")
def _generated(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    made = make_repository(tmp_path_factory.mktemp("pristine") / "repo")
    made.generate()
    return made


@pytest.fixture
def generated(_generated: Repository, tmp_path: Path) -> Repository:
    """A monorepo whose PETS manifest was generated; a copy with times kept, for this test alone."""
    import shutil

    shutil.copytree(_generated.root, tmp_path / "repo", symlinks=True)
    return Repository(tmp_path / "repo")
