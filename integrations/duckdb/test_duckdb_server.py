# Generated from integrations.yaml, entry "duckdb"; see duckdb_adapter.py for how to change it.
"""DuckDB with a real DuckDB: every query against rows that the schema allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from msgspec import Struct, convert, structs

from integrations.duckdb import (
    AddVisitsValues,
    AllVisitsRow,
    DuckDBAdapter,
    Goal,
    MissedGoalsRow,
    SlowestPathsRow,
    VisitsByDayRow,
)
from integrations.runtime import ConflictError
from integrations.runtime.sql import Query
from integrations.runtime.testing import server

SCHEMA: tuple[str, ...] = (
    """CREATE TABLE visits (
        seen_at TIMESTAMP NOT NULL,
        path VARCHAR NOT NULL,
        country VARCHAR NOT NULL,
        milliseconds DOUBLE NOT NULL,
        tags VARCHAR[]
    )""",
    """CREATE TABLE goals (
        path VARCHAR PRIMARY KEY,
        milliseconds INTEGER NOT NULL,
        budget DECIMAL(10, 2),
        owner VARCHAR
    )""",
)
# One row of each table; tables that others point to come first.
ROWS: dict[str, str] = {
    "visits": """INSERT INTO "visits" ("seen_at", "path", "country", "milliseconds", "tags")
    VALUES ('2024-05-17 12:30:00', '/', 'NO', 2.5, '[tag 1]')""",
    "goals": """INSERT INTO "goals" ("path", "milliseconds", "budget", "owner")
    VALUES ('/', 3, 9.50, 'owner 1')""",
}


class SetUp(DuckDBAdapter):
    """The adapter, with what only tests do."""

    def run(self, statements: Iterable[str]) -> None:
        """Run statements that no method of the adapter has."""
        for statement in statements:
            self._execute(Query("set_up", statement))


@pytest.fixture
def duckdb() -> Iterator[SetUp]:
    with SetUp(server("duckdb").fresh("duckdb")) as adapter:
        adapter.run(SCHEMA)
        yield adapter


def checked(row: Any, kind: Any) -> None:
    """Fail unless every value of the row is of the type that the adapter declares."""
    if isinstance(row, Struct):
        assert convert(structs.asdict(row), kind) == row
    else:
        assert convert(row, kind) == row


def test_the_server_answers(duckdb: SetUp) -> None:
    duckdb.healthcheck()
    assert duckdb.fetch("SELECT 1") == [(1,)]


def test_add_visits(duckdb: SetUp) -> None:
    duckdb.run(ROWS[table] for table in ["visits"])
    assert (
        duckdb.add_visits(
            [
                AddVisitsValues(
                    seen_at=dt.datetime(2024, 5, 18, 12, 30),
                    path="/about",
                    country="FI",
                    milliseconds=5.0,
                    tags=["tag 2"],
                )
            ]
        )
        == 1
    )


def test_all_visits(duckdb: SetUp) -> None:
    duckdb.run(ROWS[table] for table in ["visits"])
    with duckdb.all_visits() as rows:
        found = list(rows)
    assert found
    for row in found:
        checked(row, AllVisitsRow)


def test_forget_visits(duckdb: SetUp) -> None:
    duckdb.run(ROWS[table] for table in ["visits"])
    assert duckdb.forget_visits(dt.datetime(2024, 5, 17, 12, 30)) >= 0


def test_goal_of(duckdb: SetUp) -> None:
    duckdb.run(ROWS[table] for table in ["goals"])
    found = duckdb.goal_of("/")
    assert found is not None
    checked(found, Goal)


def test_missed_goals(duckdb: SetUp) -> None:
    duckdb.run(ROWS[table] for table in ["visits", "goals"])
    found = duckdb.missed_goals()
    for row in found:
        checked(row, MissedGoalsRow)


def test_set_goal(duckdb: SetUp) -> None:
    duckdb.run(ROWS[table] for table in ["goals"])
    assert duckdb.set_goal(path="/about", milliseconds=4, budget=Decimal("10.50"), owner="owner 2") >= 0


def test_slowest_paths(duckdb: SetUp) -> None:
    duckdb.run(ROWS[table] for table in ["visits"])
    found = duckdb.slowest_paths(["NO"], 10)
    assert found
    for row in found:
        checked(row, SlowestPathsRow)


def test_visits_by_day(duckdb: SetUp) -> None:
    duckdb.run(ROWS[table] for table in ["visits"])
    found = duckdb.visits_by_day(dt.datetime(2024, 5, 17, 12, 30), dt.datetime(2024, 5, 17, 12, 30))
    for row in found:
        checked(row, VisitsByDayRow)


def test_a_second_row_of_the_same_key_is_a_conflict(duckdb: SetUp) -> None:
    duckdb.run(ROWS.values())
    with pytest.raises(ConflictError):
        duckdb.run([ROWS["goals"]])


def test_what_a_transaction_did_is_undone_when_it_fails(duckdb: SetUp) -> None:
    def failing() -> None:
        with duckdb.transaction() as tx:
            tx.run([ROWS["visits"]])
            raise LookupError

    with pytest.raises(LookupError):
        failing()
    assert duckdb.fetch("SELECT count(*) FROM visits") == [(0,)]
