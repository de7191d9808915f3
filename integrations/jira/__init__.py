# Generated from integrations.yaml, entry "jira"; see jira_adapter.py for how to change it.
"""Jira, as a typed adapter.

    from integrations.jira import JiraAdapter

    with JiraAdapter.from_config() as jira:
        for comment in jira.list_comments("example-key"):
            print(comment)

Set-up, errors and limits are in JIRA_INTEGRATION.md.
"""

from __future__ import annotations

from .jira_custom import AsyncJiraAdapter, JiraAdapter
from .jira_models import Account, Attachment, Comment, CreatedIssue, Issue, Project

__all__ = [
    "Account",
    "AsyncJiraAdapter",
    "Attachment",
    "Comment",
    "CreatedIssue",
    "Issue",
    "JiraAdapter",
    "Project",
]
