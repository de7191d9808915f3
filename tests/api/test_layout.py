"""Names of groups, the modules of types, and the words of docstrings: what holds for adapters of any size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest

from generator.patterns import IntegrationPattern
from integrations.runtime.http import AsyncHttpAdapter, HttpAdapter

from .entries import api

Resolve = Callable[[Mapping[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def module(pattern: IntegrationPattern) -> Callable[[str], ModuleType]:
    def found(name: str) -> ModuleType:
        package = pattern.folder.code.__package__
        code: ModuleType = __import__("importlib").import_module(f"{package}.{name}")
        return code

    return found


def grouped(*words: str) -> dict[str, Any]:
    return api(*(f"GET /{word}/{{id}}" for word in words), layout="grouped")


def test_no_group_hides_what_an_adapter_has(blueprint: Resolve) -> None:
    public = {n for kind in (HttpAdapter, AsyncHttpAdapter) for n in dir(kind) if not n.startswith("_")}
    facts = blueprint(grouped(*sorted({name.lower() for name in public} | {"metrics"})))
    assert not {group["name"] for group in facts["groups"]} & public


def test_no_group_s_files_are_those_of_another_part(blueprint: Resolve) -> None:
    words = ("adapter", "custom", "models", "a", "a-models", "a_models", "A", "my-custom", "acme")
    facts = blueprint(grouped(*words))
    files = [f"acme_{group['name']}" for group in facts["groups"]]
    everything = [*files, *(f"{file}_models" for file in files), "acme_adapter", "acme_custom", "acme_models"]
    assert len({file.lower() for file in everything}) == len(everything)
    assert not [file for file in files if file.endswith("_custom")]


def test_a_type_that_is_called_like_a_group_s_class_gives_way(blueprint: Resolve) -> None:
    types = {"ThingsGroup": {"a": "string"}}
    told = {"method": "GET", "path": "/things", "returns": "ThingsGroup"}
    facts = blueprint(api(told, layout="grouped", types=types))
    assert facts["groups"][0]["class_name"] == "ThingsGroup"
    assert facts["parts"]["_group"][0]["models"]["names"] == ["ThingsGroupValue"]


REFERS = {"Order": {"Line"}, "Line": {"Money"}, "Money": set(), "Customer": {"Money"}, "Spare": {"Line"}}


@pytest.mark.parametrize(
    ("used", "shared"),
    [
        ({"orders": {"Order"}}, {"Spare", "Line", "Money"}),
        ({"orders": {"Order", "Spare"}}, {"Customer", "Money"}),
        ({"orders": {"Order", "Spare"}, "customers": {"Customer"}}, {"Money"}),
        ({"": {"Order"}, "more": {"Spare"}}, {"Order", "Line", "Money", "Customer"}),
    ],
)
def test_what_shared_types_refer_to_is_shared(
    module: Callable[[str], ModuleType], used: dict[str, set[str]], shared: set[str]
) -> None:
    homes: dict[str, str] = module("homes").homes(used, REFERS)
    found = {name for name, home in homes.items() if not home}
    assert shared <= found
    assert all(REFERS[name] <= found for name in found)
    assert homes.keys() == REFERS.keys()


def test_what_says_no_more_than_names_do_is_left_out(blueprint: Resolve) -> None:
    told = {
        "method": "GET",
        "path": "/pets/{pet_id}",
        "name": "get_pet",
        "summary": "Find a pet by ID.",
        "description": "Finds one pet by its ID.",
        "parameters": {
            "pet_id": {"type": "string", "in": "path", "description": "The unique ID of the pet"},
            "limit": {"type": "integer", "description": "How many at most, up to 100"},
        },
        "errors": {"400": "Invalid ID supplied", "422": "Malformed"},
    }
    doc = blueprint(api(told))["methods"][0]["doc"]
    assert doc["paragraphs"] == []
    assert [argument["name"] for argument in doc["args"]] == ["limit"]
    invalid = [told["text"] for told in doc["raises"] if told["error"] == "InvalidRequestError"]
    assert invalid == ["Invalid ID supplied (400). Malformed (422)."]
