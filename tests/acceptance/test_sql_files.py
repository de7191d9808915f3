"""The SQL files that an entry names decide like the entry itself, and the plan calls them by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import Repository, make_repository

MANIFEST = """\
version: 1
integrations:
  - name: jobs-db
    service: SQLite
    requirements:
      connection_string: sqlite:///jobs.db
      schema: db/migrations
      queries: db/queries.sql
"""
FIRST = "CREATE TABLE jobs (id INTEGER PRIMARY KEY, queue TEXT NOT NULL, state TEXT NOT NULL);\n"
QUERIES = """\
-- name: get_job :one
-- One job by its number.
SELECT id, queue, state FROM jobs WHERE id = :id;
"""


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = make_repository(tmp_path_factory.mktemp("pristine") / "repo", MANIFEST)
    (repository.root / "db" / "migrations").mkdir(parents=True)
    (repository.root / "db" / "migrations" / "001_jobs.sql").write_text(FIRST)
    (repository.root / "db" / "queries.sql").write_text(QUERIES)
    repository.generate()
    assert repository.run("plan").code == 0
    return repository


@pytest.fixture
def jobs(pristine: Repository, tmp_path: Path) -> Repository:
    shutil.copytree(pristine.root, tmp_path / "repo", symlinks=True)
    return Repository(tmp_path / "repo")


def test_a_changed_an_added_and_a_removed_file_are_planned_by_name(jobs: Repository) -> None:
    queries = jobs.root / "db" / "queries.sql"
    queries.write_text(QUERIES.replace("SELECT id, queue, state", "SELECT queue, id, state"))
    second = jobs.root / "db" / "migrations" / "002_note.sql"
    second.write_text("ALTER TABLE jobs ADD COLUMN note TEXT;\n")
    planned = jobs.run("plan")
    assert planned.code == 2
    assert "db/queries.sql changed" in planned.out
    assert "db/migrations/002_note.sql added" in planned.out
    jobs.generate()
    assert jobs.run("plan").code == 0
    assert jobs.run("check", "--rebuild").code == 0
    second.unlink()
    assert "db/migrations/002_note.sql removed" in jobs.run("plan").out


def test_a_file_that_is_touched_and_not_changed_plans_nothing(jobs: Repository) -> None:
    queries = jobs.root / "db" / "queries.sql"
    queries.write_text(QUERIES)
    before = jobs.stamps()
    assert jobs.run("plan").code == 0
    jobs.generate()
    assert jobs.stamps() == before


def test_a_column_that_a_migration_drops_is_a_located_mistake_of_the_query(jobs: Repository) -> None:
    (jobs.root / "db" / "migrations" / "002_drop.sql").write_text("ALTER TABLE jobs DROP COLUMN queue;\n")
    result = jobs.run("plan")
    assert result.code == 1
    assert "integrations.yaml:8:" in result.err
    assert "db/queries.sql:3:12" in result.err
    assert "queue" in result.err
