"""The command in this process, and small documents to propose entries from."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from generator.cli import main

from ..runtime.loopback import Asked, Loopback, Part, reply
from .conftest import Result

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
