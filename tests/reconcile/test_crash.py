"""Stop the commit at every call that changes the disk, and its recovery too: each package is old or new.

What must hold at any of those points, before and after recovery, is written once, in ``Case``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from generator.lock import dumps
from generator.tree import Change, commit, interrupted, recover

from .builders import a_change, a_lock, sha
from .crashing import Crash, CrashingDisk, ForgetfulDisk, State, remember, restore

MINE = {"integrations/pets/NOTES.txt": b"mine", "integrations/other.txt": b"mine too"}
Files = Mapping[str, bytes]


@dataclass
class Case:
    """One commit: what the packages held before (absent: no package), what they hold afterwards."""

    old: dict[str, Files]
    new: dict[str, Files]
    changes: tuple[Change, ...]
    users: dict[str, bytes] = field(default_factory=dict)

    def start(self, root: Path) -> None:
        files: State = {**MINE, **self.users}
        for name, old in self.old.items():
            files = package(name, old) | files
        folders = {str(folder) for path in files for folder in Path(path).parents if folder.name}
        restore(root, dict.fromkeys(folders) | files)

    def check(self, root: Path) -> None:
        """What always holds: no byte of a person's is lost, and a new lock stands beside new files only."""
        state = tree(root)
        for path, data in {**MINE, **self.users}.items():
            assert state[path] == data, f"lost {path}"
        for name, files in self.new.items():
            new, place = package(name, files), f"integrations/{name}/metadata.json"
            assert state.get(place) != new[place] or self.part(state, name) == new, "new lock, other files"
        if not interrupted(root):
            assert self.settled(state), "torn, and nobody knows"

    def settled(self, state: State) -> bool:
        names = self.old.keys() | self.new.keys()
        found = {name: self.part(state, name) for name in names}
        return found in (self.expected(self.old, names), self.expected(self.new, names))

    def expected(self, side: dict[str, Files], names: set[str]) -> dict[str, State]:
        own = {**MINE, **self.users}
        whole = {name: package(name, side[name]) if name in side else {} for name in names}
        return {name: {path: part[path] for path in part.keys() - own.keys()} for name, part in whole.items()}

    def part(self, state: State, name: str) -> State:
        """The package's own files, without a person's."""
        own = {**MINE, **self.users}
        return {
            path: data
            for path, data in state.items()
            if path.startswith(f"integrations/{name}/") and path not in own
        }

    def finish(self, root: Path) -> None:
        """Recovered for good: old or new, nothing left over, and running again gives the new bytes."""
        self.check(root)
        assert not interrupted(root)
        assert not list((root / ".jackfield" / "stage").glob("*"))
        disk = CrashingDisk()
        commit(root, *self.changes, disk=disk)
        self.check(root)
        names = self.old.keys() | self.new.keys()
        assert {name: self.part(tree(root), name) for name in names} == self.expected(self.new, names)


def tree(root: Path) -> State:
    return {
        path: data
        for path, data in remember(root).items()
        if path.startswith("integrations/") and data is not None
    }


def package(name: str, files: Files) -> State:
    return _package(name, tuple(files.items()))


@cache
def _package(name: str, files: tuple[tuple[str, bytes], ...]) -> State:
    whole = {**dict(files), "metadata.json": dumps(a_lock(name, dict(files)))}
    return {f"integrations/{name}/{path}": data for path, data in whole.items()}


def replacing(name: str, old: Files, new: Files) -> Case:
    return Case({name: old} if old else {}, {name: new}, (a_change(name, new, old),))


def cases() -> dict[str, Case]:
    old = {"a.py": b"old a", "b/c.py": b"old c", "pets_custom.py": b"custom", "same.py": b"same"}
    new = {"a.py": b"new a", "d/e/f.py": b"new f", "pets_custom.py": b"custom", "same.py": b"same"}
    moved = {"a.py": b"new a", "cats_custom.py": b"custom"}
    gone = Change("pets", {}, None, {path: sha(data) for path, data in old.items()})
    edited = {"integrations/pets/b/c.py": b"edited by hand"}
    return {
        "create": replacing("pets", {}, new),
        "change": replacing("pets", old, new),
        "delete": Case({"pets": old}, {}, (gone,)),
        "move": Case({"pets": old}, {"cats": moved}, (a_change("cats", moved), gone)),
        "delete an edited package": Case({"pets": old}, {}, (gone,), edited),
        "two at once": Case(
            {"pets": old, "cats": old},
            {"pets": new, "cats": new},
            (a_change("pets", new, old), a_change("cats", new, old)),
        ),
        **{f"random {seed}": random_case(random.Random(seed)) for seed in range(6)},
    }


def random_case(random: random.Random) -> Case:
    def files() -> Files:
        paths = ["__init__.py", "a.py", "tests/b.py", "tests/c.py", "d.md", "deep/er/e.json"]
        return {path: random.choice([b"x", b"yy", b"zzz"]) for path in paths if random.random() < 0.7}

    return replacing("pets", files() if random.random() < 0.8 else {}, {**files(), "new.py": b"n"})


CASES = cases()
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def crashes(case: Case, root: Path, torn: bool) -> Iterator[State]:
    """Every state in which a stopped commit leaves the disk."""
    stop = 0
    while True:
        stop += 1
        case.start(root)
        try:
            commit(root, *case.changes, disk=CrashingDisk(stop, torn=torn))
        except Crash:
            case.check(root)
            yield remember(root)
        else:
            return


def crashed_recoveries(case: Case, root: Path, crashed: State) -> Iterator[State]:
    """Every state in which a stopped recovery leaves it then; the last recovery is not stopped."""
    stop = 0
    while True:
        stop += 1
        restore(root, crashed)
        try:
            recover(root, disk=CrashingDisk(stop, torn=True))
        except Crash:
            case.check(root)
            yield remember(root)
        else:
            yield remember(root)
            return


@every_case
def test_a_commit_stopped_anywhere_and_recovered_anyhow_is_old_or_new(case: Case, tmp_path: Path) -> None:
    root = tmp_path / "repo"
    begun, done = Seen(), Seen()
    for torn in (False, True):
        for crashed in filter(begun.new, crashes(case, root, torn)):
            for again in filter(done.new, crashed_recoveries(case, root, crashed)):
                restore(root, again)
                recover(root, disk=CrashingDisk())
                case.finish(root)
    assert done.count > 5


class Seen:
    """Many points leave the same bytes; each state is gone into once."""

    def __init__(self) -> None:
        self._states: set[frozenset[tuple[str, bytes | None]]] = set()

    @property
    def count(self) -> int:
        return len(self._states)

    def new(self, state: State) -> bool:
        before = self.count
        self._states.add(frozenset(state.items()))
        return self.count > before


@every_case
def test_a_power_cut_that_forgets_what_was_not_synced_leaves_old_or_new(case: Case, tmp_path: Path) -> None:
    assert power_cuts(case, tmp_path / "repo") > 10


def test_a_journal_that_is_not_synced_would_be_noticed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"torn|new lock|lost"):
        power_cuts(CASES["change"], tmp_path / "repo", deaf=".jackfield")


def power_cuts(case: Case, root: Path, deaf: str = "") -> int:
    """Cut the power before every call, forget each folder (and all of them), recover; return the count."""
    count = stop = 0
    stopped = True
    while stopped:
        stop, choice, stopped, choices = stop + 1, 0, False, 1
        while choice < choices:
            case.start(root)
            disk = ForgetfulDisk(stop, deaf=deaf)
            try:
                commit(root, *case.changes, disk=disk)
            except Crash:
                stopped = True
            folders = [[folder] for folder in disk.folders()] + [disk.folders()]
            choices = len(folders)
            disk.forget(folders[choice])
            recover(root, disk=CrashingDisk())
            case.finish(root)
            count, choice = count + 1, choice + 1
    return count


@every_case
def test_an_edit_made_while_the_commit_lay_broken_is_kept(case: Case, tmp_path: Path) -> None:
    root = tmp_path / "repo"
    for crashed in crashes(case, root, torn=False):
        for path, data in sorted(crashed.items()):
            if path.startswith("integrations/") and data is not None and path not in MINE:
                restore(root, crashed)
                (root / path).write_bytes(b"edited just now")
                recover(root, disk=CrashingDisk())
                assert (root / path).read_bytes() == b"edited just now"
                assert not interrupted(root)


def test_a_lock_that_does_not_come_last_would_be_noticed(tmp_path: Path) -> None:
    root, case = tmp_path / "repo", CASES["change"]
    crashed = next(state for state in crashes(case, root, torn=False) if ".jackfield/journal.json" in state)
    journal = json.loads(crashed[".jackfield/journal.json"] or b"")
    journal["ops"].insert(0, journal["ops"].pop())
    crashed[".jackfield/journal.json"] = json.dumps(journal).encode()
    with pytest.raises(AssertionError, match="new lock, other files"):
        list(crashed_recoveries(case, root, crashed))
