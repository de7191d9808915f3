"""What both forms of the PostgreSQL engine share: connecting, errors, values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import Any, Final

import msgspec
import psycopg
from psycopg import pq
from psycopg.adapt import AdaptersMap
from psycopg.types.json import Jsonb, JsonbDumper, set_json_dumps, set_json_loads

from .._errors import IntegrationError, UnexpectedResponseError
from .codes import CONNECTION, failure
from .engine import Parameters, Record
from .query import Query, quoted
from .target import Target

COPY_FROM: Final = 50  # rows from which a bulk load pays
GRACE: Final = 2.0
SETUP: Final = "SET TimeZone = 'UTC'"  # so that every timestamptz comes back in UTC
IDLE: Final = pq.TransactionStatus.IDLE
IN_ERROR: Final = pq.TransactionStatus.INERROR
UNDER_WAY: Final = (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR)


# What libpq says while connecting: it does not pass the SQLSTATE on.
_SAID: Final = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("authentication failed", "28000"),
    ("no pg_hba.conf entry", "28000"),
    ('role "', "28000"),
    ('database "', "3D000"),
    ("permission denied for database", "42501"),
    ("too many clients", "53300"),
    ("too many connections", "53300"),
    ("remaining connection slots", "53300"),
    ("starting up", "57P03"),
    ("shutting down", "57P03"),
    ("in recovery mode", "57P03"),
)
# Errors of the driver itself, which have no SQLSTATE.
_OWN: Final[Mapping[type[Exception], str]] = {
    psycopg.NotSupportedError: "0A000",
    psycopg.ProgrammingError: "42000",
    psycopg.IntegrityError: "23000",
    psycopg.InternalError: "XX000",
}


class Context:
    """How values are read and written; one for all connections of an engine."""

    connection = None

    def __init__(self) -> None:
        self.adapters = AdaptersMap(psycopg.adapters)
        set_json_loads(msgspec.json.decode, self)
        set_json_dumps(msgspec.json.encode, self)
        self.adapters.register_dumper(dict, JsonbDumper)


def options(target: Target) -> dict[str, Any]:
    """Return what the driver is told beside the connection string."""
    settings = target.settings
    patience = math.ceil(settings.timeout + GRACE)
    given: dict[str, Any] = {
        "autocommit": True,
        "connect_timeout": math.ceil(settings.connect_timeout),
        "keepalives_idle": patience,
        "tcp_user_timeout": patience * 1000,
    }
    if "application_name" not in target.options:
        given["application_name"] = settings.service
    tls = settings.tls
    if tls is not None:
        files = {"sslrootcert": tls.ca, "sslcert": tls.cert, "sslkey": tls.key}
        given |= {"sslmode": tls.mode, **{name: path for name, path in files.items() if path}}
    return given


def timeout(seconds: float) -> str:
    """Return the statement that limits those after it."""
    return f"SET statement_timeout = {max(1, round(seconds * 1000))}"


def given(query: Query[Any], parameters: Parameters) -> Parameters:
    """Return the values as the driver is to write them, JSON documents named as such."""
    return {**parameters, **{name: Jsonb(parameters[name]) for name in query.json}}


def records(query: Query[Any], rows: Iterable[Record]) -> Iterable[Record]:
    """Return the rows of a batch as the driver is to write them."""
    if not query.json:
        return rows
    wrapped = [name in query.json for name in query.parameters]
    return (
        tuple(Jsonb(value) if json else value for json, value in zip(wrapped, row, strict=True))
        for row in rows
    )


def named(query: Query[Any], rows: Iterable[Record]) -> Iterable[dict[str, Any]]:
    """Return the rows of a batch by name."""
    names = query.parameters
    return (dict(zip(names, row, strict=True)) for row in rows)


def counted(rows: Iterable[Record]) -> tuple[bool, Iterable[Record]]:
    """Return whether there are so many rows that a bulk load pays, and all of them."""
    if isinstance(rows, list):
        return len(rows) >= COPY_FROM, rows
    source = iter(rows)
    first = list(islice(source, COPY_FROM))
    return len(first) == COPY_FROM, chain(first, source)


def copying(copy: tuple[str, tuple[str, ...]]) -> str:
    """Return the statement of a bulk load."""
    table, columns = copy
    return f"COPY {'.'.join(map(quoted, table.split('.')))} ({', '.join(map(quoted, columns))}) FROM STDIN"


def translate(error: Exception, place: str) -> IntegrationError | None:
    """Return the error of the tree; of the server's words only those that hold no values."""
    if isinstance(error, psycopg.Error):
        return failure("postgresql", error.sqlstate, _detail(error)) if error.sqlstate else _own(error, place)
    if isinstance(error, psycopg.Warning):
        return failure("postgresql", "01000")
    if isinstance(error, OSError):
        return failure("postgresql", CONNECTION, place)
    return None


def _detail(error: psycopg.Error) -> str:
    diag = error.diag
    code = error.sqlstate or ""
    if code.startswith(("42", "3D", "3F", "26", "34")):
        return diag.message_primary or ""  # these name things of the schema; values are never in a statement
    things = ((diag.table_name, "table"), (diag.column_name, "column"), (diag.constraint_name, "constraint"))
    return ", ".join(f"{what} {name}" for name, what in things if name)


def _own(error: psycopg.Error, place: str) -> IntegrationError:
    """Return what an error means that came from the driver or its library."""
    if isinstance(error, psycopg.DataError):
        return UnexpectedResponseError(
            f"a value cannot be passed between PostgreSQL and Python ({type(error).__name__})"
        )
    for kind, code in _OWN.items():
        if isinstance(error, kind):
            return failure("postgresql", code)
    said = str(error)
    code = next((code for words, code in _SAID if words in said), CONNECTION)
    return failure("postgresql", code, place)
