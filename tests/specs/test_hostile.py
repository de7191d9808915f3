"""Documents that attack the reader end soon, in little memory, and reach nothing."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.errors import SpecError
from generator.specs import openapi
from generator.specs.bounds import Bounds
from generator.specs.source import Source
from tests.specs import canonical

HEAD = "openapi: 3.0.0\npaths: {}\n"


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < 10


def _letters() -> str:
    lines = [f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(15)]
    return HEAD + "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        '{"openapi": "3.0.0", "paths": {}, "x": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"a":' * 100_000,
        HEAD + "x: " + "[" * 100_000,
        HEAD + "x: " + "{a: " * 100_000,
        HEAD + "x:\n " + "- " * 100_000,
        HEAD + "? " * 100_000,
        HEAD + "x:\n" + "\n".join(" " * n + "a:" for n in range(1, 2000)),
        _letters(),
        HEAD + "a: &a " + "x" * 1_000_000 + "\nb: [" + "*a," * 5_000 + "]\n",
        "[" + "[]," * 5_000_000 + "1]",
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_deep_nesting_and_exploding_aliases_are_refused(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SpecError):
        Source.open(tmp_path, name)


def _with_schema(schema: object, **schemas: object) -> dict[str, Any]:
    answers = {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}
    paths = {"/x": {"get": {"responses": answers}}}
    return {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}


def test_an_enum_of_a_million_values_is_kept_whole() -> None:
    values = [f"v{number}" for number in range(1_000_000)]
    contents = openapi.contents(canonical.in_memory(_with_schema({"type": "string", "enum": values})))
    assert contents.operations[0].responses[0].media[0].schema["enum"] == values


def test_schemas_too_deep_for_anything_are_cut_with_a_finding() -> None:
    node: object = {"type": "string"}
    for _ in range(250):
        node = {"type": "array", "items": node}
    _, contents = canonical.read(_with_schema(node))
    assert "nested over 64 levels" in canonical.messages(contents)


def test_long_chains_and_crowds_of_circles_end() -> None:
    ref = "#/components/schemas/"
    chain = {f"C{n}": {"$ref": f"{ref}C{n + 1}"} for n in range(5_000)}
    crowd = {f"D{n}": {"allOf": [{"$ref": f"{ref}D{m}"} for m in range(60)]} for n in range(60)}
    tower = {
        f"T{n}": {"allOf": [{"$ref": f"{ref}T{n - 1}"}], "discriminator": {"propertyName": "t"}}
        for n in range(300)
    }
    every = {"properties": {name: {"$ref": ref + name} for name in (*chain, *crowd, *tower)}}
    _, contents = canonical.read(_with_schema(every, **chain, **crowd, **tower))
    assert "circle" in canonical.messages(contents)


def test_references_that_lead_through_each_other_end() -> None:
    names = [f"N{number}" for number in range(400)]
    schemas = {
        name: {"$ref": f"#/components/schemas/{following}/properties/x/items"}
        for name, following in zip(names, [*names[1:], names[0]], strict=True)
    }
    schemas |= {"P": {"$ref": "#/components/schemas/Q"}, "Q": {"$ref": "#/components/schemas/P"}}
    every = {"allOf": [{"$ref": f"#/components/schemas/{name}/properties/y"} for name in (*names, "P", "Q")]}
    _, contents = canonical.read(_with_schema(every, **schemas))
    assert contents.findings


def test_a_large_section_that_very_many_operations_name_is_refused() -> None:
    paths = {f"/{number}": {"$ref": "#/x"} for number in range(50)}
    parameters = [{"name": f"p{number}", "in": "query", "schema": {}} for number in range(200)]
    document = {"openapi": "3.1.0", "paths": paths, "x": {"get": {"parameters": parameters, "responses": {}}}}
    source = Source(Path("/nowhere"), "api.json", document, bounds=Bounds(parts=5_000))
    with pytest.raises(SpecError, match="too many parts"):
        openapi.contents(source)
    assert len(openapi.contents(source, [("GET", "/7")]).operations[0].parameters) == 200


def _files(root: Path, files: dict[str, object]) -> Source:
    for name, document in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))
    return Source.open(root, "a.json")


def test_files_that_refer_to_each_other_in_a_circle_end(tmp_path: Path) -> None:
    source = _files(
        tmp_path,
        {
            "a.json": _with_schema({"$ref": "b.json"}),
            "b.json": {"$ref": "c.json"},
            "c.json": {"$ref": "./d/../b.json"},
        },
    )
    contents = openapi.contents(source)
    assert contents.operations[0].responses[0].media[0].schema == {}
    assert "circle" in canonical.messages(contents)


@pytest.mark.parametrize(
    "ref",
    [
        *("../secret.json", "/etc/passwd", "file:///etc/passwd", "x/../../secret.json", "%2e%2e/secret.json"),
        *("http://127.0.0.1:1/a.json", "https://x.org/a.json#/b", "//x.org/a.json", "ftp://x/a", "C:/a.json"),
        *("link.json", "fifo.json", "a\u0000b.json", "folder/secret.json", "data:,{}"),
    ],
)
def test_references_to_anywhere_else_are_findings_and_reach_nothing(tmp_path: Path, ref: str) -> None:
    (tmp_path / "secret.json").write_text('{"type": "string", "description": "SECRET"}')
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.json").symlink_to("../secret.json")
    (root / "folder").symlink_to("..")
    os.mkfifo(root / "fifo.json")
    source = _files(root, {"a.json": _with_schema({"$ref": ref})})
    contents = openapi.contents(source)
    assert contents.operations[0].responses[0].media[0].schema == {}
    assert contents.types == {}
    assert len(contents.findings) == 1
    assert "SECRET" not in canonical.messages(contents)
    assert list(source.files) == ["a.json"]


@pytest.mark.parametrize(
    "pattern",
    [
        "(" * 5000,
        "a{99999999999}",
        "(?P<a>x)(?P<a>y)",
        "[",
        "\\p{L}",
        "(?i",
        "x" * 10_000,
        "((a{999}){999}){999}",
    ],
)
def test_patterns_that_cannot_be_compiled_are_left_out(pattern: str) -> None:
    found = canonical.schema({"type": "string", "pattern": pattern})
    assert found.get("pattern", pattern) == pattern


def test_texts_that_try_to_break_out_are_only_text() -> None:
    nasty = "\"\"\"\n'''{{ 7*7 }}{%raw%}\\N{BULLET}\x00\u2028$(rm -rf /)"
    document = _with_schema({"type": "string", "description": nasty, "enum": [nasty], "default": nasty})
    document["paths"] = {f"/{nasty}": {**document["paths"]["/x"]}}
    outline, contents = canonical.read(document)
    assert outline.operations[0].path == f"/{nasty}"
    assert contents.operations[0].responses[0].media[0].schema["enum"] == [nasty]
