"""The quick gate decides exactly as jsonschema does; what it does not know, it never lets through."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from generator.reading.schema import envelope
from generator.reading.schema_gate import gate

from .stand_in import REQUIREMENTS

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([1.0, 0.5])
    | st.sampled_from(["", "a", "ab", "1"])
)
words = st.sampled_from(["a", "ab", "b"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
types = st.sampled_from(["string", "integer", "number", "boolean", "object", "array", "null"])
patterns = st.sampled_from(["^a", "b$", "."])
numbers = st.integers(-2, 3)


def mapping(schemas: st.SearchStrategy[Any], keys: st.SearchStrategy[str] = words) -> st.SearchStrategy[Any]:
    return st.dictionaries(keys, schemas, max_size=2)


def keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=3)
    optional = {
        "type": types | st.lists(types, min_size=1, max_size=2, unique=True),
        "enum": st.lists(values, min_size=1, max_size=3),
        "const": values,
        "pattern": patterns,
        "required": st.lists(words, max_size=2, unique=True),
        "dependentRequired": st.dictionaries(words, st.lists(words, max_size=2, unique=True), max_size=2),
        "uniqueItems": st.booleans(),
        "minimum": numbers, "maximum": numbers, "exclusiveMinimum": numbers, "exclusiveMaximum": numbers,
        "minLength": st.integers(0, 2), "maxLength": st.integers(0, 2),
        "minItems": st.integers(0, 2), "maxItems": st.integers(0, 2),
        "minProperties": st.integers(0, 2), "maxProperties": st.integers(0, 2),
        "properties": mapping(inner), "patternProperties": mapping(inner, patterns),
        "additionalProperties": inner,
        "propertyNames": inner, "items": inner, "not": inner, "anyOf": some, "oneOf": some, "allOf": some,
        "if": inner, "then": inner, "else": inner,
    }  # fmt: skip
    return st.fixed_dictionaries({}, optional=optional).map(
        lambda schema: dict(list(schema.items())[:4] if len(schema) > 4 else schema)
    )


schemas = st.recursive(st.booleans() | st.fixed_dictionaries({"type": types}), keywords, max_leaves=6)


@settings(max_examples=1500, deadline=None)
@given(schemas, values)
def test_the_gate_agrees_with_jsonschema_on_any_schema_it_knows(schema: Any, value: Any) -> None:
    assert gate(schema)(value) == Draft202012Validator(schema).is_valid(value)


def test_recursive_references_are_followed() -> None:
    tree = {
        "$ref": "#/$defs/tree",
        "$defs": {"tree": {"properties": {"left": {"$ref": "#/$defs/tree"}}, "type": "object"}},
    }
    assert gate(tree)({"left": {"left": {}}})
    assert not gate(tree)({"left": {"left": 5}})


@pytest.mark.parametrize(
    "schema", [{"unevaluatedProperties": False}, {"$ref": "other.json"}, {"$ref": "#/$defs/none"}]
)
def test_what_the_gate_does_not_know_is_looked_at_closely(schema: dict[str, Any]) -> None:
    assert not gate(schema)({})


def test_the_schemas_in_use_are_known_to_the_gate() -> None:
    manifest = envelope()
    assert gate(manifest)({"version": 1, "integrations": [{"name": "a", "service": "A"}]})
    assert gate(REQUIREMENTS)({"base_url": "https://a.example"})


def test_the_manifests_schema_is_valid_and_explains_every_key() -> None:
    schema = envelope()
    Draft202012Validator.check_schema(schema)
    parts = {"manifest": schema, "defaults": schema["properties"]["defaults"], **schema["$defs"]}
    for name, part in parts.items():
        for key, inner in part.get("properties", {}).items():
            assert inner.get("description"), f"{name}.{key}"
            assert inner.get("examples"), f"{name}.{key}"
            for example in inner["examples"]:
                validator = Draft202012Validator({**inner, "$defs": schema["$defs"]})
                assert validator.is_valid(json.loads(json.dumps(example))), f"{name}.{key}"
