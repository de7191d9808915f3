"""Schemas of every dialect come out in one form; what makes no sense is a finding and is read as anything."""

from __future__ import annotations

from typing import Any

import pytest

from tests.specs.canonical import messages, read_schema, schema

REF = "#/components/schemas/"
NULL = {"type": "null"}
PET: Any = {"type": "object", "properties": {"name": {"type": "string"}}}


@pytest.mark.parametrize(
    ("node", "version"),
    [
        ({"type": "string", "nullable": True}, "3.0.3"),
        ({"type": "string", "x-nullable": True}, "2.0"),
        ({"type": ["string", "null"]}, "3.1.0"),
        ({"anyOf": [{"type": "string"}, NULL]}, "3.1.0"),
        ({"oneOf": [NULL, {"type": "string"}]}, "3.1.0"),
        ({"oneOf": [{"type": "string"}, {"enum": [None]}, {"const": None}]}, "3.1.0"),
    ],
)
def test_null_is_written_in_one_way(node: Any, version: str) -> None:
    assert schema(node, version) == {"anyOf": [{"type": "string"}, NULL]}


def test_notes_stand_outside_of_an_optional() -> None:
    node = {"type": ["string", "null"], "description": "d", "default": None, "minLength": 1, "example": "x"}
    assert schema(node) == {
        "anyOf": [{"type": "string", "minLength": 1}, NULL],
        "description": "d",
        "default": None,
        "examples": ["x"],
    }


@pytest.mark.parametrize(
    "node", [NULL, {"type": ["null"]}, {"const": None}, {"enum": [None]}, {"type": None}]
)
def test_only_null_is_null(node: Any) -> None:
    assert schema(node) == NULL


@pytest.mark.parametrize("node", [{}, True, {"nullable": True}, {"type": "any"}, {"type": ["any", "null"]}])
def test_what_says_nothing_is_anything(node: Any) -> None:
    assert schema(node) == {}


def test_several_types_are_alternatives_each_with_its_keywords() -> None:
    node = {"type": ["string", "integer", "null"], "minLength": 2, "minimum": 3}
    branches = [{"type": "string", "minLength": 2}, {"type": "integer", "minimum": 3}]
    assert schema(node) == {"anyOf": [{"anyOf": branches}, NULL]}


def test_booleans_are_schemas() -> None:
    found = schema({"type": "object", "properties": {"a": True, "b": False}})
    assert found["properties"] == {"a": {}, "b": {"not": {}}}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("int", {"type": "integer"}),
        ("String", {"type": "string"}),
        ("float", {"type": "number"}),
        ("bool", {"type": "boolean"}),
        ("date", {"type": "string", "format": "date"}),
        ("datetime", {"type": "string", "format": "date-time"}),
        ("map", {"type": "object"}),
        ("List", {"type": "array"}),
        ("any", {}),
        ("gibberish", {}),
        (7, {}),
        ({"a": 1}, {}),
        (["string"], {"type": "string"}),
        ("Pet", {"$ref": "#/types/Pet"}),
    ],
)
def test_types_in_other_words_are_understood(word: Any, meant: Any) -> None:
    found, contents = read_schema({"type": word}, Pet=PET)
    assert found == meant
    assert bool(contents.findings) == (word not in (["string"], "Pet"))


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        ({"properties": {}}, "object"),
        ({"additionalProperties": {"type": "string"}}, "object"),
        ({"items": {}}, "array"),
        ({"format": "date-time"}, "string"),
        ({"enum": ["a", "b"]}, "string"),
    ],
)
def test_a_type_left_unsaid_is_inferred(node: Any, kind: str) -> None:
    assert schema(node)["type"] == kind


@pytest.mark.parametrize(
    ("node", "values"),
    [
        ({"enum": ["a", "a", "b"]}, ["a", "b"]),
        ({"enum": [1, True, "1", 1.0]}, [1, True, "1", 1.0]),
        ({"type": "string", "enum": [1, True, 2.5, "x"]}, ["1", "true", "2.5", "x"]),
        ({"type": "integer", "enum": ["1", "2"]}, [1, 2]),
        ({"type": "boolean", "enum": ["true"]}, [True]),
    ],
)
def test_enums_hold_each_value_once_and_of_the_right_type(node: Any, values: list[Any]) -> None:
    found = schema(node)["enum"]
    assert found == values
    assert list(map(type, found)) == list(map(type, values))


def test_an_enum_with_null_is_optional() -> None:
    found = schema({"type": "string", "enum": ["a", None]}, "3.0.0")
    assert found == {"anyOf": [{"type": "string", "enum": ["a"]}, NULL]}


@pytest.mark.parametrize("enum", [[], "a", None, {"a": 1}])
def test_an_enum_that_is_none_is_passed_over(enum: Any) -> None:
    found, contents = read_schema({"type": "string", "enum": enum})
    assert found == {"type": "string"}
    assert "empty or no list" in messages(contents)


def test_a_type_that_none_of_the_values_has_goes() -> None:
    assert schema({"type": "integer", "enum": ["a"]}) == {"enum": ["a"]}


@pytest.mark.parametrize(
    ("node", "meant"),
    [
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"exclusiveMaximum": 2.5}, {"exclusiveMaximum": 2.5}),
        ({"exclusiveMinimum": True}, {}),
        ({"minimum": "1", "maximum": "x", "multipleOf": 0}, {"minimum": 1}),
    ],
)
def test_bounds_are_numbers(node: Any, meant: Any) -> None:
    assert schema({"type": "number", **node}) == {"type": "number", **meant}


def test_required_of_drafts_past_is_passed_over() -> None:
    node = {"type": "object", "required": "a", "properties": {"a": {"type": "string", "required": True}}}
    found, contents = read_schema(node)
    assert found == {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
    assert "/properties/a/required: 'required' is true or false" in messages(contents)


def test_a_list_of_items_is_a_tuple() -> None:
    assert schema({"items": [{"type": "string"}, {}]}) == {
        "type": "array",
        "prefixItems": [{"type": "string"}, {}],
    }


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("^a\\/b$", "^a\\/b$"),
        ("/^a$/", "^a$"),
        ("(?<year>\\d+)", "(?P<year>\\d+)"),
        ("(?<!a)b", "(?<!a)b"),
        ("\\A[\\w-.]+\\z", "\\A[\\w\\-.]+\\Z"),
        ("\\p{L}", None),
        (7, None),
    ],
)
def test_patterns_are_kept_where_python_can_check_them(written: Any, kept: str | None) -> None:
    found, contents = read_schema({"type": "string", "pattern": written})
    assert found.get("pattern") == kept
    assert bool(contents.findings) == (kept is None)


def test_a_reference_is_the_name_of_its_component() -> None:
    found, contents = read_schema({"$ref": REF + "a~1b%20c"}, **{"a/b c": PET})
    assert found == {"$ref": "#/types/a/b c"}
    assert contents.types == {"a/b c": PET}


@pytest.mark.parametrize(
    "ref", ["Pet", "#Pet", "#/definitions/Pet", REF + "Alias", "#/components/schemas/Pet"]
)
def test_references_in_other_spellings_are_understood(ref: str) -> None:
    found, contents = read_schema({"$ref": ref}, Pet=PET, Alias={"$ref": REF + "Pet"})
    assert found == {"$ref": "#/types/Pet"}
    assert not contents.findings


@pytest.mark.parametrize(
    "ref", ["https://x.org/pet", "https://x.org/pet#", "https://x.org/pet#/$defs/Same", "#pet"]
)
def test_ids_and_anchors_of_named_schemas_are_found(ref: str) -> None:
    pet = {**PET, "$id": "https://x.org/pet", "$anchor": "pet", "$defs": {"Same": PET}}
    found, contents = read_schema({"$ref": ref}, Pet=pet)
    assert contents.types[found["$ref"].removeprefix("#/types/")] == PET
    assert not contents.findings


def test_a_reference_may_point_anywhere() -> None:
    found, contents = read_schema({"$ref": REF + "Pet/properties/name"}, Pet=PET)
    assert found == {"$ref": "#/types/Pet.name"}
    assert contents.types == {"Pet.name": {"type": "string"}}


def test_a_reference_may_lead_through_references() -> None:
    holder: Any = {"type": "object", "properties": {"pet": {"$ref": REF + "Pet"}}}
    found, contents = read_schema(
        {"$ref": REF + "Holder/properties/pet/properties/name"}, Pet=PET, Holder=holder
    )
    assert contents.types[found["$ref"].removeprefix("#/types/")] == {"type": "string"}


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_notes_and_null_beside_a_reference_count(version: str) -> None:
    node = {"$ref": REF + "Pet", "description": "Mine.", "nullable": True}
    assert schema(node, version, Pet=PET) == {
        "anyOf": [{"$ref": "#/types/Pet"}, NULL],
        "description": "Mine.",
    }


def test_keywords_beside_a_reference_count_since_3_1() -> None:
    node = {"$ref": REF + "Pet", "required": ["name"]}
    assert schema(node, "3.0.0", Pet=PET) == {"$ref": "#/types/Pet"}
    assert schema(node, "3.1.0", Pet=PET) == {"allOf": [{"$ref": "#/types/Pet"}, {"required": ["name"]}]}


@pytest.mark.parametrize("key", ["allOf", "oneOf", "anyOf"])
def test_a_lone_branch_stands_for_itself(key: str) -> None:
    node = {key: [{"$ref": REF + "Pet"}], "description": "Mine.", "type": "object"}
    assert schema(node, Pet=PET) == {"$ref": "#/types/Pet", "description": "Mine."}


def test_null_among_choices_is_taken_out_of_them() -> None:
    node = {"oneOf": [{"$ref": REF + "Pet"}, {"type": "string"}, {"type": "null"}]}
    choices = [{"$ref": "#/types/Pet"}, {"type": "string"}]
    assert schema(node, Pet=PET) == {"anyOf": [{"oneOf": choices}, NULL]}


def test_recursion_through_properties_stays() -> None:
    tree = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": REF + "Tree"}}}}
    _, contents = read_schema({"$ref": REF + "Tree"}, Tree=tree)
    assert contents.types["Tree"]["properties"]["children"]["items"] == {"$ref": "#/types/Tree"}
    assert not contents.findings


@pytest.mark.parametrize(
    "loop",
    [
        {"A": {"$ref": REF + "B"}, "B": {"$ref": REF + "A"}},
        {"A": {"$ref": REF + "A"}},
        {
            "A": {"$ref": REF + "B", "description": "x"},
            "B": {"allOf": [{"$ref": REF + "A"}, {"properties": {}}]},
        },
        {
            "A": {"oneOf": [{"$ref": REF + "B"}, PET]},
            "B": {"anyOf": [{"$ref": REF + "A"}, {"type": "string"}]},
        },
    ],
)
def test_circles_without_anything_between_are_cut(loop: dict[str, Any]) -> None:
    _, contents = read_schema({"$ref": REF + "A"}, **loop)
    assert "circle" in messages(contents)


def test_a_subtype_builds_on_its_base_without_the_choices_of_that() -> None:
    base = {
        "oneOf": [{"$ref": REF + "Cat"}, {"$ref": REF + "Dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"c": "Cat", "d": REF + "Dog", "e": "Nowhere"}},
        "properties": {"kind": {"type": "string"}},
    }
    cat = {"allOf": [{"$ref": REF + "Animal"}, {"properties": {"lives": {"type": "integer"}}}]}
    dog = {"allOf": [{"$ref": REF + "Animal"}]}
    found, contents = read_schema({"$ref": REF + "Animal"}, Animal=base, Cat=cat, Dog=dog)
    own = {"type": "object", "properties": {"kind": {"type": "string"}}}
    assert found == {"$ref": "#/types/Animal"}
    assert contents.types["Cat"]["allOf"][0] == own
    assert contents.types["Dog"] == own
    assert contents.types["Animal"]["discriminator"] == {
        "propertyName": "kind",
        "mapping": {"c": "#/types/Cat", "d": "#/types/Dog"},
    }
    assert "'Nowhere' names no schema" in messages(contents)


@pytest.mark.parametrize("version", ["2.0", "3.0.0"])
def test_subtypes_are_found_by_what_they_build_on(version: str) -> None:
    home = "#/definitions/" if version == "2.0" else REF
    said: Any = "kind" if version == "2.0" else {"propertyName": "kind"}
    base = {"type": "object", "discriminator": said, "properties": {"kind": {"type": "string"}}}
    schemas: Any = {
        "Animal": base,
        "Cat": {"allOf": [{"$ref": home + "Animal"}, {"properties": {"lives": {"type": "integer"}}}]},
        "Lion": {"allOf": [{"$ref": home + "Cat"}], "x-ms-discriminator-value": "#lion"},
    }
    _, contents = read_schema({"$ref": home + "Animal"}, version, **schemas)
    mapping = contents.types["Animal"]["discriminator"]["mapping"]
    assert mapping == {"Cat": "#/types/Cat", "#lion": "#/types/Lion"}
    assert list(contents.types) == ["Animal", "Cat", "Lion"]


def test_only_types_that_are_reached_are_given_in_the_documents_order() -> None:
    schemas: Any = {"Z": PET, "Unused": PET, "A": {"properties": {"z": {"$ref": REF + "Z"}}}}
    _, contents = read_schema({"$ref": REF + "A"}, **schemas)
    assert list(contents.types) == ["Z", "A"]


def test_what_a_dropped_keyword_refers_to_is_not_reached() -> None:
    found, contents = read_schema({"type": "string", "properties": {"a": {"$ref": REF + "Pet"}}}, Pet=PET)
    assert found == {"type": "string"}
    assert contents.types == {}


def test_what_says_nothing_to_a_model_is_a_finding() -> None:
    node = {
        "type": "object",
        "if": {},
        "contains": {},
        "properties": [1],
        "title": 3,
        "allOf": 4,
        "default": {"a": []},
    }
    found, contents = read_schema(node)
    assert found == {"type": "object", "title": "3", "default": {"a": []}}
    assert {finding.pointer.rpartition("/")[2] for finding in contents.findings} == {
        *("if", "contains", "properties", "title", "allOf")
    }


def test_bytes_of_3_1_have_formats_as_before() -> None:
    assert schema({"type": "string", "contentEncoding": "base64"}) == {"type": "string", "format": "byte"}
    packed = {"type": "string", "contentMediaType": "application/octet-stream"}
    assert schema(packed) == {"type": "string", "format": "binary"}
    assert schema({"type": "file"}, "2.0") == {"type": "string", "format": "binary"}


def test_keywords_of_the_wrong_kind_are_passed_over() -> None:
    node = {
        "type": "object",
        "additionalProperties": "false",
        "not": 7,
        "minProperties": -1,
        "maxProperties": "3",
        "allOf": {"description": "lone"},
        "discriminator": {"mapping": {}},
        "format": 4,
        "uniqueItems": "yes",
    }
    found, contents = read_schema(node)
    assert found == {
        "type": "object",
        "additionalProperties": False,
        "maxProperties": 3,
        "allOf": [{"description": "lone"}],
    }
    told = {finding.pointer.rpartition("/")[2] for finding in contents.findings}
    assert told == node.keys() - {"type", "maxProperties"}


def test_names_of_enum_values_are_kept() -> None:
    found = schema({"type": "integer", "enum": [0, 1], "x-enumNames": ["Off", "On"]})
    assert found["x-enum-varnames"] == ["Off", "On"]
