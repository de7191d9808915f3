"""A downloaded document is looked at again: what its service changed, and what that means here."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..runtime.loopback import Loopback
from .conftest import Repository, make_repository
from .proposals import document, jackfield, operation, serving

MANIFEST = """\
version: 1 # first
integrations:
  - name: beta   # odd   spaces stay
    service: "Beta"
    requirements: {base_url: 'https://beta.example', endpoints: [GET /x]}
"""
PATH = "/openapi.json"


class Upstream:
    """A repository whose entry acme was downloaded from a server, and what the server gives now."""

    def __init__(self, repository: Repository, server: Loopback, files: dict[str, Any]) -> None:
        self.root, self.manifest, self.server, self.files = (
            repository.root,
            repository.manifest,
            server,
            files,
        )
        self.repository = repository

    def change(self, **operations: Any) -> None:
        """Add, replace or (None) remove operations: ``get_orders`` is GET /orders."""
        paths = copy.deepcopy(self.files[PATH]["paths"])
        for name, told in operations.items():
            method, _, path = name.partition("_")
            if told is None:
                del paths[f"/{path}"][method]
            else:
                paths.setdefault(f"/{path}", {})[method] = told
        self.files[PATH] = {**self.files[PATH], "paths": paths}

    @property
    def given(self) -> bytes:
        """What the server gives."""
        return json.dumps(self.files[PATH]).encode()

    def everything(self) -> dict[str, tuple[bytes, int]]:
        """Every file but the program's own notes, with its time of change."""
        found = (p for p in self.root.rglob("*") if p.is_file() and ".jackfield" not in p.parts)
        return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in found}


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Upstream]:
    repository = make_repository(tmp_path / "repo", MANIFEST)
    files: dict[str, Any] = {PATH: document()}
    with serving(files) as server:
        added = jackfield(
            repository.root, "add", "acme", "--spec", server.url + PATH, "--exclude", "/health", "--yes"
        )
        assert added.code == 0, added.err
        yield Upstream(repository, server, files)


def test_an_unchanged_document_changes_no_byte_and_no_time(upstream: Upstream) -> None:
    before = upstream.everything()
    result = jackfield(upstream.root, "refresh", "acme")
    assert result.code == 0
    assert "is unchanged at" in result.out
    assert upstream.everything() == before


def test_operations_added_changed_and_removed_are_listed_and_pinned(upstream: Upstream) -> None:
    upstream.change(
        get_orders=operation(
            "orders", parameters=[{"name": "q", "in": "query", "schema": {"type": "string"}}]
        ),
        post_orders=None,
        get_health=operation(summary="Well?"),
        get_refunds=operation("refunds"),
    )
    result = jackfield(upstream.root, "refresh", "acme")
    assert result.code == 2
    lines = [" ".join(line.split()) for line in result.out.splitlines()]
    assert lines[2:6] == [
        "+ GET /refunds used here",
        "~ GET /health",
        "~ GET /orders used here",
        "- POST /orders used here",
    ]
    assert "4 operations: 1 added, 2 changed, 1 removed; 3 used here." in result.out
    assert "Next: jackfield plan" in result.out
    assert (upstream.root / "specs/acme.json").read_bytes() == upstream.given
    assert hashlib.sha256(upstream.given).hexdigest() in upstream.manifest.read_text()
    assert jackfield(upstream.root, "refresh", "acme").code == 0


def test_the_plan_names_the_operations_that_changed(upstream: Upstream) -> None:
    upstream.repository.generate("acme")
    upstream.change(get_users=operation("users", summary="All of them."), post_orders=None)
    assert upstream.repository.run("refresh", "acme").code == 2
    plan = upstream.repository.run("plan", "acme")
    assert plan.code == 2
    assert "GET /users changed" in plan.out
    assert "POST /orders removed" in plan.out
    upstream.repository.generate("acme")
    assert "acme" not in upstream.repository.run("plan", "acme").out.replace("acme.json", "")


def test_a_change_that_touches_nothing_used_plans_nothing(upstream: Upstream) -> None:
    upstream.repository.generate()
    upstream.change(get_health=operation(summary="Well?"))
    assert jackfield(upstream.root, "refresh", "acme").code == 2
    assert jackfield(upstream.root, "plan").code == 0


def test_nothing_but_the_pin_changes_in_the_manifest(upstream: Upstream) -> None:
    before = upstream.manifest.read_bytes()
    old = hashlib.sha256((upstream.root / "specs/acme.json").read_bytes()).hexdigest().encode()
    upstream.change(get_more=operation())
    jackfield(upstream.root, "refresh", "acme")
    new = hashlib.sha256(upstream.given).hexdigest().encode()
    assert upstream.manifest.read_bytes() == before.replace(old, new)


@pytest.mark.parametrize("form", ["flow", "quoted", "crlf", "bom"])
def test_the_pin_is_found_in_any_form(upstream: Upstream, form: str) -> None:
    text = upstream.manifest.read_text()
    spec = next(part for part in text.split("    spec:\n")[1:])
    file, url, sha = (line.split(": ", 1)[1] for line in spec.splitlines()[:3])
    if form == "flow":
        block = "\n".join(["    spec:", *spec.splitlines()[:3]])
        text = text.replace(block, f'    spec: {{url: "{url}", sha256: {sha}, file: {file}}} # pinned')
    elif form == "quoted":
        text = text.replace(sha, f"'{sha}'  # é")
    data = text.encode()
    data = (
        data.replace(b"\n", b"\r\n") if form == "crlf" else b"\xef\xbb\xbf" + data if form == "bom" else data
    )
    upstream.manifest.write_bytes(data)
    upstream.change(get_more=operation())
    assert jackfield(upstream.root, "refresh", "acme").code == 2
    new = hashlib.sha256(upstream.given).hexdigest().encode()
    assert upstream.manifest.read_bytes() == data.replace(sha.encode(), new)
    assert jackfield(upstream.root, "plan").code == 2


def test_a_pin_that_is_an_alias_is_left_to_a_person(upstream: Upstream) -> None:
    text = upstream.manifest.read_text()
    sha = hashlib.sha256(upstream.given).hexdigest()
    aliased = text.replace(sha, "*pin").replace("    spec:\n", f"    owner: &pin {sha}\n    spec:\n")
    upstream.manifest.write_text(aliased)
    assert jackfield(upstream.root, "plan").code == 2
    upstream.change(get_more=operation())
    before = upstream.everything()
    result = jackfield(upstream.root, "refresh", "acme")
    assert result.code == 1
    assert "the pin is not written here as it is" in result.err
    assert upstream.everything() == before


def test_check_writes_nothing(upstream: Upstream) -> None:
    upstream.change(get_more=operation())
    before = upstream.everything()
    result = jackfield(upstream.root, "refresh", "acme", "--check")
    assert result.code == 2
    assert "+ GET /more" in result.out
    assert "Nothing was written" in result.out
    assert upstream.everything() == before
    assert jackfield(upstream.root, "refresh", "acme", "--check", "--json").json["written"] is False


def test_machines_get_the_same(upstream: Upstream) -> None:
    upstream.change(get_more=operation(), post_orders=None)
    found = jackfield(upstream.root, "refresh", "acme", "--json").json
    assert found["operations"] == {
        "added": [{"operation": "GET /more", "used": True}],
        "changed": [],
        "removed": [{"operation": "POST /orders", "used": True}],
    }
    assert found["sha256"]["now"] == hashlib.sha256(upstream.given).hexdigest()
    assert found["written"]
    assert found["next"] == "jackfield plan"


def test_a_document_that_was_edited_here_is_a_located_mistake_that_refresh_mends(upstream: Upstream) -> None:
    place = upstream.root / "specs/acme.json"
    place.write_bytes(place.read_bytes().replace(b"ok", b"ko"))
    plan = jackfield(upstream.root, "plan")
    assert plan.code == 1
    line = next(n for n, text in enumerate(upstream.manifest.read_text().splitlines(), 1) if "sha256" in text)
    assert f"integrations.yaml:{line}:" in plan.err
    assert "Run: jackfield refresh acme" in plan.err
    assert "'spec: specs/acme.json'" in plan.err
    result = jackfield(upstream.root, "refresh", "acme")
    assert result.code == 2
    assert "was not the document that was pinned" in result.out
    assert place.read_bytes() == upstream.given
    assert jackfield(upstream.root, "plan").code == 2


def test_an_edit_after_a_clean_run_is_noticed_too(upstream: Upstream) -> None:
    upstream.repository.generate()
    assert upstream.repository.run("plan").code == 0
    place = upstream.root / "specs/acme.json"
    place.write_bytes(place.read_bytes() + b" ")
    plan = upstream.repository.run("plan")
    assert plan.code == 1
    assert "jackfield refresh acme" in plan.err


def test_a_document_that_is_gone_comes_back(upstream: Upstream) -> None:
    (upstream.root / "specs/acme.json").unlink()
    assert jackfield(upstream.root, "plan").code == 1
    assert jackfield(upstream.root, "refresh", "acme").code == 2
    assert jackfield(upstream.root, "plan").code == 2


def test_what_the_entry_asks_for_and_the_new_document_has_not_is_told(upstream: Upstream) -> None:
    upstream.manifest.write_text(upstream.manifest.read_text().replace("exclude:", "include:"))
    assert jackfield(upstream.root, "plan").code == 2
    upstream.change(get_health=None)
    result = jackfield(upstream.root, "refresh", "acme")
    assert result.code == 2
    assert "needs an edit before the next plan" in result.out
    assert "'/health' matches no operation" in result.out
    assert jackfield(upstream.root, "plan").code == 1


@pytest.mark.parametrize("given", [b"<html>Sign in</html>", b"{}", b"{", None])
def test_an_answer_that_is_no_document_changes_nothing(upstream: Upstream, given: bytes | None) -> None:
    before = upstream.everything()
    upstream.files[PATH] = given
    assert jackfield(upstream.root, "refresh", "acme").code == 1
    assert upstream.everything() == before


def test_a_file_of_the_repository_has_nothing_to_refresh(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "repo", MANIFEST).root
    (tmp_path / "a.json").write_text(json.dumps(document()))
    jackfield(root, "add", "acme", "--spec", str(tmp_path / "a.json"), "--yes")
    result = jackfield(root, "refresh", "acme")
    assert result.code == 0
    assert "nothing to refresh" in result.out


@pytest.mark.parametrize(
    ("name", "said"), [("acm", "Did you mean acme?"), ("beta", "names no document"), ("x", "jackfield list")]
)
def test_a_name_without_a_document_is_told(upstream: Upstream, name: str, said: str) -> None:
    result = jackfield(upstream.root, "refresh", name)
    assert result.code == 1
    assert said in result.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("file: specs/acme.json", "file: ../../acme.json", "no path in this repository"),
        ("url: http", "url: http://me:hunter2@x.example/", "password"),
        ("sha256: ", "sha: ", "has no url or no sha256"),
    ],
)
def test_a_spec_that_was_tampered_with_is_refused(upstream: Upstream, old: str, new: str, said: str) -> None:
    upstream.manifest.write_text(upstream.manifest.read_text().replace(old, new))
    before = upstream.everything()
    result = jackfield(upstream.root, "refresh", "acme")
    assert result.code == 1
    assert said in result.err
    assert "hunter2" not in result.err
    assert upstream.everything() == before
    assert jackfield(upstream.root, "plan").code == 1


def test_a_pin_that_a_person_began_is_completed(upstream: Upstream) -> None:
    before = upstream.manifest.read_text()
    sha = hashlib.sha256(upstream.given).hexdigest()
    upstream.manifest.write_text(before.replace(sha, "none"))
    (upstream.root / "specs/acme.json").unlink()
    assert "Run 'jackfield refresh NAME', which writes it." in jackfield(upstream.root, "plan").err
    assert jackfield(upstream.root, "refresh", "acme").code == 2
    assert upstream.manifest.read_text() == before
    assert jackfield(upstream.root, "plan").code == 2


def test_a_document_gains_and_loses_files_of_its_own(upstream: Upstream) -> None:
    split = {"responses": {"200": {"$ref": "parts/ok.json"}}}
    upstream.files["/parts/ok.json"] = {"description": "ok"}
    upstream.change(get_split=split)
    assert jackfield(upstream.root, "refresh", "acme").code == 2
    assert (upstream.root / "specs/parts/ok.json").is_file()
    assert jackfield(upstream.root, "refresh", "acme").code == 0
    assert jackfield(upstream.root, "plan").code == 2
    upstream.files["/parts/ok.json"] = {"description": "different"}
    assert jackfield(upstream.root, "refresh", "acme").code == 2
    assert b"different" in (upstream.root / "specs/parts/ok.json").read_bytes()
    (upstream.root / "specs/parts/ok.json").write_text("{}")
    assert "specs/parts/ok.json is not the document" in jackfield(upstream.root, "plan").err
    assert jackfield(upstream.root, "refresh", "acme").code == 2
    upstream.change(get_split=None)
    assert jackfield(upstream.root, "refresh", "acme").code == 2
    assert not (upstream.root / "specs/parts/ok.json").exists()
    assert not (upstream.root / "specs/acme.json.sha256").exists()
    assert jackfield(upstream.root, "plan").code == 2


def test_an_edit_of_any_pinned_file_is_noticed_after_a_clean_run(upstream: Upstream) -> None:
    upstream.files["/parts/unused.json"] = {"description": "ok"}
    upstream.change(get_health={"responses": {"200": {"$ref": "parts/unused.json"}}})
    assert jackfield(upstream.root, "refresh", "acme").code == 2
    upstream.repository.generate()
    assert upstream.repository.run("plan").code == 0
    for name in ("parts/unused.json", "acme.json.sha256"):
        place = upstream.root / "specs" / name
        before = place.read_bytes()
        place.write_bytes(before + b"\n")
        assert f"specs/{name} is not the document" in upstream.repository.run("plan").err
        place.write_bytes(before)
        assert upstream.repository.run("plan").code == 0


def test_a_file_of_somebody_else_is_not_replaced_by_a_new_part(upstream: Upstream) -> None:
    place = upstream.root / "specs/parts/ok.json"
    place.parent.mkdir()
    place.write_text("mine")
    upstream.files["/parts/ok.json"] = {"description": "ok"}
    upstream.change(get_split={"responses": {"200": {"$ref": "parts/ok.json"}}})
    before = upstream.everything()
    result = jackfield(upstream.root, "refresh", "acme")
    assert result.code == 1
    assert "is something else" in result.err
    assert upstream.everything() == before


def test_the_long_form_of_spec_changes_nothing_about_the_package(upstream: Upstream) -> None:
    upstream.repository.generate()
    text = upstream.manifest.read_text()
    block = text[text.index("    spec:\n") : text.index("    requirements:\n      exclude")]
    upstream.manifest.write_text(text.replace(block, "    spec: specs/acme.json\n"))
    assert jackfield(upstream.root, "plan").code == 0
