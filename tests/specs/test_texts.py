"""Plain files that entries name: which of them are read, and what decides about them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from generator.diff import diff_entries
from generator.specs.texts import LARGEST, Texts, is_path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "db" / "deeper").mkdir(parents=True)
    (folder / "db" / "2.sql").write_text("two")
    (folder / "db" / "1.sql").write_text("one")
    (folder / "db" / "notes.md").write_text("notes")
    (folder / "db" / ".hidden.sql").write_text("hidden")
    (folder / "db" / "deeper" / "3.sql").write_text("three")
    (tmp_path / "outside.sql").write_text("outside")
    os.symlink(tmp_path / "outside.sql", folder / "link.sql")
    return folder


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("db/1.sql", {"db/1.sql": "one"}),
        ("./db/1.sql", {"db/1.sql": "one"}),
        ("db/*.sql", {"db/1.sql": "one", "db/2.sql": "two"}),
        ("db/", {"db/1.sql": "one", "db/2.sql": "two", "db/notes.md": "notes"}),
        (["db/2.sql", "db/deeper"], {"db/2.sql": "two", "db/deeper/3.sql": "three"}),
        ("CREATE TABLE t (id int)", {}),
        ("nowhere.sql", {}),
        ({"get": "db/1.sql"}, {}),
        (None, {}),
    ],
)
def test_a_path_a_pattern_a_folder_and_a_list_name_files(
    root: Path, value: Any, found: dict[str, str]
) -> None:
    assert Texts(root).of([value]) == found


@pytest.mark.parametrize(
    "value", ["../outside.sql", "link.sql", "/etc/passwd", "~/x", "db/../../outside.sql"]
)
def test_nothing_outside_the_repository_is_read(root: Path, value: str) -> None:
    assert Texts(root).of([value]) == {}


def test_what_is_too_large_or_no_text_is_left_out(root: Path) -> None:
    (root / "db" / "1.sql").write_bytes(b"x" * (LARGEST + 1))
    (root / "db" / "2.sql").write_bytes(b"\xff\xfe")
    assert Texts(root).of(["db/*.sql"]) == {}


def test_a_folder_is_watched_as_well_as_its_files(root: Path) -> None:
    texts = Texts(root)
    texts.of(["db/*.sql"])
    assert set(texts.seen) == {"db", "db/1.sql", "db/2.sql"}
    before = texts.seen["db"]
    (root / "db" / "4.sql").write_text("four")
    again = Texts(root)
    again.of(["db/*.sql"])
    assert again.seen["db"] != before


def test_words_with_white_space_are_no_path() -> None:
    assert not is_path("SELECT 1")
    assert is_path("db/orders.sql")


def test_a_plan_names_the_file_that_changed() -> None:
    old = {"files": {"db/a.sql": "1", "db/b.sql": "1"}}
    new = {"files": {"db/b.sql": "2", "db/c.sql": "1"}}
    assert diff_entries(old, new) == ("db/a.sql removed", "db/b.sql changed", "db/c.sql added")
