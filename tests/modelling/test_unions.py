"""Unions: tagged where data tells, wrapped where it does not, and nothing that arrives is lost."""

from __future__ import annotations

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


def one_of(*names: str, **more: Any) -> dict[str, Any]:
    return {"oneOf": [ref(name) for name in names], **more}


CARD = thing(last4=TEXT)
BANK = thing(iban=TEXT)


def test_a_union_of_objects_is_a_wrapper_that_takes_each_of_them(tmp_path: Path) -> None:
    models = Models({"Card": CARD, "Bank": BANK, "Source": one_of("Card", "Bank")})
    kind = models.argument(ref("Source"), "Source", "here")
    assert kind.text == "Source"
    assert kind.argument == "Source | Card | Bank | Mapping[str, Any]"
    made = module(models, tmp_path)
    assert made.Source({"iban": "X"}).match() == made.Bank(iban="X")
    assert models.python(kind, {"iban": "X"}) == 'Source(Bank(iban="X"))'


def test_a_long_union_is_not_spelled_out_in_a_signature() -> None:
    types = {f"T{n}": thing(**{f"f{n}": TEXT}) for n in range(9)}
    kind = Models(types).argument(one_of(*types), "Choice", "here")
    assert kind.argument == "Choice | Mapping[str, Any]"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            [TEXT, WHOLE, {"type": "array", "items": TEXT}, {"type": "boolean"}],
            "str | int | list[str] | bool",
        ),
        ([TEXT, ref("Card")], "str | Card"),
        ([TEXT, ref("Card"), ref("Bank")], "Thing"),
        ([ref("Card"), {"type": "object"}], "Thing"),
        ([{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}], "str"),
        ([ref("Card"), {"type": "null"}], "Card | None"),
        ([ref("Card"), ref("Card")], "Card"),
        ([WHOLE, {"type": "number"}], "int | float"),
        ([{"enum": ["a"]}, {"enum": ["b"]}], "Thing"),
    ],
)
@pytest.mark.parametrize("open_", [False, True])
def test_a_union_is_what_msgspec_can_tell_apart(
    options: Any, expected: str, open_: bool, tmp_path: Path
) -> None:
    models = Models({"Card": CARD, "Bank": BANK}, open=open_)
    kind = models.result({"anyOf": options}, "Thing", "here")
    assert kind.text.removesuffix(" | str") in (expected, 'Literal["a", "b"]')
    made = module(models, tmp_path, f"Result: TypeAlias = {kind.text}")
    value = Examples({"Card": CARD, "Bank": BANK}).of({"anyOf": options})
    assert plain(typed(value, made.Result)) == value


MAPPED = {
    "Cat": thing(kind=TEXT, lives=WHOLE),
    "Dog": thing(kind=TEXT, bark=TEXT),
    "Pet": one_of(
        "Cat",
        "Dog",
        discriminator={"propertyName": "kind", "mapping": {"felis": "#/types/Cat", "dog": "Dog"}},
    ),
}


def test_a_tag_of_an_open_union_is_exact_and_a_new_one_is_kept(tmp_path: Path) -> None:
    models = Models(MAPPED, open=True)
    models.result(thing(pet=ref("Pet")), "Owner", "here")
    made = module(models, tmp_path)
    owner = typed({"pet": {"kind": "felis", "lives": 9}}, made.Owner)
    assert owner.pet.match() == made.Cat(lives=9)
    new = {"pet": {"kind": "axolotl", "gills": 6}}
    assert plain(typed(new, made.Owner)) == new
    assert plain(made.Owner(pet=made.Pet(made.Dog(bark="x")))) == {"pet": {"kind": "dog", "bark": "x"}}


def test_an_example_has_the_tag_of_its_class_wherever_it_stands() -> None:
    examples = Examples(MAPPED)
    assert examples.of(ref("Pet"))["kind"] == "felis"
    assert examples.of(ref("Dog"))["kind"] == "dog"
    assert examples.of(thing(pets={"type": "array", "items": ref("Pet")}))["pets"][0]["kind"] == "felis"


def test_names_of_schemas_are_tags_where_nothing_else_is(tmp_path: Path) -> None:
    types = {**MAPPED, "Pet": one_of("Cat", "Dog", discriminator={"propertyName": "kind"})}
    models = Models(types)
    models.result(ref("Pet"), "Pet", "here")
    made = module(models, tmp_path)
    assert typed({"kind": "Dog", "bark": "x"}, made.Pet) == made.Dog(bark="x")


def test_several_values_for_one_class_leave_its_field_alone(tmp_path: Path) -> None:
    mapping = {"a": "#/types/Cat", "b": "#/types/Cat", "c": "#/types/Dog"}
    pet = one_of("Cat", "Dog", discriminator={"propertyName": "kind", "mapping": mapping})
    models = Models({**MAPPED, "Pet": pet})
    models.result(ref("Pet"), "Pet", "here")
    made = module(models, tmp_path)
    assert made.Pet({"kind": "b", "lives": 1}).match() == made.Cat(kind="b", lives=1)


def test_a_tag_that_an_option_lacks_is_no_tag(tmp_path: Path) -> None:
    types = {**MAPPED, "Dog": thing(bark=TEXT)}
    models = Models(types)
    models.result(ref("Pet"), "Pet", "here")
    assert module(models, tmp_path).Pet({"bark": "x"}).match().bark == "x"


@pytest.mark.parametrize("open_", [False, True])
def test_whole_numbers_may_be_tags(open_: bool, tmp_path: Path) -> None:
    types = {
        "Row": thing(type={"enum": [1], "type": "integer"}, cells={"type": "array", "items": ref("Part")}),
        "Button": thing(type={"const": 2}, label=TEXT),
        "Part": one_of("Row", "Button"),
    }
    models = Models(types, open=open_)
    models.result(thing(part=ref("Part")), "Message", "here")
    made = module(models, tmp_path)
    value = {"part": {"type": 1, "cells": [{"type": 2, "label": "x"}]}}
    assert plain(typed(value, made.Message)) == value
    part = typed(value, made.Message).part
    assert part.match().__class__ is made.Row  # it holds parts itself, so it is a wrapper


@pytest.mark.parametrize("mapping", [{}, {"mapping": {"cat": "#/types/Cat", "dog": "#/types/Dog"}}])
@pytest.mark.parametrize("open_", [False, True])
def test_a_parent_with_a_discriminator_stands_for_its_children(
    mapping: Any, open_: bool, tmp_path: Path
) -> None:
    base = thing(petType=TEXT, name=TEXT)
    types = {
        "Pet": {**base, "description": "A pet.", "discriminator": {"propertyName": "petType", **mapping}},
        "Cat": {"allOf": [ref("Pet"), thing(lives=WHOLE)]},
        "Dog": {"allOf": [ref("Pet"), thing(bark=TEXT)]},
    }
    models = Models(types, open=open_)
    models.result({"type": "array", "items": ref("Pet")}, "Pets", "here")
    made = module(models, tmp_path, "Pets: TypeAlias = list[Pet]")
    value = Examples(types).of(ref("Pet"))
    assert value["petType"] == ("cat" if mapping else "Cat")
    (pet,) = typed([value], made.Pets)
    assert (pet.match() if open_ else pet).__class__ is made.Cat
    assert plain(pet) == value


def test_a_parent_whose_children_are_not_used_is_an_ordinary_class() -> None:
    types = {"Pet": {**thing(kind=TEXT), "discriminator": {"propertyName": "kind"}}}
    models = Models(types)
    models.result(ref("Pet"), "Pet", "here")
    assert [s["name"] for s in models.facts()["structs"]] == ["Pet"]


def test_unions_inside_unions_are_one(tmp_path: Path) -> None:
    types = {**MAPPED, "Card": CARD, "Any": one_of("Pet", "Card")}
    models = Models(types, open=True)
    models.result(ref("Any"), "Any", "here")
    (wrapper,) = models.facts()["unions"]
    assert wrapper["options"] == ["Cat", "Dog", "Card"]


def test_fields_beside_a_union_belong_to_each_option(tmp_path: Path) -> None:
    schema = {**thing(id=WHOLE), "oneOf": [ref("Card"), ref("Bank")]}
    models = Models({"Card": CARD, "Bank": BANK})
    models.result(schema, "Source", "here")
    made = module(models, tmp_path)
    assert made.Source({"id": 1, "iban": "X"}).match().id == 1


def test_options_that_only_require_say_nothing_of_the_type() -> None:
    schema = {**thing(a=TEXT, b=TEXT), "required": [], "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    models = Models({})
    assert models.result(schema, "Thing", "here").text == "Thing"
    assert "a" in Examples({}).of(schema)


def test_unions_of_the_same_options_share_one_wrapper() -> None:
    models = Models({"Card": CARD, "Bank": BANK})
    models.result(thing(a=one_of("Card", "Bank"), b=one_of("Card", "Bank")), "Thing", "here")
    assert [union["name"] for union in models.facts()["unions"]] == ["ThingA"]


def test_constants_with_titles_are_an_enum() -> None:
    options = [{"const": 1, "title": "SUNDAY"}, {"const": 2, "title": "MONDAY"}]
    models = Models({"Day": {"type": "integer", "oneOf": options}}, open=True)
    assert models.result(ref("Day"), "Day", "here").text == "Day | int"
    assert models.argument(ref("Day"), "Day", "here").argument == "Day"
    (alias,) = models.facts()["literals"]
    assert alias["annotation"] == "Literal[1, 2]"
    assert "1 (SUNDAY), 2 (MONDAY)" in alias["doc"]


def test_an_open_enum_takes_what_comes_and_a_closed_one_does_not(tmp_path: Path) -> None:
    schema = thing(state={"enum": ["open", "closed"]})
    for open_ in (True, False):
        models = Models({}, open=open_)
        models.result(schema, "Issue", "here")
        made = module(models, tmp_path)
        if open_:
            assert typed({"state": "merged"}, made.Issue).state == "merged"
        else:
            with pytest.raises(msgspec.ValidationError):
                typed({"state": "merged"}, made.Issue)


def test_what_is_printed_satisfies_mypy(tmp_path: Path) -> None:
    types = {
        **MAPPED,
        "Card": CARD,
        "Bank": BANK,
        "Source": one_of("Card", "Bank"),
        "Tree": {"oneOf": [TEXT, {"type": "array", "items": ref("Tree")}]},
        "Node": thing(
            next={"anyOf": [ref("Node"), {"type": "null"}]}, source=ref("Source"), tree=ref("Tree")
        ),
        "Maybe": {"anyOf": [thing(a=TEXT), {"type": "null"}]},
        "List": {"type": "array", "items": ref("List")},
        "A": ref("B"),
        "B": ref("A"),
        "Map": {"type": "object", "additionalProperties": ref("Map")},
        "Day": {"enum": ["mon", "tue"]},
        "Odd": thing(list=WHOLE, str=TEXT, dt={"type": "string", "format": "date"}, ü=ref("Day")),
    }
    for open_ in (True, False):
        models = Models(types, open=open_)
        for name in types:
            models.result(ref(name), "X", "here")
        text = source(models)
        module(models, tmp_path)
        assert complaints(text, tmp_path) == ""
