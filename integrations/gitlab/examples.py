# Generated from integrations.yaml, entry "gitlab"; see gitlab_adapter.py for how to change it.
"""How GitLab is used. `python -m integrations.gitlab.examples` runs those that only read."""

from __future__ import annotations

from integrations.gitlab import GitLabAdapter


def list_group_projects(gitlab: GitLabAdapter) -> None:
    """List the projects of a group."""
    for project in gitlab.list_group_projects("group-1"):
        print(project)


def get_project(gitlab: GitLabAdapter) -> None:
    """Fetch one project, by number or by its full path."""
    print(gitlab.get_project("project-1"))


def create_issue(gitlab: GitLabAdapter) -> None:
    """Open an issue in a project."""
    print(gitlab.create_issue("project-1", title="A first title"))


def download_archive(gitlab: GitLabAdapter) -> None:
    """Download the sources of the project as a compressed archive."""
    with gitlab.download_archive("project-1") as download:
        print(sum(len(chunk) for chunk in download), "bytes")


READING = (list_group_projects, get_project, download_archive)


def main() -> None:
    """Run the examples that only read."""
    with GitLabAdapter.from_config() as gitlab:
        for example in READING:
            example(gitlab)


if __name__ == "__main__":
    main()
