# Generated from integrations.yaml, entry "gitlab". To change it, edit that entry (or cookiecutters/api/)
# and run `nox -s generate -- gitlab`. Your own methods belong in gitlab_custom.py.
"""GitLab: 8 operations, each a typed method, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from integrations.runtime.http import (
    AsyncHttpAdapter,
    Download,
    FileUpload,
    HttpAdapter,
    Operation,
    PageNumberPages,
    awaited,
    downloaded,
    iterated,
)

from .gitlab_models import Issue, Project, Upload

LIST_GROUP_PROJECTS: Operation[list[Project]] = Operation(
    "list_group_projects",
    "GET",
    "/groups/{id}/projects",
    returns=list[Project],
    pages=PageNumberPages(size_parameter="per_page", size=100),
)
GET_PROJECT: Operation[Project] = Operation("get_project", "GET", "/projects/{id}", returns=Project)
LIST_ISSUES: Operation[list[Issue]] = Operation(
    "list_issues",
    "GET",
    "/projects/{id}/issues",
    returns=list[Issue],
    pages=PageNumberPages(size_parameter="per_page", size=100),
)
CREATE_ISSUE: Operation[Issue] = Operation("create_issue", "POST", "/projects/{id}/issues", returns=Issue)
UPDATE_ISSUE: Operation[Issue] = Operation(
    "update_issue", "PUT", "/projects/{id}/issues/{issue_iid}", returns=Issue
)
DELETE_ISSUE: Operation[None] = Operation("delete_issue", "DELETE", "/projects/{id}/issues/{issue_iid}")
DOWNLOAD_ARCHIVE: Operation[bytes] = Operation(
    "download_archive", "GET", "/projects/{id}/repository/archive.tar.gz", returns=bytes, accept="*/*"
)
UPLOAD_FILE: Operation[Upload] = Operation(
    "upload_file",
    "POST",
    "/projects/{id}/uploads",
    returns=Upload,
    body="multipart",
    errors={413: "The file is larger than this server accepts."},
)


class GitLabAdapter(HttpAdapter):
    """Projects, issues and files of a GitLab group.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. What
    is not safe to repeat, a POST or PATCH, is tried again only where it says so.
    """

    SERVICE = "GitLab"
    PACKAGE = "gitlab"
    CONFIG = Path(__file__).with_name("config.yaml")

    def list_group_projects(
        self,
        id: str,
        *,
        archived: bool | None = None,
        order_by: Literal["id", "name", "created_at", "last_activity_at"] = "created_at",
        search: str | None = None,
        timeout: float | None = None,
    ) -> Iterator[Project]:
        """List the projects of a group.

        Yields:
            Every project; pages are fetched as they are needed.
        """
        return self._pages(
            LIST_GROUP_PROJECTS,
            path={"id": id},
            query={"archived": archived, "order_by": order_by, "search": search},
            timeout=timeout,
        )

    def get_project(self, id: str, *, timeout: float | None = None) -> Project:
        """Fetch one project, by number or by its full path.

        Args:
            id: The project's number, or its path as group/project.

        Raises:
            NotFoundError: There is no such project (404).
        """
        return self._call(GET_PROJECT, path={"id": id}, timeout=timeout)

    def list_issues(
        self,
        id: str,
        *,
        labels: str | None = None,
        state: Literal["opened", "closed", "all"] = "all",
        updated_after: dt.datetime | None = None,
        timeout: float | None = None,
    ) -> Iterator[Issue]:
        """List the issues of a project.

        Yields:
            Every issue; pages are fetched as they are needed.
        """
        return self._pages(
            LIST_ISSUES,
            path={"id": id},
            query={"labels": labels, "state": state, "updated_after": updated_after},
            timeout=timeout,
        )

    def create_issue(
        self,
        id: str,
        *,
        title: str,
        confidential: bool | None = None,
        description: str | None = None,
        labels: str | None = None,
        timeout: float | None = None,
    ) -> Issue:
        """Open an issue in a project."""
        return self._call(
            CREATE_ISSUE,
            path={"id": id},
            body={"title": title, "confidential": confidential, "description": description, "labels": labels},
            timeout=timeout,
        )

    def update_issue(
        self,
        id: str,
        issue_iid: int,
        *,
        title: str | None = None,
        description: str | None = None,
        state_event: Literal["close", "reopen"] | None = None,
        timeout: float | None = None,
    ) -> Issue:
        """Edit an issue, close it or open it again.

        Raises:
            NotFoundError: There is no such issue (404).
        """
        return self._call(
            UPDATE_ISSUE,
            path={"id": id, "issue_iid": issue_iid},
            body={"title": title, "description": description, "state_event": state_event},
            timeout=timeout,
        )

    def delete_issue(self, id: str, issue_iid: int, *, timeout: float | None = None) -> None:
        """Delete an issue for good; only owners may.

        Raises:
            NotFoundError: There is no such issue (404).
        """
        return self._call(DELETE_ISSUE, path={"id": id, "issue_iid": issue_iid}, timeout=timeout)

    def download_archive(self, id: str, *, sha: str | None = None, timeout: float | None = None) -> Download:
        """Download the sources of the project as a compressed archive.

        Args:
            sha: A commit, a tag or a branch; the default branch when left out.
        """
        return self._download(DOWNLOAD_ARCHIVE, path={"id": id}, query={"sha": sha}, timeout=timeout)

    def upload_file(self, id: str, *, file: FileUpload, timeout: float | None = None) -> Upload:
        """Upload a file that issues and comments of the project can link to.

        Raises:
            InvalidRequestError: The file is larger than this server accepts (413).
        """
        return self._call(UPLOAD_FILE, path={"id": id}, body={"file": file}, timeout=timeout)


class AsyncGitLabAdapter(AsyncHttpAdapter):
    """The same operations, to be awaited; `GitLabAdapter` documents their arguments and errors."""

    SERVICE = "GitLab"
    PACKAGE = "gitlab"
    CONFIG = Path(__file__).with_name("config.yaml")

    list_group_projects = iterated(GitLabAdapter.list_group_projects)
    get_project = awaited(GitLabAdapter.get_project)
    list_issues = iterated(GitLabAdapter.list_issues)
    create_issue = awaited(GitLabAdapter.create_issue)
    update_issue = awaited(GitLabAdapter.update_issue)
    delete_issue = awaited(GitLabAdapter.delete_issue)
    download_archive = downloaded(GitLabAdapter.download_archive)
    upload_file = awaited(GitLabAdapter.upload_file)
