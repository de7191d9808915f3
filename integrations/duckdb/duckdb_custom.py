"""Yours: made once, then never touched again by the generator, and checked after every change.

This class is what `from integrations.duckdb import …` gives. Add methods to it, or override generated ones:

    def version(self) -> str:
        return str(self.fetch("SELECT version()")[0][0])

`self` has every generated method, typed; `self.fetch` runs what none covers, with the same limits and errors. Values are
always bound: `self.fetch("SELECT … WHERE id = $id", {"id": id})`.
"""

from __future__ import annotations

from . import duckdb_adapter as generated


class DuckDBAdapter(generated.DuckDBAdapter):
    """DuckDB with your own methods, blocking."""
