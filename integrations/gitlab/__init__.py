# Generated from integrations.yaml, entry "gitlab"; see gitlab_adapter.py for how to change it.
"""GitLab, as a typed adapter.

    from integrations.gitlab import GitLabAdapter

    with GitLabAdapter.from_config() as gitlab:
        for project in gitlab.list_group_projects("group-1"):
            print(project)

Set-up, errors and limits are in GITLAB_INTEGRATION.md.
"""

from __future__ import annotations

from .gitlab_custom import AsyncGitLabAdapter, GitLabAdapter
from .gitlab_models import Author, Issue, IssueState, Project, ProjectVisibility, Upload

__all__ = [
    "AsyncGitLabAdapter",
    "Author",
    "GitLabAdapter",
    "Issue",
    "IssueState",
    "Project",
    "ProjectVisibility",
    "Upload",
]
