"""Examples are valid, believable and the same every time."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.modelling.examples import Examples, example

TYPES = {
    "Node": {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "next": {"anyOf": [{"$ref": "#/types/Node"}, {"type": "null"}]},
            "children": {"type": "array", "items": {"$ref": "#/types/Node"}},
        },
        "required": ["children", "id"],
    }
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "ada@example.com"),
        ("repo", "hello-world"),
        ("customer_id", "customer-1"),
        ("html_url", "https://www.example.com/about"),
        ("created_at", "2026-01-02T03:04:05Z"),
        ("colour_count", "colour-count-1"),
    ],
)
def test_a_name_suggests_its_value(name: str, value: str) -> None:
    assert example({"type": "string"}, {}, name) == value


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 30},
        {"type": "string", "maxLength": 2},
        {"type": "string", "pattern": "^[a-z]{3}$"},
        {"type": "string", "enum": ["x", "y"]},
        {"type": "integer", "minimum": 100, "multipleOf": 30},
        {"type": "integer", "exclusiveMaximum": 0},
        {"type": "number", "minimum": 0.5, "maximum": 0.75},
        {"type": "array", "items": {"type": "boolean"}, "minItems": 3},
        {
            "type": "object",
            "properties": {"a": {"const": 7}},
            "required": ["a"],
            "additionalProperties": False,
        },
        {
            "allOf": [
                {"properties": {"a": {"type": "integer"}}, "required": ["a"]},
                {"required": ["b"], "properties": {"b": {}}},
            ]
        },
        {"oneOf": [{"type": "integer"}, {"type": "string"}]},
        {"anyOf": [{"type": "null"}, {"type": "string"}]},
        {"type": ["null", "integer"]},
        {"$ref": "#/types/Node"},
        {"type": "string", "examples": ["chosen"]},
        {"type": "integer", "examples": ["not one"], "minimum": 3},
    ],
)
def test_an_example_is_valid(schema: dict[str, Any]) -> None:
    value = example(schema, TYPES, "thing")
    Draft202012Validator({**schema, "types": TYPES}).validate(value)
    assert value == example(schema, TYPES, "thing")


def test_recursion_ends_at_the_first_turn() -> None:
    assert example({"$ref": "#/types/Node"}, TYPES) == {"id": 42, "children": []}


def test_a_type_that_must_contain_itself_ends_too() -> None:
    types = {
        "Loop": {"type": "object", "properties": {"loop": {"$ref": "#/types/Loop"}}, "required": ["loop"]}
    }
    assert example({"$ref": "#/types/Loop"}, types)


def test_a_hint_is_used_where_it_fits_and_the_schema_has_no_example() -> None:
    maker = Examples({}, {"size": 7})
    assert maker.of({"type": "integer"}, "size") == 7
    assert maker.of({"type": "integer", "minimum": 10}, "size") != 7
    assert maker.of({"type": "integer", "examples": [8]}, "size") == 8
    assert maker.of({"type": "string"}, "size") == "size-1"


def test_a_hint_that_no_option_of_a_union_admits_is_not_used() -> None:
    options = {"oneOf": [{"type": "string", "enum": ["A", "B"]}, {"type": "object", "properties": {}}]}
    assert Examples({}, {"action": "STARTED"}).of(options, "action") in ("A", {})
    assert Examples({}, {"action": "B"}).of(options, "action") == "B"


def test_an_object_that_admits_no_key_has_none() -> None:
    assert example({"type": "object", "additionalProperties": False}, {}) == {}
