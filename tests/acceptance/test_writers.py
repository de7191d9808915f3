"""One writer at a time, interrupted commits, and packages that were saved through the Python API."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator import IntegrationBuilder, tree
from generator.writing.disk import Disk
from generator.writing.writer import single_writer

from .conftest import Repository

LEDGER = """\
  - name: ledger
    service: Ledger
    requirements: {base_url: "https://ledger.example", endpoints: [GET /entries]}
"""


class Cut(BaseException):
    """The power goes."""


class CutDisk(Disk):
    """A disk that stops at its second replacement of a file of the tree."""

    def __init__(self) -> None:
        self.replaced = 0

    def replace(self, source: Path | str, target: Path | str) -> None:
        self.replaced += "integrations" in Path(target).parts
        if self.replaced == 2:
            raise Cut
        super().replace(source, target)


def _interrupt(repository: Repository) -> None:
    seen = tree.observe(repository.root, ["pets"])["pets"]
    fresh = {"pets_adapter.py": b"# half\n", "config.yaml": b"# half\n"}
    with pytest.raises(Cut), single_writer(repository.root):
        tree.commit(repository.root, tree.Change("pets", fresh, b"{}", expected=seen.files), disk=CutDisk())


def test_an_interrupted_commit_is_said_by_all_and_finished_by_generate(generated: Repository) -> None:
    before = generated.files()
    _interrupt(generated)
    for command in ("plan", "check"):
        stopped = generated.run(command)
        assert stopped.code == 1
        assert "interrupted" in stopped.err
        assert "jackfield generate" in stopped.err
    # What lay in the journal is finished first; the next plan then sees a lock that says nothing.
    recovered = generated.run("generate", "--overwrite", "pets")
    assert "pets: finished an interrupted commit" in recovered.out
    assert generated.files() == before
    assert generated.run("check", "--rebuild").code == 0


def test_a_second_writer_stops_at_once_and_names_the_first(generated: Repository) -> None:
    with single_writer(generated.root):
        second = generated.run("generate")
    assert second.code == 1
    assert f"process {os.getpid()}" in second.err
    assert generated.run("generate").code == 0


def test_a_package_saved_through_the_api_is_never_pruned_and_can_be_adopted(generated: Repository) -> None:
    requirements = {"base_url": "https://ledger.example", "endpoints": ["GET /entries"]}
    package = IntegrationBuilder().build_integration("Ledger", requirements=requirements)
    package.save_to_directory(generated.root / "integrations")
    assert generated.run("plan").code in (0, 2)
    generated.generate()
    assert (generated.root / "integrations/ledger/ledger_adapter.py").is_file()
    assert generated.run("check").code == 0
    generated.manifest.write_text(generated.manifest.read_text() + LEDGER)
    assert "ledger" in generated.run("plan").out
    generated.generate()
    assert generated.run("check", "--rebuild").code == 0


def test_a_saved_package_that_was_edited_is_not_overwritten(tmp_path: Path) -> None:
    builder = IntegrationBuilder()
    requirements = {"base_url": "https://ledger.example", "endpoints": ["GET /entries"]}
    folder = builder.build_integration("Ledger", requirements=requirements).save_to_directory(tmp_path)
    (folder / "ledger_adapter.py").write_text("mine")
    again = builder.build_integration("Ledger", requirements={**requirements, "rate_limit": 5})
    with pytest.raises(Exception, match="edited by hand"):
        again.save_to_directory(tmp_path)
    assert (folder / "ledger_adapter.py").read_text() == "mine"
