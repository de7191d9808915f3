"""Two spellings of one thing are one canonical entry, and each question sees only what it needs."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from generator.lock import canonical
from generator.patterns import IntegrationPattern
from generator.subtasks.contracts import as_subtask

from .entries import GITHUB, NAME_ONLY, ODD, STRIPE, api, entry

SAME = {
    "a short endpoint is a mapping": (
        api("GET /things/{id}"),
        api({"method": "get", "path": "/things/{id}"}),
    ),
    "a path parameter that is text need not be said": (
        api("GET /things/{id}"),
        api({"method": "GET", "path": "/things/{id}", "parameters": {"id": "string"}}),
    ),
    "an optional parameter has a question mark": (
        api({"method": "GET", "path": "/things", "parameters": {"q": "string?"}}),
        api({"method": "GET", "path": "/things", "parameters": {"q": {"type": "string", "required": False}}}),
    ),
    "a parameter may hold its schema": (
        api({"method": "GET", "path": "/things", "parameters": {"q": {"schema": "integer", "in": "query"}}}),
        api({"method": "GET", "path": "/things", "parameters": {"q": "integer"}}),
    ),
    "auth_type is the short form of auth": (
        api("GET /", auth_type="bearer", secret="${ACME_TOKEN}"),
        api("GET /", auth={"type": "bearer", "secret": "ACME_TOKEN"}),
    ),
    "the secret's name has a default": (
        api("GET /", auth="bearer"),
        api("GET /", auth={"type": "bearer", "secret": "ACME_TOKEN", "scheme": "Bearer"}),
    ),
    "an API key's header may stand alone": (
        api("GET /", api_key_header="X-Key"),
        api("GET /", auth={"type": "api_key", "name": "X-Key", "in": "header", "secret": "ACME_API_KEY"}),
    ),
    "a bare rate is calls a minute": (api("GET /", rate_limit=100), api("GET /", rate_limit="100 / min")),
    "times are seconds": (api("GET /", timeout="2m"), api("GET /", timeout=120.0)),
    "a style is short for a mapping": (
        api("GET /", pagination="page"),
        api("GET /", pagination={"style": "page"}),
    ),
    "a file implies multipart": (
        api({"method": "POST", "path": "/files", "body": {"file": "file"}}),
        api({"method": "POST", "path": "/files", "body": {"file": "file"}, "encoding": "multipart"}),
    ),
    "the entry's encoding is every body's": (
        api({"method": "POST", "path": "/things", "body": {"a": "string"}}, encoding="form"),
        api({"method": "POST", "path": "/things", "body": {"a": "string"}, "encoding": "form"}),
    ),
    "items stands beside paginate": (
        api(
            {"method": "GET", "path": "/things", "returns": ["any"], "paginate": True, "items": "data"},
            pagination="page",
        ),
        api(
            {"method": "GET", "path": "/things", "returns": ["any"], "paginate": {"items": "data"}},
            pagination="page",
        ),
    ),
    "a base URL has no slash at its end": (api("GET /"), api("GET /", base_url="https://api.example.com/")),
    "nothing said is nothing kept": (
        api(
            {
                "method": "GET",
                "path": "/",
                "errors": {},
                "headers": {},
                "paginate": False,
                "deprecated": False,
            }
        ),
        api("GET /"),
    ),
    "statuses may be numbers": (
        api({"method": "GET", "path": "/", "errors": {404: "None."}}),
        api({"method": "GET", "path": "/", "errors": {"404": "None. "}}),
    ),
}


@pytest.mark.parametrize("saying", SAME)
def test_two_spellings_are_one(pattern: IntegrationPattern, saying: str) -> None:
    first, second = SAME[saying]
    assert canonical(pattern.normalise(first)) == canonical(pattern.normalise(second))


@pytest.mark.parametrize("base", [GITHUB, STRIPE, ODD, NAME_ONLY], ids=lambda base: base["name"])
def test_the_canonical_form_is_its_own(pattern: IntegrationPattern, base: dict[str, Any]) -> None:
    once = pattern.normalise(entry(base))
    assert pattern.check(copy.deepcopy(once)) == []
    assert pattern.normalise(once) == once


@pytest.mark.parametrize("base", [GITHUB, STRIPE, ODD, NAME_ONLY], ids=lambda base: base["name"])
def test_good_entries_have_no_complaints(pattern: IntegrationPattern, base: dict[str, Any]) -> None:
    assert pattern.check(entry(base)) == []


def test_an_environment_may_name_another_secret_alone(pattern: IntegrationPattern) -> None:
    found = pattern.normalise(entry(STRIPE))["environments"]
    assert found == {"sandbox": {"auth": {"type": "bearer", "secret": "STRIPE_TEST_KEY"}}}


def test_a_known_service_needs_neither_base_url_nor_auth(pattern: IntegrationPattern) -> None:
    found = pattern.normalise(entry({"name": "gh", "service": "github"}))["requirements"]
    assert found == {"base_url": "https://api.github.com", "auth": {"type": "bearer", "secret": "GH_TOKEN"}}


def test_what_is_said_wins_over_what_is_known(pattern: IntegrationPattern) -> None:
    raw = entry({"name": "gh", "service": "GitHub"}, base_url="https://git.example.com/api/v3", auth="none")
    found = pattern.normalise(raw)["requirements"]
    assert found == {"base_url": "https://git.example.com/api/v3", "auth": {"type": "none"}}


def test_a_page_size_of_links_is_a_parameter(pattern: IntegrationPattern) -> None:
    paged = {"method": "GET", "path": "/things", "returns": ["any"], "paginate": True}
    pages = {"style": "link", "size_parameter": "per_page", "size": 100}
    (found,) = pattern.normalise(api(paged, pagination=pages))["requirements"]["endpoints"]
    assert found["parameters"]["per_page"]["schema"] == {"type": "integer", "default": 100}


CHANGES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "errors": ({"errors": {"409": "It exists."}}, {"errors"}),
    "summary": ({"summary": "Another line."}, {"summaries"}),
    "returns": ({"returns": "string"}, set()),
    "parameters": ({"parameters": {"since": "datetime?"}}, {"examples", "test_cases"}),
    "name": ({"name": "all_issues"}, {"naming"}),
    "idempotent": ({"idempotent": True}, set()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_question_is_asked_again_only_when_its_own_input_changes(
    pattern: IntegrationPattern, change: str
) -> None:
    endpoint = {"method": "GET", "path": "/issues"}
    added, expected = CHANGES[change]
    before, after = (canonical(pattern.normalise(api(e))) for e in (endpoint, {**endpoint, **added}))
    tasks = pattern.questions(before)
    assert {task.id for task in tasks if task.answer_fp(before) != task.answer_fp(after)} == expected


def test_every_question_has_a_prompt_that_keeps_data_apart(pattern: IntegrationPattern) -> None:
    for task in map(as_subtask, pattern.folder.facts["subtasks"]):
        prompt = (pattern.folder.path / task.prompt).read_text("utf-8")
        assert "json" in prompt or task.kind == "code"
        assert "{input}" in prompt
        assert prompt.index("-----BEGIN") < prompt.index("{input}") < prompt.index("-----END")


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        [],
        "x",
        7,
        {"endpoints": "GET /"},
        {"endpoints": [None, 3, {"path": 4}, "nonsense"]},
        {"types": []},
        {"auth": [1]},
        {"auth": {"type": ["x"]}},
        {"headers": 3},
        {"retry": True, "rate_limit": [], "timeout": {}},
        {
            "endpoints": [
                {"method": "GET", "path": "/x", "parameters": [], "errors": 3, "paginate": 7, "body": 3}
            ]
        },
    ],
)
def test_nonsense_is_complained_about_and_never_crashes(pattern: IntegrationPattern, nonsense: Any) -> None:
    raw = {**entry(NAME_ONLY), "requirements": nonsense, "environments": nonsense}
    pattern.check(raw)
    pattern.normalise(raw)
