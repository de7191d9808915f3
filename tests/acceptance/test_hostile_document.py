"""Hostile documents, through the command: their text stays text, or they are refused; nothing runs."""

from __future__ import annotations

import ast
import json
import os
import resource
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from .conftest import Repository, make_repository
from .test_hostile_text import HOSTILE

MANIFEST = {"name": "odd", "service": "Odd", "spec": "odd.json", "requirements": {}}
SECONDS, MEBIBYTES = 60.0, 1024


def lay(folder: Path, document: Any, **entry: Any) -> Repository:
    manifest = json.dumps({"version": 1, "integrations": [{**MANIFEST, **entry}]}, ensure_ascii=True)
    repository = make_repository(folder, manifest)
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    (folder / "odd.json").write_bytes(data)
    return repository


def odd(text: str, name: str) -> dict[str, Any]:
    """A document that says *text* wherever it can say anything, and *name* wherever it names something."""
    schema: dict[str, Any] = {
        "type": "object",
        "title": text,
        "description": text,
        "properties": {
            name: {"type": "string", "description": text, "example": text},
            "kind": {"type": "string", "enum": [text, "plain"], "default": text},
            "self": {"$ref": "#/components/schemas/" + name.replace("~", "~0").replace("/", "~1")},
        },
    }
    parameters = [
        {"name": name, "in": "query", "description": text, "schema": {"type": "string", "default": text}},
        {"name": "X-Kind", "in": "header", "description": text, "schema": {"type": "string"}},
        {
            "name": "kind",
            "in": "query",
            "description": text,
            "schema": {"enum": [text, "b"], "default": text},
        },
    ]
    answer = {"description": text, "content": {"application/json": {"schema": schema}}, "headers": {name: {}}}
    operation = {
        "operationId": name,
        "tags": [name],
        "summary": text,
        "description": text,
        "parameters": parameters,
        "requestBody": {"description": text, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": answer, "409": {"description": text}, name: {"description": text}},
        "security": [{name: []}],
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": text, "version": text, "description": text},
        "servers": [{"url": "https://odd.example", "description": text}, {"url": text}],
        "tags": [{"name": name, "description": text}],
        "paths": {
            "/things/{id}": {"put": operation},
            "/" + name.replace("{", "").replace("}", ""): {"get": {"responses": {}}},
        },
        "components": {
            "schemas": {name: schema},
            "securitySchemes": {name: {"type": "apiKey", "in": "header", "name": name, "description": text}},
        },
    }


def imported(repository: Repository) -> set[str]:
    """Every module that a generated file imports by its name."""
    return {
        alias.name
        for path, data in repository.files().items()
        if path.endswith(".py")
        for node in ast.walk(ast.parse(data))
        if isinstance(node, ast.Import)
        for alias in node.names
    }


def lay_all(folder: Path, documents: Mapping[str, Any]) -> Repository:
    """A repository with one entry for each document."""
    entries = [{**MANIFEST, "name": name, "spec": f"{name}.json"} for name in documents]
    repository = make_repository(folder, json.dumps({"version": 1, "integrations": entries}))
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    return repository


def test_hostile_text_in_documents_stays_text(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    texts = {kind: text.replace("MARK", str(mark)) for kind, text in HOSTILE.items()}
    repository = lay_all(tmp_path / "repo", {kind: odd(text, "thing") for kind, text in texts.items()})
    result = repository.run("generate")
    assert result.code == 0, result.out + result.err
    assert not mark.exists()
    assert "os" not in imported(repository)
    assert repository.run("check", "--rebuild").code == 0


def test_a_hostile_name_is_inert_or_its_package_is_refused(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    texts = {kind: text.replace("MARK", str(mark)) for kind, text in HOSTILE.items()}
    repository = lay_all(tmp_path / "repo", {kind: odd(text, text) for kind, text in texts.items()})
    result = repository.run("generate", "--json")
    assert not mark.exists()
    assert "os" not in imported(repository)
    failed = {built["name"] for built in result.json["failed"]}
    written = {path.partition("/")[0] for path in repository.files() if "/" in path}
    assert written == HOSTILE.keys() - failed
    assert len(written) >= len(HOSTILE) // 2


def one(schema: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    get = {"responses": {"200": {"description": "OK", "content": content}}}
    return {"openapi": "3.1.0", "info": {"title": "Odd"}, "paths": {"/x": {"get": get}}}


def nested(levels: int) -> bytes:
    deep = b'{"items":' * levels + b"{}" + b"}" * levels
    return json.dumps(one("DEEP")).encode().replace(b'"DEEP"', deep)


LAUGHS = b"openapi: 3.0.3\n" + b"".join(
    b"x%d: &x%d [%s]\n" % (n, n, b", ".join([b"*x%d" % (n - 1)] * 9) if n else b"lol") for n in range(12)
)
REFUSED = {
    "billion laughs": LAUGHS,
    "deep nesting": nested(100_000),
    "no document": b"\x00\x01\x02",
    "a tag that makes objects": b"openapi: !!python/object/apply:os.system ['touch ran']\npaths: {}\n",
    "endless text": b'{"openapi": "' + b"3" * 2_000_000,
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_document_that_cannot_be_read_safely_is_refused_within_bounds(tmp_path: Path, kind: str) -> None:
    repository = lay(tmp_path / "repo", REFUSED[kind], type="api")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = repository.run("plan")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert result.code == 1, result.out + result.err
    assert "odd.json" in result.err + result.out
    assert after.ru_utime - before.ru_utime < SECONDS
    assert after.ru_maxrss < MEBIBYTES * 1024
    assert not (repository.root / "ran").exists()
    assert repository.files().keys() == {"__init__.py"}


@pytest.mark.parametrize(
    "ref",
    [
        "/etc/passwd",
        "../../secret.json",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:9/x.json#/X",
        "//evil.example/x.json",
        "link.json",
        "fifo.json",
        "#/paths/~1x/get/responses/200/content/application~1json/schema",
    ],
)
def test_a_reference_that_leads_out_or_round_leaves_its_value_raw(tmp_path: Path, ref: str) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"type": "object", "properties": {"hunter2": {"type": "string"}}}')
    repository = lay(tmp_path / "repo", one({"$ref": ref}), type="api")
    os.symlink(secret, repository.root / "link.json")
    os.mkfifo(repository.root / "fifo.json")
    result = repository.run("generate")
    assert result.code == 0, result.out + result.err
    assert "1 finding" in result.out
    written = b"".join(repository.files().values())
    assert b"hunter2" not in written
    assert b"root:" not in written
    assert b"def get_x" in written


def test_two_files_that_refer_to_each_other_end(tmp_path: Path) -> None:
    repository = lay(tmp_path / "repo", one({"$ref": "other.json#/A"}), type="api")
    other = {"A": {"$ref": "odd.json#/B"}}
    (repository.root / "other.json").write_text(json.dumps(other))
    document = one({"$ref": "other.json#/A"}) | {"B": {"$ref": "other.json#/A"}}
    (repository.root / "odd.json").write_text(json.dumps(document))
    assert repository.run("generate").code == 0
