# Generated from integrations.yaml, entry "jira"; see jira_adapter.py for how to change it.
"""What Jira sends and takes, as typed, frozen values. Unknown fields are ignored."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


class CreatedIssue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A created issue."""

    id: str
    key: str
    self_: str = field(name="self")


class Issue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An issue."""

    id: str
    key: str
    fields: dict[str, Any]


class Attachment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An attachment."""

    id: str
    filename: str
    size: int
    mime_type: str | None = field(name="mimeType", default=None)


class Account(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """An account."""

    account_id: str
    active: bool
    display_name: str
    email_address: str | None = None


class Comment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A comment."""

    id: str
    body: Any
    author: Account | None = None
    created: str


class Project(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A project."""

    id: str
    key: str
    name: str
    project_type_key: str | None = field(name="projectTypeKey", default=None)
