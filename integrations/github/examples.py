# Generated from integrations.yaml, entry "github"; see github_adapter.py for how to change it.
"""How GitHub is used. `python -m integrations.github.examples` runs those that only read."""

from __future__ import annotations

from integrations.github import GitHubAdapter


def list_org_repos(github: GitHubAdapter) -> None:
    """List the repositories of an organisation."""
    for repository in github.list_org_repos("acme"):
        print(repository)


def get_repo(github: GitHubAdapter) -> None:
    """Fetch one repository."""
    print(github.get_repo("ada", "hello-world"))


def create_issue(github: GitHubAdapter) -> None:
    """Open an issue."""
    print(github.create_issue("ada", "hello-world", title="A first title"))


def download_tarball(github: GitHubAdapter) -> None:
    """Download the sources of a branch, a tag or a commit as a compressed archive."""
    with github.download_tarball("ada", "hello-world", "main") as download:
        print(sum(len(chunk) for chunk in download), "bytes")


READING = (list_org_repos, get_repo, download_tarball)


def main() -> None:
    """Run the examples that only read."""
    with GitHubAdapter.from_config() as github:
        for example in READING:
            example(github)


if __name__ == "__main__":
    main()
