# Generated from integrations.yaml, entry "jira". To change it, edit that entry (or cookiecutters/api/)
# and run `nox -s generate -- jira`. Your own methods belong in jira_custom.py.
"""Jira: 8 operations, each a typed method, blocking and async."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from integrations.runtime.http import (
    AsyncHttpAdapter,
    FileUpload,
    HttpAdapter,
    OffsetPages,
    Operation,
    awaited,
    iterated,
)

from .jira_models import Account, Attachment, Comment, CreatedIssue, Issue, Project

CREATE_ISSUE: Operation[CreatedIssue] = Operation(
    "create_issue",
    "POST",
    "/issue",
    returns=CreatedIssue,
    errors={400: "A field is missing or not on the project's create screen."},
)
GET_ISSUE: Operation[Issue] = Operation("get_issue", "GET", "/issue/{key}", returns=Issue)
EDIT_ISSUE: Operation[None] = Operation("edit_issue", "PUT", "/issue/{key}")
DELETE_ISSUE: Operation[None] = Operation("delete_issue", "DELETE", "/issue/{key}")
ADD_ATTACHMENT: Operation[list[Attachment]] = Operation(
    "add_attachment",
    "POST",
    "/issue/{key}/attachments",
    returns=list[Attachment],
    body="multipart",
    errors={413: "The file is larger than the site allows."},
)
LIST_COMMENTS: Operation[list[Comment]] = Operation(
    "list_comments",
    "GET",
    "/issue/{key}/comment",
    returns=list[Comment],
    pages=OffsetPages(
        parameter="startAt", limit_parameter="maxResults", size=50, items="comments", total="total"
    ),
)
GET_MYSELF: Operation[Account] = Operation("get_myself", "GET", "/myself", returns=Account)
LIST_PROJECTS: Operation[list[Project]] = Operation(
    "list_projects",
    "GET",
    "/project/search",
    returns=list[Project],
    pages=OffsetPages(
        parameter="startAt", limit_parameter="maxResults", size=50, items="values", total="total"
    ),
)


class JiraAdapter(HttpAdapter):
    """Issues of our Jira Cloud site.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. What
    is not safe to repeat, a POST or PATCH, is tried again only where it says so.
    """

    SERVICE = "Jira"
    PACKAGE = "jira"
    CONFIG = Path(__file__).with_name("config.yaml")

    def create_issue(self, *, fields: Mapping[str, Any], timeout: float | None = None) -> CreatedIssue:
        """Create an issue.

        Raises:
            InvalidRequestError: A field is missing or not on the project's create screen (400).
        """
        return self._call(CREATE_ISSUE, body={"fields": fields}, timeout=timeout)

    def get_issue(self, key: str, *, fields: str | None = None, timeout: float | None = None) -> Issue:
        """Fetch one issue by its key.

        Args:
            fields: Names of the fields to return, separated by commas.

        Raises:
            NotFoundError: There is no such issue (404).
        """
        return self._call(GET_ISSUE, path={"key": key}, query={"fields": fields}, timeout=timeout)

    def edit_issue(self, key: str, *, fields: Mapping[str, Any], timeout: float | None = None) -> None:
        """Set fields of an issue.

        Raises:
            NotFoundError: There is no such issue (404).
        """
        return self._call(EDIT_ISSUE, path={"key": key}, body={"fields": fields}, timeout=timeout)

    def delete_issue(
        self, key: str, *, delete_subtasks: bool | None = None, timeout: float | None = None
    ) -> None:
        """Delete an issue.

        Args:
            delete_subtasks: Delete its subtasks too.

        Raises:
            NotFoundError: There is no such issue (404).
        """
        return self._call(
            DELETE_ISSUE, path={"key": key}, query={"deleteSubtasks": delete_subtasks}, timeout=timeout
        )

    def add_attachment(
        self, key: str, *, file: FileUpload, x_atlassian_token: str = "no-check", timeout: float | None = None
    ) -> list[Attachment]:
        """Attach a file to an issue.

        Raises:
            InvalidRequestError: The file is larger than the site allows (413).
        """
        return self._call(
            ADD_ATTACHMENT,
            path={"key": key},
            headers={"X-Atlassian-Token": x_atlassian_token},
            body={"file": file},
            timeout=timeout,
        )

    def list_comments(self, key: str, *, timeout: float | None = None) -> Iterator[Comment]:
        """List the comments of an issue.

        Yields:
            Every comment; pages are fetched as they are needed.
        """
        return self._pages(LIST_COMMENTS, path={"key": key}, timeout=timeout)

    def get_myself(self, *, timeout: float | None = None) -> Account:
        """Fetch the account that the credentials belong to."""
        return self._call(GET_MYSELF, timeout=timeout)

    def list_projects(self, *, query: str | None = None, timeout: float | None = None) -> Iterator[Project]:
        """List the projects that the account may see.

        Args:
            query: Part of a project's key or name.

        Yields:
            Every project; pages are fetched as they are needed.
        """
        return self._pages(LIST_PROJECTS, query={"query": query}, timeout=timeout)


class AsyncJiraAdapter(AsyncHttpAdapter):
    """The same operations, to be awaited; `JiraAdapter` documents their arguments and errors."""

    SERVICE = "Jira"
    PACKAGE = "jira"
    CONFIG = Path(__file__).with_name("config.yaml")

    create_issue = awaited(JiraAdapter.create_issue)
    get_issue = awaited(JiraAdapter.get_issue)
    edit_issue = awaited(JiraAdapter.edit_issue)
    delete_issue = awaited(JiraAdapter.delete_issue)
    add_attachment = awaited(JiraAdapter.add_attachment)
    list_comments = iterated(JiraAdapter.list_comments)
    get_myself = awaited(JiraAdapter.get_myself)
    list_projects = iterated(JiraAdapter.list_projects)
