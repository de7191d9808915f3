"""Method names come from method and path alone, read well and never collide."""

from __future__ import annotations

import itertools

import pytest

from cookiecutters.api.naming import method_name, names, read_route
from generator.modelling.names import article, identifier, pascal, singular

READABLE = {
    "GET /repos/{owner}/{repo}": "get_repo",
    "GET /repos/{owner}/{repo}/issues": "list_issues",
    "POST /repos/{owner}/{repo}/issues": "create_issue",
    "PATCH /repos/{owner}/{repo}/issues/{number}": "update_issue",
    "PUT /repos/{owner}/{repo}/issues/{number}/lock": "lock_issue",
    "DELETE /repos/{owner}/{repo}/issues/{number}/lock": "unlock_issue",
    "PUT /v1/config": "replace_config",
    "DELETE /v1/customers/{customer}": "delete_customer",
    "POST /v1/customers/{customer}": "update_customer",
    "POST /v1/charges/{id}/capture": "capture_charge",
    "GET /v1/balance": "get_balance",
    "GET /search/issues": "search_issues",
    "GET /gists/public": "list_public_gists",
    "GET /repos/{owner}/{repo}/releases/latest": "get_latest_release",
    "GET /pets/findByStatus": "find_pets_by_status",
    "POST /pet/{petId}/uploadImage": "upload_pet_image",
    "GET /2010-04-01/Accounts/{Sid}/Messages.json": "list_messages",
    "POST /v1/projects/{project}:cancel": "cancel_project",
    "POST /oauth/token": "create_token",
    "GET /settings": "get_settings",
    "GET /companies/{id}/addresses": "list_addresses",
    "GET /categories/{id}": "get_category",
    "HEAD /blobs/{digest}": "check_blob",
    "GET /": "get_root",
}


@pytest.mark.parametrize("operation", READABLE)
def test_a_name_says_what_the_operation_does(operation: str) -> None:
    method, _, path = operation.partition(" ")
    assert method_name(read_route(method, path)) == READABLE[operation]


COLLIDING = ["GET /user/repos", "GET /orgs/{org}/repos", "GET /user", "GET /users/{username}", "GET /v1/user"]


def test_the_shortest_path_keeps_the_short_name() -> None:
    assert _named(COLLIDING) == {
        "GET /user": "get_user",
        "GET /user/repos": "list_repos",
        "GET /orgs/{org}/repos": "list_org_repos",
        "GET /users/{username}": "get_user_by_username",
        "GET /v1/user": "get_user_v1",
    }


def test_the_order_of_the_manifest_is_no_matter() -> None:
    assert all(_named(order) == _named(COLLIDING) for order in itertools.permutations(COLLIDING))


def test_a_declared_name_wins_over_a_derived_one() -> None:
    found = names([("GET", "/user", ""), ("GET", "/users/{id}", "get_user")])
    assert found == {"GET /users/{id}": "get_user", "GET /user": "get_user_get"}


def test_many_operations_alike_still_get_names_of_their_own() -> None:
    operations = [f"GET /v{n}/things/{{id}}/parts/{{part}}" for n in range(40)]
    found = _named(operations)
    assert len(set(found.values())) == 40
    assert all(name.isidentifier() for name in found.values())


def _named(operations: list[str] | tuple[str, ...]) -> dict[str, str]:
    parts = (operation.partition(" ") for operation in operations)
    return names([(method, path, "") for method, _, path in parts])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("createdAt", "created_at"),
        ("HTMLPage", "html_page"),
        ("userIDs", "user_ids"),
        ("+1", "plus_1"),
        ("-1", "minus_1"),
        ("@type", "at_type"),
        ("class", "class_"),
        ("2fa", "value_2fa"),
        ("", "value"),
        ("größe", "größe"),
        ("a]b\n", "a_b"),
    ],
)
def test_any_text_becomes_an_identifier(text: str, name: str) -> None:
    assert identifier(text) == name


def test_classes_keep_their_capitals() -> None:
    assert [pascal(text) for text in ("issue_URL", "StartTime<", "1st")] == [
        "IssueURL",
        "StartTime",
        "Value1st",
    ]


def test_words_for_one_and_for_many() -> None:
    assert [singular(word) for word in ("statuses", "boxes", "series", "people", "order_lines")] == [
        "status",
        "box",
        "series",
        "person",
        "order_line",
    ]
    assert [article(word) for word in ("issue", "user", "URL", "order", "settings")] == [
        "an issue",
        "a user",
        "a URL",
        "an order",
        "settings",
    ]
