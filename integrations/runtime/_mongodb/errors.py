"""What MongoDB and its driver say, as errors of the tree:

IntegrationError
├── ConfigurationError            the connection string, a name or an option cannot be right
├── InvalidArgumentError          the driver cannot write such a value; the client is closed already
├── ConnectionFailedError         no server of the deployment answers (undone), or the connection broke
│   ├── RequestTimeoutError       50, 89, 262, the driver's time-out, a write concern's time-out
│   └── PoolExhaustedError        no connection of the pool became free in time (undone)
├── ServiceError                  .code is MongoDB's number, as text
│   ├── InvalidRequestError       121 and every number that is not named here
│   ├── AuthenticationError       18, 8000
│   ├── PermissionDeniedError     13
│   ├── NotFoundError             26, 27
│   ├── ConflictError             11000, 11001, 12582, 48, 68, 85, 86
│   │   └── TransactionConflictError  24, 112, 225, 251, the label TransientTransactionError (undone)
│   ├── RateLimitedError          462, 16500
│   ├── UnavailableError          6, 7, 43, 91, 134, 136, 189, 9001, 10058, 10107, 11600, 11602, 13435, 13436
│   └── PartlyWrittenError        some writes of a batch were refused: .failures .written
└── UnexpectedResponseError       bytes that are no BSON, an answer that is none
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from .._errors import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    PoolExhaustedError,
    RateLimitedError,
    RequestTimeoutError,
    ServiceError,
    TransactionConflictError,
    UnavailableError,
    UnexpectedResponseError,
)
from .._redact import redact

LONGEST: Final = 300  # characters of what the server says
SHOWN: Final = 3  # failures of a batch that its text shows
TRANSIENT: Final = "TransientTransactionError"
# Servers' numbers: https://github.com/mongodb/mongo, src/mongo/base/error_codes.yml
_CODES: Final = {
    ConflictError: (48, 68, 85, 86, 11000, 11001, 12582),
    TransactionConflictError: (24, 112, 225, 251),
    AuthenticationError: (18, 8000),
    PermissionDeniedError: (13,),
    NotFoundError: (26, 27),
    RequestTimeoutError: (50, 89, 262),
    RateLimitedError: (462, 16500),
    UnavailableError: (6, 7, 43, 91, 134, 136, 189, 9001, 10058, 10107, 11600, 11602, 13435, 13436),
}
BY_CODE: Final[Mapping[int, type[IntegrationError]]] = MappingProxyType(
    {code: kind for kind, codes in _CODES.items() for code in codes}
)


@dataclass(frozen=True, slots=True)
class Written:
    """How many documents the writes of one batch changed."""

    inserted: int = 0
    replaced: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """One write of a batch that was refused.

    Attributes:
        kind: "insert", "replace" or "delete".
        index: its place among the writes of its kind, from 0.
        code: MongoDB's number, as text.
        reason: what the server said.
    """

    kind: str
    index: int
    code: str
    reason: str


NOTHING: Final = Written()


class PartlyWrittenError(ServiceError):
    """Some writes of a batch were refused; the others were done.

    Attributes:
        failures: which, and why.
        written: what was done all the same.
    """

    def __init__(self, failures: Sequence[Failure], written: Written = NOTHING, **where: Any) -> None:
        super().__init__("", code=failures[0].code if failures else "", **where)
        self.failures = tuple(failures)
        self.written = written

    def locate(self, kinds: Sequence[str]) -> None:
        """Make places in the batch, whose writes are of *kinds*, places among those of their kind."""
        self.failures = tuple(
            replace(f, kind=kinds[f.index], index=kinds[: f.index].count(kinds[f.index]))
            for f in self.failures
        )

    def _parts(self) -> tuple[str, ...]:
        shown = [f"{f.kind} {f.index}: {f.code} {redact(f.reason)}" for f in self.failures[:SHOWN]]
        more = [f"and {len(self.failures) - SHOWN} more"] if len(self.failures) > SHOWN else []
        return (f"{len(self.failures)} writes were refused", *shown, *more)


def refused(code: int, reason: str, labels: Sequence[str] = ()) -> IntegrationError:
    """Return the error of a server's number."""
    kind = TransactionConflictError if TRANSIENT in labels else BY_CODE.get(code, InvalidRequestError)
    if issubclass(kind, ServiceError):
        return kind(one_line(reason), code=str(code) if code else "")
    return kind(f"{code} {one_line(reason)}")


def one_line(text: str) -> str:
    """Return the first words of what a server said."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def translate(error: Exception) -> IntegrationError | None:
    """Return the error of the tree that an error of pymongo is; None when it is none of pymongo's."""
    if type(error).__module__.partition(".")[0] not in ("pymongo", "bson", "gridfs"):
        return None
    from pymongo import errors

    if isinstance(error, errors.BulkWriteError):
        return _partly(error.details or {}, error.has_error_label(TRANSIENT))
    if isinstance(error, errors.OperationFailure):
        return _failure(error)
    if isinstance(error, errors.ConnectionFailure):
        return _connection(error)
    return _other(error)


def _failure(error: Any) -> IntegrationError:
    from pymongo import errors

    labels = [TRANSIENT] if error.has_error_label(TRANSIENT) else []
    if isinstance(error, errors.WTimeoutError):
        return RequestTimeoutError(f"the write was not confirmed in time: {one_line(str(error))}")
    return refused(error.code or 0, _said(error), labels)


def _said(error: Any) -> str:
    """What the server said, without the driver's copy of the whole answer."""
    return str(error).partition(", full error:")[0]


def _connection(error: Any) -> IntegrationError:
    from pymongo import errors

    text = one_line(_said(error))
    if error.has_error_label(TRANSIENT):
        return TransactionConflictError(text)
    if isinstance(error, errors.WaitQueueTimeoutError):
        return PoolExhaustedError(text)
    if isinstance(error, errors.ServerSelectionTimeoutError):
        return ConnectionFailedError(text, undone=True)
    if isinstance(error, errors.NotPrimaryError):
        details: Any = error.details
        return UnavailableError(text, code=str(details.get("code", "")) if details else "")
    return RequestTimeoutError(text) if error.timeout else ConnectionFailedError(text)


def _other(error: Any) -> IntegrationError:
    from bson import errors as bson_errors
    from pymongo import errors

    text = one_line(str(error))
    if getattr(error, "timeout", False):
        return RequestTimeoutError(text)
    if isinstance(error, errors.ConfigurationError | errors.InvalidName | errors.EncryptionError):
        return ConfigurationError(text)
    if isinstance(error, bson_errors.InvalidBSON | errors.ProtocolError):
        return UnexpectedResponseError(text)
    if isinstance(error, bson_errors.BSONError | errors.InvalidOperation):
        return InvalidArgumentError(text)
    return ConflictError(text) if isinstance(error, errors.CollectionInvalid) else ServiceError(text)


def _partly(details: Mapping[str, Any], transient: bool) -> IntegrationError:
    listed: list[Any] = [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]
    if transient:
        return TransactionConflictError(one_line(str(listed[0].get("errmsg", "")) if listed else ""))
    failures = [_refusal(told) for told in listed]
    written = Written(details.get("nInserted", 0), details.get("nMatched", 0), details.get("nRemoved", 0))
    return PartlyWrittenError(failures, written)


def _refusal(told: Mapping[str, Any]) -> Failure:
    """One refused write; its index is that in the batch, which the caller makes one of its kind."""
    return Failure(
        "write", int(told.get("index", 0)), str(told.get("code", "")), one_line(told.get("errmsg", ""))
    )
