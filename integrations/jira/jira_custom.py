"""Yours: made once, then never touched again by the generator, and checked after every change.

These two classes are what `from integrations.jira import …` gives. Add methods, or override generated ones:

    def close_all(self, ids: Iterable[str]) -> None:
        for id in ids:
            self.…(id)  # every generated method is here, typed

`self.request("GET", "/path")` reaches what no method covers, with the same limits, retries and errors.
"""

from __future__ import annotations

from . import jira_adapter as generated


class JiraAdapter(generated.JiraAdapter):
    """Jira with your own methods, blocking."""


class AsyncJiraAdapter(generated.AsyncJiraAdapter):
    """Jira with your own methods, async."""
