"""What both forms of the MySQL engine share: connecting, errors, values."""

from __future__ import annotations

import datetime as dt
import math
import re
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from uuid import UUID

import msgspec

from .._errors import IntegrationError
from .codes import CONNECTION, TABLES, failure
from .engine import CHUNK, Parameters, Record
from .query import Query
from .target import Target

GRACE: Final = 2.0
PORT: Final = 3306
# UTC, so that every TIMESTAMP comes back in it; strict, so that a value that does not fit is never cut.
SETUP: Final = "SET time_zone = '+00:00', sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')"
ENCRYPTED: Final = "SHOW STATUS LIKE 'Ssl_cipher'"
# Errors whose words name things of the schema. All others may quote values: the driver writes them into the
# statement.
_NAMING: Final = frozenset({"1044", "1046", "1049", "1054", "1146", "1142", "1143", "1227"})
_KEY: Final = re.compile(r"for key '([^']*)'$")
_NAME: Final = re.compile(r"^(?:Column|Field) '([^']*)'")
_CONSTRAINT: Final = re.compile(r"CONSTRAINT `([^`]*)` (?:FOREIGN KEY|failed)")


def options(target: Target) -> dict[str, Any]:
    """Return what either driver is told."""
    settings = target.settings
    given: dict[str, Any] = {
        "host": target.host or "127.0.0.1",
        "port": target.port or PORT,
        "user": target.user or None,
        "password": target.password.reveal(),
        "database": target.database or None,
        "charset": target.options.get("charset", "utf8mb4"),
        "autocommit": True,
        "connect_timeout": math.ceil(settings.connect_timeout),
        "init_command": SETUP,
        "program_name": settings.service,
    }
    context = tls(target)
    return given if context is None else {**given, "ssl": context}


def tls(target: Target) -> ssl.SSLContext | None:
    """Return how the connection is encrypted, or None: not at all."""
    settings = target.settings.tls
    if settings is None or settings.mode == "disable":
        return None
    context = ssl.create_default_context(cafile=settings.ca)
    if settings.mode != "verify-full":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if settings.cert:
        context.load_cert_chain(settings.cert, settings.key)
    return context


def must_encrypt(target: Target) -> bool:
    """Whether a connection that is not encrypted must not be used: drivers fall back without a word."""
    return target.settings.tls is not None and target.settings.tls.mode in ("require", "verify-full")


def may_fall_back(target: Target) -> bool:
    """Whether a connection that cannot be encrypted is tried without: drivers do not do that themselves."""
    return target.settings.tls is not None and target.settings.tls.mode == "prefer"


def unencrypted(target: Target) -> IntegrationError:
    """Return the error of a server that offers no encryption."""
    return failure("mysql", "2026", f"{target.place} offers none")


def timeout(version: str) -> Callable[[float], str]:
    """Return what makes the statement that limits those after it; MySQL limits SELECT alone."""
    if "MariaDB" in version:
        return lambda seconds: f"SET max_statement_time = {seconds:.3f}"
    return lambda seconds: f"SET max_execution_time = {max(1, round(seconds * 1000))}"


def _moment(value: dt.datetime) -> dt.datetime:
    """MySQL knows no time zones: a moment that has one is written in UTC."""
    return value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)


_WRITTEN: Final[Mapping[type, Callable[[Any], Any]]] = {UUID: str, dt.datetime: _moment}


def given(query: Query[Any], parameters: Parameters) -> dict[str, Any] | None:
    """Return the values as the driver is to write them."""
    if not parameters:
        return {}  # not None: then a doubled % would stay doubled
    values = {
        name: _WRITTEN[type(value)](value) if type(value) in _WRITTEN else value
        for name, value in parameters.items()
    }
    for name in query.json:
        values[name] = msgspec.json.encode(parameters[name]).decode()
    return values


def pieces(query: Query[Any], rows: Iterable[Record]) -> Iterable[Sequence[dict[str, Any] | None]]:
    """Return the rows of a batch by name, in pieces that fit into memory."""
    names = query.parameters
    named = (given(query, dict(zip(names, row, strict=True))) for row in rows)
    while piece := list(islice(named, CHUNK)):
        yield piece


def begins(own: bool) -> str:
    """Return the statement that a batch begins with: all of it or nothing."""
    return "START TRANSACTION" if own else "SAVEPOINT batch"


def ends(own: bool) -> str:
    """Return the statement that it ends with."""
    return "COMMIT" if own else "RELEASE SAVEPOINT batch"


def meaning(error: Exception, place: str) -> IntegrationError:
    """Return the error of the tree; of the server's words only those that hold no values."""
    number, said = ((*error.args, "", "") if error.args else ("", ""))[:2]
    code = str(number) if isinstance(number, int) and number else ""
    if not code:  # the driver's own: it has lost its connection, or was called wrongly
        kind = type(error).__name__
        return failure("mysql", CONNECTION if kind in ("InterfaceError", "OperationalError") else "", place)
    return failure("mysql", code, _detail(code, str(said), place))


def _detail(code: str, said: str, place: str) -> str:
    if code.startswith("2") and len(code) == 4 and code in TABLES["mysql"]:
        return place
    if code in _NAMING:
        return said
    found = _CONSTRAINT.search(said) if code in ("1451", "1452", "4025") else None
    found = found or _KEY.search(said) or _NAME.search(said)
    return found[1] if found else ""
