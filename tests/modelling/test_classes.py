"""Objects become classes that import, type-check and decode, whatever they are called and hold."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from generator.modelling.examples import Examples
from generator.modelling.models import Models
from integrations.runtime.testing import plain, typed

from .made import complaints, module, source

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}


def thing(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/types/{name}"}


def listed(inner: Any) -> dict[str, Any]:
    return {"type": "array", "items": inner}


def mapped(inner: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": inner}


RECURSIVE: dict[str, dict[str, Any]] = {
    "itself": {"T": thing(next={"anyOf": [ref("T"), {"type": "null"}]})},
    "a list of itself": {"T": thing(children=listed(ref("T")))},
    "a map of itself": {"T": thing(children={"type": "object", "additionalProperties": ref("T")})},
    "one another": {"T": {"type": "object", "properties": {"u": ref("U")}}, "U": thing(t=ref("T"))},
    "by allOf": {"T": {"allOf": [ref("U"), {"properties": {"t": ref("T")}}]}, "U": thing(a=TEXT)},
    "a list alone": {"T": listed(ref("T"))},
    "a map alone": {"T": {"type": "object", "additionalProperties": ref("T")}},
    "any JSON": {
        "T": {"anyOf": [TEXT, WHOLE, listed(ref("T")), {"type": "object", "additionalProperties": ref("T")}]}
    },
    "through a union": {"T": {"oneOf": [TEXT, ref("U")]}, "U": thing(t=listed(ref("T")))},
    "a list of one another": {"T": listed(ref("U")), "U": listed(ref("T"))},
    "two unions of one another": {"T": {"oneOf": [TEXT, ref("U")]}, "U": {"oneOf": [WHOLE, ref("T")]}},
    "without an end": {"T": thing(t=ref("T"))},
    "an alias of an alias": {"T": ref("U"), "U": ref("V"), "V": thing(a=listed(ref("T")))},
}
CIRCLES: dict[str, dict[str, Any]] = {
    "itself": {"T": ref("T")},
    "one another": {"T": ref("U"), "U": ref("T")},
    "three": {"T": ref("U"), "U": ref("V"), "V": {"anyOf": [ref("T"), {"type": "null"}]}},
    "allOf itself": {"T": {"allOf": [ref("T")]}},
    "a part of itself": {"T": {"allOf": [ref("T"), {"description": "x"}]}},
    "oneOf itself": {"T": {"oneOf": [ref("T")]}},
}


@pytest.mark.parametrize("name", RECURSIVE)
@pytest.mark.parametrize("open_", [False, True])
def test_what_contains_itself_imports_and_decodes(name: str, open_: bool, tmp_path: Path) -> None:
    types = RECURSIVE[name]
    models = Models(types, open=open_)
    for other in types:
        models.result(ref(other), "X", "here")
    made = module(models, tmp_path, "Result: TypeAlias = list[T]")
    value = [Examples(types).of(ref("T"))]
    if name != "without an end":
        assert plain(typed(value, made.Result)) == value
    assert models.findings == []


@pytest.mark.parametrize("name", CIRCLES)
def test_what_is_nothing_but_itself_is_raw_with_a_finding(name: str, tmp_path: Path) -> None:
    models = Models(CIRCLES[name])
    for other in CIRCLES[name]:
        models.result(ref(other), "X", "here")
    made = module(models, tmp_path, "Result: TypeAlias = T")
    assert typed({"anything": 1}, made.Result) == {"anything": 1}
    assert models.findings or "allOf" in str(CIRCLES[name])
    Examples(CIRCLES[name]).of(ref("T"))


def test_all_recursion_satisfies_mypy(tmp_path: Path) -> None:
    groups = [*RECURSIVE.values(), *CIRCLES.values()]
    types = {
        f"{name}{n}": _moved(schema, n) for n, group in enumerate(groups) for name, schema in group.items()
    }
    models = Models(types)
    for name in types:
        models.result(ref(name), "X", "here")
    assert complaints(source(models), tmp_path) == ""


def _moved(schema: Any, number: int) -> Any:
    if isinstance(schema, list):
        return [_moved(inner, number) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    return {k: f"{v}{number}" if k == "$ref" else _moved(v, number) for k, v in schema.items()}


WORDS = (
    "Foo.Bar/Baz foo-bar FooBar StartTime StartTime< +1 -1 200 日本語 हिन्दी é e\u0301 ﬁsh 🎉 🎈 class None"
    " True List Any Struct OneOf str int list dict bytes bool float dt field self __class__ _x x X mro"
    " __slots__ __struct_fields__ __init__ __post_init__ type object Literal msgspec date datetime name Name"
    " NAME na_me a-b a_b aB @odata.type $ref x-ms[0] %5B it's annotations match case io.k8s.api.core.v1.Pod"
    " io.k8s.api.apps.v1.Pod \u202eevil"
)
NAMES = (*WORDS.split(), "", "foo bar", "a b", "ä" * 300)


def test_fields_of_any_name_keep_their_wire_name(tmp_path: Path) -> None:
    kinds = {"list": listed(TEXT), "date": {"type": "string", "format": "date"}, "dict": {"type": "object"}}
    schema = thing(**{name: kinds.get(name, TEXT) for name in NAMES})
    models = Models({})
    kind = models.result(schema, "Thing", "here")
    made = module(models, tmp_path)
    value = Examples({}).of(schema)
    assert plain(typed(value, made.Thing)) == value
    assert plain(eval(models.python(kind, value), vars(made))) == value
    assert models.findings == []
    assert complaints(source(models), tmp_path) == ""


def test_types_of_any_name_become_classes_of_their_own(tmp_path: Path) -> None:
    types = {name: thing(**{f"f{n}": WHOLE}) for n, name in enumerate(NAMES)}
    models = Models(types)
    names = [models.result(ref(name), "X", "here").text for name in types]
    assert len(set(names)) == len(NAMES)
    assert all(name.isidentifier() for name in names)
    made = module(models, tmp_path)
    for n, name in enumerate(names):
        assert plain(typed({f"f{n}": n}, getattr(made, name))) == {f"f{n}": n}
    reverse = Models(dict(reversed(types.items())))
    assert [reverse.result(ref(name), "X", "here").text for name in types] == names
    assert complaints(source(models), tmp_path) == ""


def test_a_name_that_is_right_already_is_kept() -> None:
    models = Models({"issue": thing(a=TEXT), "Issue": thing(b=TEXT), "ISSUE": thing(c=TEXT)})
    assert models.result(ref("Issue"), "X", "here").text == "Issue"
    models = Models({})
    models.result(thing(Name=TEXT, name=TEXT), "Thing", "here")
    fields = models.facts()["structs"][0]["fields"]
    assert {f["wire"]: f["name"] for f in fields} == {"name": "name", "Name": "name_2"}


@pytest.mark.parametrize("wire", ['a"b', "a\\b", "a\nb", "\ud800"])
def test_a_name_that_msgspec_cannot_write_leaves_its_object_raw(wire: str) -> None:
    models = Models({})
    assert models.result(thing(**{wire: TEXT}), "Thing", "here").text == "dict[str, Any]"
    assert "msgspec cannot name" in models.findings[0]["message"]


def test_all_of_with_one_type_and_words_is_that_type() -> None:
    types = {"A": thing(a=TEXT)}
    for schema in (
        {"allOf": [ref("A")], "description": "The A.", "readOnly": True},
        {"allOf": [ref("A"), {"description": "The A."}]},
        {"allOf": [{"anyOf": [ref("A"), {"type": "null"}]}], "description": "x"},
    ):
        assert Models(types).result(schema, "Thing", "here").text.removesuffix(" | None") == "A"


def test_parts_that_disagree_are_settled_by_the_last_with_a_finding(tmp_path: Path) -> None:
    models = Models({"A": thing(id=TEXT, b=TEXT)})
    models.result({"allOf": [ref("A"), {"properties": {"id": WHOLE}}]}, "Thing", "here")
    assert typed({"id": 1, "b": "x"}, module(models, tmp_path).Thing).id == 1
    assert "disagree about the type of 'id'" in models.findings[0]["message"]


def test_a_part_that_only_narrows_a_field_narrows_it(tmp_path: Path) -> None:
    models = Models({"A": thing(kind=TEXT, b=TEXT)})
    models.result({"allOf": [ref("A"), {"properties": {"kind": {"enum": ["x"]}}}]}, "Thing", "here")
    (struct,) = models.facts()["structs"]
    assert {f["name"]: f["annotation"] for f in struct["fields"]} == {"kind": 'Literal["x"]', "b": "str"}
    assert models.findings == []


def test_a_part_lends_its_fields_and_keeps_its_words() -> None:
    base = {**thing(a=TEXT), "description": "The base.", "example": {"a": 1}}
    models = Models({"Base": base, "Sub": {"allOf": [ref("Base"), thing(b=TEXT)]}})
    models.result(ref("Sub"), "Sub", "here")
    assert models.facts()["structs"][0]["doc"] == "A sub."


def test_fields_beside_additional_ones_stay_typed_and_maps_are_typed(tmp_path: Path) -> None:
    schema = {**thing(a=TEXT), "additionalProperties": WHOLE}
    models = Models({})
    models.result(thing(t=schema, m={"type": "object", "additionalProperties": WHOLE}), "Thing", "here")
    made = module(models, tmp_path)
    value = typed({"t": {"a": "x", "other": 1}, "m": {"k": 1}}, made.Thing)
    assert (value.t, value.m) == (made.ThingT(a="x"), {"k": 1})


@pytest.mark.parametrize("word", ["not", "if", "patternProperties", "dependentRequired", "dependentSchemas"])
def test_what_an_annotation_cannot_carry_is_a_finding(word: str) -> None:
    models = Models({})
    models.result({"type": "object", "additionalProperties": TEXT, word: {"a": TEXT}}, "Thing", "here")
    assert word in models.findings[0]["message"]


def test_required_names_that_no_field_has_are_no_matter(tmp_path: Path) -> None:
    models = Models({})
    models.result({**thing(a=TEXT), "required": ["a", "ghost"]}, "Thing", "here")
    assert typed({"a": "x"}, module(models, tmp_path).Thing).a == "x"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"enum": ["a", "b", None]}, 'Literal["a", "b"] | None'),
        ({"enum": ["a", "A", "a"]}, 'Literal["a", "A"]'),
        ({"type": "string", "enum": [True, False]}, "bool | str"),
        ({"type": "string", "enum": [1, 2]}, "int | str"),
        ({"type": "integer", "enum": ["1", "2"]}, "int | str"),
        ({"type": "number", "enum": [1, 2]}, "float"),
        ({"enum": [1.5, 2.5]}, "float"),
        ({"const": {"a": 1}}, "dict[str, Any]"),
        ({"const": [1]}, "list[Any]"),
        ({"const": None}, "None"),
        ({"enum": ["x"]}, 'Literal["x"]'),
        ({"type": "array", "items": TEXT, "enum": ["a", "b"]}, "list[str]"),
        ({"enum": ["x" * 300, "y" * 300]}, "str"),
        ({"type": "string", "format": "date-time-rfc-2822"}, "str"),
        ({"type": "string", "format": "date-time", "example": "Mon, 01 Jan 2024 00:00:00 GMT"}, "str"),
        ({"type": "string", "format": "date-time", "example": "2024-01-01 00:00:00"}, "dt.datetime"),
        ({"type": "string", "format": "date", "examples": ["01.02.2024"]}, "str"),
        ({"type": "integer", "format": "date-time"}, "int"),
        ({"type": "array", "prefixItems": [TEXT, WHOLE]}, "list[Any]"),
        ({"type": "object", "patternProperties": {"^x": WHOLE}}, "dict[str, int]"),
    ],
)
def test_values_and_formats_of_the_wild(schema: Any, expected: str) -> None:
    kind = Models({}).argument(schema, "Thing", "here")
    assert kind.text == expected


@pytest.mark.parametrize(
    "text", ["2024-01-01T00:00:00", "2024-01-01 00:00:00", "2024-01-01T00:00:00.123456789Z"]
)
def test_times_without_a_zone_decode(text: str, tmp_path: Path) -> None:
    models = Models({}, open=True)
    models.result(thing(at={"type": "string", "format": "date-time"}), "Thing", "here")
    assert isinstance(typed({"at": text}, module(models, tmp_path).Thing).at, dt.datetime)


def test_an_answer_may_lack_and_hold_more_than_is_said_but_not_what_is_required(tmp_path: Path) -> None:
    schema = {**thing(id=WHOLE, name=TEXT, secret={**TEXT, "writeOnly": True}), "required": ["id", "secret"]}
    models = Models({}, open=True)
    models.result(schema, "Thing", "here")
    made = module(models, tmp_path)
    assert typed({"id": 1, "name": None, "new": []}, made.Thing).id == 1
    with pytest.raises(msgspec.ValidationError):
        typed({"name": "x"}, made.Thing)


def test_descriptions_of_documents_become_plain_docstrings() -> None:
    schema = {
        **thing(a={**TEXT, "description": "<p>The <b>a</b>.</p>"}),
        "description": "# A\n\nThe *thing*.",
    }
    models = Models({})
    models.result(schema, "Thing", "here")
    (struct,) = models.facts()["structs"]
    assert (struct["doc"], struct["fields"][0]["doc"]) == ("The thing.", "The a.")


def test_references_tell_what_a_model_needs() -> None:
    types = {"A": thing(b=listed(ref("B")), s={"enum": ["x", "y"]}), "B": {"oneOf": [ref("C"), ref("D")]}}
    types |= {"C": thing(c=TEXT), "D": thing(a={"anyOf": [ref("A"), {"type": "null"}]})}
    models = Models(types)
    models.result(ref("A"), "A", "here")
    assert models.references("A") == {"B", "AS"}
    assert models.references("B") == {"C", "D"}
    assert models.references("D") == {"A"}


def test_a_thousand_classes_take_little_time() -> None:
    types = {
        f"pkg.api.core.v1.Type{n}": {
            **thing(**{f"field{m}": ref(f"pkg.api.core.v1.Type{(n * 7 + m) % 1500}") for m in range(12)}),
            "required": [],
            "description": "A **type** of things. " * 10,
        }
        for n in range(1500)
    }
    before = time.process_time()
    models = Models(types, open=True)
    for name in types:
        models.result(ref(name), "X", "here")
    assert len(models.facts()["structs"]) == 1500
    assert time.process_time() - before < 4


def test_ten_thousand_names_alike_take_little_time() -> None:
    before = time.process_time()
    models = Models({f"🎉{'!' * n}": TEXT for n in range(3000)})
    models.result({"type": "object", "properties": {"?" * n: TEXT for n in range(3000)}}, "Thing", "here")
    models.facts()
    assert time.process_time() - before < 4


def test_a_diamond_of_parts_ends() -> None:
    types = {f"A{n}": {"allOf": [ref(f"A{n + 1}")] * 2 + [thing(**{f"f{n}": TEXT})]} for n in range(30)}
    before = time.process_time()
    Models(types).result(ref("A0"), "X", "here")
    assert time.process_time() - before < 2


def test_a_chain_of_any_length_ends(tmp_path: Path) -> None:
    objects = {f"A{n}": thing(next=listed(ref(f"A{n + 1}"))) for n in range(3000)}
    lists = {f"L{n}": listed(ref(f"L{n + 1}")) for n in range(3000)}
    models = Models({**objects, "A3000": TEXT, **lists, "L3000": TEXT})
    models.result(ref("A0"), "X", "here")
    models.result(ref("L0"), "X", "here")
    assert len(models.facts()["structs"]) == 3000
    Examples(objects).of(ref("A0"))
