# Generated from integrations.yaml, entry "duckdb"; see duckdb_adapter.py for how to change it.
"""How DuckDB is used. `python -m integrations.duckdb.examples` runs those that only read."""

from __future__ import annotations

import datetime as dt

from integrations.duckdb import (
    AddVisitsValues,
    DuckDBAdapter,
)


def goal_of(duckdb: DuckDBAdapter) -> None:
    """The goal of a path."""
    print(duckdb.goal_of("/"))


def missed_goals(duckdb: DuckDBAdapter) -> None:
    """Paths that take longer than their goals say."""
    for row in duckdb.missed_goals():
        print(row)


def all_visits(duckdb: DuckDBAdapter) -> None:
    """Every visit."""
    with duckdb.all_visits() as rows:
        for row in rows:
            print(row)


def forget_visits(duckdb: DuckDBAdapter) -> None:
    """Delete old visits."""
    print(duckdb.forget_visits(dt.datetime(2024, 5, 17, 12, 30)))


def add_visits(duckdb: DuckDBAdapter) -> None:
    """Add visits."""
    print(
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
    )


READING = (
    goal_of,
    missed_goals,
    all_visits,
)


def main() -> None:
    """Run the examples that only read."""
    with DuckDBAdapter.from_config() as duckdb:
        for example in READING:
            example(duckdb)


if __name__ == "__main__":
    main()
