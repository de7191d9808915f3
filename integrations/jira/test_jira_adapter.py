# Generated from integrations.yaml, entry "jira"; see jira_adapter.py for how to change it.
"""Jira without a network: every operation against a scripted service, blocking and async."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import yaml
from msgspec import convert, to_builtins

from integrations.jira import (
    Account,
    AsyncJiraAdapter,
    Attachment,
    Comment,
    CreatedIssue,
    Issue,
    JiraAdapter,
    Project,
    examples,
)
from integrations.runtime import (
    InvalidRequestError,
    MissingSecretError,
    RequestTimeoutError,
    SecretManager,
    ServiceError,
    UnexpectedResponseError,
)
from integrations.runtime.testing import ScriptedService, error_table

SECRETS = {"JIRA_API_TOKEN": "secret-of-jira-api-token", "JIRA_EMAIL": "secret-of-jira-email"}
BASE_URL = None
ATTEMPTS = 3  # of an operation that may be repeated
TIMEOUT = 30  # seconds, unless the caller says otherwise

CREATED_ISSUE: dict[str, Any] = {"id": "id-1", "key": "example-key", "self": "self-1"}
ISSUE: dict[str, Any] = {"fields": {"key": "value-1"}, "id": "id-1", "key": "example-key"}
ATTACHMENT: dict[str, Any] = {"filename": "report.pdf", "id": "id-1", "mimeType": "mime-type-1", "size": 20}
COMMENT: dict[str, Any] = {
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
ACCOUNT: dict[str, Any] = {
    "accountId": "account-1",
    "active": True,
    "displayName": "display-name-1",
    "emailAddress": "Example Street 1",
}
PROJECT: dict[str, Any] = {
    "id": "id-1",
    "key": "example-key",
    "name": "name-1",
    "projectTypeKey": "example-key",
}


@pytest.fixture(params=["sync", "async"])
def service(request: pytest.FixtureRequest) -> Iterator[ScriptedService]:
    with ScriptedService.running(
        JiraAdapter, AsyncJiraAdapter, request.param, secrets=SECRETS, base_url=BASE_URL
    ) as running:
        yield running


def test_create_issue(service: ScriptedService) -> None:
    service.replies(json=CREATED_ISSUE)
    found = service.call(lambda jira: jira.create_issue(fields={"key": "value-1"}, timeout=7.5))
    service.sent("POST", "/issue", json={"fields": {"key": "value-1"}}, timeout=7.5)
    assert found == convert(CREATED_ISSUE, CreatedIssue)
    assert to_builtins(found) == CREATED_ISSUE


def test_get_issue(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    found = service.call(lambda jira: jira.get_issue("example-key", fields="fields-1", timeout=7.5))
    service.sent("GET", "/issue/example-key", query={"fields": "fields-1"}, timeout=7.5)
    assert found == convert(ISSUE, Issue)
    assert to_builtins(found) == ISSUE


def test_get_issue_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    service.call(lambda jira: jira.get_issue("example-key"))
    service.sent("GET", "/issue/example-key")


def test_edit_issue(service: ScriptedService) -> None:
    service.replies(204)
    found = service.call(lambda jira: jira.edit_issue("example-key", fields={"key": "value-1"}, timeout=7.5))
    service.sent("PUT", "/issue/example-key", json={"fields": {"key": "value-1"}}, timeout=7.5)
    assert found is None


def test_delete_issue(service: ScriptedService) -> None:
    service.replies(204)
    found = service.call(lambda jira: jira.delete_issue("example-key", delete_subtasks=True, timeout=7.5))
    service.sent("DELETE", "/issue/example-key", query={"deleteSubtasks": "true"}, timeout=7.5)
    assert found is None


def test_delete_issue_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(204)
    service.call(lambda jira: jira.delete_issue("example-key"))
    service.sent("DELETE", "/issue/example-key")


def test_add_attachment(service: ScriptedService) -> None:
    service.replies(json=[ATTACHMENT])
    found = service.call(
        lambda jira: jira.add_attachment(
            "example-key", file=b"hello", x_atlassian_token="x-atlassian-token-1", timeout=7.5
        )
    )
    service.sent(
        "POST",
        "/issue/example-key/attachments",
        files={"file": b"hello"},
        headers={"X-Atlassian-Token": "x-atlassian-token-1"},
        timeout=7.5,
    )
    assert found == convert([ATTACHMENT], list[Attachment])
    assert to_builtins(found) == [ATTACHMENT]


def test_add_attachment_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=[ATTACHMENT])
    service.call(lambda jira: jira.add_attachment("example-key", file=b"hello"))
    service.sent(
        "POST",
        "/issue/example-key/attachments",
        files={"file": b"hello"},
        headers={"X-Atlassian-Token": "no-check"},
    )


def test_list_comments_yields_every_page(service: ScriptedService) -> None:
    service.replies(json={"comments": [COMMENT], "total": 3})
    service.replies(json={"comments": [COMMENT] * 2, "total": 3})
    found = service.call(lambda jira: jira.list_comments("example-key", timeout=7.5))
    service.sent("GET", "/issue/example-key/comment", query={"startAt": "0", "maxResults": "50"}, timeout=7.5)
    service.sent("GET", "/issue/example-key/comment", query={"startAt": "1", "maxResults": "50"}, timeout=7.5)
    assert found == convert([COMMENT] * 3, list[Comment])
    assert to_builtins(found) == [COMMENT] * 3


def test_get_myself(service: ScriptedService) -> None:
    service.replies(json=ACCOUNT)
    found = service.call(lambda jira: jira.get_myself(timeout=7.5))
    service.sent("GET", "/myself", timeout=7.5)
    assert found == convert(ACCOUNT, Account)
    assert to_builtins(found) == ACCOUNT


def test_list_projects_yields_every_page(service: ScriptedService) -> None:
    service.replies(json={"values": [PROJECT], "total": 3})
    service.replies(json={"values": [PROJECT] * 2, "total": 3})
    found = service.call(lambda jira: jira.list_projects(timeout=7.5))
    service.sent("GET", "/project/search", query={"startAt": "0", "maxResults": "50"}, timeout=7.5)
    service.sent("GET", "/project/search", query={"startAt": "1", "maxResults": "50"}, timeout=7.5)
    assert found == convert([PROJECT] * 3, list[Project])
    assert to_builtins(found) == [PROJECT] * 3


def test_list_projects_sends_every_option(service: ScriptedService) -> None:
    service.replies(json={"values": [], "total": 1})
    found = service.call(lambda jira: jira.list_projects(query="example", timeout=7.5))
    service.sent(
        "GET", "/project/search", query={"startAt": "0", "maxResults": "50", "query": "example"}, timeout=7.5
    )
    assert found == []


# Every operation with the least it takes, and how often it is sent while the service is down.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "create_issue": (1, lambda jira: jira.create_issue(fields={"key": "value-1"})),
    "get_issue": (ATTEMPTS, lambda jira: jira.get_issue("example-key")),
    "edit_issue": (ATTEMPTS, lambda jira: jira.edit_issue("example-key", fields={"key": "value-1"})),
    "delete_issue": (ATTEMPTS, lambda jira: jira.delete_issue("example-key")),
    "add_attachment": (1, lambda jira: jira.add_attachment("example-key", file=b"hello")),
    "list_comments": (ATTEMPTS, lambda jira: jira.list_comments("example-key")),
    "get_myself": (ATTEMPTS, lambda jira: jira.get_myself()),
    "list_projects": (ATTEMPTS, lambda jira: jira.list_projects()),
    "request": (ATTEMPTS, lambda jira: jira.request("GET", "/anything")),
}
ONE_OF_EACH = {error: (status, error) for status, error in error_table()}.values()


@pytest.mark.parametrize("operation", CALLS)
def test_a_failure_is_raised_after_as_many_attempts_as_are_safe(
    service: ScriptedService, operation: str
) -> None:
    attempts, call = CALLS[operation]
    service.fails(httpx2.ReadTimeout("slow"), times=attempts)
    with pytest.raises(RequestTimeoutError):
        service.call(call)
    for status, error in error_table() if operation == "request" else ONE_OF_EACH:
        service.replies(status, times=attempts if error.retryable else 1)
        with pytest.raises(error) as raised:
            service.call(call)
        assert raised.value.status == status
        assert (raised.value.service, raised.value.operation) == ("Jira", operation)
    assert {seen.timeout for seen in service.requests} == {TIMEOUT}
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
    attempts, call = CALLS[operation]
    service.replies(status, times=attempts if error.retryable else 1)
    with pytest.raises(error) as raised:
        service.call(call)
    assert raised.value.status == status
    assert meaning in str(raised.value)
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
    assert service.call(CALLS[operation][1])
    service.forget()


@pytest.mark.parametrize(
    ("operation", "reply"),
    [
        ("create_issue", "unforeseen"),
        ("get_issue", "unforeseen"),
        ("add_attachment", "unforeseen"),
        ("list_comments", {"comments": ["unforeseen"], "total": 1}),
        ("get_myself", "unforeseen"),
        ("list_projects", {"values": ["unforeseen"], "total": 1}),
    ],
)
def test_an_answer_of_another_type_is_an_error_that_carries_it(
    service: ScriptedService, operation: str, reply: Any
) -> None:
    service.replies(json=reply, headers={"X-Request-Id": "r-1"})
    with pytest.raises(UnexpectedResponseError) as raised:
        service.call(CALLS[operation][1])
    assert raised.value.status == 200
    assert raised.value.headers["x-request-id"] == "r-1"
    assert raised.value.body
    service.forget()


@pytest.mark.parametrize("adapter", [JiraAdapter, AsyncJiraAdapter])
def test_a_missing_secret_is_named(adapter: type[JiraAdapter | AsyncJiraAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match=r"JIRA_API_TOKEN|JIRA_EMAIL"):
        adapter.from_config(secrets=nothing, environ={})


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "Jira",
        "base_url": "https://your-domain.atlassian.net/rest/api/3",
        "auth": {"password_secret": "JIRA_API_TOKEN", "type": "basic", "username_secret": "JIRA_EMAIL"},
        "headers": {},
        "timeout": 30,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": "100/minute",
        "environments": {},
    }


@pytest.mark.parametrize("form", ["sync", "async"])
def test_a_variable_wins_over_the_configuration(form: Literal["sync", "async"]) -> None:
    environ = {"JIRA_BASE_URL": "https://elsewhere.example"}
    with ScriptedService.running(
        JiraAdapter, AsyncJiraAdapter, form, secrets=SECRETS, environ=environ
    ) as service:
        assert "https://elsewhere.example" in repr(service.adapter)


@pytest.mark.parametrize(
    ("example", "replies"),
    [
        (examples.list_comments, [{"json": {"comments": [COMMENT], "total": 1}}]),
        (examples.get_issue, [{"json": ISSUE}]),
        (examples.create_issue, [{"json": CREATED_ISSUE}]),
    ],
)
def test_the_example_runs(example: Callable[[JiraAdapter], None], replies: list[dict[str, Any]]) -> None:
    with ScriptedService.running(
        JiraAdapter, AsyncJiraAdapter, "sync", secrets=SECRETS, base_url=BASE_URL
    ) as service:
        for reply in replies:
            service.replies(**reply)
        service.call(example)
        service.forget()
