# Generated from integrations.yaml, entry "github"; see github_adapter.py for how to change it.
"""GitHub, as a typed adapter.

    from integrations.github import GitHubAdapter

    with GitHubAdapter.from_config() as github:
        for repository in github.list_org_repos("acme"):
            print(repository)

Set-up, errors and limits are in GITHUB_INTEGRATION.md.
"""

from __future__ import annotations

from .github_custom import AsyncGitHubAdapter, GitHubAdapter
from .github_models import (
    Issue,
    IssueComment,
    IssueState,
    Label,
    ListOrgReposType,
    ListWorkflowRunsStatus,
    Release,
    Repository,
    User,
    WorkflowRun,
)

__all__ = [
    "AsyncGitHubAdapter",
    "GitHubAdapter",
    "Issue",
    "IssueComment",
    "IssueState",
    "Label",
    "ListOrgReposType",
    "ListWorkflowRunsStatus",
    "Release",
    "Repository",
    "User",
    "WorkflowRun",
]
