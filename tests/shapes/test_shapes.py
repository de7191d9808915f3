"""The manifest's type language: what each shape means, and what is said of shapes that mean nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from generator.shapes import WORDS, Complaint, named_types, optional, to_schema, without_null

NULL = {"type": "null"}
ISSUE = {"$ref": "#/types/Issue"}
STRING = {"type": "string"}


def schema_of(shape: Any) -> dict[str, Any]:
    complaints: list[Complaint] = []
    schema = to_schema(shape, {"Issue"}, complaints)
    assert complaints == []
    return schema


def complaints_of(shape: Any) -> list[tuple[tuple[str | int, ...], str]]:
    complaints: list[Complaint] = []
    to_schema(shape, {"Issue"}, complaints)
    return [(complaint.pointer, complaint.message) for complaint in complaints]


@pytest.mark.parametrize(
    ("shape", "schema"),
    [
        ("string", STRING),
        ("datetime", {"type": "string", "format": "date-time"}),
        ("bytes", {"type": "string", "format": "byte"}),
        ("file", {"type": "string", "format": "binary"}),
        ("any", {}),
        ("any?", {}),
        ("string?", {"anyOf": [STRING, NULL]}),
        (" string ? ", {"anyOf": [STRING, NULL]}),
        ("Issue", ISSUE),
        (["Issue"], {"type": "array", "items": ISSUE}),
        ("[Issue]", {"type": "array", "items": ISSUE}),
        ("[[string?]]?", {"anyOf": [{"type": "array", "items": schema_of(["string?"])}, NULL]}),
        ([["string?"]], {"type": "array", "items": schema_of("[string?]")}),
        ({}, {"type": "object", "properties": {}}),
    ],
)
def test_each_shape_has_one_schema(shape: Any, schema: dict[str, Any]) -> None:
    assert schema_of(shape) == schema


def test_an_object_requires_the_fields_that_are_neither_optional_nor_defaulted() -> None:
    shape = {
        "title": "string",
        "body": "string?",
        "anything": "any?",
        "author": "Issue",
        "state": {"enum": ["open", "closed"], "default": "open"},
        "note": {"type": ["string", "null"]},
    }
    schema = schema_of(shape)
    assert list(schema["properties"]) == list(shape)
    assert schema["required"] == ["author", "title"]


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "string", "title": "string"},
        {"type": "string", "deprecated": "boolean"},
        {"items": ["Issue"]},
        {"items": "Issue"},
        {"enum": "string"},
        {"title": "string"},
        {"type": "string", "id": "integer"},
        {"description": {"text": "string"}},
    ],
)
def test_fields_that_are_called_like_keywords_make_an_object(shape: Any) -> None:
    schema = schema_of(shape)
    assert list(schema["properties"]) == list(shape)


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "string"},
        {"type": "string", "description": "The title of the issue."},
        {"type": "string", "format": "date"},
        {"type": "object", "title": "file", "properties": {"a": {"type": "string"}}},
        {"enum": ["open", "closed"], "title": "string"},
        {"type": ["string", "null"], "maxLength": 3},
        {"const": "string"},
        {"minimum": 1},
        {"type": "object", "additionalProperties": False},
        {"type": "array", "items": {"description": "anything"}},
        {"type": "array", "items": {}},
        {"$ref": "#/types/Issue"},
        {"oneOf": [{"$ref": "#/types/Issue"}, {"type": "string"}]},
    ],
)
def test_json_schema_passes_through(shape: Any) -> None:
    assert schema_of(shape) == shape


def test_shapes_work_inside_json_schema() -> None:
    assert schema_of({"type": "array", "items": "Issue"}) == {"type": "array", "items": ISSUE}
    assert schema_of({"oneOf": ["Issue", {"id": "integer"}]}) == {
        "oneOf": [ISSUE, schema_of({"id": "integer"})]
    }
    assert schema_of({"$ref": "Issue"}) == ISSUE
    assert schema_of({"type": "object", "additionalProperties": "string"})["additionalProperties"] == STRING


def test_a_type_word_may_carry_notes() -> None:
    assert schema_of({"type": "datetime?", "description": "When."}) == {
        "anyOf": [{"type": "string", "format": "date-time"}, NULL],
        "description": "When.",
    }


def test_nullable_becomes_the_canonical_optional() -> None:
    assert schema_of({"type": "string", "nullable": True, "default": None}) == {
        "anyOf": [STRING, NULL],
        "default": None,
    }
    assert schema_of({"type": "string", "nullable": False}) == STRING


MISTAKES: list[tuple[Any, tuple[str | int, ...], str]] = [
    ("strng", (), "'strng' is not a type. Did you mean 'string'?"),
    ("int", (), "'int' is not a type. Did you mean 'integer'?"),
    ("Isue", (), "'Isue' is not a type. Did you mean 'Issue'?"),
    ("string|date", (), "'string|date' is not a type. Write {anyOf: [string, integer]} for a choice."),
    ({"a": "[strng]?"}, ("a",), "'strng' is not a type. Did you mean 'string'?"),
    ({"a": ["strng"]}, ("a", 0), "'strng' is not a type. Did you mean 'string'?"),
    ({"type": "strng", "enum": ["a", "b"]}, ("type",), "'strng' is not a type. Did you mean 'string'?"),
    ({"$ref": "Isue"}, ("$ref",), "'Isue' is not a name from 'types'. Did you mean 'Issue'?"),
    (
        {"enum": ["up", "down"], "default": "dwn"},
        ("default",),
        "'dwn' is not in the enum. Did you mean 'down'?",
    ),
    ({"minLength": -1}, ("minLength",), "-1 does not fit here. Write a whole number, 0 or more."),
    ({"not": {"type": ["string", "nul"]}}, ("not", "type"), "'nul' is not a type. Did you mean 'null'?"),
]


@pytest.mark.parametrize(("shape", "where", "message"), MISTAKES)
def test_a_mistake_is_located_and_mended(shape: Any, where: tuple[str | int, ...], message: str) -> None:
    assert complaints_of(shape) == [(where, message)]


@pytest.mark.parametrize(
    "shape",
    [None, 5, True, [], ["string", "string"], "", "?", "[]", "[string", {True: "string"}, {"a": None},
     {"type": ["string"]}, {"type": "string", "pattern": "("}, {"type": "string", "enum": [True, "no"]},
     {"type": "integer", "default": "1"}, "[" * 99 + "string" + "]" * 99, {"oneOf": []}],
)  # fmt: skip
def test_nonsense_is_one_complaint_that_ends_with_a_mend(shape: Any) -> None:
    [(_, message)] = complaints_of(shape)
    assert message.rstrip().endswith((".", "?"))
    assert message.count(". ") >= 1


def test_deep_nesting_is_bounded() -> None:
    shape: Any = "string"
    for _ in range(10_000):
        shape = {"a": shape}
    [(where, message)] = complaints_of(shape)
    assert len(where) == 33
    assert message == "nested over 32 levels deep. Name the inner part in 'types'."


def test_every_named_type_is_read_and_its_name_is_checked() -> None:
    complaints: list[Complaint] = []
    types = {"Issue": {"parent": "Issue?"}, "string": "integer", "my type": "any"}
    schemas = named_types(types, complaints)
    assert schemas["Issue"]["properties"] == {"parent": {"anyOf": [ISSUE, NULL]}}
    assert [complaint.pointer for complaint in complaints] == [("types", "string"), ("types", "my type")]


@pytest.mark.parametrize(
    ("schema", "rest"),
    [
        ({"type": ["string", "null"], "maxLength": 3}, {"type": "string", "maxLength": 3}),
        ({"anyOf": [STRING, NULL], "title": "T"}, {"type": "string", "title": "T"}),
        ({"oneOf": [STRING, ISSUE, NULL]}, {"oneOf": [STRING, ISSUE]}),
    ],
)
def test_null_can_be_split_off_however_it_was_written(schema: dict[str, Any], rest: dict[str, Any]) -> None:
    assert without_null(schema) == (rest, True)
    assert without_null(rest) == (rest, False)


words = st.sampled_from([*WORDS, "Issue"])
shapes = st.recursive(
    words,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=1),
        st.dictionaries(st.text("abcdefg", min_size=1), inner),
        words.map(lambda word: f"[{word}]?"),
    ),
    max_leaves=12,
)
scalars = (
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([*WORDS, "Issue", "[string]?"])
)
keys = st.text() | st.sampled_from(
    ["type", "enum", "items", "properties", "title", "oneOf", "$ref", "default", "nullable"]
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=15,
)


@given(shapes)
def test_every_well_formed_shape_gives_valid_json_schema(shape: Any) -> None:
    Draft202012Validator.check_schema(schema_of(shape))


@given(shapes)
def test_making_a_schema_optional_twice_changes_nothing(shape: Any) -> None:
    once = optional(schema_of(shape))
    assert optional(once) == once


@settings(max_examples=500)
@given(anything)
def test_anything_at_all_gives_valid_json_schema_or_a_complaint(shape: Any) -> None:
    complaints: list[Complaint] = []
    schema = to_schema(shape, {"Issue"}, complaints)
    if not complaints:
        Draft202012Validator.check_schema(schema)
