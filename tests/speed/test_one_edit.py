"""One edited entry among many: nothing else is resolved, read or validated, and the answer is the same."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks._trees import lay, lock
from generator.cli import main
from generator.patterns import catalog
from generator.reconcile import EXTRAS, Prepared, prepare, remember
from generator.writing import stamps

# A pattern whose two variants are installed with different things.
PATTERN = """\
summary: Telephones
class_name: TelephonePattern
default_variant: wired
detect: {keys: [number]}
variants: {wired: {dependencies: ["wire>=1"]}, radio: {dependencies: ["radio>=2"]}}
subtasks: []
"""
CODE = """\
CALLS = []

def read(entry):
    CALLS.append(("read", entry["name"]))
    return entry, []

def normalise(entry):
    CALLS.append(("normalise", entry["name"]))
    return entry
"""
SCHEMA = '{"type": "object", "properties": {"number": {"type": "string"}, "variant": {"type": "string"}}}'


@pytest.fixture(scope="module")
def repositories(_settled: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One repository for each test of this module; their patterns are old enough for stamps to count."""
    folders = [tmp_path_factory.mktemp("phones") for _ in range(8)]
    for folder in folders:
        _lay_phones(folder)
    time.sleep(2.1)
    return iter(folders)


@pytest.fixture
def phones(repositories: Iterator[Path]) -> Path:
    """A repository of three telephones, found clean."""
    root = next(repositories)
    planned(root)
    return root


def _lay_phones(root: Path) -> None:
    folder = root / "cookiecutters" / "telephone"
    for variant in ("wired", "radio"):
        (folder / variant).mkdir(parents=True)
    (folder / "pattern.yaml").write_text(PATTERN)
    (folder / "pattern.py").write_text(CODE)
    (folder / "requirements.schema.json").write_text(SCHEMA)
    entries = (f"  - {{name: phone-{n}, service: S, requirements: {{number: '{n}'}}}}\n" for n in range(3))
    (root / "integrations").mkdir()
    (root / "integrations.yaml").write_text("version: 1\nintegrations:\n" + "".join(entries))
    lock(root)


def planned(root: Path) -> Prepared:
    """Plan, and remember what was clean, as the command does; what was written just now is trusted too."""
    found = prepare(root)
    snapshot = stamps.renew(root, found.memory.snapshot, sorted(found.memory.snapshot.folders))
    remember(found, replace(found.memory, snapshot=snapshot))
    return found


def edit(root: Path, old: str, new: str) -> None:
    manifest = root / "integrations.yaml"
    assert old in manifest.read_text()
    manifest.write_text(manifest.read_text().replace(old, new, 1))


def test_only_the_edited_entry_is_looked_at(tmp_path: Path) -> None:
    lay(tmp_path / "repo", 30)
    planned(tmp_path / "repo")
    edit(tmp_path / "repo", "service: Service 7\n", "service: Service Seven\n")
    found = prepare(tmp_path / "repo")
    assert found.resolved.keys() == {"service-00007"}
    assert found.observed.keys() == {"service_00007"}
    assert [action.name for action in found.plan.pending] == ["service-00007"]
    assert found.plan.unchanged == 29


def test_a_plan_of_what_moved_is_the_plan_of_everything(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    lay(root, 5)
    planned(root)
    edit(root, "rate_limit: 103\n", "rate_limit: 9\n")
    (root / "integrations" / "service_00001" / "part_2.py").write_text("mine")
    (root / "integrations" / "service_00002" / "part_2.py").unlink()
    part = prepare(root)
    (root / ".jackfield" / "state").unlink()
    whole = prepare(root)
    assert len(part.resolved) == 3
    assert len(whole.resolved) == 5
    assert part.plan == whole.plan


def test_an_edit_that_changes_no_dependency_leaves_the_extras_unread(phones: Path) -> None:
    edit(phones, "service: S", "service: T")
    planned(phones)
    edit(phones, "service: T", "service: U")
    found = prepare(phones)
    assert found.plan.exit_code == 2
    assert found.extras is None
    assert found.memory.in_step


def test_another_variant_writes_its_dependency_into_the_extras(phones: Path) -> None:
    edit(phones, "number: '1'", "number: '1', variant: radio")
    found = planned(phones)
    assert found.extras is not None
    assert b"radio>=2" in found.extras


def test_taking_a_change_of_dependency_back_is_seen_in_the_extras(phones: Path) -> None:
    written = (phones / EXTRAS).read_bytes()
    edit(phones, "number: '1'", "number: '1', variant: radio")
    (phones / EXTRAS).write_bytes(planned(phones).extras or b"")
    assert planned(phones).extras is None
    edit(phones, ", variant: radio", "")
    found = planned(phones)
    assert found.plan.exit_code == 0
    assert found.extras == written


def test_edited_extras_are_seen_and_stay_seen(phones: Path) -> None:
    (phones / EXTRAS).write_bytes(b"# mine\n")
    assert planned(phones).exit_code == 2
    assert planned(phones).exit_code == 2


def test_an_entry_is_read_once_a_plan(phones: Path) -> None:
    """Checking an entry and normalising it is one reading, where the pattern's code can do both at once."""
    (phones / ".jackfield" / "state").unlink()
    code = catalog(phones).folder("telephone").code
    code.CALLS.clear()
    prepare(phones)
    assert code.CALLS == [("read", "phone-0"), ("read", "phone-1"), ("read", "phone-2")]


def test_the_command_leaves_the_collector_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path / "repo", 1)
    monkeypatch.chdir(tmp_path / "repo")
    assert gc.isenabled()
    assert main(["plan"]) == 0
    assert gc.isenabled()
