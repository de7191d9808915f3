"""What a commit does to a tree, and all that it refuses to do."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from generator.errors import InterruptedRunError, RefusedError, TreeError
from generator.lock import dumps
from generator.tree import Change, commit, hashes, interrupted, moved, observe, publish, recover
from generator.writing.disk import Disk, Place

from .builders import a_change, a_lock, contents, sha, write
from .crashing import Crash, CrashingDisk

OLD = {"__init__.py": b"init", "github_adapter.py": b"old", "tests/test_a.py": b"test"}
NEW = {"__init__.py": b"init", "github_adapter.py": b"new", "models/m.py": b"models"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "github", OLD)
    return tmp_path


def stats(root: Path) -> dict[str, tuple[int, int]]:
    tree = root / "integrations"
    return {
        str(p.relative_to(tree)): (p.stat().st_mtime_ns, p.stat().st_ino)
        for p in tree.rglob("*")
        if p.is_file()
    }


def leftovers(root: Path) -> list[str]:
    found = {path.name for path in (root / ".jackfield").rglob("*") if path.is_file()}
    return sorted(found - {".gitignore"})


def test_a_new_package_is_written_with_its_lock(tmp_path: Path) -> None:
    assert commit(tmp_path, a_change("order-events", NEW)) == ()
    lock = dumps(a_lock("order-events", NEW))
    assert contents(tmp_path) == {
        f"order_events/{path}": data for path, data in {**NEW, "metadata.json": lock}.items()
    }
    assert leftovers(tmp_path) == []


def test_a_changed_package_keeps_what_did_not_change(root: Path) -> None:
    before = stats(root)["github/__init__.py"]
    commit(root, a_change("github", NEW, OLD))
    assert contents(root).keys() == {f"github/{path}" for path in (*NEW, "metadata.json")}
    assert stats(root)["github/__init__.py"] == before
    assert not (root / "integrations" / "github" / "tests").exists()


def test_a_second_commit_touches_nothing_at_all(root: Path) -> None:
    commit(root, a_change("github", NEW, OLD))
    before, disk = stats(root), CrashingDisk()
    assert commit(root, a_change("github", NEW, NEW), disk=disk) == ()
    assert (stats(root), disk.calls) == (before, 0)


def test_permissions_are_kept(root: Path) -> None:
    place = root / "integrations" / "github" / "github_adapter.py"
    place.chmod(0o755)
    commit(root, a_change("github", NEW, OLD))
    assert place.stat().st_mode & 0o777 == 0o755


def test_git_ignores_the_workspace_but_for_its_bases(tmp_path: Path) -> None:
    commit(tmp_path, a_change("github", NEW))
    assert (tmp_path / ".jackfield" / ".gitignore").read_text() == "*\n!/base/\n!/base/**\n"


def test_a_file_edited_since_the_plan_stops_the_run_before_damage(root: Path) -> None:
    (root / "integrations/github/github_adapter.py").write_bytes(b"mine")
    before = contents(root)
    with pytest.raises(TreeError, match=r"github_adapter\.py was edited during the run; nothing was changed"):
        commit(root, a_change("github", NEW, OLD))
    assert contents(root) == before


def test_a_file_edited_while_the_commit_is_staged_stops_it_too(root: Path) -> None:
    place = root / "integrations/github/github_adapter.py"

    class Editor(Disk):
        def write(self, path: Place, data: bytes, mode: int | None = None) -> None:
            super().write(path, data, mode)
            place.write_bytes(b"mine")

    with pytest.raises(TreeError, match="edited during the run"):
        commit(root, a_change("github", NEW, OLD), disk=Editor())
    assert place.read_bytes() == b"mine"
    assert not interrupted(root)


def test_a_file_edited_between_two_replacements_is_kept_and_named(root: Path) -> None:
    place = root / "integrations/github/github_adapter.py"

    class Editor(Disk):
        def replace(self, source: Place, target: Place) -> None:
            super().replace(source, target)
            if str(target).endswith("journal.json"):
                place.write_bytes(b"mine")

    assert commit(root, a_change("github", NEW, OLD), disk=Editor()) == (
        "integrations/github/github_adapter.py",
    )
    assert place.read_bytes() == b"mine"
    observed = observe(root)["github"]
    assert observed.lock == a_lock("github", NEW)
    assert observed.files["github_adapter.py"] == sha(b"mine")


def test_a_file_that_nobody_listed_is_never_overwritten(root: Path) -> None:
    mine = root / "integrations/github/models/m.py"
    mine.parent.mkdir()
    mine.write_bytes(b"mine")
    with pytest.raises(RefusedError, match=r"integrations/github/models/m\.py is in the way"):
        commit(root, a_change("github", NEW, OLD))
    assert mine.read_bytes() == b"mine"


def test_a_file_that_nobody_listed_may_hold_the_new_bytes_already(root: Path) -> None:
    mine = root / "integrations/github/models/m.py"
    mine.parent.mkdir()
    mine.write_bytes(NEW["models/m.py"])
    commit(root, a_change("github", NEW, OLD))
    assert observe(root)["github"].lock == a_lock("github", NEW)


def test_what_was_seen_may_be_overwritten_when_the_caller_says_so(root: Path) -> None:
    (root / "integrations/github/github_adapter.py").write_bytes(b"mine")
    change = replace(a_change("github", NEW, OLD), expected=hashes(root, "github", [*OLD, *NEW]))
    commit(root, change)
    assert contents(root)["github/github_adapter.py"] == b"new"


def test_a_deleted_package_is_gone_with_its_bytecode(root: Path) -> None:
    folder = root / "integrations/github"
    for cache in (folder / "__pycache__", folder / "tests/__pycache__"):
        cache.mkdir()
        (cache / "x.cpython-311.pyc").write_bytes(b"\0")
    gone = Change("github", {}, None, {path: sha(data) for path, data in OLD.items()})
    assert commit(root, gone) == ()
    assert not folder.exists()


def test_what_was_edited_or_added_survives_the_deletion_of_its_package(root: Path) -> None:
    folder = root / "integrations/github"
    (folder / "github_adapter.py").write_bytes(b"mine")
    (folder / "NOTES.txt").write_bytes(b"mine too")
    (folder / "tests/__pycache__").mkdir()
    (folder / "tests/__pycache__/notes.txt").write_bytes(b"odd place, still mine")
    gone = Change("github", {}, None, {path: sha(data) for path, data in OLD.items()})
    assert commit(root, gone) == ("integrations/github/github_adapter.py",)
    assert contents(root) == {
        "github/github_adapter.py": b"mine",
        "github/NOTES.txt": b"mine too",
        "github/tests/__pycache__/notes.txt": b"odd place, still mine",
    }


def test_a_rename_carries_the_users_file_over_in_one_step(root: Path) -> None:
    old = {**OLD, "github_custom.py": b"# as generated", "deep/github_custom.py": b"managed"}
    write(root, "github", old)
    (root / "integrations/github/github_custom.py").write_bytes(b"# mine now")
    end = moved(observe(root)["github"])
    mine = {"git_cloud_custom.py": (root / "integrations/github/github_custom.py").read_bytes()}
    assert commit(root, a_change("git-cloud", {"git_cloud_adapter.py": b"x", **mine}), end) == ()
    assert not (root / "integrations/github").exists()
    assert contents(root)["git_cloud/git_cloud_custom.py"] == b"# mine now"


def test_a_rename_leaves_an_edited_file_where_it_is(root: Path) -> None:
    (root / "integrations/github/github_adapter.py").write_bytes(b"mine")
    end = moved(observe(root)["github"])
    assert commit(root, a_change("cloud", NEW), end) == ("integrations/github/github_adapter.py",)
    assert contents(root)["github/github_adapter.py"] == b"mine"


@pytest.mark.parametrize("path", ["../x", "/x", "a/../x", "metadata.json", ""])
def test_a_path_outside_the_package_is_refused(root: Path, path: str) -> None:
    for change in (Change("github", {path: b""}, b""), Change("github", {}, b"", deletes={path: sha(b"")})):
        with pytest.raises(TreeError, match="not a path inside integrations/github"):
            commit(root, change)


@pytest.mark.parametrize("module", ["..", "", "a/b", "Github", "a-b", "__pycache__"])
def test_a_module_that_is_no_module_is_refused(tmp_path: Path, module: str) -> None:
    with pytest.raises(TreeError, match="not a package's module"):
        commit(tmp_path, Change(module, {"a.py": b""}, b"{}"))


@pytest.mark.parametrize(
    "link", ["integrations", "integrations/github", "integrations/github/tests", ".jackfield"]
)
def test_nothing_is_read_or_written_through_a_link(tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    root = tmp_path / "repo"
    write(root, "github", OLD)
    (root / ".jackfield").mkdir()
    (root / link).rename(outside)
    (root / link).symlink_to(outside)
    before = sorted(path for path in outside.rglob("*") if path.name != ".gitignore")
    with pytest.raises(TreeError, match=f"{link} is a symbolic link"):
        commit(root, a_change("github", {**NEW, "tests/test_b.py": b"b"}, OLD))
    if link != ".jackfield":
        with pytest.raises(TreeError, match=f"{link} is a symbolic link"):
            observe(root)
    assert sorted(path for path in outside.rglob("*") if path.name != ".gitignore") == before


def test_a_linked_file_is_neither_followed_nor_replaced(root: Path) -> None:
    place = root / "integrations/github/github_adapter.py"
    place.rename(root / "elsewhere.py")
    place.symlink_to(root / "elsewhere.py")
    for action in (lambda: observe(root), lambda: commit(root, a_change("github", NEW, OLD))):
        with pytest.raises(TreeError, match=r"github_adapter\.py is a symbolic link"):
            action()
    assert (root / "elsewhere.py").read_bytes() == b"old"


def test_a_linked_folder_that_is_no_package_is_nobodys_business(root: Path) -> None:
    (root / "integrations/shared").symlink_to(root / "integrations/github/tests")
    assert list(observe(root)) == ["github"]


def test_a_folder_where_a_file_should_be_stops_the_run(root: Path) -> None:
    place = root / "integrations/github/github_adapter.py"
    place.unlink()
    place.mkdir()
    with pytest.raises(TreeError, match=r"github_adapter\.py is not a regular file"):
        commit(root, a_change("github", NEW, OLD))


def test_a_file_where_a_folder_should_be_stops_the_run(root: Path) -> None:
    (root / "integrations/github/models").write_bytes(b"mine")
    with pytest.raises(TreeError, match="models is a file where a folder is expected"):
        commit(root, a_change("github", NEW, OLD))


def test_a_pipe_does_not_hang_the_run(root: Path) -> None:
    place = root / "integrations/github/github_adapter.py"
    place.unlink()
    os.mkfifo(place)
    with pytest.raises(TreeError, match="not a regular file"):
        observe(root)


def test_a_read_only_file_is_respected(root: Path) -> None:
    (root / "integrations/github/github_adapter.py").chmod(0o444)
    before = contents(root)
    with pytest.raises(TreeError, match=r"github_adapter\.py is read-only"):
        commit(root, a_change("github", NEW, OLD))
    assert contents(root) == before


class FullDisk(CrashingDisk):
    """Has no room left from call number *stop* on."""

    def _count(self) -> None:
        self.calls += 1
        if self.stop and self.calls >= self.stop:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "somewhere")


@pytest.mark.parametrize("room", range(30))
def test_a_full_disk_stops_before_damage_or_leaves_what_can_be_finished(root: Path, room: int) -> None:
    before, message = contents(root), ""
    try:
        commit(root, a_change("github", NEW, OLD), disk=FullDisk(room + 1))
    except TreeError as error:
        message = str(error)
    if interrupted(root):
        assert message.startswith("somewhere: No space left on device; the commit is interrupted")
        recover(root)
    elif message:
        assert message == "somewhere: No space left on device; nothing was changed"
        assert contents(root) == before
        commit(root, a_change("github", NEW, OLD))
    assert observe(root)["github"].lock == a_lock("github", NEW)


def crashed(root: Path, stop: int) -> None:
    with pytest.raises(Crash):
        commit(root, a_change("github", NEW, OLD), disk=CrashingDisk(stop))


def test_an_interrupted_tree_takes_nothing_new_until_it_is_recovered(root: Path) -> None:
    crashed(root, 12)
    assert interrupted(root)
    with pytest.raises(InterruptedRunError):
        commit(root, a_change("other", NEW))
    with pytest.raises(InterruptedRunError):
        publish(root, "integrations/pyproject.toml", b"")
    assert recover(root) == ["github: finished an interrupted commit"]
    assert recover(root) == []
    assert observe(root)["github"].lock == a_lock("github", NEW)


def test_what_an_aborted_run_left_is_swept_by_the_next(root: Path) -> None:
    crashed(root, 4)
    assert leftovers(root) != []
    assert recover(root) == []
    assert leftovers(root) == []


def test_a_lost_stage_never_locks_the_repository(root: Path) -> None:
    crashed(root, 9)
    assert interrupted(root)
    for path in (root / ".jackfield/stage").iterdir():
        path.unlink()
    assert any("kept as it is" in line for line in recover(root))
    assert not interrupted(root)


@pytest.mark.parametrize(
    "journal",
    [
        "",
        "{}",
        "[]",
        '{"journal_version": 1, "ops": []}',
        '{"journal_version": 2, "ops": [{"path": "integrations/a/b", "before": null, "after": null}]}',
        '{"journal_version": 1, "ops": [7]}',
        '{"journal_version": 1, "ops": [{"path": "integrations/a/b"}]}',
        '{"journal_version": 1, "ops": [{"path": "README.md", "before": null, "after": null}]}',
        '{"journal_version": 1, "ops": [{"path": "integrations/a/../b", "before": null, "after": null}]}',
        '{"journal_version": 1, "ops": [{"path": "integrations/a", "before": null, "after": null}]}',
        '{"journal_version": 1, "ops": [{"path": "integrations/a/b", "before": "d", "after": "c"}]}',
    ],
)
def test_a_damaged_journal_is_reported_and_not_believed(root: Path, journal: str) -> None:
    (root / ".jackfield").mkdir()
    (root / ".jackfield/journal.json").write_text(journal)
    before = contents(root)
    with pytest.raises(TreeError, match=r"journal\.json is damaged"):
        recover(root)
    assert contents(root) == before


def test_ctrl_c_in_the_middle_lets_the_started_commit_end(root: Path) -> None:
    class Impatient(Disk):
        asked = False

        def replace(self, source: Place, target: Place) -> None:
            super().replace(source, target)
            if not self.asked and str(target).endswith("github_adapter.py"):
                self.asked = True
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        commit(root, a_change("github", NEW, OLD), disk=Impatient())
    assert not interrupted(root)
    assert observe(root)["github"].lock == a_lock("github", NEW)


def test_observing_reads_every_listed_file_and_nothing_else(root: Path) -> None:
    (root / "integrations/github/github_adapter.py").unlink()
    (root / "integrations/github/NOTES.txt").write_bytes(b"mine")
    (root / "integrations/not_generated").mkdir()
    found = observe(root)
    assert list(found) == ["github"]
    assert found["github"].files == {
        "__init__.py": sha(b"init"),
        "github_adapter.py": None,
        "tests/test_a.py": sha(b"test"),
    }


def test_observing_an_empty_repository_finds_nothing(tmp_path: Path) -> None:
    assert observe(tmp_path) == {}
    assert observe(tmp_path, ["github"]) == {}


@pytest.mark.parametrize(
    ("data", "problem"), [(b"{", "not JSON"), (dumps(a_lock("other")), "it belongs to other")]
)
def test_a_lock_that_cannot_be_used_is_a_problem_not_a_crash(root: Path, data: bytes, problem: str) -> None:
    (root / "integrations/github/metadata.json").write_bytes(data)
    observed = observe(root)["github"]
    assert (observed.lock, observed.files) == (None, {})
    assert problem in observed.problem


def test_a_large_file_is_read_to_its_end(root: Path) -> None:
    data = os.urandom(3 << 20)
    (root / "integrations/github/github_adapter.py").write_bytes(data)
    assert observe(root)["github"].files["github_adapter.py"] == sha(data)


def test_a_file_of_no_package_is_written_only_when_it_changes(root: Path) -> None:
    place = "integrations/pyproject.toml"
    assert publish(root, place, b"one") is True
    before = stats(root)["pyproject.toml"]
    assert publish(root, place, b"one", expected=sha(b"one")) is False
    assert stats(root)["pyproject.toml"] == before
    assert publish(root, place, b"two", expected=sha(b"one")) is True
    with pytest.raises(TreeError, match="edited during the run"):
        publish(root, place, b"three", expected=sha(b"one"))
    assert (root / place).read_bytes() == b"two"
    assert leftovers(root) == []
