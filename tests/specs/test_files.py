"""A document may lie in many files; what they share is one type, under its own name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.specs import openapi
from generator.specs.facts import Contents
from generator.specs.source import Source
from tests.specs.canonical import check, messages

TEXT = {"type": "string"}


def _read(root: Path, files: dict[str, Any]) -> tuple[Source, Contents]:
    """Write the files (the first one is the document) and read them."""
    for name, document in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document if isinstance(document, str) else json.dumps(document))
    source = Source.open(root, next(iter(files)))
    contents = openapi.contents(source)
    check(openapi.outline(source), contents)
    return source, contents


def _answer(schema: Any) -> dict[str, Any]:
    return {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}


def _document(schema: Any, **more: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": {"/x": {"get": _answer(schema)}}, **more}


def _schema(contents: Contents) -> Any:
    return contents.operations[0].responses[0].media[0].schema


def test_references_are_seen_from_the_file_that_holds_them(tmp_path: Path) -> None:
    source, contents = _read(
        tmp_path,
        {
            "specs/api.json": _document({"$ref": "./schemas/Pet.yaml"}),
            "specs/schemas/Pet.yaml": "properties:\n  toy: {$ref: ../shared/common.json#/Toy}\n",
            "specs/shared/common.json": {"Toy": {"properties": {"back": {"$ref": "../schemas/Pet.yaml"}}}},
        },
    )
    assert _schema(contents) == {"$ref": "#/types/Pet"}
    assert set(contents.types) == {"Pet", "Toy"}
    assert contents.types["Toy"]["properties"]["back"] == {"$ref": "#/types/Pet"}
    assert set(source.files) == {"specs/api.json", "specs/schemas/Pet.yaml", "specs/shared/common.json"}
    assert not contents.findings


def test_a_reference_back_into_the_main_document_is_its_component(tmp_path: Path) -> None:
    _, contents = _read(
        tmp_path,
        {
            "api.json": _document({"$ref": "b.json#/B"}, components={"schemas": {"A": TEXT}}),
            "b.json": {"B": {"properties": {"a": {"$ref": "api.json#/components/schemas/A"}}}},
        },
    )
    assert contents.types["B"]["properties"] == {"a": {"$ref": "#/types/A"}}
    assert contents.types["A"] == TEXT


def test_a_component_that_is_a_file_lends_it_its_name_whoever_comes_first(tmp_path: Path) -> None:
    components = {"schemas": {"Pet": {"$ref": "schemas/pet.json"}}}
    files = {"schemas/pet.json": {"properties": {"mother": {"$ref": "pet.json"}}}}
    for schema in ({"$ref": "schemas/pet.json"}, {"$ref": "#/components/schemas/Pet"}):
        _, contents = _read(tmp_path, {"api.json": _document(schema, components=components), **files})
        assert _schema(contents) == {"$ref": "#/types/Pet"}
        assert list(contents.types) == ["Pet"]
        assert contents.types["Pet"]["properties"]["mother"] == {"$ref": "#/types/Pet"}


def test_two_types_of_one_name_are_told_apart(tmp_path: Path) -> None:
    schema = {"properties": {"a": {"$ref": "a.json#/Pet"}, "b": {"$ref": "b.json#/Pet"}}}
    main = {"schemas": {"Pet": TEXT}}
    files = {"a.json": {"Pet": {"type": "integer"}}, "b.json": {"Pet": {"type": "boolean"}}}
    _, contents = _read(tmp_path, {"api.json": _document(schema, components=main), **files})
    assert contents.types == {"a.Pet": {"type": "integer"}, "b.Pet": {"type": "boolean"}}


def test_types_of_one_name_in_one_file_are_counted(tmp_path: Path) -> None:
    schema = {
        "properties": {key: {"$ref": f"a.json#/{key}/definitions/Pet"} for key in ("schemas", "models")}
    }
    pets = {
        "schemas": {"definitions": {"Pet": TEXT}},
        "models": {"definitions": {"Pet": {"type": "integer"}}},
    }
    _, contents = _read(tmp_path, {"api.json": _document(schema), "a.json": pets})
    assert contents.types == {"Pet": TEXT, "a.Pet": {"type": "integer"}}


def test_paths_operations_and_whole_sections_may_lie_in_files(tmp_path: Path) -> None:
    _, contents = _read(
        tmp_path,
        {
            "api.yaml": "openapi: 3.0.3\npaths: {$ref: paths/index.yaml}\n"
            "components: {parameters: {$ref: parameters.yaml}, schemas: {$ref: schemas.yaml}}\n",
            "paths/index.yaml": "/a/{id}: {$ref: a.yaml}\n/b: {$ref: 'b.yaml#/b'}\n",
            "paths/a.yaml": "parameters: [{$ref: '../api.yaml#/components/parameters/Id'}]\n"
            "get: {$ref: get.yaml}\n",
            "paths/b.yaml": "b: {post: {responses: {default: {$ref: '../schemas.yaml#/R'}}}}\n",
            "paths/get.yaml": json.dumps(_answer({"$ref": "../api.yaml#/components/schemas/Pet"})),
            "parameters.yaml": "Id: {name: id, in: path, required: true, schema: {type: integer}}\n",
            "schemas.yaml": "Pet: {type: object}\nR: {description: r}\n",
        },
    )
    one, other = contents.operations
    assert (one.listed.key, other.listed.key) == (("GET", "/a/{id}"), ("POST", "/b"))
    assert one.parameters[0].schema == {"type": "integer"}
    assert one.pointer == "paths/get.yaml#"
    assert other.responses[0].description == "r"
    assert contents.types == {"Pet": {"type": "object"}}
    assert not contents.findings


def test_a_file_that_cannot_be_read_is_a_finding_where_it_is_named(tmp_path: Path) -> None:
    schema = {"properties": {"a": {"$ref": "missing.json"}, "b": {"$ref": "broken.yaml#/B"}}}
    source, contents = _read(tmp_path, {"api.json": _document(schema), "broken.yaml": "a: [1\n"})
    assert _schema(contents)["properties"] == {"a": {}, "b": {}}
    told = messages(contents)
    assert (
        "properties/a: '$ref' 'missing.json' cannot be followed (missing.json: there is no such file" in told
    )
    assert "broken.yaml:" in told
    assert set(source.files) == {"api.json", "broken.yaml"}


def test_findings_in_another_file_name_it(tmp_path: Path) -> None:
    _, contents = _read(
        tmp_path,
        {"api.json": _document({"$ref": "b.yaml#/B"}), "b.yaml": "B: {type: nonsense}\nB: {maxLength: x}\n"},
    )
    assert [finding.pointer for finding in contents.findings] == [
        "b.yaml#/B/type",
        "b.yaml#/B/maxLength",
        "b.yaml#/B",
    ]


def test_a_schemes_section_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text('{"k": {"type": "http", "scheme": "basic"}}')
    (tmp_path / "a.json").write_text(
        '{"openapi": "3.0.0", "paths": {}, "components": {"securitySchemes": {"$ref": "s.json"}}}'
    )
    assert openapi.outline(Source.open(tmp_path, "a.json")).schemes["k"].kind == "basic"
