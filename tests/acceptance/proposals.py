"""The command in this process, and small documents to propose entries from."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from generator.cli import main
from generator.reading.yaml_recover import parse

from ..runtime.loopback import Asked, Loopback, Part, reply
from .conftest import Result

MANIFEST = """\
# yaml-language-server: $schema=schema/integrations.schema.json
version: 1
defaults:
  timeout: 20s # patient

# all that we use
integrations:
  # the first
  - name: beta # b
    service: "Beta"
    requirements:
      base_url: https://beta.example
      endpoints: [GET /x]
      # inside beta

  # about gamma
  - name: gamma
    service: Gamma
    requirements: {base_url: 'https://gamma.example', endpoints: [GET /y]}

# the end
"""
OK = {
    "responses": {
        "200": {"description": "ok", "content": {"application/json": {"schema": {"type": "object"}}}}
    }
}


def jackfield(root: Path, *arguments: str) -> Result:
    """Run one command line against a repository; it has no terminal."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["-C", str(root), *arguments])
    return Result(code, out.getvalue(), err.getvalue())


def operation(*tags: str, **more: Any) -> dict[str, Any]:
    """An operation that answers with an object."""
    return {**OK, **({"tags": list(tags)} if tags else {}), **more}


def document(**more: Any) -> dict[str, Any]:
    """A small document; keywords replace its parts."""
    base = {
        "openapi": "3.1.0",
        "info": {
            "title": "Acme Orders API - OpenAPI 3.1",
            "version": "1",
            "description": "Takes *orders*. Fast.",
        },
        "servers": [{"url": "https://api.acme.example/v1"}],
        "paths": {
            "/orders": {"get": operation("orders"), "post": operation("orders")},
            "/orders/{id}": {"get": operation("orders", parameters=[ID])},
            "/users": {"get": operation("users", "people")},
            "/health": {"get": operation()},
        },
    }
    return {**base, **more}


ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def lay(folder: Path, found: Any, name: str = "acme.json") -> str:
    """Write a document below a folder and return its path as text."""
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(found if isinstance(found, str) else json.dumps(found))
    return str(place)


def serving(files: Mapping[str, Any]) -> Loopback:
    """A server that gives what *files* holds at the moment, by path; 404 for the rest."""

    def answer(asked: Asked) -> list[Part]:
        found = files.get(asked.target)
        if found is None:
            return reply(404)
        return reply(body=found if isinstance(found, bytes) else json.dumps(found).encode())

    return Loopback(answer)


def written(root: Path, *arguments: str, spec: Any = None) -> dict[str, Any]:
    """The entry that ``add acme --yes`` leaves in the manifest."""
    place = lay(root.parent / "downloads", document() if spec is None else spec)
    result = jackfield(root, "add", "acme", "--spec", place, "--yes", *arguments)
    assert result.code == 0, result.out + result.err
    return entry(root)


def entry(root: Path, name: str = "acme") -> dict[str, Any]:
    parsed = parse((root / "integrations.yaml").read_text(), "m")
    assert not parsed.problems
    found: dict[str, Any] = next(e for e in parsed.entries if e["name"] == name)
    return found


def proposed(root: Path, spec: Any, *arguments: str) -> dict[str, Any]:
    """What ``add acme --json`` proposes."""
    result = jackfield(root, "add", "acme", "--spec", lay(root.parent, spec), "--json", *arguments)
    assert result.code == 2, result.err
    found: dict[str, Any] = result.json
    return found


def files(root: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in root.rglob("*") if p.is_file() and ".jackfield" not in p.parts}


def refused(root: Path, *arguments: str) -> str:
    before = files(root)
    result = jackfield(root, "add", *arguments, "--yes")
    assert result.code == 1
    assert files(root) == before
    return result.err
