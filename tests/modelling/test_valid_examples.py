"""Examples are valid for schemas as documents have them, safe to show, and cheap."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.modelling.examples import Examples
from generator.modelling.patterns import texts

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
NULL: dict[str, Any] = {"type": "null"}


def thing(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/types/{name}"}


TYPES: dict[str, Any] = {
    "Leaf": thing(name=TEXT),
    "Node": thing(
        kids={"type": "array", "items": ref("Node")}, next={"anyOf": [ref("Node"), {"type": "null"}]}
    ),
    "Expr": {"oneOf": [thing(left=ref("Expr"), right=ref("Expr")), ref("Leaf")]},
    "Ping": thing(pong={"anyOf": [{"type": "null"}, ref("Pong")]}),
    "Pong": thing(ping=ref("Ping")),
    "Color": {"enum": ["red", "green"]},
}
VALID = [
    {"type": "array", "items": TEXT, "minItems": 3, "uniqueItems": True},
    {"type": "array", "items": WHOLE, "minItems": 3, "uniqueItems": True},
    {"type": "array", "items": ref("Color"), "minItems": 2, "uniqueItems": True},
    {"type": "array", "items": ref("Leaf"), "minItems": 2, "uniqueItems": True},
    {"type": "array", "items": {**TEXT, "format": "uuid"}, "minItems": 2, "uniqueItems": True},
    {"type": "array", "items": TEXT, "maxItems": 0},
    {"type": "array", "prefixItems": [TEXT, WHOLE]},
    {"type": "object", "minProperties": 2, "additionalProperties": WHOLE},
    {"type": "object", "maxProperties": 0},
    {"type": "object", "propertyNames": {"pattern": "^[a-z]{3}-[0-9]{2}$"}, "additionalProperties": WHOLE},
    {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "minProperties": 2},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "number", "minimum": 0.1, "maximum": 0.3, "multipleOf": 0.1},
    {"type": "integer", "exclusiveMinimum": 41, "exclusiveMaximum": 43},
    {"type": "integer", "minimum": 1000, "multipleOf": 7},
    {"type": "integer", "maximum": -5},
    {**TEXT, "pattern": "^VA[0-9a-fA-F]{32}$", "minLength": 34, "maxLength": 34},
    {**TEXT, "pattern": "^\\+[1-9]\\d{1,14}$"},
    {**TEXT, "pattern": "^(prod|test)_[A-Za-z0-9]+$", "minLength": 20},
    {**TEXT, "pattern": "^arn:aws[a-z-]*:iam::\\d{12}:role/.+$"},
    {**TEXT, "format": "date-time", "minLength": 1},
    {**TEXT, "minLength": 500},
    {"allOf": [ref("Leaf"), thing(age=WHOLE)]},
    {"allOf": [ref("Leaf")], "description": "x"},
    {
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT},
    },
    {"oneOf": [thing(a=TEXT), thing(a=TEXT, b=TEXT)]},
    {"oneOf": [{}, ref("Leaf")]},
    {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]},
    {"const": {"a": [1]}},
    {"enum": [None, 3]},
    {"oneOf": [{"const": 1, "title": "ONE"}, {"const": 2}]},
    {**WHOLE, "example": "not a number"},
    {**TEXT, "enum": ["a"], "example": "z"},
    {**thing(a=WHOLE), "example": {"a": "wrong"}},
    ref("Node"),
    ref("Expr"),
    ref("Ping"),
    ref("Pong"),
]


@pytest.mark.parametrize("schema", VALID, ids=lambda schema: str(schema)[:60])
@pytest.mark.parametrize("purpose", ["", "request", "response"])
def test_an_example_is_valid(schema: dict[str, Any], purpose: str) -> None:
    value = Examples(TYPES).of(schema, "thing", purpose=purpose)
    Draft202012Validator({**schema, "types": TYPES}).validate(value)
    assert value == Examples(TYPES).of(schema, "thing", purpose=purpose)


def test_a_purpose_leaves_out_what_does_not_travel_that_way() -> None:
    schema = thing(id={**WHOLE, "readOnly": True}, name=TEXT, password={**TEXT, "writeOnly": True})
    examples = Examples({"Inner": schema})
    assert set(examples.of(schema, purpose="request")) == {"name", "password"}
    assert set(examples.of(schema, purpose="response")) == {"id", "name"}
    assert set(examples.of({"type": "array", "items": ref("Inner")}, purpose="response")[0]) == {"id", "name"}
    whole = {**schema, "example": {"id": 1, "name": "x", "password": "y"}}
    assert examples.of(whole, purpose="request") == {"name": "x", "password": "y"}


@pytest.mark.parametrize(
    "text",
    [
        "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
        "ghp_" + "a" * 36,
        "jane.doe@gmail.com",
        "-----BEGIN PRIVATE KEY-----",
        "a\u202eb",
        "a\x00b",
        "two\nlines",
        "x" * 5000,
    ],
)
def test_a_text_that_nobody_should_see_is_not_taken_over(text: str) -> None:
    assert Examples({}).of({**TEXT, "example": text}, "name") != text
    assert text not in str(Examples({}).of({**thing(name=TEXT), "example": {"name": text}}))


def test_a_good_example_of_the_document_is_taken_over() -> None:
    schema = {**thing(name=TEXT, mail=TEXT), "example": {"name": "octocat", "mail": "octo@example.com"}}
    assert Examples({}).of(schema) == {"name": "octocat", "mail": "octo@example.com"}
    assert (
        Examples({}).of({**schema, "example": {"name": "octocat", "mail": "x", "more": 1}})
        != schema["example"]
    )


PATTERNS = (
    "^[A-Z]{2}[0-9a-fA-F]{32}$",
    "^\\d{3}-\\d{4}$",
    "^(foo|bar)+$",
    "^[a-z][a-z0-9-]{2,}[^-]$",
    "^[\\w.-]+@[\\w.-]+\\.com$",
    "^(?:[0-9]{1,3}\\.){3}[0-9]{1,3}$",
    "^(?P<year>\\d{4})/x?$",
    "^[^a-zA-Z0-9_]+$",
    "\\u0041\\x42",
    "^$",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_plain_pattern_has_a_text(pattern: str) -> None:
    assert any(re.search(pattern, text) for text in texts(pattern))


@pytest.mark.parametrize(
    "pattern", ["(", "[", "(?=x)", "(?<!x)y", "((a{999}){999}){999}", "\\p{L}", "a{9999}" * 99]
)
def test_a_pattern_that_cannot_be_read_gives_nothing_fast(pattern: str) -> None:
    before = time.process_time()
    assert all(len(text) < 10_000 for text in texts(pattern))
    assert time.process_time() - before < 0.5


def test_examples_of_a_large_document_are_small_and_fast() -> None:
    types = {
        f"T{n}": thing(**{f"f{m}": ref(f"T{(n * 3 + m) % 400}") if m % 3 == 0 else TEXT for m in range(20)})
        for n in range(400)
    }
    optional = {name: {**schema, "required": []} for name, schema in types.items()}
    before = time.process_time()
    for name in optional:
        assert len(str(Examples(optional).of(ref(name)))) < 10_000
    Examples(types).of(ref("T0"))  # every field is required, and it never ends
    assert time.process_time() - before < 4
