"""Values made of schemas, patterns and documents: what they must be, and what cannot harm."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.gates._oracles._document import Document
from generator.gates._oracles._loading import Files, Node, Unreadable
from generator.gates._oracles._patterns import matching, usable
from generator.gates._oracles._samples import Level, Sampler, Unsynthesized
from generator.gates._oracles._strings import text
from generator.gates._oracles._translate import Schemas

LEVELS: tuple[Level, ...] = ("least", "most", "wild")


def sampler(document: dict[str, Any], tmp_path: Path, unsent: str = "readOnly") -> tuple[Sampler, Files]:
    (tmp_path / "d.json").write_text(json.dumps(document), encoding="utf-8")
    files = Files(tmp_path, "d.json")
    return Sampler(Schemas(files, False, unsent), "seed", nulls=unsent == "writeOnly"), files


def values(schema: dict[str, Any], tmp_path: Path, **defs: Any) -> list[Any]:
    """Return one value of each level; the schema is OpenAPI 3.0's."""
    made, files = sampler({"s": schema, "defs": defs}, tmp_path)
    translated = made.schemas.of(files.top().child("s"))
    return [made.value(translated, level, "x") for level in LEVELS]


def test_the_least_value_holds_what_is_required_and_the_fullest_everything(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "integer"}, "b": {"type": "string", "format": "date"}},
    }
    least, most, _ = values(schema, tmp_path)
    assert set(least) == {"a"}
    assert set(most) == {"a", "b"}


def test_a_field_that_only_answers_hold_is_in_no_request(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "integer", "readOnly": True}},
    }
    assert values(schema, tmp_path) == [{}, {}, {}]


SCHEMAS: dict[str, dict[str, Any]] = {
    "bounds": {"type": "integer", "minimum": 5, "exclusiveMinimum": True, "maximum": 7},
    "a step": {"type": "number", "minimum": 1, "multipleOf": 0.25},
    "a pattern": {"type": "string", "pattern": "^[A-Z]{2}-\\d{3,5}(x|y)?$"},
    "a length": {"type": "string", "minLength": 30, "maxLength": 31},
    "a set": {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 3, "uniqueItems": True},
    "all of": {"allOf": [{"type": "object", "required": ["b"]}, {"properties": {"b": {"enum": ["x"]}}}]},
    "one of": {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    "nullable": {"type": "string", "nullable": True, "maxLength": 3},
    "an enum of enums": {"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]},
    "itself": {"$ref": "#/defs/Tree"},
}
TREE = {"type": "object", "properties": {"inner": {"type": "array", "items": {"$ref": "#/defs/Tree"}}}}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_value_is_valid(name: str, tmp_path: Path) -> None:
    made, files = sampler({"s": SCHEMAS[name], "defs": {"Tree": TREE}}, tmp_path)
    schema = made.schemas.of(files.top().child("s"))
    validator = made.schemas.validator(schema)
    for number in range(30):
        for level in LEVELS:
            assert validator.is_valid(made.value(schema, level, f"{name} {number}"))


def test_a_discriminated_value_says_what_it_is(tmp_path: Path) -> None:
    pet = {
        "oneOf": [{"$ref": "#/defs/Cat"}, {"$ref": "#/defs/Dog"}],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"kitty": "#/defs/Cat", "doggy": "#/defs/Dog"},
        },
    }
    cat = {
        "type": "object",
        "required": ["kind", "lives"],
        "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}},
    }
    dog = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
    for value in values(pet, tmp_path, Cat=cat, Dog=dog):
        assert value["kind"] == ("kitty" if "lives" in value else "doggy")


def test_what_a_union_calls_by_a_tag_is_called_so_when_it_stands_alone(tmp_path: Path) -> None:
    user = {"type": "object", "properties": {"kind": {"type": "string"}}}
    union = {
        "oneOf": [{"$ref": "#/defs/Public"}, {"$ref": "#/defs/Private"}],
        "discriminator": {"propertyName": "kind", "mapping": {"p": "#/defs/Public", "q": "#/defs/Private"}},
    }
    document = {"s": {"$ref": "#/defs/Public"}, "u": union, "defs": {"Public": user, "Private": user}}
    made, files = sampler(document, tmp_path)
    alone, _ = (made.schemas.of(files.top().child(key)) for key in ("s", "u"))
    assert made.value(alone, "most", "x") == {"kind": "p"}


IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "a schema that needs itself": {"$ref": "#/defs/Endless"},
    "two types at once": {"allOf": [{"type": "string"}, {"type": "integer"}]},
    "more than fits into memory": {"type": "string", "minLength": 10**12},
    "more items than anybody has": {"type": "array", "minItems": 10**9, "items": {"type": "string"}},
    "too many alternatives": {
        "allOf": [{"anyOf": [{"enum": [n]}, {"enum": [n + 1]}]} for n in range(0, 60, 2)],
    },
    "a step that is nearly nothing": {"type": "number", "minimum": 10**300, "multipleOf": 5e-324},
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_made_is_said_and_soon(name: str, tmp_path: Path) -> None:
    endless = {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/defs/Endless"}}}
    started = time.process_time()
    with pytest.raises(Unsynthesized):
        values(IMPOSSIBLE[name], tmp_path, Endless=endless)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|b*)*", "((a*)*)*", "(", "[z-a]", "(a{1000}){1000}", "\\p{L}", "a" * 5000]
)
def test_a_pattern_that_could_harm_is_not_run(pattern: str) -> None:
    assert not usable(pattern)


PIECES = st.sampled_from(
    ["a", "\\d", "[A-F0-9]", "[^x]", "(foo|ba?r)", "\\w{2,4}", ".", "\\s?", "-", "x*", "[a-c]+"]
)


@given(pieces=st.lists(PIECES, min_size=1, max_size=6), seed=st.integers(0, 1000), shortest=st.booleans())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_text_made_of_a_pattern_matches_it(pieces: list[str], seed: int, shortest: bool) -> None:
    pattern = "^" + "".join(pieces) + "$"
    if usable(pattern):
        assert re.search(pattern, matching(pattern, Random(seed), shortest))


def test_yaml_is_read_as_its_version_1_2(tmp_path: Path) -> None:
    text = "on: yes\nday: 2024-01-02\nsixty: 1:30\nzero: 010\n200: {x: 0x1F}\nnothing: ~\nhalf: 1e3\n"
    (tmp_path / "d.yaml").write_text(text, encoding="utf-8")
    assert Files(tmp_path, "d.yaml").top().value == {
        "on": "yes",
        "day": "2024-01-02",
        "sixty": "1:30",
        "zero": 10,
        200: {"x": 31},
        "nothing": None,
        "half": 1000.0,
    }


def test_a_reference_follows_files_and_never_leaves_the_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "parts").mkdir(parents=True)
    (tmp_path / "secret.json").write_text('{"x": 1}', encoding="utf-8")
    (root / "parts" / "a.yaml").write_text("X: {$ref: '../d.json#/y'}", encoding="utf-8")
    (root / "d.json").write_text('{"y": {"type": "string"}}', encoding="utf-8")
    files = Files(root, "d.json")

    def follow(reference: str) -> Any:
        return files.follow(Node("d.json", "/x", {"$ref": reference})).value

    assert follow("parts/a.yaml#/X") == {"type": "string"}
    assert follow("../secret.json#/x") is None
    assert follow("https://192.0.2.1/x.json") is None
    assert follow("file:///etc/hostname") is None
    assert len(files.said) == 3


def test_a_document_that_is_none_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text("{: [", encoding="utf-8")
    with pytest.raises(Unreadable):
        Files(tmp_path, "d.yaml").top()


def test_swagger_2_becomes_the_same_facts(tmp_path: Path) -> None:
    document = {
        "swagger": "2.0",
        "consumes": ["application/x-www-form-urlencoded"],
        "securityDefinitions": {"key": {"type": "apiKey", "in": "query", "name": "k"}},
        "paths": {
            "/a/{id}": {
                "post": {
                    "security": [{"key": []}],
                    "parameters": [
                        {"in": "path", "name": "id", "type": "integer", "required": True},
                        {"in": "query", "name": "q", "type": "array", "collectionFormat": "pipes"},
                        {"in": "formData", "name": "f", "type": "string", "required": True},
                    ],
                    "responses": {200: {"description": "OK", "schema": {"type": "file"}}},
                }
            }
        },
    }
    (tmp_path / "d.json").write_text(json.dumps(document), encoding="utf-8")
    found = Document(Files(tmp_path, "d.json")).operation("POST /a/{id}")
    assert found is not None
    assert [(p.name, p.style, p.explode, p.required) for p in found.parameters] == [
        ("id", "simple", False, True),
        ("q", "pipeDelimited", False, False),
    ]
    assert [m.type for m in found.body] == ["application/x-www-form-urlencoded"]
    assert found.body_required
    assert found.security is not None
    assert [(s.place, s.name) for s in found.security[0]] == [("query", "k")]


def test_no_value_of_a_path_is_a_dot_that_means_another_place() -> None:
    schema = {"type": "string", "pattern": "^[.a-c]+$"}
    made = {text(schema, Random(seed), False, True, "path") for seed in range(60)}
    assert made.isdisjoint({".", ".."})
    assert "." in {text(schema, Random(seed), False, True, "query") for seed in range(60)}
