# Generated from integrations.yaml, entry "gitlab"; see gitlab_adapter.py for how to change it.
"""What GitLab sends and takes, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeAlias

from msgspec import Struct

ProjectVisibility: TypeAlias = Literal["private", "internal", "public"]
"""The visibility of a project."""

IssueState: TypeAlias = Literal["opened", "closed"]
"""The state of an issue."""


class Project(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A project."""

    id: int
    name: str
    path_with_namespace: str
    visibility: ProjectVisibility
    web_url: str
    archived: bool | None = None
    default_branch: str | None = None
    description: str | None = None
    last_activity_at: dt.datetime | None = None


class Author(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An author."""

    id: int
    name: str
    username: str


class Issue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An issue."""

    id: int
    title: str
    author: Author
    iid: int
    labels: list[str]
    state: IssueState
    web_url: str
    description: str | None = None
    created_at: dt.datetime
    closed_at: dt.datetime | None = None


class Upload(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An upload."""

    alt: str
    markdown: str
    url: str
    full_path: str | None = None
