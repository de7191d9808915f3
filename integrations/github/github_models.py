# Generated from integrations.yaml, entry "github"; see github_adapter.py for how to change it.
"""What GitHub sends and takes, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeAlias

from msgspec import Struct

ListOrgReposType: TypeAlias = Literal["all", "public", "private", "forks", "sources", "member"]
"""What list_org_repos takes as type."""

ListWorkflowRunsStatus: TypeAlias = Literal[
    "queued", "in_progress", "completed", "success", "failure", "cancelled"
]
"""What list_workflow_runs takes as status."""

IssueState: TypeAlias = Literal["open", "closed"]
"""The state of an issue."""


class User(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A user."""

    id: int
    login: str
    html_url: str | None = None


class Repository(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A repository."""

    id: int
    name: str
    default_branch: str
    full_name: str
    html_url: str
    owner: User
    private: bool
    archived: bool | None = None
    description: str | None = None
    pushed_at: dt.datetime | None = None


class WorkflowRun(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A workflow run."""

    id: int
    name: str | None = None
    head_sha: str
    html_url: str
    conclusion: str | None = None
    head_branch: str | None = None
    status: str | None = None
    created_at: dt.datetime


class Label(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A label."""

    id: int
    name: str
    color: str | None = None


class Issue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An issue."""

    number: int
    title: str
    comments: int
    html_url: str
    labels: list[Label]
    state: IssueState
    body: str | None = None
    user: User | None = None
    created_at: dt.datetime
    closed_at: dt.datetime | None = None


class IssueComment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An issue comment."""

    id: int
    body: str
    html_url: str
    user: User | None = None
    created_at: dt.datetime


class Release(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A release."""

    id: int
    name: str | None = None
    draft: bool
    prerelease: bool
    tag_name: str
    published_at: dt.datetime | None = None
