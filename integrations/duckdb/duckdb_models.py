# Generated from integrations.yaml, entry "duckdb"; see duckdb_adapter.py for how to change it.
"""What the queries of DuckDB return and take, as typed, frozen values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from msgspec import Struct


class AddVisitsValues(Struct, frozen=True):
    """What add_visits takes for one row."""

    seen_at: dt.datetime
    path: str
    country: str
    milliseconds: float
    tags: list[str] | None


class AllVisitsRow(Struct, frozen=True):
    """One row of all_visits."""

    seen_at: dt.datetime
    path: str
    country: str


class Goal(Struct, frozen=True):
    """One row of goals."""

    path: str
    milliseconds: int
    budget: Decimal | None
    owner: str | None


class MissedGoalsRow(Struct, frozen=True):
    """One row of missed_goals."""

    path: str
    took: float
    goal: int
    owner: str | None


class SlowestPathsRow(Struct, frozen=True):
    """One row of slowest_paths."""

    path: str
    worst: float
    place: int


class VisitsByDayRow(Struct, frozen=True):
    """One row of visits_by_day."""

    day: dt.datetime
    visits: int
    milliseconds: float
