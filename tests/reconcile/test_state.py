"""The memory of the last run: quick when nothing happened, and never wrong about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.writing import stamps, state
from generator.writing.stamps import Snapshot, inputs_digest, renew, take

from .builders import sha, write

FILES = {"__init__.py": b"init", "tests/test_a.py": b"test"}
MANIFEST = "integrations.yaml"
INPUTS = [str(Path(json.__file__).parent)]
CLEAN = {"github": "raw digest", "order_events": "another"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "github", FILES)
    write(tmp_path, "order-events", FILES)
    (tmp_path / "integrations" / "__init__.py").write_bytes(b"")
    (tmp_path / MANIFEST).write_bytes(b"version: 1\n")
    return tmp_path


def saved(root: Path, *, complete: bool = True) -> None:
    """What a run does that found everything clean."""
    snapshot = renew(root, take(root, INPUTS), list(CLEAN))
    assert state.save(
        root, snapshot, clean=CLEAN, watched=watched(root), complete=complete, note="4 unchanged"
    )


def watched(root: Path) -> dict[str, str | None]:
    return {MANIFEST: sha((root / MANIFEST).read_bytes()), "specs/none.yaml": None}


def clean(root: Path) -> bool:
    return state.is_clean(root, INPUTS, MANIFEST) is not None


def test_a_tree_left_as_it_was_is_clean_and_gives_back_what_was_noted(root: Path) -> None:
    saved(root)
    found = state.is_clean(root, INPUTS, MANIFEST)
    assert found is not None
    assert (found.entries, found.note) == (CLEAN, "4 unchanged")
    assert state.changed(root, found) == set()


GITHUB = "integrations/github/"


def rewritten_with_its_mtime(root: Path) -> None:
    place = root / GITHUB / "__init__.py"
    before = place.stat()
    place.write_bytes(b"INIT")
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(root: Path) -> None:
    (root / "new").write_bytes(b"init")
    (root / "new").replace(root / GITHUB / "__init__.py")


EDITS: dict[str, Callable[[Path], object]] = {
    "one more byte": lambda root: (root / GITHUB / "__init__.py").write_bytes(b"init!"),
    "as many bytes": lambda root: (root / GITHUB / "__init__.py").write_bytes(b"INIT"),
    "as many bytes and the old mtime": rewritten_with_its_mtime,
    "another file of the same bytes": replaced,
    "other permissions": lambda root: (root / GITHUB / "__init__.py").chmod(0o600),
    "in a folder below": lambda root: (root / GITHUB / "tests/test_a.py").write_bytes(b"TEST"),
    "a new file": lambda root: (root / GITHUB / "NOTES.txt").write_bytes(b""),
    "a file gone": lambda root: (root / GITHUB / "__init__.py").unlink(),
    "a file renamed": lambda root: (root / GITHUB / "__init__.py").rename(root / GITHUB / "init.py"),
    "the lock": lambda root: (root / GITHUB / "metadata.json").write_bytes(b"{}"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edit_is_noticed_and_its_package_named(root: Path, edit: Callable[[Path], object]) -> None:
    saved(root)
    found = state.load(root)
    assert found is not None
    edit(root)
    assert state.changed(root, found) == {"github"}
    assert not clean(root)


def test_packages_that_come_or_go_are_noticed(root: Path) -> None:
    saved(root)
    found = state.load(root)
    assert found is not None
    write(root, "new", FILES)
    (root / "integrations/order_events").rename(root / "elsewhere")
    (root / "integrations/loose.py").write_bytes(b"")
    assert state.changed(root, found) == {"new", "order_events", ""}


def test_bytecode_is_no_change(root: Path) -> None:
    saved(root)
    for folder in ("integrations/github/tests/__pycache__", "integrations/__pycache__"):
        (root / folder).mkdir()
        (root / folder / "x.pyc").write_bytes(b"")
    assert clean(root)


def test_a_manifest_with_other_bytes_is_noticed_and_a_touched_one_is_not(root: Path) -> None:
    saved(root)
    (root / MANIFEST).touch()
    assert clean(root)
    (root / MANIFEST).write_bytes(b"version: 2\n")
    assert not clean(root)


def test_a_document_that_was_missing_and_now_is_there_is_noticed(root: Path) -> None:
    saved(root)
    (root / "specs").mkdir()
    (root / "specs/none.yaml").write_bytes(b"")
    found = state.load(root)
    assert found is not None
    assert state.stale_files(root, found) == ["specs/none.yaml"]


def test_another_generator_is_noticed(root: Path) -> None:
    saved(root)
    assert state.is_clean(root, [*INPUTS, str(Path(pytest.__file__).parent)], MANIFEST) is None
    assert state.is_clean(root, INPUTS, "other.yaml") is None


def test_the_generators_own_files_are_trusted_once_they_are_old_enough(tmp_path: Path) -> None:
    source = tmp_path / "pattern.py"
    source.write_bytes(b"one")

    def later() -> int:
        return source.stat().st_ctime_ns + 3_000_000_000

    before = inputs_digest([str(tmp_path)], later)
    assert before
    assert inputs_digest([str(tmp_path)]) == ""
    source.write_bytes(b"two")
    assert inputs_digest([str(tmp_path)], later) not in ("", before)


def test_an_open_journal_is_never_clean(root: Path) -> None:
    saved(root)
    (root / ".jackfield/journal.json").write_bytes(b"{}")
    assert not clean(root)


def test_work_left_to_do_is_remembered_as_such(root: Path) -> None:
    saved(root, complete=False)
    assert not clean(root)
    found = state.load(root)
    assert found is not None
    assert state.changed(root, found) == set()


def test_the_stamps_of_a_package_that_was_not_clean_are_not_remembered(root: Path) -> None:
    snapshot = renew(root, take(root), list(CLEAN))
    state.save(root, snapshot, clean={"github": ""}, watched={}, complete=False)
    found = state.load(root)
    assert found is not None
    assert state.changed(root, found) == {"order_events"}


def test_an_edit_between_the_snapshot_and_the_reading_is_noticed(root: Path) -> None:
    snapshot = renew(root, take(root, INPUTS), list(CLEAN))
    (root / GITHUB / "__init__.py").write_bytes(b"INIT")
    state.save(root, snapshot, clean=CLEAN, watched=watched(root), complete=True)
    assert not clean(root)


def test_a_manifest_edited_during_the_run_leaves_no_state(root: Path) -> None:
    saved(root)
    used = watched(root)
    (root / MANIFEST).write_bytes(b"version: 3\n")
    assert not state.save(root, take(root), clean=CLEAN, watched=used, complete=True)
    assert state.load(root) is None


def test_hundreds_of_edits_right_after_the_snapshot_are_all_noticed(root: Path) -> None:
    place = root / GITHUB / "__init__.py"
    for number in range(400):
        place.write_bytes(b"%03d" % number)
        snapshot = take(root, INPUTS)
        state.save(root, snapshot, clean=CLEAN, watched=watched(root), complete=True)
        with open(place, "r+b") as file:
            file.write(b"%03d" % (999 - number))
        assert not clean(root)


def test_hundreds_of_edits_right_after_a_run_that_wrote_are_all_noticed(root: Path) -> None:
    place = root / GITHUB / "__init__.py"
    for number in range(200):
        before = take(root, INPUTS)
        place.write_bytes(b"%03d" % number)
        snapshot = renew(root, before, ["github"])
        state.save(root, snapshot, clean=CLEAN, watched=watched(root), complete=True)
        with open(place, "r+b") as file:
            file.write(b"%03d" % (999 - number))
        assert not clean(root)


def test_hundreds_of_edits_of_the_manifest_are_all_noticed(root: Path) -> None:
    for number in range(200):
        (root / MANIFEST).write_bytes(b"version: %03d\n" % number)
        snapshot = renew(root, take(root, INPUTS), list(CLEAN))
        state.save(root, snapshot, clean=CLEAN, watched=watched(root), complete=True)
        (root / MANIFEST).write_bytes(b"version: %03d\n" % (999 - number))
        assert not clean(root)


def test_a_run_that_wrote_is_clean_the_next_time(root: Path) -> None:
    before = take(root, INPUTS)
    write(root, "github", {**FILES, "__init__.py": b"new"})
    snapshot = renew(root, before, ["github"])
    assert state.save(root, snapshot, clean=CLEAN, watched=watched(root), complete=True)
    assert clean(root)


@pytest.mark.parametrize(("newest", "trusted"), [(9, {"x": "d"}), (10, {}), (11, {})])
def test_a_stamp_that_is_not_older_than_the_snapshot_is_not_trusted(
    newest: int, trusted: dict[str, str]
) -> None:
    assert Snapshot(10, {"x": ("d", newest, True)}, "").trusted(["x"]) == trusted


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 200])
def test_a_damaged_state_is_no_state(root: Path, damage: bytes) -> None:
    saved(root)
    (root / ".jackfield/state").write_bytes(damage)
    assert state.load(root) is None
    assert not clean(root)


def test_a_state_with_one_byte_changed_anywhere_is_no_state(root: Path) -> None:
    saved(root)
    place = root / ".jackfield/state"
    data = place.read_bytes()
    for position in range(0, len(data), 7):
        place.write_bytes(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])
        assert state.load(root) is None
    place.write_bytes(data[:-1])
    assert state.load(root) is None


def test_odd_names_of_a_persons_folders_do_no_harm(root: Path) -> None:
    (root / "integrations" / os.fsdecode(b"line\nbreak \xff")).mkdir()
    saved(root)
    assert clean(root)


def test_a_place_that_cannot_be_written_has_no_state(tmp_path: Path) -> None:
    (tmp_path / ".jackfield").write_bytes(b"a file in the way")
    snapshot = take(tmp_path)
    assert snapshot.at == 0
    assert not state.save(tmp_path, snapshot, clean={}, watched={}, complete=True)
    assert state.load(tmp_path) is None


def test_a_repository_without_a_tree_can_be_remembered(tmp_path: Path) -> None:
    assert state.save(tmp_path, take(tmp_path), clean={}, watched={MANIFEST: None}, complete=True)
    assert state.is_clean(tmp_path, [], MANIFEST) is not None
    (tmp_path / "integrations").mkdir()
    assert stamps.scan(tmp_path).keys() == {""}


def test_a_folder_that_cannot_be_read_is_never_trusted(root: Path) -> None:
    assert Snapshot(1 << 62, {"x": ("d", stamps.NEVER, True)}, "").trusted(["x"]) == {}


SLOW = (
    "yaml json re typing dataclasses enum pathlib inspect collections jsonschema click rich jinja2 "
    "cookiecutter httpx2 litellm"
)


def test_nothing_slow_is_imported_to_say_that_nothing_changed() -> None:
    checkout = Path(__file__).parents[2]
    imports = f"import sys; sys.path.insert(0, {str(checkout)!r}); import generator.writing.state"
    code = f"{imports}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) & set(SLOW.split()) == set()
