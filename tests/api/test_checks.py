"""Each mistake is complained about where it stands, with its mend."""

from __future__ import annotations

from typing import Any

import pytest

from generator.patterns import IntegrationPattern

from .entries import api

PAGED = {"method": "GET", "path": "/things", "paginate": True}
AT = ("requirements", "endpoints", 0)
MISTAKES: dict[str, tuple[dict[str, Any], tuple[str | int, ...], str]] = {
    "unknown type": (
        api({"method": "GET", "path": "/x", "parameters": {"state": {"type": "strng"}}}),
        (*AT, "parameters", "state", "type"),
        "Did you mean 'string'?",
    ),
    "a type without end": (
        api("GET /x", types={"Node": {"value": "integer", "next": "Node"}}),
        ("requirements", "types", "Node"),
        "'Node?'",
    ),
    "a list in a header": (
        api(
            {
                "method": "GET",
                "path": "/x",
                "parameters": {"X-Tags": {"type": "array", "items": "string", "in": "header"}},
            }
        ),
        (*AT, "parameters", "X-Tags"),
        "Say in: query",
    ),
    "unknown name in a body": (
        api({"method": "POST", "path": "/x", "body": {"a": "Isue"}}, types={"Issue": {"a": "string"}}),
        (*AT, "body", "a"),
        "Did you mean 'Issue'?",
    ),
    "default of another type": (
        api({"method": "GET", "path": "/x", "parameters": {"n": {"type": "integer", "default": "many"}}}),
        (*AT, "parameters", "n", "default"),
        "'many' is not of type integer",
    ),
    "required with a default": (
        api(
            {
                "method": "GET",
                "path": "/x",
                "parameters": {"n": {"type": "integer", "default": 1, "required": True}},
            }
        ),
        (*AT, "parameters", "n", "required"),
        "Remove one of the two.",
    ),
    "a path parameter that the path has not": (
        api({"method": "GET", "path": "/x/{id}", "parameters": {"idd": {"type": "string", "in": "path"}}}),
        (*AT, "parameters", "idd"),
        "Did you mean 'id'?",
    ),
    "a path parameter that goes elsewhere": (
        api({"method": "GET", "path": "/x/{id}", "parameters": {"id": {"type": "string", "in": "query"}}}),
        (*AT, "parameters", "id", "in"),
        "Remove 'in'",
    ),
    "half a brace": (api("GET /x/{id"), (*AT, "path"), "Write /users/{id}."),
    "a query in the path": (api("GET /x?a=1"), (*AT, "path"), "Put it into parameters."),
    "a path that climbs": (api("GET /x/../y"), (*AT, "path"), "below base_url"),
    "a placeholder twice": (api("GET /x/{id}/y/{id}"), (*AT, "path"), "Give each its own name."),
    "no short form": (api("FETCH things"), AT, "METHOD /path"),
    "the same operation twice": (
        api("GET /x/{id}", "GET /x/{key}"),
        ("requirements", "endpoints", 1),
        "endpoints[0] is the same operation. Remove one of the two.",
    ),
    "the same name twice": (
        api({"method": "GET", "path": "/a", "name": "one"}, {"method": "GET", "path": "/b", "name": "one"}),
        ("requirements", "endpoints", 1, "name"),
        "Change one.",
    ),
    "a name that is none": (
        api({"method": "GET", "path": "/a", "name": "listThings"}),
        (*AT, "name"),
        "Write 'list_things'.",
    ),
    "a keyword": (
        api({"method": "GET", "path": "/a", "name": "import"}),
        (*AT, "name"),
        "Write 'list_issues'.",
    ),
    "a name that the adapter has": (
        api({"method": "GET", "path": "/a", "name": "request"}),
        (*AT, "name"),
        "'request_users'",
    ),
    "a body of a GET": (
        api({"method": "GET", "path": "/a", "body": {"a": "string"}}),
        (*AT, "body"),
        "has no body",
    ),
    "a form that is a list": (
        api({"method": "POST", "path": "/a", "body": ["string"], "encoding": "form"}),
        (*AT, "body"),
        "Write {field: type}.",
    ),
    "a file in JSON": (
        api({"method": "POST", "path": "/a", "body": {"f": "file"}, "encoding": "json"}),
        (*AT, "body", "f"),
        "multipart",
    ),
    "a header that the adapter sets": (
        api({"method": "GET", "path": "/a", "headers": {"Authorization": "x"}}),
        (*AT, "headers", "Authorization"),
        "auth sets it",
    ),
    "pages without a style": (api({**PAGED, "returns": ["any"]}), (*AT, "paginate"), "Say pagination: link"),
    "pages of nothing known": (api(PAGED, pagination="link"), (*AT, "paginate"), "Say returns: [Type]"),
    "pages of no list": (
        api({**PAGED, "returns": "string"}, pagination="link"),
        (*AT, "returns"),
        "Write the items: [Type].",
    ),
    "pages of a DELETE": (
        api({**PAGED, "method": "DELETE", "returns": ["any"]}, pagination="link"),
        (*AT, "paginate"),
        "Remove paginate.",
    ),
    "a cursor from nowhere": (
        api("GET /", pagination={"style": "cursor"}),
        ("requirements", "pagination"),
        "last: id",
    ),
    "a base URL that is none": (
        api("GET /", base_url="ftp://example.com"),
        ("requirements", "base_url"),
        "Write https://host/path",
    ),
    "a base URL with a blank to fill": (
        api("GET /", base_url="https://{account}.example.com"),
        ("requirements", "base_url"),
        "Give one per environment",
    ),
    "a variable that is not read": (
        api("GET /", base_url="${OTHER_URL}"),
        ("requirements", "base_url"),
        "Write ${ACME_BASE_URL}.",
    ),
    "two ways to sign in": (
        api("GET /", auth={"type": "bearer"}, auth_type="basic"),
        ("requirements", "auth_type"),
        "Remove auth_type.",
    ),
    "a secret in place of its name": (
        api("GET /", auth={"type": "bearer", "secret": "sk-live 123"}),
        ("requirements", "auth", "secret"),
        "Write ACME_TOKEN.",
    ),
    "a rate that is none": (
        api("GET /", rate_limit="often"),
        ("requirements", "rate_limit"),
        "Write 5000/hour",
    ),
    "a time that is none": (
        api("GET /", timeout="soon"),
        ("requirements", "timeout"),
        "Write seconds, or 30s",
    ),
    "a method in words with a name that every package needs": (
        {**api("GET /"), "methods": {"request": "Ask for anything."}},
        ("methods", "request"),
        "Add a word to it.",
    ),
    "an environment with a strange key": (
        {**api("GET /"), "environments": {"sandbox": {"region": "eu"}}},
        ("environments", "sandbox", "region"),
        "Use base_url",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_where_it_stands(pattern: IntegrationPattern, mistake: str) -> None:
    raw, pointer, words = MISTAKES[mistake]
    complaints = pattern.check(raw)
    assert [(c.pointer, words in c.message) for c in complaints] == [(pointer, True)], complaints


def test_every_mistake_is_reported_at_once(pattern: IntegrationPattern) -> None:
    raw = api("GET /x?a=1", {"method": "GET", "path": "/a", "body": "strng"}, rate_limit="often")
    assert len(pattern.check(raw)) == 4


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_complaint_ends_with_its_mend(pattern: IntegrationPattern, mistake: str) -> None:
    for complaint in pattern.check(MISTAKES[mistake][0]):
        assert complaint.message.rstrip().endswith((".", "?", "'"))
