"""JSON Schema becomes typed values that decode what they should, whatever the schema."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from generator.modelling.examples import Examples, example
from generator.modelling.models import Models
from integrations.runtime._http.oneof import typed

from .printed import module

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}


def thing(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def annotation(schema: Any, types: dict[str, Any] | None = None) -> str:
    return Models(types or {}).result(schema, "Thing", "here").text


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (TEXT, "str"),
        ({"type": "string", "format": "date-time"}, "dt.datetime"),
        ({"type": "string", "format": "uuid"}, "str"),
        ({"anyOf": [TEXT, {"type": "null"}]}, "str | None"),
        ({"type": ["string", "null"]}, "str | None"),
        ({"type": "string", "nullable": True}, "str | None"),
        ({"type": ["string", "integer"]}, "str | int"),
        ({"type": "array", "items": WHOLE}, "list[int]"),
        ({"type": "object", "additionalProperties": WHOLE}, "dict[str, int]"),
        ({"type": "object"}, "dict[str, Any]"),
        ({"const": "x"}, 'Literal["x"]'),
        ({"enum": [True, False]}, "bool"),
        ({"enum": [1.5, 2]}, "float | int"),
        ({"enum": [None]}, "None"),
        ({"oneOf": [{"type": "string", "format": "date-time"}, TEXT]}, "str"),
        ({"oneOf": [{"type": "array", "items": TEXT}, {"type": "array", "items": WHOLE}]}, "list[Any]"),
        ({"allOf": [{"$ref": "#/types/T"}], "description": "x"}, "T"),
        ({}, "Any"),
        (True, "Any"),
    ],
)
def test_a_schema_has_its_annotation(schema: Any, expected: str) -> None:
    assert annotation(schema, {"T": thing(a=TEXT)}) == expected


@pytest.mark.parametrize(
    "schema",
    [
        False,
        3,
        None,
        {"$ref": "#/types/Missing"},
        {"type": "strange"},
        {"enum": []},
        {"type": [[]]},
        {"allOf": 3},
        {"properties": 3, "type": "object"},
    ],
)
def test_what_cannot_be_said_stays_raw_with_a_finding(schema: Any) -> None:
    models = Models({})
    assert models.result(schema, "Thing", "here").text in ("Any", "dict[str, Any]")
    assert models.findings or schema == {"properties": 3, "type": "object"}


def test_an_object_becomes_a_frozen_class() -> None:
    models = Models({"Issue": thing(createdAt={"type": "string", "format": "date-time"}, number=WHOLE)})
    models.result({"$ref": "#/types/Issue"}, "Issue", "here")
    made = module(models)
    issue = msgspec.json.decode(
        b'{"number": 1, "createdAt": "2026-01-02T03:04:05Z", "new": []}', type=made.Issue
    )
    assert issue == made.Issue(number=1, created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC))
    with pytest.raises(AttributeError):
        issue.number = 2


def test_what_may_be_left_out_is_none_and_is_left_out_again() -> None:
    models = Models({})
    models.result(
        {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a"]}, "Thing", "here"
    )
    made = module(models)
    value = msgspec.json.decode(b'{"a": "x"}', type=made.Thing)
    assert value.b is None
    assert msgspec.to_builtins(value) == {"a": "x"}


def test_names_of_any_kind_keep_their_wire_name() -> None:
    wires = [
        "+1",
        "-1",
        "@type",
        "class",
        "a-b",
        "a_b",
        "list",
        "str",
        "größe",
        "",
        "self",
        "dt",
        "_x",
        "1st",
    ]
    kinds = {"list": {"type": "array", "items": TEXT}, "dt": {"type": "string", "format": "date"}}
    models = Models({})
    kind = models.result(thing(**{wire: kinds.get(wire, TEXT) for wire in wires}), "Thing", "here")
    made = module(models)
    value = example(thing(**{wire: kinds.get(wire, TEXT) for wire in wires}), {})
    assert msgspec.to_builtins(msgspec.convert(value, made.Thing)) == value
    assert msgspec.to_builtins(eval(models.python(kind, value), made.__dict__)) == value


def test_a_field_that_would_hide_its_type_is_renamed_and_no_other() -> None:
    models = Models({})
    models.result(thing(date={"type": "string", "format": "date"}, str=WHOLE), "Thing", "here")
    models.result(thing(int=WHOLE), "Other", "here")
    names = {s["name"]: [f["name"] for f in s["fields"]] for s in models.facts()["structs"]}
    assert names == {"Thing": ["date_", "str"], "Other": ["int_"]}


def test_names_that_collide_are_told_apart_whatever_the_order() -> None:
    types = {"StartTime": thing(a=TEXT), "StartTime<": thing(b=TEXT), "Any": thing(c=TEXT)}
    found = []
    for order in (list(types), list(reversed(types))):
        models = Models({name: types[name] for name in order})
        found.append([models.result({"$ref": f"#/types/{name}"}, "X", "here").text for name in sorted(types)])
    assert found[0] == found[1] == ["AnyValue", "StartTime", "StartTime2"]


def test_nested_objects_are_named_after_their_place() -> None:
    order = thing(customer=thing(name=TEXT), lines={"type": "array", "items": thing(sku=TEXT)})
    models = Models({"Order": order})
    models.result({"$ref": "#/types/Order"}, "Order", "here")
    facts = models.facts()["structs"]
    assert [(s["name"], s["doc"]) for s in facts] == [
        ("OrderCustomer", "The customer of an order."),
        ("OrderLine", "The line of an order."),
        ("Order", "An order."),
    ]


def test_a_union_is_told_apart_by_a_constant_field() -> None:
    types = {
        "Card": thing(object={"const": "card"}, last4=TEXT),
        "Bank": thing(object={"enum": ["bank"]}, iban=TEXT),
        "Source": {"oneOf": [{"$ref": "#/types/Card"}, {"$ref": "#/types/Bank"}]},
    }
    models = Models(types)
    models.result({"$ref": "#/types/Source"}, "Source", "here")
    made = module(models)
    assert msgspec.convert({"object": "bank", "iban": "X"}, made.Card | made.Bank) == made.Bank(iban="X")
    assert msgspec.to_builtins(made.Card(last4="1")) == {"object": "card", "last4": "1"}


def test_a_declared_discriminator_names_its_objects() -> None:
    types = {
        "Cat": thing(kind=TEXT, lives=WHOLE),
        "Dog": thing(kind=TEXT, bark=TEXT),
        "Pet": {
            "oneOf": [{"$ref": "#/types/Cat"}, {"$ref": "#/types/Dog"}],
            "discriminator": {"propertyName": "kind", "mapping": {"felis": "#/components/schemas/Cat"}},
        },
    }
    models = Models(types)
    models.result({"$ref": "#/types/Pet"}, "Pet", "here")
    made = module(models)
    decode = msgspec.json.Decoder(made.Cat | made.Dog).decode
    assert decode(b'{"kind": "felis", "lives": 9}') == made.Cat(lives=9)
    assert decode(b'{"kind": "Dog", "bark": "x"}') == made.Dog(bark="x")


def test_a_union_that_nothing_tells_apart_is_a_wrapper_that_finds_out() -> None:
    types = {"A": thing(a=TEXT), "B": thing(b=TEXT)}
    models = Models(types)
    union = {"oneOf": [{"$ref": "#/types/A"}, {"$ref": "#/types/B"}]}
    models.result(thing(x=union), "Thing", "here")
    (field,) = models.facts()["structs"][-1]["fields"]
    assert field["annotation"] == "ThingX"
    assert models.facts()["names"] == ["A", "B", "Thing", "ThingX"]
    made = module(models)
    assert made.ThingX({"b": "x"}).match() == made.B(b="x")


def test_recursion_is_a_forward_reference() -> None:
    node = thing(value=WHOLE, children={"type": "array", "items": {"$ref": "#/types/Node"}})
    models = Models({"Node": node})
    models.result({"$ref": "#/types/Node"}, "Node", "here")
    made = module(models)
    value = {"value": 1, "children": [{"value": 2, "children": []}]}
    assert msgspec.to_builtins(msgspec.convert(value, made.Node)) == value


def test_only_what_is_used_is_made() -> None:
    models = Models({"Used": thing(a=TEXT), "Unused": thing(a=TEXT)})
    models.result({"$ref": "#/types/Used"}, "X", "here")
    assert models.facts()["names"] == ["Used"]


def test_a_long_enum_is_a_text_with_its_values_in_words() -> None:
    models = Models({})
    models.result(thing(code={"enum": [f"c{n}" for n in range(594)]}), "Thing", "here")
    (field,) = models.facts()["structs"][0]["fields"]
    assert field["annotation"] == "str"
    assert "c39, … (594 in all)" in field["doc"]


def test_all_of_is_one_class() -> None:
    schema = {"allOf": [{"$ref": "#/types/Base"}, {"properties": {"b": TEXT}, "required": ["b"]}]}
    models = Models({"Base": thing(a=TEXT)})
    models.result(schema, "Thing", "here")
    made = module(models)
    assert msgspec.convert({"a": "x", "b": "y"}, made.Thing) == made.Thing(a="x", b="y")


FORMATS = ("date", "date-time", "byte", "duration", "binary", "odd")
LEAVES = st.sampled_from(
    [
        TEXT,
        WHOLE,
        {"type": "number"},
        {"type": "boolean"},
        {"type": "null"},
        {},
        {"enum": ["a", "b"]},
        {"const": 1},
        {"$ref": "#/types/T"},
        {"$ref": "#/types/List"},
        {"type": "integer", "minimum": 50},
        {"enum": [1, 2, None]},
        *({"type": "string", "format": name} for name in FORMATS),
    ]
)
NAMES = st.sampled_from(
    ["id", "list", "str", "date", "dt", "a-b", "aB", "a_b", "class", "self", "kind", "+1", "Any", "ü"]
)


def _deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.dictionaries(NAMES, inner, min_size=1, max_size=4).map(
            lambda p: {"type": "object", "properties": p}
        ),
        st.dictionaries(NAMES, inner, min_size=1, max_size=4).map(lambda p: thing(**p)),
        inner.map(lambda s: {"type": "array", "items": s}),
        inner.map(lambda s: {"type": "object", "additionalProperties": s}),
        inner.map(lambda s: {"anyOf": [s, {"type": "null"}]}),
        st.lists(inner, min_size=1, max_size=3).map(lambda s: {"oneOf": s}),
        st.lists(inner, min_size=1, max_size=3).map(lambda s: {"allOf": s}),
    )


@settings(max_examples=200, deadline=None)
@given(st.recursive(LEAVES, _deeper, max_leaves=8), st.recursive(LEAVES, _deeper, max_leaves=5))
def test_any_schema_gives_code_that_decodes_its_own_example(schema: Any, other: Any) -> None:
    types = {"T": other, "List": {"type": "array", "items": {"$ref": "#/types/List"}}}
    models = Models(types)
    kind = models.result(schema, "Thing", "here")
    made = module(models, f"Result: TypeAlias = {kind.text}\nArgument = {kind.text!r}")
    value = Examples(types).of(schema)
    if _is_valid(value, {**schema, "types": types}):
        typed(msgspec.json.decode(msgspec.json.encode(value)), made.Result)


def _is_valid(value: Any, schema: Any) -> bool:
    try:
        return Draft202012Validator(schema).is_valid(value)
    except RecursionError:  # a type that is nothing but a reference to itself
        return False


KEYWORDS = (
    "type properties items enum const allOf oneOf anyOf required $ref format additionalProperties"
    " discriminator nullable minimum minItems pattern default"
)
_KEYWORDS = st.sampled_from(sorted(KEYWORDS.split()))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_KEYWORDS | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON, JSON)
def test_no_nonsense_makes_it_fail(schema: Any, other: Any) -> None:
    types: Any = {"T": other}
    models = Models(types)
    kind = models.argument(schema, "Thing", "here")
    models.result({"$ref": "#/types/T"}, "Other", "here")
    module(models, f"Result = {kind.text!r}")
    Examples(types).of(schema, "name")
