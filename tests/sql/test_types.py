"""Values go into every engine and come back as the types that generated code declares."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from integrations.runtime import InvalidArgumentError, UnexpectedResponseError
from integrations.runtime.sql import Query

from .live import Live

NAIVE = dt.datetime(2026, 2, 3, 4, 5, 6, 789000)
AWARE = NAIVE.replace(tzinfo=dt.UTC)
ELSEWHERE = AWARE.astimezone(dt.timezone(dt.timedelta(hours=-7)))
ID = UUID("12345678-1234-5678-1234-567812345678")
DOCUMENT = {"a": [1, 2.5, None, True], "ü": {"b": "c"}}

# name of the column, its type, what is written, the converter, what comes back (None: what was written)
Column = tuple[str, str, Any, str | None, Any]
PLAIN: list[Column] = [
    ("small", "smallint", -7, None, None),
    ("big", "bigint", 2**62, None, None),
    ("ratio", "double precision", 2.5, None, None),
    ("words", "varchar(40)", "it's ü€ %", None, None),
    ("day", "date", dt.date(2026, 2, 3), None, None),
]
COLUMNS: dict[str, list[Column]] = {
    "postgresql": [
        *PLAIN,
        ("truth", "boolean", True, None, None),
        ("price", "numeric(12, 2)", Decimal("1234567.89"), None, None),
        ("raw", "bytea", b"\x00\xff", None, None),
        ("clock", "time", dt.time(4, 5, 6), None, None),
        ("moment", "timestamp", NAIVE, None, None),
        ("instant", "timestamptz", ELSEWHERE, None, AWARE),
        ("span", "interval", dt.timedelta(days=3, seconds=4), None, None),
        ("key", "uuid", ID, None, None),
        ("doc", "jsonb", DOCUMENT, None, None),
        ("list_doc", "json", [1, "x"], None, None),
        ("tags", "text[]", ["a", "b,c", None], None, None),
        ("numbers", "int[]", [1, 2], None, None),
        ("address", "text", "10.0.0.1", "text", None),
    ],
    "mysql": [
        *PLAIN,
        ("truth", "boolean", True, "bool", None),
        ("bits", "bit(1)", 1, "bool", True),
        ("more_bits", "bit(12)", 1025, "int", 1025),
        ("price", "decimal(12, 2)", Decimal("1234567.89"), None, None),
        ("raw", "blob", b"\x00\xff'\\", None, None),
        ("clock", "time", dt.time(4, 5, 6), "time", None),
        ("span", "time", dt.timedelta(hours=30), None, None),
        ("moment", "datetime(6)", NAIVE, None, None),
        ("instant", "timestamp(6) NULL", ELSEWHERE, "utc", AWARE),
        ("code", "char(36)", ID, "uuid", None),
        ("doc", "json", DOCUMENT, "json", None),
        ("list_doc", "json", [1, "x"], "json", None),
    ],
    "sqlite": [
        *PLAIN[:4],
        ("day", "date", dt.date(2026, 2, 3), "date", None),
        ("truth", "boolean", True, "bool", None),
        ("price", "text", Decimal("1234567.89"), "decimal", None),
        ("rounded", "numeric", Decimal("9.50"), "decimal", Decimal("9.5")),
        ("raw", "blob", b"\x00\xff", None, None),
        ("clock", "time", dt.time(4, 5, 6), "time", None),
        ("moment", "datetime", NAIVE, "datetime", None),
        ("instant", "timestamp", ELSEWHERE, "utc", AWARE),
        ("span", "real", dt.timedelta(days=3, seconds=4), "seconds", None),
        ("code", "text", ID, "uuid", None),
        ("doc", "text", DOCUMENT, "json", None),
        ("list_doc", "text", [1, "x"], "json", None),
    ],
    "duckdb": [
        *PLAIN,
        ("huge", "hugeint", 2**100, None, None),
        ("truth", "boolean", True, None, None),
        ("price", "decimal(12, 2)", Decimal("1234567.89"), None, None),
        ("raw", "blob", b"\x00\xff", None, None),
        ("clock", "time", dt.time(4, 5, 6), None, None),
        ("moment", "timestamp", NAIVE, None, None),
        ("instant", "timestamptz", ELSEWHERE, None, AWARE),
        ("span", "interval", dt.timedelta(days=3, seconds=4), None, None),
        ("code", "uuid", ID, None, None),
        ("doc", "json", DOCUMENT, "json", None),
        ("list_doc", "json", [1, "x"], "json", None),
        ("tags", "varchar[]", ["a", "b,c", None], None, None),
    ],
}


def statements(live: Live, columns: list[Column]) -> tuple[str, Query[Any], Query[Any]]:
    """Return the table, the insert of one row, and the query of all."""
    names = tuple(name for name, *_ in columns)
    places = ", ".join(f"{{{name}}}" for name in names)
    row: Any = msgspec.defstruct("Row", names, frozen=True)
    insert: Query[Any] = Query(
        "insert",
        live.engine.sql(f"INSERT INTO things ({', '.join(names)}) VALUES ({places})"),
        parameters=names,
        json=tuple(name for name in names if name in ("doc", "list_doc")),
        copy=("things", names),
    )
    select: Query[Any] = Query(
        "select",
        f"SELECT {', '.join(names)} FROM things",
        row=row,
        convert=tuple(convert for *_, convert, _ in columns),
    )
    definitions = ", ".join(f"{name} {kind}" for name, kind, *_ in columns)
    return f"CREATE TABLE things ({definitions})", insert, select


def test_every_type_comes_back_as_it_went_in(live: Live) -> None:
    columns = COLUMNS[live.engine.name]
    table, insert, select = statements(live, columns)
    given = {name: value for name, _, value, *_ in columns}
    expected = [value if back is None else back for _, _, value, _, back in columns]

    async def test(db: Any) -> None:
        await db.fetch(table)
        await db._execute(insert, given)
        await db._batch(insert, [given] * 2)
        await db._batch(insert, [tuple(given.values())] * 60)
        rows = await db._many(select)
        assert len(rows) == 63
        for row in rows:
            found = list(msgspec.structs.astuple(row))
            assert found == expected
            assert list(map(type, found)) == list(map(type, expected))
        moments = [value for value in found if isinstance(value, dt.datetime) and value.tzinfo]
        assert all(moment.utcoffset() == dt.timedelta(0) for moment in moments)

    live.run(test)


def test_null_is_none_whatever_the_converter(live: Live) -> None:
    columns = COLUMNS[live.engine.name]
    table, _, select = statements(live, columns)

    async def test(db: Any) -> None:
        await db.fetch(table)
        await db.fetch("INSERT INTO things (small) VALUES (NULL)")
        (row,) = await db._many(select)
        assert set(msgspec.structs.astuple(row)) == {None}

    live.run(test)


@pytest.mark.engines("sqlite")
def test_text_that_is_no_date_is_an_error_that_names_the_column(live: Live) -> None:
    class Row(msgspec.Struct):
        id: int
        born: dt.date

    people: Query[Row] = Query("people", "SELECT id, born FROM people", row=Row, convert=(None, "date"))

    async def test(db: Any) -> None:
        await db.fetch("CREATE TABLE people (id int, born date)")
        await db.fetch("INSERT INTO people VALUES (1, 'last spring')")
        with pytest.raises(UnexpectedResponseError, match="column born holds str that is no date") as caught:
            await db._many(people)
        assert "spring" not in str(caught.value)

    live.run(test)


@pytest.mark.engines("sqlite")
def test_an_integer_that_does_not_fit_is_refused_before_it_is_sent(live: Live) -> None:
    async def test(db: Any) -> None:
        await db.fetch("CREATE TABLE t (id int)")
        with pytest.raises(InvalidArgumentError, match="larger than 64 bits"):
            await db.fetch("INSERT INTO t VALUES (:id)", {"id": 2**70})

    live.run(test)
