# Generated from integrations.yaml, entry "duckdb"; see duckdb_adapter.py for how to change it.
"""DuckDB, as typed queries.

    from integrations.duckdb import DuckDBAdapter

    with DuckDBAdapter.from_config() as duckdb:
        print(duckdb.goal_of('/'))

Set-up, errors and limits are in DUCKDB_INTEGRATION.md.
"""

from __future__ import annotations

from .duckdb_custom import DuckDBAdapter
from .duckdb_models import (
    AddVisitsValues,
    AllVisitsRow,
    Goal,
    MissedGoalsRow,
    SlowestPathsRow,
    VisitsByDayRow,
)

__all__ = [
    "AddVisitsValues",
    "AllVisitsRow",
    "DuckDBAdapter",
    "Goal",
    "MissedGoalsRow",
    "SlowestPathsRow",
    "VisitsByDayRow",
]
