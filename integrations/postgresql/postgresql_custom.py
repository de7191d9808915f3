"""Yours: made once, then never touched again by the generator, and checked after every change.

These two classes are what `from integrations.postgresql import …` gives. Add methods to them, or override generated ones:

    def version(self) -> str:
        return str(self.fetch("SELECT version()")[0][0])

`self` has every generated method, typed; `self.fetch` runs what none covers, with the same limits and errors. Values are
always bound: `self.fetch("SELECT … WHERE id = %(id)s", {"id": id})`.
"""

from __future__ import annotations

from . import postgresql_adapter as generated


class PostgreSQLAdapter(generated.PostgreSQLAdapter):
    """PostgreSQL with your own methods, blocking."""


class AsyncPostgreSQLAdapter(generated.AsyncPostgreSQLAdapter):
    """PostgreSQL with your own methods, async."""
