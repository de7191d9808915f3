"""The table after a run: what stood for each system, what was tested, and what was not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from integrations.runtime.testing import server

from .conftest import ROOT, Run

LOCK = {
    "evidence": {"build_metrics": {"validation_score": 96}},
    "reproducible": {"entry": {"service": "NATS"}, "variant": "nats"},
}
SCRIPTED = "def test_one(): pass\ndef test_two(): pass\n"
REAL = """
import pytest
from integrations.runtime.testing import server
@pytest.fixture(scope="module")
def nats(): return server("nats")
def test_one(nats): assert nats.running()
def test_two(nats): pass
def test_three(nats): pass
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Lay down a package with a scripted suite; the server's suite is what a test adds."""
    folder = tmp_path / "integrations" / "events"
    folder.mkdir(parents=True)
    for shared in ("__init__.py", "runtime"):
        (folder.parent / shared).symlink_to(ROOT / "integrations" / shared)
    (folder / "metadata.json").write_text(json.dumps(LOCK))
    (folder / "test_events_adapter.py").write_text(SCRIPTED)
    return folder


def test_a_system_is_told_with_the_version_and_the_fidelity_of_its_server(package: Path, suite: Run) -> None:
    running = server("nats")
    done = suite(REAL, name="integrations/events/test_events_server.py")
    assert _rows(done.stdout) == [["NATS", running.version, "real", "96", "2", "5", "0", "0"]]
    assert "1 system: 5 tests, 0 failed, 0 not run" in done.stdout


def test_what_a_missing_server_left_out_is_counted_with_the_reason(
    package: Path, suite: Run, nothing: dict[str, str]
) -> None:
    done = suite(REAL, name="integrations/events/test_events_server.py", **nothing)
    [row] = _rows(done.stdout)
    assert row[:8] == ["NATS", "–", "scripted", "96", "2", "2", "0", "3"]
    assert " ".join(row[8:]).startswith("nats-server not found: python -m")
    assert "1 system: 2 tests, 0 failed, 3 not run (NATS)" in done.stdout


def test_a_module_that_asks_when_it_is_imported_counts_the_tests_that_it_has(
    package: Path, suite: Run, nothing: dict[str, str]
) -> None:
    text = 'from integrations.runtime.testing import server\nNATS = server("nats")\n' + SCRIPTED
    done = suite(text, name="integrations/events/test_events_server.py", **nothing)
    assert [row[:8] for row in _rows(done.stdout)] == [["NATS", "–", "scripted", "96", "2", "2", "0", "2"]]


def test_a_failure_is_counted(package: Path, suite: Run) -> None:
    done = suite("def test_it(): assert False\n", name="integrations/events/test_events_server.py")
    assert _rows(done.stdout) == [["NATS", "–", "scripted", "96", "2", "3", "1", "0"]]


def test_tests_outside_of_packages_count_for_the_server_that_they_used(suite: Run) -> None:
    running = server("nats")
    done = suite(REAL, name="tests/queues/test_nats.py")
    assert _rows(done.stdout) == [["NATS", running.version, "real", "–", "1", "3", "0", "0"]]


def test_a_file_that_asks_for_several_counts_each_test_for_the_one_that_it_names(suite: Run) -> None:
    text = """
import pytest
from integrations.runtime.testing import server
@pytest.mark.parametrize("name", ["nats", "redis", "sqlite"])
def test_it(name): name == "sqlite" or server(name)
def test_none(): pass
"""
    nats, redis = server("nats"), server("redis")
    done = suite(text, name="tests/queues/test_both.py")
    rows = {row[0]: row[-4:] for row in _rows(done.stdout)}
    assert rows == {title: ["1", "1", "0", "0"] for title in ("NATS", "Redis", "SQLite")}
    assert nats.version in done.stdout
    assert redis.version in done.stdout
    assert "3 systems: 3 tests, 0 failed, 0 not run · besides, of no system: 1 tests" in done.stdout


def test_tests_of_no_system_are_counted_apart(package: Path, suite: Run) -> None:
    done = suite(SCRIPTED, name="tests/test_core.py")
    assert "1 system: 2 tests, 0 failed, 0 not run · besides, of no system: 2 tests" in done.stdout


def test_workers_side_by_side_count_the_same(package: Path, suite: Run) -> None:
    pytest.importorskip("xdist")
    running = server("nats")
    done = suite(REAL, "-n", "2", name="integrations/events/test_events_server.py")
    assert _rows(done.stdout) == [["NATS", running.version, "real", "96", "2", "5", "0", "0"]]


def test_notes_of_a_run_are_removed_with_it(package: Path, suite: Run, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    suite(SCRIPTED, TMPDIR=str(tmp_path / "tmp"))
    assert os.listdir(tmp_path / "tmp") == []


def _rows(printed: str) -> list[list[str]]:
    """Return the cells of the table's rows."""
    lines = printed.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("system "))
    end = next(number for number, line in enumerate(lines) if " not run" in line and ": " in line)
    return [line.split() for line in lines[start + 1 : end]]
