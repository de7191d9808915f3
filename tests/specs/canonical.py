"""What every schema that a reader gives must look like, and documents to read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from generator.specs import openapi
from generator.specs.facts import Contents, Outline
from generator.specs.source import Source

KINDS = {"string", "integer", "number", "boolean", "object", "array", "null"}
LISTS = ("allOf", "oneOf", "anyOf", "prefixItems")
SINGLE = ("items", "not", "additionalProperties")
NAMED = ("properties", "patternProperties")
_KEYWORDS = {
    *("type", "format", "enum", "const", "$ref", "pattern", "uniqueItems", "required", "discriminator"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"),
    *("minItems", "maxItems", "minProperties", "maxProperties", *LISTS, *SINGLE, *NAMED),
    *("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"),
    *("x-enum-varnames", "x-enum-descriptions"),
}


def source(root: Path, document: Any, name: str = "api.json") -> Source:
    """A document, written down and opened."""
    text = document if isinstance(document, str) else json.dumps(document)
    (root / name).write_text(text, "utf-8")
    return Source.open(root, name)


def in_memory(document: Any) -> Source:
    """A document that is in no file, for tests that read very many."""
    return Source(Path("/nowhere"), "api.json", document)


def read(document: Any) -> tuple[Outline, Contents]:
    """Outline and contents of a document in memory, each checked."""
    outline, contents = openapi.outline(in_memory(document)), openapi.contents(in_memory(document))
    check(outline, contents)
    return outline, contents


def operation(document: Any, version: str = "3.1.0") -> Any:
    """The one operation of a document whose ``paths`` (and more) are given."""
    key = "swagger" if version.startswith("2") else "openapi"
    found = read({key: version, **document})[1].operations
    assert len(found) == 1
    return found[0]


def schema(node: Any, version: str = "3.1.0", **schemas: Any) -> Any:
    """The normal form of one schema, read as the JSON answer of an operation."""
    return read_schema(node, version, **schemas)[0]


def read_schema(node: Any, version: str = "3.1.0", **schemas: Any) -> tuple[Any, Contents]:
    """The normal form of one schema, and everything that was read with it."""
    if version.startswith("2"):
        answer: Any = {"schema": node}
        document = {"swagger": version, "definitions": schemas}
    else:
        answer = {"content": {"application/json": {"schema": node}}}
        document = {"openapi": version, "components": {"schemas": schemas}}
    answers = {"200": {"description": "", **answer}}
    _, contents = read({**document, "paths": {"/x": {"get": {"responses": answers}}}})
    return contents.operations[0].responses[0].media[0].schema, contents


def messages(found: Outline | Contents) -> str:
    """All findings as text, one a line."""
    return "\n".join(f"{finding.pointer}: {finding.message}" for finding in found.findings)


def check(outline: Outline, contents: Contents) -> None:
    """Everything that readers of the facts rely on. Raises AssertionError."""
    msgspec.json.encode((outline, contents))
    assert {item.key for item in outline.operations} == {item.listed.key for item in contents.operations}
    for scheme in outline.schemes.values():
        assert scheme.kind in ("bearer", "basic", "api_key", "oauth2", "other")
    for item in contents.operations:
        _check_operation(item, outline, contents.types)
    for name, found in contents.types.items():
        _check(found, contents.types)
        assert name not in _held(found, contents.types), f"{name} holds itself"
    reached = {ref for root in _roots(contents) for ref in _refs(root)}
    todo = list(reached)
    while todo:
        following = set(_refs(contents.types[todo.pop()])) - reached
        reached |= following
        todo += following
    assert reached == set(contents.types)


def _check_operation(item: Any, outline: Outline, types: Mapping[str, Any]) -> None:
    places = [(parameter.place, parameter.name) for parameter in item.parameters]
    assert len(places) == len(set(places))
    in_path = {name for place, name in places if place == "path"}
    assert in_path == set(re.findall(r"\{([^{}/]+)\}", item.listed.path))
    for parameter in item.parameters:
        assert parameter.place in ("path", "query", "header", "cookie")
        assert parameter.style in {
            *("form", "spaceDelimited", "pipeDelimited", "deepObject", "simple", "label", "matrix", "json")
        }
    for alternative in item.security or ():
        assert set(alternative) <= outline.schemes.keys()
    for answer in item.responses:
        assert re.fullmatch(r"[1-5][0-9]{2}|[1-5]XX|default", answer.status)
    for found in _schemas_of(item):
        _check(found, types)


def _roots(contents: Contents) -> Iterator[Any]:
    for item in contents.operations:
        yield from _schemas_of(item)


def _schemas_of(item: Any) -> Iterator[Any]:
    yield from (parameter.schema for parameter in item.parameters)
    yield from (media.schema for media in (item.body.media if item.body else ()))
    for answer in item.responses:
        yield from (media.schema for media in answer.media)
        yield from answer.headers.values()


def _children(node: Mapping[str, Any]) -> Iterator[Any]:
    yield from (child for key in LISTS for child in node.get(key, ()))
    yield from (node[key] for key in SINGLE if isinstance(node.get(key), Mapping))
    yield from (child for key in NAMED for child in node.get(key, {}).values())


def _refs(node: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in node:
        yield node["$ref"].removeprefix("#/types/")
    for target in node.get("discriminator", {}).get("mapping", {}).values():
        yield target.removeprefix("#/types/")
    for child in _children(node):
        yield from _refs(child)


def _held(node: Mapping[str, Any], types: Mapping[str, Any]) -> set[str]:
    """The types that a schema holds with no property or item in between."""
    todo, seen = [node], set()
    while todo:
        node = todo.pop()
        name = node.get("$ref", "").removeprefix("#/types/")
        if name and name not in seen:
            seen.add(name)
            todo.append(types[name])
        todo += [child for key in ("allOf", "oneOf", "anyOf") for child in node.get(key, ())]
    return seen


def _check(node: Any, types: Mapping[str, Any]) -> None:
    assert isinstance(node, Mapping)
    assert set(node) <= _KEYWORDS, set(node) - _KEYWORDS
    assert node.get("type", "string") in KINDS
    assert "$ref" not in node or node["$ref"].removeprefix("#/types/") in types
    for key in ("exclusiveMinimum", "exclusiveMaximum", "minimum", "maximum", "multipleOf"):
        assert key not in node or (isinstance(node[key], int | float) and not isinstance(node[key], bool))
    assert None not in node.get("enum", [1]), "null stands beside the enum, not in it"
    assert node.get("enum", [1]), "an empty enum accepts nothing"
    assert all(isinstance(name, str) for name in node.get("required", ()))
    if {"type": "null"} in node.get("anyOf", ()):
        assert len(node["anyOf"]) == 2
    assert {"type": "null"} not in node.get("oneOf", ())
    assert node.get("discriminator", {"propertyName": "x"})["propertyName"]
    if "pattern" in node:
        re.compile(node["pattern"])
    for child in _children(node):
        _check(child, types)
