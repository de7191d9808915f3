"""From a document to an entry: shown, asked about, and written where it belongs, every other byte kept."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.proposal.insertion import with_entry
from generator.proposal.lines import entry_lines, scalar
from generator.reading.fmt import format_text
from generator.reading.yaml_recover import parse

from .conftest import Repository, Result, make_repository
from .proposals import (
    MANIFEST,
    document,
    entry,
    files,
    jackfield,
    lay,
    operation,
    refused,
    written,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repo", MANIFEST).root


def test_without_a_terminal_it_shows_the_entry_and_writes_nothing(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", MANIFEST)
    before = files(repository.root)
    result = repository.run("add", "acme", "--spec", lay(tmp_path, document()))
    assert result.code == 2
    assert "acme · Acme Orders · OpenAPI 3.1.0 · 5 operations, all chosen" in result.out
    assert "orders    3           3" in result.out
    assert "+  - name: acme" in result.out
    assert "+ specs/acme.json" in result.out
    assert "Nothing was written" in result.out
    assert files(repository.root) == before


def test_the_written_entry_loads_plans_and_generates(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", MANIFEST)
    assert repository.run("add", "acme", "--spec", lay(tmp_path, document()), "--yes").code == 0
    plan = repository.run("plan")
    assert plan.code == 2, plan.err
    assert "+ acme" in plan.out
    repository.generate("acme")
    assert "def list_orders" in (repository.root / "integrations/acme/acme_adapter.py").read_text()


def test_a_dry_run_writes_nothing_even_with_yes(root: Path) -> None:
    before = files(root)
    place = lay(root.parent, document())
    assert jackfield(root, "add", "acme", "--spec", place, "--dry-run", "--yes").code == 2
    assert files(root) == before


@pytest.mark.parametrize(
    ("name", "above"), [("alpha", "# the first"), ("delta", "# about gamma"), ("zeta", "# the end")]
)
def test_an_entry_goes_where_fmt_wants_it_and_no_comment_changes_hands(
    root: Path, name: str, above: str
) -> None:
    result = jackfield(root, "add", name, "--spec", lay(root.parent, document()), "--yes")
    assert result.code == 0, result.err
    after = (root / "integrations.yaml").read_text()
    assert format_text(after) == after
    lines = after.splitlines()
    mine = lines.index(f"  - name: {name}")
    rest = lines[mine:]
    assert rest.index("") < next(i for i, line in enumerate(rest) if line.strip() == above)
    old = MANIFEST.splitlines()
    assert [line for line in lines if line.strip() and line in old] == [line for line in old if line.strip()]
    assert len(lines) - len(old) == len(entry_lines(entry(root, name))) + 1


def shifted(text: str, move: Callable[[str], str]) -> str:
    """The manifest with the lines of its list moved."""
    head, key, tail = text.partition("integrations:\n")
    return head + key + "\n".join(map(move, tail.split("\n")))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.removesuffix("\n# the end\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("# the end", "fail_under: 80"),
        lambda text: text.replace("name: beta", "name: zulu"),
        lambda text: shifted(text, lambda line: line.removeprefix("  ")),
        lambda text: shifted(text, lambda line: f"    {line}" if line.startswith(" ") else line),
    ],
    ids=["crlf", "bom", "no comment", "no line end", "key behind", "unsorted", "flush", "far right"],
)
def test_whatever_form_a_manifest_has_its_bytes_stay(root: Path, change: Callable[[str], str]) -> None:
    path = root / "integrations.yaml"
    before = change(MANIFEST).encode()
    path.write_bytes(before)
    result = jackfield(root, "add", "delta", "--spec", lay(root.parent, document()), "--yes")
    assert result.code == 0, result.err
    rest = iter(path.read_bytes().splitlines(keepends=True))
    lost = [
        line for line in before.splitlines(keepends=True) if line not in rest and line.rstrip() not in rest
    ]
    assert len(lost) <= 1, lost
    assert entry(root, "delta")["service"] == "Acme Orders"
    assert jackfield(root, "plan").code == 2


def test_a_manifest_that_is_a_link_stays_one(root: Path) -> None:
    there = root / "config.yaml"
    (root / "integrations.yaml").rename(there)
    (root / "integrations.yaml").symlink_to("config.yaml")
    there.chmod(0o640)
    assert jackfield(root, "add", "acme", "--spec", lay(root.parent, document()), "--yes").code == 0
    assert (root / "integrations.yaml").is_symlink()
    assert "name: acme" in there.read_text()
    assert there.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("empty", ["integrations: [] # none yet", "integrations: []", "integrations:   [ ]"])
def test_the_first_entry_opens_an_empty_list(root: Path, empty: str) -> None:
    (root / "integrations.yaml").write_text(f"version: 1\n{empty}\nfail_under: 80\n")
    assert written(root)["service"] == "Acme Orders"
    text = (root / "integrations.yaml").read_text()
    assert text.endswith("fail_under: 80\n")
    assert ("# none yet" in text) == ("# none yet" in empty)


def test_a_list_on_one_line_is_left_to_a_person(root: Path) -> None:
    one = "version: 1\nintegrations: [{name: b, service: GitHub, requirements: {endpoints: [GET /x]}}]\n"
    (root / "integrations.yaml").write_text(one)
    result = jackfield(root, "add", "acme", "--spec", lay(root.parent, document()), "--yes")
    assert result.code == 1
    assert "on lines of its own" in result.err
    assert (root / "integrations.yaml").read_text() == one
    assert not (root / "specs").exists()


def test_a_repository_without_a_manifest_gets_one_like_init_lays_it(tmp_path: Path) -> None:
    home = tmp_path / "fresh"
    home.mkdir()
    result = jackfield(home, "add", "acme", "--spec", lay(tmp_path, document()), "--yes")
    assert result.code == 0, result.err
    text = (home / "integrations.yaml").read_text()
    assert text.startswith("# yaml-language-server:")
    assert "httpbin" not in text
    assert format_text(text) == text
    assert (home / "integrations/runtime/__init__.py").is_file()
    assert jackfield(home, "plan").code == 2


def test_a_document_in_the_repository_is_used_where_it_is(root: Path) -> None:
    lay(root / "docs", document(), "orders.json")
    assert jackfield(root, "add", "acme", "--spec", "docs/orders.json", "--yes").code == 0
    assert entry(root)["spec"] == "docs/orders.json"
    assert not (root / "specs").exists()


@given(
    st.text() | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
)
@settings(max_examples=300, deadline=None)
def test_a_scalar_is_read_back_as_it_is(value: Any) -> None:
    line = scalar(value)
    assert "\n" not in line
    parsed = parse(f"k: {line}\n", "m")
    assert parsed.data["k"] == value or parsed.problems


NAMES = st.lists(st.from_regex(r"[a-z]{1,3}", fullmatch=True), min_size=1, max_size=6, unique=True)
COMMENTS = st.sampled_from(["", "  # about it\n", "\n  # apart\n\n", "      # deep\n", "# flush\n"])


@given(
    names=NAMES,
    comments=st.lists(COMMENTS, min_size=6, max_size=6),
    name=st.from_regex(r"[a-z]{4}", fullmatch=True),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_in_any_formatted_manifest_the_new_lines_are_all_that_changes(
    names: list[str], comments: list[str], name: str
) -> None:
    items = "".join(f"{c}  - name: {n}\n    service: S\n" for n, c in zip(names, comments, strict=False))
    text = format_text(f"version: 1\nintegrations:\n{items}")
    lines = entry_lines({"name": name, "service": "New", "spec": {"file": "a", "url": "b", "sha256": "c"}})
    after = with_entry(text, parse(text, "m").entries, name, lines)
    assert format_text(after) == after
    kept = after.split("\n")
    start = next(i for i in range(len(kept)) if kept[i : i + len(lines)] == lines)
    without = kept[:start] + kept[start + len(lines) :]
    assert [line for line in without if line] == [line for line in text.split("\n") if line]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("beta", "is an entry already"),
        ("My_API", "Write 'my-api'"),
        ("class", "Python keyword"),
        ("runtime", "Jackfield's own"),
    ],
)
def test_a_name_that_will_not_do_is_refused_with_its_mend(root: Path, name: str, said: str) -> None:
    assert said in refused(root, name, "--spec", lay(root.parent, document()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "no document to build from"),
        ("{", "no document to build from"),
        ("{}", "no OpenAPI document"),
        ("just: a\nfew: words\n", "no OpenAPI document"),
        ("", "no document to build from"),
    ],
)
def test_what_is_no_document_is_refused_by_the_name_it_was_given(root: Path, text: str, said: str) -> None:
    place = lay(root.parent, text, "odd.txt")
    err = refused(root, "acme", "--spec", place)
    assert said in err
    assert place in err


def test_a_tag_that_nobody_can_see_is_refused(root: Path) -> None:
    spec = lay(root.parent, document(paths={"/x": {"get": operation("\u202etag")}}))
    assert "U+202E" in refused(root, "acme", "--spec", spec, "--tag", "\u202etag")


def test_a_document_that_is_not_there_is_refused(root: Path) -> None:
    assert "no such file" in refused(root, "acme", "--spec", "nowhere.yaml")


def test_a_manifest_with_problems_is_told_first(root: Path) -> None:
    (root / "integrations.yaml").write_text(MANIFEST.replace("name: gamma", "name: Gamma"))
    assert "integrations.yaml:17:11" in refused(root, "acme", "--spec", lay(root.parent, document()))


def test_a_file_that_stands_in_the_way_is_not_replaced(root: Path) -> None:
    lay(root / "specs", "mine", "acme.json")
    assert "is something else" in refused(root, "acme", "--spec", lay(root.parent, document()))


def test_nothing_is_written_through_a_link(root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (root / "specs").symlink_to(outside)
    refused(root, "acme", "--spec", lay(root.parent, document()))
    assert not list(outside.iterdir())


def answering(repository: Repository, word: bytes) -> Result:
    """Run ``add`` at a terminal, and type a word."""
    place = lay(repository.root.parent, document())
    command, environment = repository.command("add", "acme", "--spec", place)
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command, cwd=repository.root, env=environment, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    os.write(master, word)
    seen = b""
    while True:
        try:
            seen += os.read(master, 65536)
        except OSError:  # the terminal is gone with the process
            break
    os.close(master)
    return Result(process.wait(60), seen.decode(), "")


def test_at_a_terminal_it_asks(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", MANIFEST)
    before = repository.manifest.read_bytes()
    no = answering(repository, b"n\n")
    assert no.code == 2, no.out
    assert "Write this?" in no.out
    assert repository.manifest.read_bytes() == before
    yes = answering(repository, b"y\n")
    assert yes.code == 0, yes.out
    assert "Next: jackfield plan" in yes.out
    assert entry(repository.root)["service"] == "Acme Orders"
