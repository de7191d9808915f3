# Generated from integrations.yaml, entry "jira"; see jira_adapter.py for how to change it.
"""Jira without a network: every operation against a scripted service, blocking and async."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec import to_builtins

from integrations.jira import AsyncJiraAdapter, JiraAdapter, examples
from integrations.runtime import (
    InvalidRequestError,
    MissingSecretError,
    SecretManager,
    ServiceError,
    UnavailableError,
    UnexpectedResponseError,
)
from integrations.runtime.testing import ScriptedService, error_table

SECRETS = {"JIRA_API_TOKEN": "secret-of-jira-api-token", "JIRA_EMAIL": "secret-of-jira-email"}
BASE_URL = None
ATTEMPTS = 3  # of an operation that may be repeated

CREATED_ISSUE = {"id": "id-1", "key": "example-key", "self": "self-1"}
ISSUE = {"fields": {"key": "value-1"}, "id": "id-1", "key": "example-key"}
ATTACHMENT = {"filename": "report.pdf", "id": "id-1", "mimeType": "mime-type-1", "size": 20}
COMMENT = {
    "author": {
        "accountId": "account-1",
        "active": True,
        "displayName": "display-name-1",
        "emailAddress": "Example Street 1",
    },
    "body": {"key": "value"},
    "created": "created-1",
    "id": "id-1",
}
ACCOUNT = {
    "accountId": "account-1",
    "active": True,
    "displayName": "display-name-1",
    "emailAddress": "Example Street 1",
}
PROJECT = {"id": "id-1", "key": "example-key", "name": "name-1", "projectTypeKey": "example-key"}


@pytest.fixture(params=["sync", "async"])
def service(request: pytest.FixtureRequest) -> Iterator[ScriptedService]:
    with ScriptedService.running(
        JiraAdapter, AsyncJiraAdapter, request.param, secrets=SECRETS, base_url=BASE_URL
    ) as running:
        yield running


def test_create_issue(service: ScriptedService) -> None:
    service.replies(json=CREATED_ISSUE)
    found = service.call(lambda jira: jira.create_issue(fields={"key": "value-1"}))
    service.sent("POST", "/issue", json={"fields": {"key": "value-1"}})
    assert to_builtins(found) == CREATED_ISSUE


def test_get_issue(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    found = service.call(lambda jira: jira.get_issue("example-key", fields="fields-1"))
    service.sent("GET", "/issue/example-key", query={"fields": "fields-1"})
    assert to_builtins(found) == ISSUE


def test_get_issue_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    service.call(lambda jira: jira.get_issue("example-key"))
    service.sent("GET", "/issue/example-key")


def test_edit_issue(service: ScriptedService) -> None:
    service.replies(204)
    found = service.call(lambda jira: jira.edit_issue("example-key", fields={"key": "value-1"}))
    service.sent("PUT", "/issue/example-key", json={"fields": {"key": "value-1"}})
    assert found is None


def test_delete_issue(service: ScriptedService) -> None:
    service.replies(204)
    found = service.call(lambda jira: jira.delete_issue("example-key", delete_subtasks=True))
    service.sent("DELETE", "/issue/example-key", query={"deleteSubtasks": "true"})
    assert found is None


def test_delete_issue_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(204)
    service.call(lambda jira: jira.delete_issue("example-key"))
    service.sent("DELETE", "/issue/example-key")


def test_add_attachment(service: ScriptedService) -> None:
    service.replies(json=[ATTACHMENT])
    found = service.call(
        lambda jira: jira.add_attachment(
            "example-key", file=b"hello", x_atlassian_token="x-atlassian-token-1"
        )
    )
    service.sent(
        "POST",
        "/issue/example-key/attachments",
        headers={"X-Atlassian-Token": "x-atlassian-token-1"},
        files={"file": b"hello"},
    )
    assert to_builtins(found) == [ATTACHMENT]


def test_add_attachment_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=[ATTACHMENT])
    service.call(lambda jira: jira.add_attachment("example-key", file=b"hello"))
    service.sent(
        "POST",
        "/issue/example-key/attachments",
        headers={"X-Atlassian-Token": "no-check"},
        files={"file": b"hello"},
    )


def test_list_comments_yields_every_page(service: ScriptedService) -> None:
    service.replies(json={"comments": [COMMENT], "total": 2})
    service.replies(json={"comments": [COMMENT], "total": 2})
    found = service.call(lambda jira: jira.list_comments("example-key"))
    service.sent("GET", "/issue/example-key/comment", query={"startAt": "0", "maxResults": "50"})
    service.sent("GET", "/issue/example-key/comment", query={"startAt": "1", "maxResults": "50"})
    assert to_builtins(found) == [COMMENT] * 2


def test_get_myself(service: ScriptedService) -> None:
    service.replies(json=ACCOUNT)
    found = service.call(lambda jira: jira.get_myself())
    service.sent("GET", "/myself")
    assert to_builtins(found) == ACCOUNT


def test_list_projects_yields_every_page(service: ScriptedService) -> None:
    service.replies(json={"values": [PROJECT], "total": 2})
    service.replies(json={"values": [PROJECT], "total": 2})
    found = service.call(lambda jira: jira.list_projects())
    service.sent("GET", "/project/search", query={"startAt": "0", "maxResults": "50"})
    service.sent("GET", "/project/search", query={"startAt": "1", "maxResults": "50"})
    assert to_builtins(found) == [PROJECT] * 2


def test_list_projects_sends_every_option(service: ScriptedService) -> None:
    service.replies(json={"values": [], "total": 1})
    found = service.call(lambda jira: jira.list_projects(query="example"))
    service.sent(
        "GET", "/project/search", query={"startAt": "0", "maxResults": "50", "query": "example"}
    )
    assert found == []


# Every operation with the least it takes, and how often it is sent while the service is down.
OUTAGES: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "create_issue": (1, lambda jira: jira.create_issue(fields={"key": "value-1"})),
    "get_issue": (ATTEMPTS, lambda jira: jira.get_issue("example-key")),
    "edit_issue": (
        ATTEMPTS,
        lambda jira: jira.edit_issue("example-key", fields={"key": "value-1"}),
    ),
    "delete_issue": (ATTEMPTS, lambda jira: jira.delete_issue("example-key")),
    "add_attachment": (1, lambda jira: jira.add_attachment("example-key", file=b"hello")),
    "list_comments": (ATTEMPTS, lambda jira: jira.list_comments("example-key")),
    "get_myself": (ATTEMPTS, lambda jira: jira.get_myself()),
    "list_projects": (ATTEMPTS, lambda jira: jira.list_projects()),
}


@pytest.mark.parametrize("operation", OUTAGES)
def test_an_outage_is_raised_after_as_many_attempts_as_are_safe(
    service: ScriptedService, operation: str
) -> None:
    attempts, call = OUTAGES[operation]
    service.replies(503, times=attempts)
    with pytest.raises(UnavailableError) as raised:
        service.call(call)
    assert raised.value.operation == operation
    assert len(service.requests) == attempts
    service.forget()


@pytest.mark.parametrize(
    ("operation", "status", "error", "meaning"),
    [
        (
            "create_issue",
            400,
            InvalidRequestError,
            "A field is missing or not on the project's create screen.",
        ),
        ("add_attachment", 413, InvalidRequestError, "The file is larger than the site allows."),
    ],
)
def test_a_declared_error_says_what_it_means(
    service: ScriptedService, operation: str, status: int, error: type[ServiceError], meaning: str
) -> None:
    attempts, call = OUTAGES[operation]
    service.replies(status, times=attempts if error.retryable else 1)
    with pytest.raises(error) as raised:
        service.call(call)
    assert raised.value.status == status
    assert meaning in str(raised.value)
    service.forget()


@pytest.mark.parametrize(("status", "error"), error_table())
def test_each_error_status_has_its_class(
    service: ScriptedService, status: int, error: type[ServiceError]
) -> None:
    service.replies(status, times=ATTEMPTS if error.retryable else 1)
    with pytest.raises(error) as raised:
        service.call(lambda jira: jira.get_issue("example-key"))
    assert raised.value.status == status
    service.forget()


@pytest.mark.parametrize(
    ("operation", "replies"),
    [
        ("create_issue", [{**CREATED_ISSUE, "unforeseen": [{"new": True}]}]),
        ("get_issue", [{**ISSUE, "unforeseen": [{"new": True}]}]),
        ("add_attachment", [[{**ATTACHMENT, "unforeseen": [{"new": True}]}]]),
        ("list_comments", [{"comments": [{**COMMENT, "unforeseen": [{"new": True}]}], "total": 1}]),
        ("get_myself", [{**ACCOUNT, "unforeseen": [{"new": True}]}]),
        ("list_projects", [{"values": [{**PROJECT, "unforeseen": [{"new": True}]}], "total": 1}]),
    ],
)
def test_a_field_that_is_not_declared_does_no_harm(
    service: ScriptedService, operation: str, replies: list[Any]
) -> None:
    for reply in replies:
        service.replies(json=reply)
    assert service.call(OUTAGES[operation][1])
    service.forget()


@pytest.mark.parametrize(
    ("operation", "reply"),
    [
        ("create_issue", "unforeseen"),
        ("get_issue", "unforeseen"),
        ("add_attachment", "unforeseen"),
        ("list_comments", {"comments": "no list"}),
        ("get_myself", "unforeseen"),
        ("list_projects", {"values": "no list"}),
    ],
)
def test_an_answer_of_another_type_is_an_error_that_carries_it(
    service: ScriptedService, operation: str, reply: Any
) -> None:
    service.replies(json=reply, headers={"X-Request-Id": "r-1"})
    with pytest.raises(UnexpectedResponseError) as raised:
        service.call(OUTAGES[operation][1])
    assert raised.value.status == 200
    assert raised.value.headers["x-request-id"] == "r-1"
    assert raised.value.body
    service.forget()


@pytest.mark.parametrize("adapter", [JiraAdapter, AsyncJiraAdapter])
def test_a_missing_secret_is_named(adapter: type[JiraAdapter | AsyncJiraAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match=r"JIRA_API_TOKEN|JIRA_EMAIL"):
        adapter.from_config(secrets=nothing, environ={})


@pytest.mark.parametrize(
    ("example", "replies"),
    [
        (examples.list_comments, [{"json": {"comments": [COMMENT], "total": 1}}]),
        (examples.get_issue, [{"json": ISSUE}]),
        (examples.create_issue, [{"json": CREATED_ISSUE}]),
    ],
)
def test_the_example_runs(
    example: Callable[[JiraAdapter], None], replies: list[dict[str, Any]]
) -> None:
    with ScriptedService.running(
        JiraAdapter, AsyncJiraAdapter, "sync", secrets=SECRETS, base_url=BASE_URL
    ) as service:
        for reply in replies:
            service.replies(**reply)
        service.call(example)
        service.forget()
