"""The blueprint is plain JSON, follows accepted answers, and settles what collides."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from generator.lock import canonical
from generator.patterns import IntegrationPattern

from .entries import GITHUB, NAME_ONLY, ODD, STRIPE, api, entry

Resolve = Callable[[Mapping[str, Any]], dict[str, Any]]


@pytest.mark.parametrize("base", [GITHUB, STRIPE, ODD, NAME_ONLY], ids=lambda base: base["name"])
def test_a_blueprint_is_json_and_the_same_every_time(blueprint: Resolve, base: dict[str, Any]) -> None:
    first = json.dumps(blueprint(entry(base)), sort_keys=True)
    assert first == json.dumps(blueprint(entry(base)), sort_keys=True)


def test_the_generator_finds_what_it_reads(blueprint: Resolve) -> None:
    facts = blueprint(entry(GITHUB))
    assert facts["class_name"] == "GitHubAdapter"
    assert facts["public"] == ["AsyncGitHubAdapter", "GitHubAdapter", "Issue", "IssueState"]
    assert (facts["operations"], facts["incomplete"]) == (3, False)


def _methods(pattern: IntegrationPattern, raw: dict[str, Any], answers: dict[str, Any]) -> list[str]:
    return [m["name"] for m in pattern.resolve(canonical(pattern.normalise(raw)), answers)["methods"]]


def test_an_accepted_name_is_used(pattern: IntegrationPattern) -> None:
    assert _methods(pattern, api("GET /things"), {"naming": {"GET /things": "all_things"}}) == ["all_things"]


@pytest.mark.parametrize("name", ["request", "import", "List", "a b", "__init__", "x; import os", "", "dt"])
def test_a_name_that_cannot_be_used_gives_way_to_the_rule(pattern: IntegrationPattern, name: str) -> None:
    assert _methods(pattern, api("GET /things"), {"naming": {"GET /things": name}}) == ["list_things"]


def test_two_answers_alike_never_collide(pattern: IntegrationPattern) -> None:
    answers = {"naming": {"GET /a": "same", "GET /b": "same"}}
    assert len(set(_methods(pattern, api("GET /a", "GET /b"), answers))) == 2


def test_nothing_is_needed_of_the_answers(pattern: IntegrationPattern) -> None:
    assert _methods(pattern, entry(GITHUB), {}) == ["get_repo", "list_issues", "create_issue"]


def test_arguments_that_collide_get_their_place_in_front(blueprint: Resolve) -> None:
    endpoint = {
        "method": "PUT",
        "path": "/things/{id}",
        "parameters": {"id": "string", "name": "string?", "timeout": "integer?", "self": "string?"},
        "body": {"id": "integer", "name": "string"},
    }
    (method,) = blueprint(api(endpoint))["methods"]
    assert method["signature"] == (
        "self, id: str, *, body_id: int, body_name: str, name: str | None = None,"
        " query_self: str | None = None, query_timeout: int | None = None, timeout: float | None = None"
    )


def test_a_class_and_a_constant_never_share_a_name(blueprint: Resolve) -> None:
    facts = blueprint(
        api(
            {"method": "GET", "path": "/url", "name": "url", "returns": "URL"}, types={"URL": {"a": "string"}}
        )
    )
    assert facts["models"]["names"] == ["URL"]
    assert facts["methods"][0]["constant"] == "URL_OPERATION"


def test_a_name_that_the_package_imports_is_not_a_model_s(blueprint: Resolve) -> None:
    types = {name: {"a": "string"} for name in ("Operation", "Path", "NotFoundError", "Any")}
    endpoints = [{"method": "GET", "path": f"/{name}", "returns": name} for name in types]
    found = blueprint(api(*endpoints, types=types))["models"]["names"]
    assert found == ["AnyValue", "NotFoundErrorValue", "OperationValue", "PathValue"]


def test_what_cannot_be_typed_is_a_finding(blueprint: Resolve) -> None:
    facts = blueprint(
        api({"method": "GET", "path": "/x", "returns": "Odd"}, types={"Odd": {'a"b': "string"}})
    )
    message = "msgspec cannot name its field 'a\"b'; it stays raw (Any)"
    assert facts["findings"] == [{"at": "types.Odd", "message": message}]


def test_of_two_remedies_for_one_error_the_later_is_told(pattern: IntegrationPattern) -> None:
    told = {
        "AuthenticationError on every call": "Make a new token.",
        "RateLimitedError": "Wait.",
        "AuthenticationError": "Mend the token.",
    }
    normal = canonical(pattern.normalise(entry(GITHUB)))
    found = pattern.resolve(normal, {"troubleshooting": told})["troubleshooting"]
    assert found == [
        {"sign": "AuthenticationError", "remedy": "Mend the token."},
        {"sign": "RateLimitedError", "remedy": "Wait."},
    ]
