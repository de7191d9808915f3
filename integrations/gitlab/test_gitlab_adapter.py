# Generated from integrations.yaml, entry "gitlab"; see gitlab_adapter.py for how to change it.
"""GitLab without a network: every operation against a scripted service, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import yaml
from msgspec import convert, to_builtins

from integrations.gitlab import AsyncGitLabAdapter, GitLabAdapter, Issue, Project, Upload, examples
from integrations.runtime import (
    InvalidRequestError,
    MissingSecretError,
    RequestTimeoutError,
    SecretManager,
    ServiceError,
    UnexpectedResponseError,
)
from integrations.runtime.http import AsyncDownload, Download
from integrations.runtime.testing import ScriptedService, error_table

SECRETS = {"GITLAB_TOKEN": "secret-of-gitlab-token"}
BASE_URL = None
ATTEMPTS = 3  # of an operation that may be repeated
TIMEOUT = 30  # seconds, unless the caller says otherwise

PROJECT: dict[str, Any] = {
    "archived": True,
    "default_branch": "main",
    "description": "A short text.",
    "id": 42,
    "last_activity_at": "2026-01-02T03:04:05Z",
    "name": "name-1",
    "path_with_namespace": "path-with-namespace-1",
    "visibility": "private",
    "web_url": "https://www.example.com/about",
}
ISSUE: dict[str, Any] = {
    "author": {"id": 42, "name": "name-1", "username": "ada"},
    "closed_at": "2026-01-02T03:04:05Z",
    "created_at": "2026-01-02T03:04:05Z",
    "description": "A short text.",
    "id": 42,
    "iid": 42,
    "labels": ["example"],
    "state": "opened",
    "title": "A first title",
    "web_url": "https://www.example.com/about",
}
UPLOAD: dict[str, Any] = {
    "alt": "alt-1",
    "full_path": "docs/readme.md",
    "markdown": "markdown-1",
    "url": "https://www.example.com/about",
}


@pytest.fixture(params=["sync", "async"])
def service(request: pytest.FixtureRequest) -> Iterator[ScriptedService]:
    with ScriptedService.running(
        GitLabAdapter, AsyncGitLabAdapter, request.param, secrets=SECRETS, base_url=BASE_URL
    ) as running:
        yield running


def test_list_group_projects_yields_every_page(service: ScriptedService) -> None:
    service.replies(json=[PROJECT] * 100)
    service.replies(json=[PROJECT])
    found = service.call(lambda gitlab: gitlab.list_group_projects("group-1", timeout=7.5))
    service.sent(
        "GET",
        "/groups/group-1/projects",
        query={"page": "1", "per_page": "100", "order_by": "created_at"},
        timeout=7.5,
    )
    service.sent(
        "GET",
        "/groups/group-1/projects",
        query={"page": "2", "per_page": "100", "order_by": "created_at"},
        timeout=7.5,
    )
    assert found == convert([PROJECT] * 101, list[Project])
    assert to_builtins(found) == [PROJECT] * 101


def test_list_group_projects_sends_every_option(service: ScriptedService) -> None:
    service.replies(json=[])
    found = service.call(
        lambda gitlab: gitlab.list_group_projects(
            "group-1", archived=True, order_by="id", search="example", timeout=7.5
        )
    )
    service.sent(
        "GET",
        "/groups/group-1/projects",
        query={"page": "1", "per_page": "100", "order_by": "id", "archived": "true", "search": "example"},
        timeout=7.5,
    )
    assert found == []


def test_get_project(service: ScriptedService) -> None:
    service.replies(json=PROJECT)
    found = service.call(lambda gitlab: gitlab.get_project("project-1", timeout=7.5))
    service.sent("GET", "/projects/project-1", timeout=7.5)
    assert found == convert(PROJECT, Project)
    assert to_builtins(found) == PROJECT


def test_list_issues_yields_every_page(service: ScriptedService) -> None:
    service.replies(json=[ISSUE] * 100)
    service.replies(json=[ISSUE])
    found = service.call(lambda gitlab: gitlab.list_issues("project-1", timeout=7.5))
    service.sent(
        "GET",
        "/projects/project-1/issues",
        query={"page": "1", "per_page": "100", "state": "all"},
        timeout=7.5,
    )
    service.sent(
        "GET",
        "/projects/project-1/issues",
        query={"page": "2", "per_page": "100", "state": "all"},
        timeout=7.5,
    )
    assert found == convert([ISSUE] * 101, list[Issue])
    assert to_builtins(found) == [ISSUE] * 101


def test_list_issues_sends_every_option(service: ScriptedService) -> None:
    service.replies(json=[])
    found = service.call(
        lambda gitlab: gitlab.list_issues(
            "project-1",
            labels="example",
            state="opened",
            updated_after=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
            timeout=7.5,
        )
    )
    service.sent(
        "GET",
        "/projects/project-1/issues",
        query={
            "page": "1",
            "per_page": "100",
            "state": "opened",
            "labels": "example",
            "updated_after": "2026-01-02T03:04:05Z",
        },
        timeout=7.5,
    )
    assert found == []


def test_create_issue(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    found = service.call(
        lambda gitlab: gitlab.create_issue(
            "project-1",
            title="A first title",
            confidential=True,
            description="A short text.",
            labels="example",
            timeout=7.5,
        )
    )
    service.sent(
        "POST",
        "/projects/project-1/issues",
        json={
            "title": "A first title",
            "confidential": True,
            "description": "A short text.",
            "labels": "example",
        },
        timeout=7.5,
    )
    assert found == convert(ISSUE, Issue)
    assert to_builtins(found) == ISSUE


def test_create_issue_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    service.call(lambda gitlab: gitlab.create_issue("project-1", title="A first title"))
    service.sent("POST", "/projects/project-1/issues", json={"title": "A first title"})


def test_update_issue(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    found = service.call(
        lambda gitlab: gitlab.update_issue(
            "project-1",
            42,
            title="A first title",
            description="A short text.",
            state_event="close",
            timeout=7.5,
        )
    )
    service.sent(
        "PUT",
        "/projects/project-1/issues/42",
        json={"title": "A first title", "description": "A short text.", "state_event": "close"},
        timeout=7.5,
    )
    assert found == convert(ISSUE, Issue)
    assert to_builtins(found) == ISSUE


def test_update_issue_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    service.call(lambda gitlab: gitlab.update_issue("project-1", 42))
    service.sent("PUT", "/projects/project-1/issues/42", json={})


def test_delete_issue(service: ScriptedService) -> None:
    service.replies(204)
    found = service.call(lambda gitlab: gitlab.delete_issue("project-1", 42, timeout=7.5))
    service.sent("DELETE", "/projects/project-1/issues/42", timeout=7.5)
    assert found is None


def test_download_archive(service: ScriptedService) -> None:
    download = service.adapter.download_archive("project-1")
    assert isinstance(download, Download | AsyncDownload)  # nothing is sent before it is entered
    service.replies(body=b"the report")
    found = service.call(
        lambda gitlab: gitlab.download_archive(
            "project-1", sha="6dcb09b5b57875f334f61aebed695e2e4193db5e", timeout=7.5
        )
    )
    service.sent(
        "GET",
        "/projects/project-1/repository/archive.tar.gz",
        query={"sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e"},
        headers={"Accept": "*/*"},
        timeout=7.5,
    )
    assert found == b"the report"


def test_download_archive_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(body=b"the report")
    service.call(lambda gitlab: gitlab.download_archive("project-1"))
    service.sent("GET", "/projects/project-1/repository/archive.tar.gz", headers={"Accept": "*/*"})


def test_upload_file(service: ScriptedService) -> None:
    service.replies(json=UPLOAD)
    found = service.call(lambda gitlab: gitlab.upload_file("project-1", file=b"hello", timeout=7.5))
    service.sent("POST", "/projects/project-1/uploads", files={"file": b"hello"}, timeout=7.5)
    assert found == convert(UPLOAD, Upload)
    assert to_builtins(found) == UPLOAD


# Every operation with the least it takes, and how often it is sent while the service is down.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "list_group_projects": (ATTEMPTS, lambda gitlab: gitlab.list_group_projects("group-1")),
    "get_project": (ATTEMPTS, lambda gitlab: gitlab.get_project("project-1")),
    "list_issues": (ATTEMPTS, lambda gitlab: gitlab.list_issues("project-1")),
    "create_issue": (1, lambda gitlab: gitlab.create_issue("project-1", title="A first title")),
    "update_issue": (ATTEMPTS, lambda gitlab: gitlab.update_issue("project-1", 42)),
    "delete_issue": (ATTEMPTS, lambda gitlab: gitlab.delete_issue("project-1", 42)),
    "download_archive": (ATTEMPTS, lambda gitlab: gitlab.download_archive("project-1")),
    "upload_file": (1, lambda gitlab: gitlab.upload_file("project-1", file=b"hello")),
    "request": (ATTEMPTS, lambda gitlab: gitlab.request("GET", "/anything")),
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
        assert (raised.value.service, raised.value.operation) == ("GitLab", operation)
    assert {seen.timeout for seen in service.requests} == {TIMEOUT}
    service.forget()


@pytest.mark.parametrize(
    ("operation", "status", "error", "meaning"),
    [
        ("upload_file", 413, InvalidRequestError, "The file is larger than this server accepts."),
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
        ("list_group_projects", [[{**PROJECT, "unforeseen": [{"new": True}]}]]),
        ("get_project", [{**PROJECT, "unforeseen": [{"new": True}]}]),
        ("list_issues", [[{**ISSUE, "unforeseen": [{"new": True}]}]]),
        ("create_issue", [{**ISSUE, "unforeseen": [{"new": True}]}]),
        ("upload_file", [{**UPLOAD, "unforeseen": [{"new": True}]}]),
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
        ("list_group_projects", ["unforeseen"]),
        ("get_project", "unforeseen"),
        ("list_issues", ["unforeseen"]),
        ("create_issue", "unforeseen"),
        ("update_issue", "unforeseen"),
        ("upload_file", "unforeseen"),
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


@pytest.mark.parametrize("adapter", [GitLabAdapter, AsyncGitLabAdapter])
def test_a_missing_secret_is_named(adapter: type[GitLabAdapter | AsyncGitLabAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match="GITLAB_TOKEN"):
        adapter.from_config(secrets=nothing, environ={})


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "GitLab",
        "base_url": "https://gitlab.com/api/v4",
        "auth": {"in": "header", "name": "PRIVATE-TOKEN", "secret": "GITLAB_TOKEN", "type": "api_key"},
        "headers": {},
        "timeout": 30,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": "2000/minute",
        "environments": {},
    }


@pytest.mark.parametrize("form", ["sync", "async"])
def test_a_variable_wins_over_the_configuration(form: Literal["sync", "async"]) -> None:
    environ = {"GITLAB_BASE_URL": "https://elsewhere.example"}
    with ScriptedService.running(
        GitLabAdapter, AsyncGitLabAdapter, form, secrets=SECRETS, environ=environ
    ) as service:
        assert "https://elsewhere.example" in repr(service.adapter)


@pytest.mark.parametrize(
    ("example", "replies"),
    [
        (examples.list_group_projects, [{"json": [PROJECT]}]),
        (examples.get_project, [{"json": PROJECT}]),
        (examples.create_issue, [{"json": ISSUE}]),
        (examples.download_archive, [{"body": b"the report"}]),
    ],
)
def test_the_example_runs(example: Callable[[GitLabAdapter], None], replies: list[dict[str, Any]]) -> None:
    with ScriptedService.running(
        GitLabAdapter, AsyncGitLabAdapter, "sync", secrets=SECRETS, base_url=BASE_URL
    ) as service:
        for reply in replies:
            service.replies(**reply)
        service.call(example)
        service.forget()
