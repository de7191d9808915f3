# Generated from integrations.yaml, entry "github". To change it, edit that entry (or cookiecutters/api/)
# and run `nox -s generate -- github`. Your own methods belong in github_custom.py.
"""GitHub: 12 operations, each a typed method, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from integrations.runtime.http import (
    AsyncHttpAdapter,
    Download,
    HttpAdapter,
    LinkPages,
    Operation,
    awaited,
    downloaded,
    iterated,
)

from .github_models import (
    Issue,
    IssueComment,
    ListOrgReposType,
    ListWorkflowRunsStatus,
    Release,
    Repository,
    WorkflowRun,
)

LIST_ORG_REPOS: Operation[list[Repository]] = Operation(
    "list_org_repos", "GET", "/orgs/{org}/repos", returns=list[Repository], pages=LinkPages()
)
GET_REPO: Operation[Repository] = Operation(
    "get_repo",
    "GET",
    "/repos/{owner}/{repo}",
    returns=Repository,
    errors={404: "The repository does not exist or the token may not see it."},
)
UPDATE_REPO: Operation[Repository] = Operation(
    "update_repo", "PATCH", "/repos/{owner}/{repo}", returns=Repository
)
LIST_WORKFLOW_RUNS: Operation[list[WorkflowRun]] = Operation(
    "list_workflow_runs",
    "GET",
    "/repos/{owner}/{repo}/actions/runs",
    returns=list[WorkflowRun],
    pages=LinkPages(items="workflow_runs"),
)
DISPATCH_WORKFLOW: Operation[None] = Operation(
    "dispatch_workflow",
    "POST",
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    errors={422: "The workflow does not listen for manual dispatches or an input is wrong."},
)
LIST_ISSUES: Operation[list[Issue]] = Operation(
    "list_issues", "GET", "/repos/{owner}/{repo}/issues", returns=list[Issue], pages=LinkPages()
)
CREATE_ISSUE: Operation[Issue] = Operation(
    "create_issue",
    "POST",
    "/repos/{owner}/{repo}/issues",
    returns=Issue,
    errors={410: "Issues are switched off in this repository."},
)
GET_ISSUE: Operation[Issue] = Operation(
    "get_issue",
    "GET",
    "/repos/{owner}/{repo}/issues/{issue_number}",
    returns=Issue,
    errors={410: "The issue was deleted."},
)
UPDATE_ISSUE: Operation[Issue] = Operation(
    "update_issue", "PATCH", "/repos/{owner}/{repo}/issues/{issue_number}", returns=Issue
)
CREATE_ISSUE_COMMENT: Operation[IssueComment] = Operation(
    "create_issue_comment",
    "POST",
    "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    returns=IssueComment,
)
GET_LATEST_RELEASE: Operation[Release] = Operation(
    "get_latest_release", "GET", "/repos/{owner}/{repo}/releases/latest", returns=Release
)
DOWNLOAD_TARBALL: Operation[bytes] = Operation(
    "download_tarball", "GET", "/repos/{owner}/{repo}/tarball/{ref}", returns=bytes, accept="*/*"
)


class GitHubAdapter(HttpAdapter):
    """Repositories, issues, releases and workflow runs of an organisation on GitHub.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. What
    is not safe to repeat, a POST or PATCH, is tried again only where it says so.
    """

    SERVICE = "GitHub"
    PACKAGE = "github"
    CONFIG = Path(__file__).with_name("config.yaml")

    def list_org_repos(
        self,
        org: str,
        *,
        type: ListOrgReposType = "all",
        per_page: int = 100,
        sort: Literal["created", "updated", "pushed", "full_name"] = "created",
        timeout: float | None = None,
    ) -> Iterator[Repository]:
        """List the repositories of an organisation.

        Yields:
            Every repository; pages are fetched as they are needed.
        """
        return self._pages(
            LIST_ORG_REPOS,
            path={"org": org},
            query={"type": type, "per_page": per_page, "sort": sort},
            timeout=timeout,
        )

    def get_repo(self, owner: str, repo: str, *, timeout: float | None = None) -> Repository:
        """Fetch one repository.

        Raises:
            NotFoundError: The repository does not exist or the token may not see it (404).
        """
        return self._call(GET_REPO, path={"owner": owner, "repo": repo}, timeout=timeout)

    def update_repo(
        self,
        owner: str,
        repo: str,
        *,
        archived: bool | None = None,
        description: str | None = None,
        homepage: str | None = None,
        private: bool | None = None,
        timeout: float | None = None,
    ) -> Repository:
        """Change the settings of a repository; what is left out stays.

        Raises:
            NotFoundError: There is no such repository (404).
        """
        return self._call(
            UPDATE_REPO,
            path={"owner": owner, "repo": repo},
            body={"archived": archived, "description": description, "homepage": homepage, "private": private},
            timeout=timeout,
        )

    def list_workflow_runs(
        self,
        owner: str,
        repo: str,
        *,
        branch: str | None = None,
        per_page: int = 100,
        status: ListWorkflowRunsStatus | None = None,
        timeout: float | None = None,
    ) -> Iterator[WorkflowRun]:
        """List the runs of every workflow, newest first.

        Yields:
            Every workflow run; pages are fetched as they are needed.
        """
        return self._pages(
            LIST_WORKFLOW_RUNS,
            path={"owner": owner, "repo": repo},
            query={"branch": branch, "per_page": per_page, "status": status},
            timeout=timeout,
        )

    def dispatch_workflow(
        self,
        owner: str,
        repo: str,
        workflow_id: str,
        *,
        ref: str,
        inputs: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> None:
        """Start a workflow that listens for manual dispatches.

        Raises:
            InvalidRequestError: The workflow does not listen for manual dispatches or an input is wrong
                (422).
        """
        return self._call(
            DISPATCH_WORKFLOW,
            path={"owner": owner, "repo": repo, "workflow_id": workflow_id},
            body={"ref": ref, "inputs": inputs},
            timeout=timeout,
        )

    def list_issues(
        self,
        owner: str,
        repo: str,
        *,
        labels: str | None = None,
        per_page: int = 100,
        since: dt.datetime | None = None,
        state: Literal["open", "closed", "all"] = "open",
        timeout: float | None = None,
    ) -> Iterator[Issue]:
        """List the issues of a repository, newest first.

        Args:
            labels: Names of labels, separated by commas.

        Yields:
            Every issue; pages are fetched as they are needed.
        """
        return self._pages(
            LIST_ISSUES,
            path={"owner": owner, "repo": repo},
            query={"labels": labels, "per_page": per_page, "since": since, "state": state},
            timeout=timeout,
        )

    def create_issue(
        self,
        owner: str,
        repo: str,
        *,
        title: str,
        assignees: Sequence[str] | None = None,
        body: str | None = None,
        labels: Sequence[str] | None = None,
        timeout: float | None = None,
    ) -> Issue:
        """Open an issue.

        Raises:
            NotFoundError: Issues are switched off in this repository (410).
        """
        return self._call(
            CREATE_ISSUE,
            path={"owner": owner, "repo": repo},
            body={"title": title, "assignees": assignees, "body": body, "labels": labels},
            timeout=timeout,
        )

    def get_issue(self, owner: str, repo: str, issue_number: int, *, timeout: float | None = None) -> Issue:
        """Fetch one issue.

        Raises:
            NotFoundError: There is no such issue (404). The issue was deleted (410).
        """
        return self._call(
            GET_ISSUE, path={"owner": owner, "repo": repo, "issue_number": issue_number}, timeout=timeout
        )

    def update_issue(
        self,
        owner: str,
        repo: str,
        issue_number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        labels: Sequence[str] | None = None,
        state: Literal["open", "closed"] | None = None,
        timeout: float | None = None,
    ) -> Issue:
        """Edit an issue, close it or open it again.

        Raises:
            NotFoundError: There is no such issue (404).
        """
        return self._call(
            UPDATE_ISSUE,
            path={"owner": owner, "repo": repo, "issue_number": issue_number},
            body={"title": title, "body": body, "labels": labels, "state": state},
            timeout=timeout,
        )

    def create_issue_comment(
        self, owner: str, repo: str, issue_number: int, *, body: str, timeout: float | None = None
    ) -> IssueComment:
        """Comment on an issue or a pull request."""
        return self._call(
            CREATE_ISSUE_COMMENT,
            path={"owner": owner, "repo": repo, "issue_number": issue_number},
            body={"body": body},
            timeout=timeout,
        )

    def get_latest_release(self, owner: str, repo: str, *, timeout: float | None = None) -> Release:
        """Fetch the newest release that is neither a draft nor a pre-release."""
        return self._call(GET_LATEST_RELEASE, path={"owner": owner, "repo": repo}, timeout=timeout)

    def download_tarball(self, owner: str, repo: str, ref: str, *, timeout: float | None = None) -> Download:
        """Download the sources of a branch, a tag or a commit as a compressed archive.

        Raises:
            NotFoundError: There is no such tarball (404).
        """
        return self._download(
            DOWNLOAD_TARBALL, path={"owner": owner, "repo": repo, "ref": ref}, timeout=timeout
        )


class AsyncGitHubAdapter(AsyncHttpAdapter):
    """The same operations, to be awaited; `GitHubAdapter` documents their arguments and errors."""

    SERVICE = "GitHub"
    PACKAGE = "github"
    CONFIG = Path(__file__).with_name("config.yaml")

    list_org_repos = iterated(GitHubAdapter.list_org_repos)
    get_repo = awaited(GitHubAdapter.get_repo)
    update_repo = awaited(GitHubAdapter.update_repo)
    list_workflow_runs = iterated(GitHubAdapter.list_workflow_runs)
    dispatch_workflow = awaited(GitHubAdapter.dispatch_workflow)
    list_issues = iterated(GitHubAdapter.list_issues)
    create_issue = awaited(GitHubAdapter.create_issue)
    get_issue = awaited(GitHubAdapter.get_issue)
    update_issue = awaited(GitHubAdapter.update_issue)
    create_issue_comment = awaited(GitHubAdapter.create_issue_comment)
    get_latest_release = awaited(GitHubAdapter.get_latest_release)
    download_tarball = downloaded(GitHubAdapter.download_tarball)
