# Generated from integrations.yaml, entry "github"; see github_adapter.py for how to change it.
"""GitHub without a network: every operation against a scripted service, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import yaml
from msgspec import convert, to_builtins

from integrations.github import (
    AsyncGitHubAdapter,
    GitHubAdapter,
    Issue,
    IssueComment,
    Release,
    Repository,
    WorkflowRun,
    examples,
)
from integrations.runtime import (
    InvalidRequestError,
    MissingSecretError,
    NotFoundError,
    RequestTimeoutError,
    SecretManager,
    ServiceError,
    UnexpectedResponseError,
)
from integrations.runtime.http import AsyncDownload, Download
from integrations.runtime.testing import ScriptedService, error_table

SECRETS = {"GITHUB_TOKEN": "secret-of-github-token"}
BASE_URL = None
ATTEMPTS = 3  # of an operation that may be repeated
TIMEOUT = 30  # seconds, unless the caller says otherwise

REPOSITORY: dict[str, Any] = {
    "archived": True,
    "default_branch": "main",
    "description": "A short text.",
    "full_name": "full-name-1",
    "html_url": "https://www.example.com/about",
    "id": 42,
    "name": "name-1",
    "owner": {"html_url": "https://www.example.com/about", "id": 42, "login": "ada"},
    "private": True,
    "pushed_at": "2026-01-02T03:04:05Z",
}
WORKFLOW_RUN: dict[str, Any] = {
    "conclusion": "conclusion-1",
    "created_at": "2026-01-02T03:04:05Z",
    "head_branch": "main",
    "head_sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
    "html_url": "https://www.example.com/about",
    "id": 42,
    "name": "name-1",
    "status": "queued",
}
ISSUE: dict[str, Any] = {
    "body": "A short text.",
    "closed_at": "2026-01-02T03:04:05Z",
    "comments": 42,
    "created_at": "2026-01-02T03:04:05Z",
    "html_url": "https://www.example.com/about",
    "labels": [{"color": "#336699", "id": 42, "name": "name-1"}],
    "number": 42,
    "state": "open",
    "title": "A first title",
    "user": {"html_url": "https://www.example.com/about", "id": 42, "login": "ada"},
}
ISSUE_COMMENT: dict[str, Any] = {
    "body": "A short text.",
    "created_at": "2026-01-02T03:04:05Z",
    "html_url": "https://www.example.com/about",
    "id": 42,
    "user": {"html_url": "https://www.example.com/about", "id": 42, "login": "ada"},
}
RELEASE: dict[str, Any] = {
    "draft": True,
    "id": 42,
    "name": "name-1",
    "prerelease": True,
    "published_at": "2026-01-02T03:04:05Z",
    "tag_name": "tag-name-1",
}


@pytest.fixture(params=["sync", "async"])
def service(request: pytest.FixtureRequest) -> Iterator[ScriptedService]:
    with ScriptedService.running(
        GitHubAdapter, AsyncGitHubAdapter, request.param, secrets=SECRETS, base_url=BASE_URL
    ) as running:
        yield running


def test_list_org_repos_yields_every_page(service: ScriptedService) -> None:
    service.replies(json=[REPOSITORY], headers={"Link": '<?page=2>; rel="next"'})
    service.replies(json=[REPOSITORY])
    found = service.call(lambda github: github.list_org_repos("acme", timeout=7.5))
    service.sent(
        "GET", "/orgs/acme/repos", query={"type": "all", "per_page": "100", "sort": "created"}, timeout=7.5
    )
    service.sent("GET", "/orgs/acme/repos", query={"page": "2"}, timeout=7.5)
    assert found == convert([REPOSITORY] * 2, list[Repository])
    assert to_builtins(found) == [REPOSITORY] * 2


def test_list_org_repos_sends_every_option(service: ScriptedService) -> None:
    service.replies(json=[])
    found = service.call(
        lambda github: github.list_org_repos("acme", type="member", per_page=1, sort="full_name", timeout=7.5)
    )
    service.sent(
        "GET", "/orgs/acme/repos", query={"type": "member", "per_page": "1", "sort": "full_name"}, timeout=7.5
    )
    assert found == []


def test_get_repo(service: ScriptedService) -> None:
    service.replies(json=REPOSITORY)
    found = service.call(lambda github: github.get_repo("ada", "hello-world", timeout=7.5))
    service.sent("GET", "/repos/ada/hello-world", timeout=7.5)
    assert found == convert(REPOSITORY, Repository)
    assert to_builtins(found) == REPOSITORY


def test_update_repo(service: ScriptedService) -> None:
    service.replies(json=REPOSITORY)
    found = service.call(
        lambda github: github.update_repo(
            "ada",
            "hello-world",
            archived=True,
            description="A short text.",
            homepage="https://www.example.com/about",
            private=True,
            timeout=7.5,
        )
    )
    service.sent(
        "PATCH",
        "/repos/ada/hello-world",
        json={
            "archived": True,
            "description": "A short text.",
            "homepage": "https://www.example.com/about",
            "private": True,
        },
        timeout=7.5,
    )
    assert found == convert(REPOSITORY, Repository)
    assert to_builtins(found) == REPOSITORY


def test_update_repo_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=REPOSITORY)
    service.call(lambda github: github.update_repo("ada", "hello-world"))
    service.sent("PATCH", "/repos/ada/hello-world", json={})


def test_list_workflow_runs_yields_every_page(service: ScriptedService) -> None:
    service.replies(json={"workflow_runs": [WORKFLOW_RUN]}, headers={"Link": '<?page=2>; rel="next"'})
    service.replies(json={"workflow_runs": [WORKFLOW_RUN]})
    found = service.call(lambda github: github.list_workflow_runs("ada", "hello-world", timeout=7.5))
    service.sent("GET", "/repos/ada/hello-world/actions/runs", query={"per_page": "100"}, timeout=7.5)
    service.sent("GET", "/repos/ada/hello-world/actions/runs", query={"page": "2"}, timeout=7.5)
    assert found == convert([WORKFLOW_RUN] * 2, list[WorkflowRun])
    assert to_builtins(found) == [WORKFLOW_RUN] * 2


def test_list_workflow_runs_sends_every_option(service: ScriptedService) -> None:
    service.replies(json={"workflow_runs": []})
    found = service.call(
        lambda github: github.list_workflow_runs(
            "ada", "hello-world", branch="main", per_page=1, status="queued", timeout=7.5
        )
    )
    service.sent(
        "GET",
        "/repos/ada/hello-world/actions/runs",
        query={"per_page": "1", "branch": "main", "status": "queued"},
        timeout=7.5,
    )
    assert found == []


def test_dispatch_workflow(service: ScriptedService) -> None:
    service.replies(204)
    found = service.call(
        lambda github: github.dispatch_workflow(
            "ada", "hello-world", "workflow-1", ref="main", inputs={"key": "value-1"}, timeout=7.5
        )
    )
    service.sent(
        "POST",
        "/repos/ada/hello-world/actions/workflows/workflow-1/dispatches",
        json={"ref": "main", "inputs": {"key": "value-1"}},
        timeout=7.5,
    )
    assert found is None


def test_dispatch_workflow_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(204)
    service.call(lambda github: github.dispatch_workflow("ada", "hello-world", "workflow-1", ref="main"))
    service.sent(
        "POST", "/repos/ada/hello-world/actions/workflows/workflow-1/dispatches", json={"ref": "main"}
    )


def test_list_issues_yields_every_page(service: ScriptedService) -> None:
    service.replies(json=[ISSUE], headers={"Link": '<?page=2>; rel="next"'})
    service.replies(json=[ISSUE])
    found = service.call(lambda github: github.list_issues("ada", "hello-world", timeout=7.5))
    service.sent(
        "GET", "/repos/ada/hello-world/issues", query={"per_page": "100", "state": "open"}, timeout=7.5
    )
    service.sent("GET", "/repos/ada/hello-world/issues", query={"page": "2"}, timeout=7.5)
    assert found == convert([ISSUE] * 2, list[Issue])
    assert to_builtins(found) == [ISSUE] * 2


def test_list_issues_sends_every_option(service: ScriptedService) -> None:
    service.replies(json=[])
    found = service.call(
        lambda github: github.list_issues(
            "ada",
            "hello-world",
            labels="example",
            per_page=1,
            since=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
            state="all",
            timeout=7.5,
        )
    )
    service.sent(
        "GET",
        "/repos/ada/hello-world/issues",
        query={"per_page": "1", "state": "all", "labels": "example", "since": "2026-01-02T03:04:05Z"},
        timeout=7.5,
    )
    assert found == []


def test_create_issue(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    found = service.call(
        lambda github: github.create_issue(
            "ada",
            "hello-world",
            title="A first title",
            assignees=["ada"],
            body="A short text.",
            labels=["example"],
            timeout=7.5,
        )
    )
    service.sent(
        "POST",
        "/repos/ada/hello-world/issues",
        json={"title": "A first title", "assignees": ["ada"], "body": "A short text.", "labels": ["example"]},
        timeout=7.5,
    )
    assert found == convert(ISSUE, Issue)
    assert to_builtins(found) == ISSUE


def test_create_issue_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    service.call(lambda github: github.create_issue("ada", "hello-world", title="A first title"))
    service.sent("POST", "/repos/ada/hello-world/issues", json={"title": "A first title"})


def test_get_issue(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    found = service.call(lambda github: github.get_issue("ada", "hello-world", 42, timeout=7.5))
    service.sent("GET", "/repos/ada/hello-world/issues/42", timeout=7.5)
    assert found == convert(ISSUE, Issue)
    assert to_builtins(found) == ISSUE


def test_update_issue(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    found = service.call(
        lambda github: github.update_issue(
            "ada",
            "hello-world",
            42,
            title="A first title",
            body="A short text.",
            labels=["example"],
            state="open",
            timeout=7.5,
        )
    )
    service.sent(
        "PATCH",
        "/repos/ada/hello-world/issues/42",
        json={"title": "A first title", "body": "A short text.", "labels": ["example"], "state": "open"},
        timeout=7.5,
    )
    assert found == convert(ISSUE, Issue)
    assert to_builtins(found) == ISSUE


def test_update_issue_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=ISSUE)
    service.call(lambda github: github.update_issue("ada", "hello-world", 42))
    service.sent("PATCH", "/repos/ada/hello-world/issues/42", json={})


def test_create_issue_comment(service: ScriptedService) -> None:
    service.replies(json=ISSUE_COMMENT)
    found = service.call(
        lambda github: github.create_issue_comment(
            "ada", "hello-world", 42, body="A short text.", timeout=7.5
        )
    )
    service.sent(
        "POST", "/repos/ada/hello-world/issues/42/comments", json={"body": "A short text."}, timeout=7.5
    )
    assert found == convert(ISSUE_COMMENT, IssueComment)
    assert to_builtins(found) == ISSUE_COMMENT


def test_get_latest_release(service: ScriptedService) -> None:
    service.replies(json=RELEASE)
    found = service.call(lambda github: github.get_latest_release("ada", "hello-world", timeout=7.5))
    service.sent("GET", "/repos/ada/hello-world/releases/latest", timeout=7.5)
    assert found == convert(RELEASE, Release)
    assert to_builtins(found) == RELEASE


def test_download_tarball(service: ScriptedService) -> None:
    download = service.adapter.download_tarball("ada", "hello-world", "main")
    assert isinstance(download, Download | AsyncDownload)  # nothing is sent before it is entered
    service.replies(body=b"the report")
    found = service.call(lambda github: github.download_tarball("ada", "hello-world", "main", timeout=7.5))
    service.sent("GET", "/repos/ada/hello-world/tarball/main", headers={"Accept": "*/*"}, timeout=7.5)
    assert found == b"the report"


# Every operation with the least it takes, and how often it is sent while the service is down.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "list_org_repos": (ATTEMPTS, lambda github: github.list_org_repos("acme")),
    "get_repo": (ATTEMPTS, lambda github: github.get_repo("ada", "hello-world")),
    "update_repo": (1, lambda github: github.update_repo("ada", "hello-world")),
    "list_workflow_runs": (ATTEMPTS, lambda github: github.list_workflow_runs("ada", "hello-world")),
    "dispatch_workflow": (
        1,
        lambda github: github.dispatch_workflow("ada", "hello-world", "workflow-1", ref="main"),
    ),
    "list_issues": (ATTEMPTS, lambda github: github.list_issues("ada", "hello-world")),
    "create_issue": (1, lambda github: github.create_issue("ada", "hello-world", title="A first title")),
    "get_issue": (ATTEMPTS, lambda github: github.get_issue("ada", "hello-world", 42)),
    "update_issue": (1, lambda github: github.update_issue("ada", "hello-world", 42)),
    "create_issue_comment": (
        1,
        lambda github: github.create_issue_comment("ada", "hello-world", 42, body="A short text."),
    ),
    "get_latest_release": (ATTEMPTS, lambda github: github.get_latest_release("ada", "hello-world")),
    "download_tarball": (ATTEMPTS, lambda github: github.download_tarball("ada", "hello-world", "main")),
    "request": (ATTEMPTS, lambda github: github.request("GET", "/anything")),
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
        assert (raised.value.service, raised.value.operation) == ("GitHub", operation)
    assert {seen.timeout for seen in service.requests} == {TIMEOUT}
    service.forget()


@pytest.mark.parametrize(
    ("operation", "status", "error", "meaning"),
    [
        ("get_repo", 404, NotFoundError, "The repository does not exist or the token may not see it."),
        (
            "dispatch_workflow",
            422,
            InvalidRequestError,
            "The workflow does not listen for manual dispatches or an input is wrong.",
        ),
        ("create_issue", 410, NotFoundError, "Issues are switched off in this repository."),
        ("get_issue", 410, NotFoundError, "The issue was deleted."),
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
        ("list_org_repos", [[{**REPOSITORY, "unforeseen": [{"new": True}]}]]),
        ("get_repo", [{**REPOSITORY, "unforeseen": [{"new": True}]}]),
        ("list_workflow_runs", [{"workflow_runs": [{**WORKFLOW_RUN, "unforeseen": [{"new": True}]}]}]),
        ("list_issues", [[{**ISSUE, "unforeseen": [{"new": True}]}]]),
        ("create_issue", [{**ISSUE, "unforeseen": [{"new": True}]}]),
        ("create_issue_comment", [{**ISSUE_COMMENT, "unforeseen": [{"new": True}]}]),
        ("get_latest_release", [{**RELEASE, "unforeseen": [{"new": True}]}]),
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
        ("list_org_repos", ["unforeseen"]),
        ("get_repo", "unforeseen"),
        ("update_repo", "unforeseen"),
        ("list_workflow_runs", {"workflow_runs": ["unforeseen"]}),
        ("list_issues", ["unforeseen"]),
        ("create_issue", "unforeseen"),
        ("get_issue", "unforeseen"),
        ("update_issue", "unforeseen"),
        ("create_issue_comment", "unforeseen"),
        ("get_latest_release", "unforeseen"),
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


@pytest.mark.parametrize("adapter", [GitHubAdapter, AsyncGitHubAdapter])
def test_a_missing_secret_is_named(adapter: type[GitHubAdapter | AsyncGitHubAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match="GITHUB_TOKEN"):
        adapter.from_config(secrets=nothing, environ={})


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "GitHub",
        "base_url": "https://api.github.com",
        "auth": {"secret": "GITHUB_TOKEN", "type": "bearer"},
        "headers": {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
        "timeout": 30,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": "5000/hour",
        "environments": {},
    }


@pytest.mark.parametrize("form", ["sync", "async"])
def test_a_variable_wins_over_the_configuration(form: Literal["sync", "async"]) -> None:
    environ = {"GITHUB_BASE_URL": "https://elsewhere.example"}
    with ScriptedService.running(
        GitHubAdapter, AsyncGitHubAdapter, form, secrets=SECRETS, environ=environ
    ) as service:
        assert "https://elsewhere.example" in repr(service.adapter)


@pytest.mark.parametrize(
    ("example", "replies"),
    [
        (examples.list_org_repos, [{"json": [REPOSITORY]}]),
        (examples.get_repo, [{"json": REPOSITORY}]),
        (examples.create_issue, [{"json": ISSUE}]),
        (examples.download_tarball, [{"body": b"the report"}]),
    ],
)
def test_the_example_runs(example: Callable[[GitHubAdapter], None], replies: list[dict[str, Any]]) -> None:
    with ScriptedService.running(
        GitHubAdapter, AsyncGitHubAdapter, "sync", secrets=SECRETS, base_url=BASE_URL
    ) as service:
        for reply in replies:
            service.replies(**reply)
        service.call(example)
        service.forget()
