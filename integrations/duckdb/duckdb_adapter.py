# Generated from integrations.yaml, entry "duckdb". To change it, edit that entry (or cookiecutters/database/)
# and run `nox -s generate -- duckdb`. Your own methods belong in duckdb_custom.py.
"""DuckDB: 8 queries, each a typed method, blocking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path

from integrations.runtime.sql import Query, SqlAdapter

from .duckdb_models import (
    AddVisitsValues,
    AllVisitsRow,
    Goal,
    MissedGoalsRow,
    SlowestPathsRow,
    VisitsByDayRow,
)

ADD_VISITS: Query[None] = Query(
    "add_visits",
    """INSERT INTO visits (seen_at, path, country, milliseconds, tags)
    VALUES ($seen_at, $path, $country, $milliseconds, $tags)""",
    parameters=("seen_at", "path", "country", "milliseconds", "tags"),
    copy=("visits", ("seen_at", "path", "country", "milliseconds", "tags")),
)
ALL_VISITS: Query[AllVisitsRow] = Query(
    "all_visits",
    "SELECT seen_at, path, country FROM visits ORDER BY seen_at",
    row=AllVisitsRow,
    reads=True,
)
FORGET_VISITS: Query[None] = Query(
    "forget_visits",
    "DELETE FROM visits WHERE seen_at < $before",
    repeatable=True,
)
GOAL_OF: Query[Goal] = Query(
    "goal_of",
    "SELECT path, milliseconds, budget, owner FROM goals WHERE path = $path",
    row=Goal,
    reads=True,
)
MISSED_GOALS: Query[MissedGoalsRow] = Query(
    "missed_goals",
    """WITH paths AS (SELECT path, avg(milliseconds) AS took FROM visits GROUP BY path)
    SELECT p.path, p.took, g.milliseconds AS goal, g.owner
    FROM paths p JOIN goals g ON g.path = p.path
    WHERE p.took > g.milliseconds""",
    row=MissedGoalsRow,
    reads=True,
)
SET_GOAL: Query[None] = Query(
    "set_goal",
    """INSERT INTO goals (path, milliseconds, budget, owner)
    VALUES ($path, $milliseconds, $budget, $owner) ON CONFLICT (path) DO UPDATE
    SET milliseconds = excluded.milliseconds, budget = excluded.budget""",
    repeatable=True,
)
SLOWEST_PATHS: Query[SlowestPathsRow] = Query(
    "slowest_paths",
    """SELECT path, max(milliseconds) AS worst, row_number() OVER (ORDER BY max(milliseconds)
    DESC) AS place
    FROM visits
    WHERE country IN (SELECT unnest($countries))
    GROUP BY path
    ORDER BY place
    LIMIT $limit""",
    row=SlowestPathsRow,
    reads=True,
)
VISITS_BY_DAY: Query[VisitsByDayRow] = Query(
    "visits_by_day",
    """SELECT date_trunc('day', v.seen_at) AS day, count(*) AS visits, avg(v.milliseconds) AS
    milliseconds
    FROM visits v
    WHERE v.seen_at BETWEEN $since AND $until
    GROUP BY 1
    ORDER BY 1""",
    row=VisitsByDayRow,
    reads=True,
)


class DuckDBAdapter(SqlAdapter):
    """Visits of a site, counted for reports.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. Only
    what reads is tried again, and what the server says it has undone.

    Blocking alone: its driver has no async form.
    """

    SERVICE = "DuckDB"
    PACKAGE = "duckdb"
    CONFIG = Path(__file__).with_name("config.yaml")
    ENGINE = "duckdb"

    def add_visits(self, rows: Iterable[AddVisitsValues], *, timeout: float | None = None) -> int:
        """Add visits.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._batch(ADD_VISITS, rows, timeout)

    def all_visits(self, *, timeout: float | None = None) -> AbstractContextManager[Iterator[AllVisitsRow]]:
        """Every visit.

        Returns:
            A block (`with`) whose value yields the rows as they come.
        """
        return self._stream(ALL_VISITS, timeout=timeout)

    def forget_visits(self, before: dt.datetime, *, timeout: float | None = None) -> int:
        """Delete old visits.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._execute(FORGET_VISITS, {"before": before}, timeout)

    def goal_of(self, path: str, *, timeout: float | None = None) -> Goal | None:
        """The goal of a path.

        Returns:
            The row, or None where there is none.
        """
        return self._one(GOAL_OF, {"path": path}, timeout)

    def missed_goals(self, *, timeout: float | None = None) -> list[MissedGoalsRow]:
        """Paths that take longer than their goals say.

        Returns:
            Every row.
        """
        return self._many(MISSED_GOALS, timeout=timeout)

    def set_goal(
        self,
        path: str,
        milliseconds: int,
        *,
        budget: Decimal | None = None,
        owner: str | None = None,
        timeout: float | None = None,
    ) -> int:
        """Set the goal of a path.

        Returns:
            How many rows were affected.
        Raises:
            ConflictError: a constraint of the database forbids it; `.code` says which kind.
        """
        return self._execute(
            SET_GOAL, {"path": path, "milliseconds": milliseconds, "budget": budget, "owner": owner}, timeout
        )

    def slowest_paths(
        self, countries: Sequence[str], limit: int, *, timeout: float | None = None
    ) -> list[SlowestPathsRow]:
        """The paths that took longest in some countries.

        Returns:
            Every row.
        """
        return self._many(SLOWEST_PATHS, {"countries": list(countries), "limit": limit}, timeout)

    def visits_by_day(
        self, since: dt.datetime, until: dt.datetime, *, timeout: float | None = None
    ) -> list[VisitsByDayRow]:
        """Visits of each day, and how long a page took.

        Returns:
            Every row.
        """
        return self._many(VISITS_BY_DAY, {"since": since, "until": until}, timeout)
