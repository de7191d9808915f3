# Generated from integrations.yaml, entry "duckdb"; see duckdb_adapter.py for how to change it.
"""DuckDB without a server: every query against a scripted database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.duckdb import (
    AddVisitsValues,
    AllVisitsRow,
    DuckDBAdapter,
    Goal,
    MissedGoalsRow,
    SlowestPathsRow,
    VisitsByDayRow,
    examples,
)
from integrations.runtime import (
    ConflictError,
    IntegrationError,
    RequestTimeoutError,
    TransactionConflictError,
)
from integrations.runtime.testing import ScriptedDatabase, error_codes

SECRETS: dict[str, str] = {}
ATTEMPTS = 3  # of a query that may be repeated


@pytest.fixture(params=["sync"])
def db(request: pytest.FixtureRequest) -> Iterator[ScriptedDatabase]:
    with ScriptedDatabase.running(DuckDBAdapter, None, request.param, secrets=SECRETS) as scripted:
        yield scripted


def test_add_visits(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(
        lambda duckdb: duckdb.add_visits(
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
    )
    db.sent(
        """INSERT INTO visits (seen_at, path, country, milliseconds, tags)
    VALUES ($seen_at, $path, $country, $milliseconds, $tags)""",
        rows=[(dt.datetime(2024, 5, 18, 12, 30), "/about", "FI", 5.0, ["tag 2"])],
    )
    assert found == 1


def test_all_visits(db: ScriptedDatabase) -> None:
    db.rows([(dt.datetime(2024, 5, 17, 12, 30), "/", "NO")])
    found = db.call(lambda duckdb: duckdb.all_visits())
    db.sent(
        "SELECT seen_at, path, country FROM visits ORDER BY seen_at",
        {},
    )
    assert found == [AllVisitsRow(seen_at=dt.datetime(2024, 5, 17, 12, 30), path="/", country="NO")]


def test_all_visits_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda duckdb: duckdb.all_visits())
    assert found == []
    db.forget()


def test_forget_visits(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(lambda duckdb: duckdb.forget_visits(dt.datetime(2024, 5, 17, 12, 30)))
    db.sent(
        "DELETE FROM visits WHERE seen_at < $before",
        {"before": dt.datetime(2024, 5, 17, 12, 30)},
    )
    assert found == 1


def test_goal_of(db: ScriptedDatabase) -> None:
    db.rows([("/", 3, Decimal("9.50"), "owner 1")])
    found = db.call(lambda duckdb: duckdb.goal_of("/"))
    db.sent(
        "SELECT path, milliseconds, budget, owner FROM goals WHERE path = $path",
        {"path": "/"},
    )
    assert found == Goal(path="/", milliseconds=3, budget=Decimal("9.50"), owner="owner 1")


def test_goal_of_of_nothing_is_none(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda duckdb: duckdb.goal_of("/"))
    assert found is None
    db.forget()


def test_missed_goals(db: ScriptedDatabase) -> None:
    db.rows([("/", 2.5, 3, "owner 1")])
    found = db.call(lambda duckdb: duckdb.missed_goals())
    db.sent(
        """WITH paths AS (SELECT path, avg(milliseconds) AS took FROM visits GROUP BY path)
    SELECT p.path, p.took, g.milliseconds AS goal, g.owner
    FROM paths p JOIN goals g ON g.path = p.path
    WHERE p.took > g.milliseconds""",
        {},
    )
    assert found == [MissedGoalsRow(path="/", took=2.5, goal=3, owner="owner 1")]


def test_missed_goals_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda duckdb: duckdb.missed_goals())
    assert found == []
    db.forget()


def test_set_goal(db: ScriptedDatabase) -> None:
    db.affects(1)
    found = db.call(
        lambda duckdb: duckdb.set_goal(
            path="/about", milliseconds=4, budget=Decimal("10.50"), owner="owner 2"
        )
    )
    db.sent(
        """INSERT INTO goals (path, milliseconds, budget, owner)
    VALUES ($path, $milliseconds, $budget, $owner) ON CONFLICT (path) DO UPDATE
    SET milliseconds = excluded.milliseconds, budget = excluded.budget""",
        {"path": "/about", "milliseconds": 4, "budget": Decimal("10.50"), "owner": "owner 2"},
    )
    assert found == 1


def test_slowest_paths(db: ScriptedDatabase) -> None:
    db.rows([("/", 2.5, 3)])
    found = db.call(lambda duckdb: duckdb.slowest_paths(["NO"], 10))
    db.sent(
        """SELECT path, max(milliseconds) AS worst, row_number() OVER (ORDER BY max(milliseconds)
    DESC) AS place
    FROM visits
    WHERE country IN (SELECT unnest($countries))
    GROUP BY path
    ORDER BY place
    LIMIT $limit""",
        {"countries": ["NO"], "limit": 10},
    )
    assert found == [SlowestPathsRow(path="/", worst=2.5, place=3)]


def test_slowest_paths_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(lambda duckdb: duckdb.slowest_paths(["NO"], 10))
    assert found == []
    db.forget()


def test_visits_by_day(db: ScriptedDatabase) -> None:
    db.rows([(dt.datetime(2024, 5, 17, 12, 30), 3, 2.5)])
    found = db.call(
        lambda duckdb: duckdb.visits_by_day(
            dt.datetime(2024, 5, 17, 12, 30), dt.datetime(2024, 5, 17, 12, 30)
        )
    )
    db.sent(
        """SELECT date_trunc('day', v.seen_at) AS day, count(*) AS visits, avg(v.milliseconds) AS
    milliseconds
    FROM visits v
    WHERE v.seen_at BETWEEN $since AND $until
    GROUP BY 1
    ORDER BY 1""",
        {"since": dt.datetime(2024, 5, 17, 12, 30), "until": dt.datetime(2024, 5, 17, 12, 30)},
    )
    assert found == [VisitsByDayRow(day=dt.datetime(2024, 5, 17, 12, 30), visits=3, milliseconds=2.5)]


def test_visits_by_day_of_nothing_is_empty(db: ScriptedDatabase) -> None:
    db.rows([])
    found = db.call(
        lambda duckdb: duckdb.visits_by_day(
            dt.datetime(2024, 5, 17, 12, 30), dt.datetime(2024, 5, 17, 12, 30)
        )
    )
    assert found == []
    db.forget()


# Every query, and how often it is sent while the database is down.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "add_visits": (
        1,
        lambda duckdb: duckdb.add_visits(
            [
                AddVisitsValues(
                    seen_at=dt.datetime(2024, 5, 18, 12, 30),
                    path="/about",
                    country="FI",
                    milliseconds=5.0,
                    tags=["tag 2"],
                )
            ]
        ),
    ),
    "all_visits": (ATTEMPTS, lambda duckdb: duckdb.all_visits()),
    "forget_visits": (ATTEMPTS, lambda duckdb: duckdb.forget_visits(dt.datetime(2024, 5, 17, 12, 30))),
    "goal_of": (ATTEMPTS, lambda duckdb: duckdb.goal_of("/")),
    "missed_goals": (ATTEMPTS, lambda duckdb: duckdb.missed_goals()),
    "set_goal": (
        ATTEMPTS,
        lambda duckdb: duckdb.set_goal(
            path="/about", milliseconds=4, budget=Decimal("10.50"), owner="owner 2"
        ),
    ),
    "slowest_paths": (ATTEMPTS, lambda duckdb: duckdb.slowest_paths(["NO"], 10)),
    "visits_by_day": (
        ATTEMPTS,
        lambda duckdb: duckdb.visits_by_day(
            dt.datetime(2024, 5, 17, 12, 30), dt.datetime(2024, 5, 17, 12, 30)
        ),
    ),
}


@pytest.mark.parametrize("operation", CALLS)
def test_a_failure_is_raised_after_as_many_attempts_as_are_safe(db: ScriptedDatabase, operation: str) -> None:
    attempts, call = CALLS[operation]
    db.fails("timeout", times=attempts)
    with pytest.raises(RequestTimeoutError) as raised:
        db.call(call)
    assert (raised.value.service, raised.value.operation) == ("DuckDB", operation)
    assert raised.value.attempts == attempts
    db.forget()


@pytest.mark.parametrize("operation", CALLS)
def test_a_conflict_with_another_transaction_is_tried_again(db: ScriptedDatabase, operation: str) -> None:
    db.fails("TransactionException", times=ATTEMPTS)
    with pytest.raises(TransactionConflictError) as raised:
        db.call(CALLS[operation][1])
    assert raised.value.attempts == ATTEMPTS
    db.forget()


@pytest.mark.parametrize("operation", CALLS)
def test_a_constraint_that_forbids_it_is_a_conflict(db: ScriptedDatabase, operation: str) -> None:
    db.fails("ConstraintException")
    with pytest.raises(ConflictError) as raised:
        db.call(CALLS[operation][1])
    assert raised.value.code == "ConstraintException"
    assert raised.value.attempts == 1
    db.forget()


@pytest.mark.parametrize(("code", "error"), error_codes("duckdb"))
def test_every_code_of_the_database_has_its_error(
    db: ScriptedDatabase, code: str, error: type[IntegrationError]
) -> None:
    db.fails(code, times=ATTEMPTS)
    with pytest.raises(error):
        db.call(
            lambda duckdb: duckdb.add_visits(
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
        )
    db.forget()


def test_a_failed_transaction_is_rolled_back() -> None:
    with ScriptedDatabase.running(DuckDBAdapter, None, "sync", secrets=SECRETS) as db:
        db.fails("ConstraintException")

        def within(duckdb: DuckDBAdapter) -> None:
            with duckdb.transaction() as tx:
                tx.fetch("SELECT 1")

        with pytest.raises(ConflictError):
            db.call(within)
        assert "COMMIT" not in db.commands
        assert db.commands[-1] in (
            "ROLLBACK",
            "(restored)",
        )  # what failed for good is rolled back when lent again
        db.forget()


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "DuckDB",
        "connection_string": "duckdb:///visits.duckdb",
        "pool_size": 10,
        "pool_timeout": 10,
        "connect_timeout": 10,
        "timeout": 30,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": None,
        "environments": {},
    }


@pytest.mark.parametrize(
    ("example", "replies"),
    [
        (examples.goal_of, [("/", 3, Decimal("9.50"), "owner 1")]),
        (examples.missed_goals, [("/", 2.5, 3, "owner 1")]),
        (examples.all_visits, [(dt.datetime(2024, 5, 17, 12, 30), "/", "NO")]),
        (examples.forget_visits, 1),
        (examples.add_visits, 1),
    ],
)
def test_the_example_runs(example: Callable[[DuckDBAdapter], None], replies: Any) -> None:
    with ScriptedDatabase.running(DuckDBAdapter, None, "sync", secrets=SECRETS) as db:
        if isinstance(replies, int):
            db.affects(replies)
        else:
            db.rows(replies)
        db.call(example)
        db.forget()
