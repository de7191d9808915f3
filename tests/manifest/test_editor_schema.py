"""What editors complete from: the manifest's keys and each pattern's, in one file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.patterns import catalog
from generator.reading.editor_schema import editor_schema

from .stand_in import Catalog


def wrong(**entry: Any) -> list[str]:
    schema = json.loads(editor_schema(Catalog()))
    data = {"version": 1, "integrations": [{"name": "one", "service": "One", **entry}]}
    return [".".join(map(str, error.path)) for error in Draft202012Validator(schema).iter_errors(data)]


@pytest.mark.parametrize("declared", [{"type": "api"}, {"type": "api/rest"}, {}])
def test_requirements_are_completed_whether_the_type_is_declared_or_not(declared: dict[str, str]) -> None:
    assert wrong(**declared, requirements={"base_url": "https://one.example", "endpoints": ["GET /x"]}) == []
    assert wrong(**declared, requirements={"bas_url": "x"})[0] == "integrations.0.requirements"
    assert wrong(**declared, requirements={"endpoints": [{"method": "GET"}]})[0].startswith(
        "integrations.0.requirements"
    )


def test_a_type_that_no_folder_builds_takes_any_requirements() -> None:
    assert wrong(type="homemade", requirements={"anything": 1}) == []


def test_the_file_of_the_discovered_patterns_is_valid_and_explains_every_key() -> None:
    found = catalog()
    schema = json.loads(editor_schema(found))
    Draft202012Validator.check_schema(schema)
    for name in found.names():
        part = schema["$defs"][f"requirements-{name}"]
        for key, inner in part.get("properties", {}).items():
            assert inner.get("description"), f"{name}.{key}"


def test_making_it_again_from_itself_changes_nothing() -> None:
    once = editor_schema(catalog())
    assert editor_schema(catalog()) == once
