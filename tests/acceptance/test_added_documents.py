"""Where a proposed entry's document comes from: the repository, another folder, or the web, pinned."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from generator.specs import openapi
from generator.specs.source import Source

from ..runtime.loopback import Loopback, reply
from .conftest import make_repository
from .proposals import (
    MANIFEST,
    document,
    entry,
    jackfield,
    lay,
    refused,
    serving,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repo", MANIFEST).root


SPLIT = document(paths={"/a": {"get": {"responses": {"200": {"$ref": "parts/ok.json"}}}}})
PART = {"description": "ok", "content": {"application/json": {"schema": {"$ref": "deep/thing.json#/Thing"}}}}
THING = {"Thing": {"type": "object", "properties": {"more": {"$ref": "../../main.json#/info"}}}}


def test_a_document_from_elsewhere_is_copied_byte_for_byte(root: Path) -> None:
    place = Path(
        lay(root.parent, "# mine\nopenapi: 3.0.0\ninfo: {title: T One}\npaths: {/x: {get: {}}}\n", "a.yml")
    )
    assert jackfield(root, "add", "acme", "--spec", str(place), "--yes").code == 0
    assert entry(root)["spec"] == "specs/acme.yaml"
    assert (root / "specs/acme.yaml").read_bytes() == place.read_bytes()


def test_a_document_of_several_files_keeps_its_folder(root: Path) -> None:
    there = root.parent / "split"
    lay(there, SPLIT, "main.json")
    lay(there, PART, "parts/ok.json")
    lay(there, THING, "parts/deep/thing.json")
    lay(there, "secret", "parts/other.json")
    assert jackfield(root, "add", "acme", "--spec", str(there / "main.json"), "--yes").code == 0
    assert entry(root)["spec"] == "specs/acme/main.json"
    copied = {
        p.relative_to(root / "specs/acme").as_posix() for p in (root / "specs").rglob("*") if p.is_file()
    }
    assert copied == {"main.json", "main.json.sha256", "parts/ok.json", "parts/deep/thing.json"}


def test_a_download_is_pinned_by_the_sha256_of_its_bytes(root: Path) -> None:
    body = json.dumps(document(), indent=4).encode()
    with serving({"/docs/openapi.json": body}) as server:
        result = jackfield(root, "add", "acme", "--spec", f"{server.url}/docs/openapi.json", "--yes")
        assert result.code == 0, result.err
        assert len(server.asked) == 1
        url = server.url
    found = entry(root)["spec"]
    sha = hashlib.sha256(body).hexdigest()
    assert found == {"file": "specs/acme.json", "url": f"{url}/docs/openapi.json", "sha256": sha}
    assert (root / "specs/acme.json").read_bytes() == body
    assert jackfield(root, "plan").code == 2


def test_a_download_brings_the_files_around_it_and_nothing_else(root: Path) -> None:
    paths = {
        "/a": {"get": {"responses": {"200": {"$ref": "parts/ok.json"}}}},
        "/b": {"get": {"responses": {"200": {"$ref": "../../up.json"}}}},
        "/c": {"get": {"responses": {"200": {"$ref": "/absolute.json"}}}},
        "/d": {"get": {"responses": {"200": {"$ref": "http://169.254.169.254/x.json"}}}},
        "/e": {"get": {"responses": {"200": {"$ref": "parts/%2e%2e/%2e%2e/up.json"}}}},
        "/f": {"get": {"responses": {"200": {"$ref": "gone.json"}}}},
        "/g": {"get": {"responses": {"200": {"$ref": ".hidden/x.json"}}}},
    }
    served = {"/api/v1/main.json": document(paths=paths), "/api/v1/parts/ok.json": {"description": "ok"}}
    with serving(served) as server:
        result = jackfield(root, "add", "acme", "--spec", f"{server.url}/api/v1/main.json", "--yes")
        assert result.code == 0, result.err
        targets = [asked.target for asked in server.asked]
    assert sorted(targets) == ["/api/v1/gone.json", "/api/v1/main.json", "/api/v1/parts/ok.json"]
    assert "'../../up.json' was left out" in result.out
    assert {p.name for p in (root / "specs/acme").rglob("*.json")} == {"main.json", "ok.json"}
    sums = (root / "specs/acme/main.json.sha256").read_text().splitlines()
    assert [line.partition("  ")[2] for line in sums] == ["main.json", "parts/ok.json"]
    assert jackfield(root, "plan").code == 2


def test_a_remote_reference_is_copied_from_hosts_that_are_allowed_and_no_others(root: Path) -> None:
    allowed = {"/shared/ok.json": {"description": "ok", "x": {"$ref": "more/deep.json#/a"}}}
    with serving({**allowed, "/shared/more/deep.json": {"a": 1}}) as other, serving({}) as closed:
        there = other.url.replace("127.0.0.1", "localhost")
        refs = {
            "/a": f"{there}/shared/ok.json",
            "/b": f"{closed.url}/x.json",
            "/c": "https://h.example/x.json",
        }
        paths = {path: {"get": {"responses": {"200": {"$ref": ref}}}} for path, ref in refs.items()}
        (root / "integrations.yaml").write_text(
            MANIFEST.replace("defaults:\n", "defaults:\n  spec_hosts: [localhost]\n")
        )
        with serving({"/main.json": document(paths=paths)}) as server:
            result = jackfield(root, "add", "acme", "--spec", f"{server.url}/main.json", "--yes")
        assert result.code == 0, result.err
        assert not closed.asked
        assert "spec_hosts: [h.example]" in result.out
        copy = f"_remote/localhost_{other.url.rpartition(':')[2]}/shared"
    names = {
        p.relative_to(root / "specs/acme").as_posix() for p in (root / "specs").rglob("*") if p.is_file()
    }
    assert names == {"main.json", "main.json.sha256", f"{copy}/ok.json", f"{copy}/more/deep.json"}
    source = Source.open(root, "specs/acme/main.json")
    told = openapi.contents(source)
    assert told.operations[0].responses[0].description == "ok"
    assert [finding.pointer.split("/")[2] for finding in told.findings if "remote" in finding.message] == [
        "~1b",
        "~1c",
    ]


def test_the_base_url_of_a_relative_server_is_where_the_document_was_found(root: Path) -> None:
    with serving({"/docs/openapi.json": document(servers=[{"url": "/v2"}])}) as server:
        jackfield(root, "add", "acme", "--spec", f"{server.url}/docs/openapi.json", "--yes")
        assert entry(root)["requirements"]["base_url"] == f"{server.url}/v2"


def test_a_url_with_a_credential_is_written_nowhere(root: Path) -> None:
    for url in ("https://h.example/x?token=hunter2hunter2", "https://me:hunter2hunter2@h.example/x"):
        assert "hunter2" not in refused(root, "acme", "--spec", url)


def test_a_download_is_not_led_elsewhere_unless_the_manifest_allows_the_host(root: Path) -> None:
    with serving({"/real.json": document()}) as real:
        there = real.url.replace("127.0.0.1", "localhost") + "/real.json"
        with Loopback(reply(302, Location=there)) as server:
            assert "spec_hosts: [localhost]" in refused(root, "acme", "--spec", f"{server.url}/x.json")
            assert not real.asked
            path = root / "integrations.yaml"
            path.write_text(MANIFEST.replace("defaults:\n", "defaults:\n  spec_hosts: [localhost]\n"))
            result = jackfield(root, "add", "acme", "--spec", f"{server.url}/x.json", "--yes")
            assert result.code == 0, result.err


def test_a_page_about_a_document_is_no_document(root: Path) -> None:
    with serving({"/page": b"<html><body><p>Welcome: to the docs</p></body></html>"}) as server:
        err = refused(root, "acme", "--spec", f"{server.url}/page")
    assert f"{server.url}/page is no document to build from" in err
    assert "specs/" not in err
