"""The JSON Schema of the requirements explains every key and accepts what the manual shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.folders import squeeze
from generator.patterns import IntegrationPattern

from .entries import GITHUB, ODD, STRIPE


@pytest.fixture(scope="module")
def schema(pattern: IntegrationPattern) -> dict[str, Any]:
    return pattern.folder.schema


def _keys(schema: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, inner in schema.get("properties", {}).items():
        yield f"{at}.{name}", inner
        yield from _keys(inner, f"{at}.{name}")
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), Mapping):
            yield from _keys(schema[word], f"{at}[]")


def test_the_schema_is_one(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)


def test_every_key_has_a_description_and_examples_that_are_valid(schema: dict[str, Any]) -> None:
    for at, inner in _keys(schema):
        assert inner.get("description", "").endswith("."), at
        assert inner.get("examples"), at
        for example in inner["examples"]:
            assert not list(Draft202012Validator(inner).iter_errors(example)), (at, example)


@pytest.mark.parametrize("base", [GITHUB, STRIPE, ODD], ids=lambda base: base["name"])
def test_good_requirements_are_accepted(schema: dict[str, Any], base: dict[str, Any]) -> None:
    requirements = _stringed(base["requirements"])
    assert not list(Draft202012Validator(schema).iter_errors(requirements))


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_ur": "https://example.com"},
        {"auth_type": "oauth"},
        {"auth": {"type": "bearer", "tokn": "X"}},
        {"auth": {"type": "bearer", "secret": "sk_live-123"}},
        {"endpoints": [{"method": "GET"}]},
        {"endpoints": [{"method": "GET", "path": "/x", "sumary": "x"}]},
        {"endpoints": [{"method": "GET", "path": "/x", "errors": {"200": "x"}}]},
        {"pagination": "pages"},
        {"pagination": {"parameter": "page"}},
        {"retry": {"max_attempts": 0}},
        {"rate_limit": 0},
        {"timeout": -1},
    ],
)
def test_what_is_wrong_is_refused(schema: dict[str, Any], wrong: dict[str, Any]) -> None:
    assert list(Draft202012Validator(schema).iter_errors(wrong))


def test_many_services_are_known_by_name(pattern: IntegrationPattern) -> None:
    assert len(pattern.folder.services) > 400
    assert {"github", "stripe", "slack", "mondaycom"} <= pattern.folder.services.keys()


@pytest.mark.parametrize(
    ("name", "squeezed"),
    [
        ("Airtable (Personal Access Token)", "airtable"),
        ("monday.com", "mondaycom"),
        ("Google Ads (Beta) ", "googleads"),
        ("(Re)search Hub", "researchhub"),
        ("(Beta)", "beta"),
    ],
)
def test_a_service_is_known_with_a_qualifier_in_brackets(name: str, squeezed: str) -> None:
    assert squeeze(name) == squeezed


def _stringed(value: Any) -> Any:
    """JSON has no other keys than text."""
    if isinstance(value, Mapping):
        return {str(key): _stringed(inner) for key, inner in value.items()}
    return [_stringed(item) for item in value] if isinstance(value, list) else value
