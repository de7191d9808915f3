"""What the codes of each engine mean: SQLSTATE, MySQL's error numbers, SQLite's names, DuckDB's classes.

Pure tables, so that a test kit makes the same errors without any driver. Sources: PostgreSQL's appendix A,
the error references of MySQL and MariaDB, SQLite's result codes, DuckDB's exception classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .._errors import (
    AuthenticationError,
    ConflictError,
    ConnectionFailedError,
    IntegrationError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RequestTimeoutError,
    ServiceError,
    TransactionConflictError,
    UnavailableError,
)

CONNECTION: Final = "connection"  # our own codes, for what a driver has none for
TIMEOUT: Final = "timeout"


@dataclass(frozen=True, slots=True)
class Meaning:
    """An error class, what happened in words, and what the class alone does not say."""

    kind: type[IntegrationError]
    text: str
    undone: bool | None = None
    retryable: bool | None = None


_REFUSED, _CONFLICT, _AGAIN = InvalidRequestError, ConflictError, TransactionConflictError
_OWN: Final = {
    CONNECTION: Meaning(ConnectionFailedError, "the connection failed"),
    TIMEOUT: Meaning(RequestTimeoutError, "the statement took too long"),
}

POSTGRESQL: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        **_OWN,
        "08": Meaning(ConnectionFailedError, "the connection failed"),
        "08001": Meaning(ConnectionFailedError, "the server cannot be reached", undone=True),
        "08004": Meaning(ConnectionFailedError, "the server refused the connection", undone=True),
        "08P01": Meaning(ConnectionFailedError, "the connection's protocol was violated"),
        "0A": Meaning(_REFUSED, "the server cannot do that"),
        "21": Meaning(_REFUSED, "more rows than one"),
        "22": Meaning(_REFUSED, "a value does not fit"),
        "22001": Meaning(_REFUSED, "a text is too long"),
        "22003": Meaning(_REFUSED, "a number is out of range"),
        "22012": Meaning(_REFUSED, "division by zero"),
        "22P02": Meaning(_REFUSED, "a value cannot be read as its type"),
        "23": Meaning(_CONFLICT, "a constraint is violated"),
        "23502": Meaning(_CONFLICT, "a value is missing (not null)"),
        "23503": Meaning(_CONFLICT, "a foreign key is violated"),
        "23505": Meaning(_CONFLICT, "it exists already (unique)"),
        "23514": Meaning(_CONFLICT, "a check is violated"),
        "23P01": Meaning(_CONFLICT, "it overlaps with another (exclusion)"),
        "25": Meaning(_REFUSED, "the transaction's state does not allow that"),
        "25006": Meaning(_REFUSED, "the transaction or the server is read-only"),
        "25P02": Meaning(_REFUSED, "the transaction has failed already"),
        "25P03": Meaning(ConnectionFailedError, "the transaction was idle for too long"),
        "25P04": Meaning(RequestTimeoutError, "the transaction took too long"),
        "28": Meaning(AuthenticationError, "user or password are not accepted"),
        "3D": Meaning(NotFoundError, "there is no such database"),
        "3F": Meaning(_REFUSED, "there is no such schema"),
        "40": Meaning(_AGAIN, "the transaction was rolled back"),
        "40001": Meaning(_AGAIN, "the transaction conflicts with another (serialization failure)"),
        "40002": Meaning(_CONFLICT, "a constraint is violated at the transaction's end"),
        "40003": Meaning(ConnectionFailedError, "whether the statement took effect is not known"),
        "40P01": Meaning(_AGAIN, "deadlock with another transaction"),
        "42": Meaning(_REFUSED, "the statement does not fit the database"),
        "42501": Meaning(PermissionDeniedError, "the user may not do that"),
        "44": Meaning(_CONFLICT, "the row would leave its view (check option)"),
        "53": Meaning(UnavailableError, "the server lacks resources"),
        "53100": Meaning(UnavailableError, "the server's disk is full"),
        "53200": Meaning(UnavailableError, "the server is out of memory"),
        "53300": Meaning(UnavailableError, "the server has too many connections", undone=True),
        "54": Meaning(_REFUSED, "the statement is too large for the server"),
        "55": Meaning(_CONFLICT, "the thing is not in a state for that"),
        "55P03": Meaning(UnavailableError, "a lock is held by another", undone=True),
        "57": Meaning(UnavailableError, "an operator intervened"),
        "57014": Meaning(RequestTimeoutError, "the statement took too long, or was cancelled"),
        "57P01": Meaning(ConnectionFailedError, "the server was shut down"),
        "57P02": Meaning(ConnectionFailedError, "the server crashed"),
        "57P03": Meaning(ConnectionFailedError, "the server is not ready yet", undone=True),
        "57P04": Meaning(NotFoundError, "the database was dropped"),
        "57P05": Meaning(ConnectionFailedError, "the session was idle for too long"),
        "58": Meaning(UnavailableError, "the server's system failed"),
        "72": Meaning(_AGAIN, "the snapshot is too old"),
        "F0": Meaning(UnavailableError, "the server is set up wrongly", retryable=False),
        "HV": Meaning(UnavailableError, "a foreign server failed"),
        "P0": Meaning(_REFUSED, "a function of the database refused it"),
        "XX": Meaning(UnavailableError, "the server failed", retryable=False),
        "": Meaning(_REFUSED, "the server refused the statement"),
    }
)

MYSQL: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        **_OWN,
        "1040": Meaning(UnavailableError, "the server has too many connections", undone=True),
        "1203": Meaning(UnavailableError, "the user has too many connections", undone=True),
        "1226": Meaning(UnavailableError, "the user has used up a resource", undone=True),
        "1041": Meaning(UnavailableError, "the server is out of memory"),
        "1037": Meaning(UnavailableError, "the server is out of memory"),
        "1038": Meaning(UnavailableError, "the server is out of sort memory"),
        "1021": Meaning(UnavailableError, "the server's disk is full"),
        "1114": Meaning(UnavailableError, "the table is full"),
        "1030": Meaning(UnavailableError, "the storage engine failed"),
        "1053": Meaning(ConnectionFailedError, "the server is shutting down"),
        "1077": Meaning(ConnectionFailedError, "the server is shutting down"),
        "1079": Meaning(ConnectionFailedError, "the server is shutting down"),
        "1927": Meaning(ConnectionFailedError, "the connection was killed"),
        "1044": Meaning(PermissionDeniedError, "the user may not use this database"),
        "1045": Meaning(AuthenticationError, "user or password are not accepted"),
        "1130": Meaning(AuthenticationError, "connections from this host are not accepted"),
        "1251": Meaning(AuthenticationError, "the way to log in is not known"),
        "1698": Meaning(AuthenticationError, "user or password are not accepted"),
        "1820": Meaning(AuthenticationError, "the password has to be changed"),
        "1862": Meaning(AuthenticationError, "the password has expired"),
        "3118": Meaning(AuthenticationError, "the account is locked"),
        "4151": Meaning(AuthenticationError, "the account is locked"),
        "1142": Meaning(PermissionDeniedError, "the user may not do that with the table"),
        "1143": Meaning(PermissionDeniedError, "the user may not do that with the column"),
        "1227": Meaning(PermissionDeniedError, "the user may not do that"),
        "1370": Meaning(PermissionDeniedError, "the user may not do that with the routine"),
        "1049": Meaning(NotFoundError, "there is no such database"),
        "1022": Meaning(_CONFLICT, "it exists already (unique)"),
        "1048": Meaning(_CONFLICT, "a value is missing (not null)"),
        "1062": Meaning(_CONFLICT, "it exists already (unique)"),
        "1169": Meaning(_CONFLICT, "it exists already (unique)"),
        "1216": Meaning(_CONFLICT, "a foreign key is violated"),
        "1217": Meaning(_CONFLICT, "a foreign key is violated"),
        "1364": Meaning(_CONFLICT, "a value is missing (no default)"),
        "1451": Meaning(_CONFLICT, "other rows refer to it (foreign key)"),
        "1452": Meaning(_CONFLICT, "it refers to no row (foreign key)"),
        "1557": Meaning(_CONFLICT, "a foreign key is violated"),
        "1586": Meaning(_CONFLICT, "it exists already (unique)"),
        "3819": Meaning(_CONFLICT, "a check is violated"),
        "4025": Meaning(_CONFLICT, "a check is violated"),
        "1020": Meaning(_AGAIN, "the row has changed since it was read"),
        "1205": Meaning(UnavailableError, "a lock was held by another for too long", undone=True),
        "1213": Meaning(_AGAIN, "deadlock with another transaction"),
        "1180": Meaning(UnavailableError, "the commit failed", retryable=False),
        "3572": Meaning(UnavailableError, "a lock is held by another", undone=True),
        "1290": Meaning(_REFUSED, "the server is read-only"),
        "1792": Meaning(_REFUSED, "the transaction is read-only"),
        "1836": Meaning(_REFUSED, "the server is read-only"),
        "1317": Meaning(RequestTimeoutError, "the statement was interrupted"),
        "1969": Meaning(RequestTimeoutError, "the statement took too long"),
        "3024": Meaning(RequestTimeoutError, "the statement took too long"),
        "1054": Meaning(_REFUSED, "there is no such column"),
        "1064": Meaning(_REFUSED, "the statement cannot be read"),
        "1146": Meaning(_REFUSED, "there is no such table"),
        "1264": Meaning(_REFUSED, "a number is out of range"),
        "1265": Meaning(_REFUSED, "a value does not fit its column"),
        "1292": Meaning(_REFUSED, "a value cannot be read as its type"),
        "1366": Meaning(_REFUSED, "a value cannot be read as its type"),
        "1406": Meaning(_REFUSED, "a text is too long"),
        "1153": Meaning(_REFUSED, "the statement is larger than the server takes"),
        "1644": Meaning(_REFUSED, "a routine of the database refused it"),
        "2002": Meaning(ConnectionFailedError, "the server cannot be reached", undone=True),
        "2003": Meaning(ConnectionFailedError, "the server cannot be reached", undone=True),
        "2005": Meaning(ConnectionFailedError, "the server's host is not known", undone=True),
        "2006": Meaning(ConnectionFailedError, "the connection was gone", undone=True),
        "2012": Meaning(ConnectionFailedError, "the server's greeting cannot be read", undone=True),
        "2013": Meaning(ConnectionFailedError, "the connection was lost"),
        "2014": Meaning(_REFUSED, "the connection is in use by a stream"),
        "2026": Meaning(ConnectionFailedError, "no encrypted connection", undone=True, retryable=False),
        "2027": Meaning(ConnectionFailedError, "the server's answer cannot be read"),
        "2055": Meaning(ConnectionFailedError, "the connection was lost"),
        "2059": Meaning(AuthenticationError, "the way to log in is not known"),
        "": Meaning(_REFUSED, "the server refused the statement"),
    }
)

SQLITE: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        **_OWN,
        "SQLITE_ERROR": Meaning(_REFUSED, "the statement does not fit the database"),
        "SQLITE_INTERNAL": Meaning(UnavailableError, "SQLite failed", retryable=False),
        "SQLITE_PERM": Meaning(PermissionDeniedError, "the file may not be used so"),
        "SQLITE_ABORT": Meaning(_AGAIN, "the statement was aborted by a rollback"),
        "SQLITE_BUSY": Meaning(UnavailableError, "the database is locked by another", undone=True),
        "SQLITE_BUSY_SNAPSHOT": Meaning(_AGAIN, "the transaction read what another has changed since"),
        "SQLITE_LOCKED": Meaning(UnavailableError, "a table is locked by another", undone=True),
        "SQLITE_NOMEM": Meaning(UnavailableError, "out of memory"),
        "SQLITE_READONLY": Meaning(_REFUSED, "the database is read-only"),
        "SQLITE_INTERRUPT": Meaning(RequestTimeoutError, "the statement took too long"),
        "SQLITE_IOERR": Meaning(UnavailableError, "the disk failed"),
        "SQLITE_CORRUPT": Meaning(UnavailableError, "the file is damaged", retryable=False),
        "SQLITE_NOTFOUND": Meaning(_REFUSED, "SQLite does not know that"),
        "SQLITE_FULL": Meaning(UnavailableError, "the disk is full"),
        "SQLITE_CANTOPEN": Meaning(
            ConnectionFailedError, "the file cannot be opened", undone=True, retryable=False
        ),
        "SQLITE_PROTOCOL": Meaning(UnavailableError, "the file's locks are in disorder"),
        "SQLITE_SCHEMA": Meaning(_AGAIN, "the schema has changed meanwhile"),
        "SQLITE_TOOBIG": Meaning(_REFUSED, "a value is too large"),
        "SQLITE_CONSTRAINT": Meaning(_CONFLICT, "a constraint is violated"),
        "SQLITE_CONSTRAINT_CHECK": Meaning(_CONFLICT, "a check is violated"),
        "SQLITE_CONSTRAINT_FOREIGNKEY": Meaning(_CONFLICT, "a foreign key is violated"),
        "SQLITE_CONSTRAINT_NOTNULL": Meaning(_CONFLICT, "a value is missing (not null)"),
        "SQLITE_CONSTRAINT_PRIMARYKEY": Meaning(_CONFLICT, "it exists already (primary key)"),
        "SQLITE_CONSTRAINT_UNIQUE": Meaning(_CONFLICT, "it exists already (unique)"),
        "SQLITE_MISMATCH": Meaning(_REFUSED, "a value does not fit its column"),
        "SQLITE_MISUSE": Meaning(_REFUSED, "the connection is used wrongly"),
        "SQLITE_NOLFS": Meaning(UnavailableError, "the file is too large for this system", retryable=False),
        "SQLITE_AUTH": Meaning(PermissionDeniedError, "that is not allowed"),
        "SQLITE_RANGE": Meaning(_REFUSED, "a parameter is out of range"),
        "SQLITE_NOTADB": Meaning(
            ConnectionFailedError, "the file is no SQLite database", undone=True, retryable=False
        ),
        "": Meaning(_REFUSED, "SQLite refused the statement"),
    }
)

DUCKDB: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        **_OWN,
        "BinderException": Meaning(_REFUSED, "the statement does not fit the database"),
        "CatalogException": Meaning(_REFUSED, "there is no such thing in the database"),
        "ConnectionException": Meaning(ConnectionFailedError, "the connection is closed", undone=True),
        "ConstraintException": Meaning(_CONFLICT, "a constraint is violated"),
        "ConversionException": Meaning(_REFUSED, "a value cannot be read as its type"),
        "DataError": Meaning(_REFUSED, "a value does not fit"),
        "DependencyException": Meaning(_CONFLICT, "other things depend on it"),
        "FatalException": Meaning(UnavailableError, "the database failed", retryable=False),
        "HTTPException": Meaning(UnavailableError, "a remote file cannot be reached"),
        "IOException": Meaning(ConnectionFailedError, "a file cannot be read or is in use", retryable=False),
        "IntegrityError": Meaning(_CONFLICT, "a constraint is violated"),
        "InternalError": Meaning(UnavailableError, "DuckDB failed", retryable=False),
        "InternalException": Meaning(UnavailableError, "DuckDB failed", retryable=False),
        "InterruptException": Meaning(RequestTimeoutError, "the statement took too long"),
        "InvalidInputException": Meaning(_REFUSED, "a value does not fit"),
        "InvalidTypeException": Meaning(_REFUSED, "a type does not fit"),
        "NotImplementedException": Meaning(_REFUSED, "DuckDB cannot do that"),
        "NotSupportedError": Meaning(_REFUSED, "DuckDB cannot do that"),
        "OperationalError": Meaning(UnavailableError, "the database failed", retryable=False),
        "OutOfMemoryException": Meaning(UnavailableError, "out of memory"),
        "OutOfRangeException": Meaning(_REFUSED, "a number is out of range"),
        "ParserException": Meaning(_REFUSED, "the statement cannot be read"),
        "PermissionException": Meaning(PermissionDeniedError, "that is not allowed"),
        "ProgrammingError": Meaning(_REFUSED, "the statement does not fit the database"),
        "ResourceInUseException": Meaning(_CONFLICT, "the thing is in use"),
        "SequenceException": Meaning(_CONFLICT, "the sequence is used up"),
        "SerializationException": Meaning(UnavailableError, "stored data cannot be read", retryable=False),
        "SyntaxException": Meaning(_REFUSED, "the statement cannot be read"),
        "TransactionException": Meaning(_AGAIN, "the transaction conflicts with another"),
        "TypeMismatchException": Meaning(_REFUSED, "a type does not fit"),
        "": Meaning(_REFUSED, "DuckDB refused the statement"),
    }
)

TABLES: Final = {"postgresql": POSTGRESQL, "mysql": MYSQL, "sqlite": SQLITE, "duckdb": DUCKDB}


def meaning(engine: str, code: str) -> Meaning:
    """Return what *code* means: by itself, by its class, or by what the engine's errors mostly are."""
    table = TABLES[engine]
    found = table.get(code)
    if found is None and engine == "postgresql":
        found = table.get(code[:2])
    if found is None and engine == "sqlite":
        found = table.get("_".join(code.split("_")[:2]))
    return found or table[""]


def failure(engine: str, code: str, detail: str = "") -> IntegrationError:
    """Return the error of the tree that *code* is.

    Args:
        engine: whose code it is.
        code: as the engine writes it, "connection" or "timeout".
        detail: names of the schema, never a value.
    """
    known = meaning(engine, code)
    text = f"{known.text}: {detail}" if detail else known.text
    own = code in (CONNECTION, TIMEOUT, "")
    if issubclass(known.kind, ServiceError):
        error: IntegrationError = known.kind(text, code="" if own else code)
    else:
        error = known.kind(text if own else f"{code} {text}")
    if known.undone is not None:
        error.undone = known.undone
    if known.retryable is not None:
        error.retryable = known.retryable
    return error
