"""A fresh clone believes unbroken seals, and plans what it would plan without any."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks._trees import lay
from generator.lock import dumps, loads
from generator.reconcile import Prepared, prepare
from generator.seal import NAME
from tests.acceptance.conftest import PETS, make_repository

ALL = {f"service-{number:05d}" for number in range(4)}
LOCK = "metadata.json"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Four sealed packages, and no memory of any run."""
    lay(tmp_path / "clone", 4)
    return tmp_path / "clone"


def test_where_all_seals_are_unbroken_nothing_is_resolved(clone: Path) -> None:
    found = prepare(clone)
    assert (found.resolved, found.observed, found.extras) == ({}, {}, None)
    assert (found.plan.exit_code, found.plan.unchanged) == (0, 4)


def test_a_seal_of_another_generator_is_not_believed(clone: Path) -> None:
    found = unbelieving(clone)
    assert found.resolved.keys() == ALL
    assert (found.plan.exit_code, found.plan.unchanged) == (0, 4)


def unbelieving(clone: Path) -> Prepared:
    """Plan a copy for which the generator has changed, but nothing that any package was made from."""
    copy = clone.with_name("copy")
    shutil.copytree(clone, copy, symlinks=True)
    (copy / "cookiecutters").mkdir()
    (copy / "cookiecutters" / "notes.txt").write_text("no pattern")
    return prepare(copy)


def package(clone: Path, number: int = 2) -> Path:
    return clone / "integrations" / f"service_{number:05d}"


def edit_manifest(old: str, new: str) -> Callable[[Path], object]:
    def edit(clone: Path) -> None:
        manifest = clone / "integrations.yaml"
        assert old in manifest.read_text()
        manifest.write_text(manifest.read_text().replace(old, new, 1))

    return edit


def edit_lock(edit: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    def rewrite(clone: Path) -> None:
        place = package(clone) / LOCK
        document = json.loads(place.read_bytes())
        edit(document["reproducible"])
        lock = loads(json.dumps(document).encode())
        assert lock.evidence[NAME]
        place.write_bytes(dumps(lock))

    return rewrite


def swap_locks(clone: Path) -> None:
    one, other = package(clone, 1) / LOCK, package(clone, 2) / LOCK
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)


MOVED: dict[str, Callable[[Path], object]] = {
    "nothing": lambda clone: None,
    "an entry": edit_manifest("rate_limit: 102", "rate_limit: 9"),
    "a comment": edit_manifest("owner: team-2", "owner: team-2  # theirs"),
    "an explicit default": edit_manifest("auth_type: bearer", "auth: {type: bearer}"),
    "the default time-out": edit_manifest("version: 1", "version: 1\ndefaults: {timeout: 5s}"),
    "a disabled entry": edit_manifest("owner: team-2", "disabled: true"),
    "an entry that is gone": edit_manifest("name: service-00002", "name: service-other"),
    "a moved entry": edit_manifest("name: service-00002", "name: other\n    moved_from: service-00002"),
    "a file": lambda clone: (package(clone) / "part_3.py").write_text("mine"),
    "a deleted file": lambda clone: (package(clone) / "part_3.py").unlink(),
    "a file that is no part of it": lambda clone: (package(clone) / "mine.py").write_text("mine"),
    "a deleted lock": lambda clone: (package(clone) / LOCK).unlink(),
    "a lock that is no lock": lambda clone: (package(clone) / LOCK).write_text("<<<<<<< ours"),
    "two locks changed places": swap_locks,
    "a copied package": lambda clone: shutil.copytree(package(clone), package(clone).with_name("more")),
    "a recorded entry": edit_lock(lambda lock: lock["entry"].update(owner="me")),
    "a recorded component": edit_lock(lambda lock: lock["components"].update(epoch="0")),
    "a recorded question": edit_lock(lambda lock: lock["subtasks"].popitem()),
    "a recorded file": edit_lock(lambda lock: lock["files"]["part_1.py"].update(sha256="0" * 64)),
    "a recorded origin": edit_lock(lambda lock: lock.update(origin="api")),
    "a recorded runtime": edit_lock(lambda lock: lock.update(runtime_api=0)),
    "the extras": lambda clone: (clone / "integrations" / "pyproject.toml").write_text("mine"),
}


@pytest.mark.parametrize("what", MOVED)
def test_whatever_has_moved_is_planned_as_it_would_be_without_seals(clone: Path, what: str) -> None:
    MOVED[what](clone)
    full, quick = unbelieving(clone), prepare(clone)
    assert quick.plan == full.plan
    assert (quick.exit_code, quick.extras) == (full.exit_code, full.extras)
    assert len(quick.resolved) <= len(full.resolved)


SEALS: dict[str, Any] = {
    "no seal": None,
    "text": "trust me",
    "a list": [],
    "parts of none": {},
    "a foreign proof": {"proof": "0" * 64},
    "an entry that is no text": {"entry": 7},
    "a long entry": {"entry": "x" * 100_000},
}


@pytest.mark.parametrize("what", SEALS)
def test_a_made_up_seal_is_a_broken_one(clone: Path, what: str) -> None:
    place = package(clone) / LOCK
    lock = loads(place.read_bytes())
    made_up = SEALS[what]
    seal = {**lock.evidence[NAME], **made_up} if isinstance(made_up, dict) and made_up else made_up
    document = json.loads(dumps(lock))
    document["evidence"] = {NAME: seal, "generator": lock.evidence[NAME]["generator"]}
    text = json.dumps(document["evidence"]).encode()
    data = dumps(lock)
    place.write_bytes(b'{\n  "evidence": ' + text + b"," + data[data.index(b'\n  "lock_version"') :])
    found = prepare(clone)
    assert found.resolved.keys() == {"service-00002"}
    assert found.plan.exit_code == 0


def test_what_generate_has_written_is_sealed_also_after_it_was_scored_again(tmp_path: Path) -> None:
    manifest = PETS.partition("  - name: weather")[0]
    repository = make_repository(tmp_path / "repo", manifest)
    repository.generate()
    for command in (("plan",), ("score", "pets", "--rescore")):
        assert repository.run(*command).code == 0
        (repository.root / ".jackfield" / "state").unlink(missing_ok=True)
        assert prepare(repository.root).resolved == {}
    assert repository.run("check", "--rebuild").code == 0
