"""A document of many operations, the same on every run: what a large vendor's looks like, in size and kind.

python benchmarks/_synthetic.py FILE OPERATIONS        1000 operations make about 10 MB
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIELDS = 34
WORDS = (
    "account",
    "active",
    "amount",
    "archived",
    "attempt",
    "balance",
    "batch",
    "branch",
    "city",
    "currency",
)
PROSE = (
    "The value that the service keeps for this resource, as it was when the answer was made. It is set by "
    "the service and changes when the resource does; a client that wrote it reads it back as it was written. "
)
VERBS = ("get", "put", "patch", "delete")


def document(operations: int) -> dict[str, Any]:
    """Return a document with *operations* operations: five to a resource, ten resources to a tag."""
    resources = range(operations // 5)
    schemas = {name: schema for number in resources for name, schema in _schemas(number)}
    paths = {path: item for number in resources for path, item in _paths(number)}
    bearer = {"bearer": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Large", "version": "1"},
        "servers": [{"url": "https://large.example/api"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": bearer},
    }


def _schemas(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a resource, what creates it, and a page of it; it refers to two others."""
    near = {"owner": number - number % 10, "sibling": number - number % 3}
    others = {name: {"$ref": f"#/components/schemas/Thing{other}"} for name, other in near.items()}
    fields = {f"{WORDS[n % 10]}_{n}": _field(n) for n in range(FIELDS)}
    yield f"Thing{number}", _object({"id": {"type": "integer"}, **fields, **others}, "id")
    yield f"Thing{number}Input", _object(fields, *list(fields)[:2])
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/Thing{number}"}}
    yield f"Thing{number}Page", _object({"items": items, "next_cursor": {"type": "string"}}, "items")


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _field(number: int) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [
        {"type": "string"},
        {"type": "integer", "minimum": 0},
        {"type": "string", "format": "date-time"},
        {"type": "string", "enum": ["open", "closed", "merged", "all"]},
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "additionalProperties": {"type": "string"}},
    ]
    return {**kinds[number % len(kinds)], "description": PROSE * 2, "nullable": number % 5 == 0}


def _paths(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    tag = [f"group {number // 10}"]
    ref = {"$ref": f"#/components/schemas/Thing{number}"}
    sent = _json({"$ref": f"#/components/schemas/Thing{number}Input"})
    page = _answer({"$ref": f"#/components/schemas/Thing{number}Page"})
    cursor = {"name": "cursor", "in": "query", "schema": {"type": "string"}}
    key = {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    common = {"tags": tag, "description": PROSE * 4}
    yield f"/things-{number}", {"get": {**common, "parameters": [cursor], "responses": page}}
    item = {verb: {**common, "responses": _answer(ref)} for verb in VERBS}
    item["put"]["requestBody"] = item["patch"]["requestBody"] = {"required": True, "content": sent}
    yield f"/things-{number}/{{thing_id}}", {"parameters": [key], **item}


def _answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "It worked.", "content": _json(schema)}}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(document(int(sys.argv[2])), indent=2))
