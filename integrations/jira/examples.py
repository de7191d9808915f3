# Generated from integrations.yaml, entry "jira"; see jira_adapter.py for how to change it.
"""How Jira is used. `python -m integrations.jira.examples` runs those that only read."""

from __future__ import annotations

from integrations.jira import JiraAdapter


def list_comments(jira: JiraAdapter) -> None:
    """List the comments of an issue."""
    for comment in jira.list_comments("example-key"):
        print(comment)


def get_issue(jira: JiraAdapter) -> None:
    """Fetch one issue by its key."""
    print(jira.get_issue("example-key"))


def create_issue(jira: JiraAdapter) -> None:
    """Create an issue."""
    print(jira.create_issue(fields={"key": "value-1"}))


READING = (list_comments, get_issue)


def main() -> None:
    """Run the examples that only read."""
    with JiraAdapter.from_config() as jira:
        for example in READING:
            example(jira)


if __name__ == "__main__":
    main()
