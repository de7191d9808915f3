"""Where nothing has moved, the answer comes before anything heavy is imported, and it is the right one."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from generator.inputs import inputs
from generator.writing.stamps import inputs_digest

from .conftest import jackfield

HTTP = {"httpx", "httpx2", "httpcore", "urllib3", "requests", "aiohttp", "http.client", "ssl"}
RENDERS_OR_JUDGES = {"litellm", "cookiecutter", "jinja2", "pytest", "mypy", "coverage", "rich"} | HTTP
HEAVY = RENDERS_OR_JUDGES | {
    "yaml",
    "ruamel",
    "jsonschema",
    "click",
    "msgspec",
    "packaging",
    "nox",
    "asyncio",
}


@pytest.fixture
def clean(tree: Path) -> Path:
    """A repository that a plan has just found clean."""
    assert jackfield(tree, "plan").code == 0
    return tree


@pytest.mark.parametrize("command", ["plan", "generate"])
def test_an_unchanged_tree_is_answered_with_nothing_heavy_imported(clean: Path, command: str) -> None:
    run = jackfield(clean, command)
    assert run.code == 0
    assert "3 unchanged" in run.out
    assert run.modules & HEAVY == set()
    ours = {name.rpartition(".")[2] for name in run.modules if name.startswith("generator.")}
    assert ours == {"cli", "inputs", "writing", "stamps", "state", "workspace"}


def test_a_fresh_clone_is_planned_without_renderers_and_judges(tree: Path) -> None:
    run = jackfield(tree, "plan")
    assert run.code == 0
    assert "generator.plan" in run.modules
    assert run.modules & RENDERS_OR_JUDGES == set()


def test_the_short_way_says_what_the_long_way_says(tree: Path) -> None:
    cold, warm = jackfield(tree, "plan"), jackfield(tree, "plan")
    assert (warm.code, warm.out) == (cold.code, cold.out)
    assert len(warm.modules) < len(cold.modules)


def test_generate_with_nothing_to_do_says_the_same_either_way(tree: Path) -> None:
    cold, warm = jackfield(tree, "generate"), jackfield(tree, "generate")
    assert len(warm.modules) < len(cold.modules)
    assert (warm.code, warm.out) == (cold.code, re.sub(r"in \d+\.\d s", "in 0.0 s", cold.out))


def test_an_edit_in_the_same_second_that_keeps_the_size_is_seen(clean: Path) -> None:
    file = clean / "integrations" / "service_00001" / "part_3.py"
    before = file.stat()
    data = file.read_bytes()
    file.write_bytes(data.replace(b"return", b"raise ", 1))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    run = jackfield(clean, "plan")
    assert run.code == 3
    assert "part_3.py edited by hand" in run.out


def test_an_open_journal_is_never_answered_the_short_way(clean: Path) -> None:
    (clean / ".jackfield" / "journal.json").write_text("")
    plan = jackfield(clean, "plan")
    assert "generator.commands" in plan.modules
    assert plan.code == 1
    assert "generator.pipeline" in jackfield(clean, "generate").modules


def test_a_skeleton_of_the_repositorys_own_counts_as_a_part_of_the_generator(clean: Path) -> None:
    own = clean / "cookiecutters" / "own"
    own.mkdir(parents=True)
    (own / "notes.md").write_text("not a pattern yet")
    assert "generator.plan" in jackfield(clean, "plan").modules


def test_an_upgraded_formatter_counts_as_a_changed_generator(tmp_path: Path) -> None:
    site = _site(tmp_path)
    before = _digest(tmp_path, site)
    (site / "ruff" / "__main__.py").write_text("# another version\n")
    assert _digest(tmp_path, site) != before


def test_an_installed_distribution_counts_since_it_may_bring_a_pattern(tmp_path: Path) -> None:
    site = _site(tmp_path)
    before = _digest(tmp_path, site)
    (site / "acme_patterns-1.0.dist-info").mkdir()
    assert _digest(tmp_path, site) != before


def test_a_program_that_caches_its_bytecode_changes_nothing(tmp_path: Path) -> None:
    site = _site(tmp_path)
    before = _digest(tmp_path, site)
    (site / "ruff" / "__pycache__").mkdir()
    (site / "other" / "__pycache__").mkdir()
    assert _digest(tmp_path, site) == before


def _site(folder: Path) -> Path:
    """Lay an empty environment with a formatter and one more package."""
    site = folder / "site-packages"
    for name in ("ruff", "other"):
        (site / name).mkdir(parents=True)
        (site / name / "__main__.py").write_text("")
    return site


def _digest(root: Path, site: Path) -> str:
    later = time.time_ns() + 10**12
    return inputs_digest(inputs(str(root), [str(site)]), lambda: later)
