"""What Redis and its driver call an error → the error of the tree.

The first word of a reply (``WRONGTYPE …``) is its code; errors of the driver's own are told by their class,
so that no driver is imported here. ``undone`` marks what the server refused before it did anything.

ConflictError
├── LockTakenError     somebody else holds the lock (retryable)
└── LockLostError      the lock ran out, and may be somebody else's by now
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from .._errors import (
    AuthenticationError,
    ConflictError,
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    PoolExhaustedError,
    RequestTimeoutError,
    ServiceError,
    TransactionConflictError,
    UnavailableError,
    UnexpectedResponseError,
)
from .._handler import untrusted


class LockTakenError(ConflictError):
    """Somebody else holds the lock; later it may be free."""

    retryable = True


class LockLostError(ConflictError):
    """The lock ran out before it was released or extended: somebody else may hold it by now."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as the server's reply to one command.

    Attributes:
        code: its first word, e.g. "WRONGTYPE"; "ERR" is any error.
        text: the rest of it.
    """

    code: str
    text: str = ""


CLUSTER: Final = "the server is part of a cluster, which this adapter does not follow; "
# By code: the class, and whether the server refused before it did anything.
CODES: Final[Mapping[str, tuple[type[ServiceError], bool]]] = MappingProxyType(
    {
        "NOAUTH": (AuthenticationError, True),
        "WRONGPASS": (AuthenticationError, True),
        "NOPERM": (PermissionDeniedError, True),
        "WRONGTYPE": (InvalidRequestError, False),
        "NOSCRIPT": (InvalidRequestError, True),
        "EXECABORT": (InvalidRequestError, True),
        "NOPROTO": (InvalidRequestError, True),
        "NOGROUP": (NotFoundError, False),
        "BUSYGROUP": (ConflictError, False),
        "BUSYKEY": (ConflictError, False),
        "OOM": (UnavailableError, True),
        "LOADING": (UnavailableError, True),
        "BUSY": (UnavailableError, True),
        "MISCONF": (UnavailableError, True),
        "READONLY": (UnavailableError, True),
        "MASTERDOWN": (UnavailableError, True),
        "NOREPLICAS": (UnavailableError, True),
        "NOGOODSLAVE": (UnavailableError, True),
        "UNBLOCKED": (UnavailableError, True),
        "CLUSTERDOWN": (UnavailableError, True),
        "TRYAGAIN": (UnavailableError, True),
        "MOVED": (InvalidRequestError, True),
        "ASK": (InvalidRequestError, True),
        "CROSSSLOT": (InvalidRequestError, True),
    }
)
# The driver's classes: those that carry a code, and those that do not.
DRIVER_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AuthenticationError": "WRONGPASS",
        "AuthenticationWrongNumberOfArgsError": "NOAUTH",
        "AuthorizationError": "NOAUTH",
        "BusyLoadingError": "LOADING",
        "OutOfMemoryError": "OOM",
        "ReadOnlyError": "READONLY",
        "NoPermissionError": "NOPERM",
        "NoScriptError": "NOSCRIPT",
        "ExecAbortError": "EXECABORT",
        "MasterDownError": "MASTERDOWN",
        "ClusterDownError": "CLUSTERDOWN",
        "ClusterCrossSlotError": "CROSSSLOT",
        "CrossSlotTransactionError": "CROSSSLOT",
        "TryAgainError": "TRYAGAIN",
        "MovedError": "MOVED",
        "AskError": "ASK",
        "ResponseError": "ERR",
        "ClusterError": "ERR",
    }
)
DRIVER_KINDS: Final[Mapping[str, type[IntegrationError]]] = MappingProxyType(
    {
        "MaxConnectionsError": PoolExhaustedError,
        "ExternalAuthProviderError": ConnectionFailedError,
        "TimeoutError": RequestTimeoutError,
        "ConnectionError": ConnectionFailedError,
        "InvalidResponse": UnexpectedResponseError,
        "DataError": InvalidArgumentError,
        "PubSubError": InvalidArgumentError,
        "InvalidPipelineStack": InvalidArgumentError,
        "IncorrectPolicyType": InvalidArgumentError,
        "WatchError": TransactionConflictError,
        "LockNotOwnedError": LockLostError,
        "LockError": ConflictError,
        "ChildDeadlockedError": ConnectionFailedError,
        "SlotNotCoveredError": UnavailableError,
        "RedisClusterException": UnavailableError,
        "RedisError": ServiceError,
    }
)
_NO_CONNECTION: Final = "No connection available"  # of the driver's pool
_FULL: Final = "max number of clients reached"


def error_of(refusal: Refusal) -> ServiceError:
    """Return the error of the tree that a reply is."""
    kind, undone = CODES.get(refusal.code, (InvalidRequestError, False))
    if _FULL in refusal.text:
        kind, undone = UnavailableError, True
    reason = refusal.text.partition(", with args beginning with")[0]  # what follows are values
    if refusal.code in ("MOVED", "ASK", "CROSSSLOT"):
        reason = CLUSTER + "connect to a server that is none, or through its proxy"
    return kind(reason, code=refusal.code, undone=undone)


def refusal_of(error: Exception) -> Refusal | None:
    """Return what the server said, or None where *error* is not the server's word."""
    text = str(error)
    code = str(getattr(error, "status_code", None) or "")
    known = next((DRIVER_CODES[name] for name in _names(error) if name in DRIVER_CODES), "")
    if not known:
        return None
    first, _, rest = text.partition(" ")
    if first.isupper() and first.isalpha() and known == "ERR" and code in ("", "ERR"):
        return Refusal(first, rest)  # a code that the driver has no class for
    return Refusal(code if code.isupper() else known, text)


def translate(error: Exception) -> IntegrationError | None:
    """Return the error of the tree that the driver's *error* is; None: it is none of the driver's."""
    names = _names(error)
    if _NO_CONNECTION in str(error):
        return PoolExhaustedError("no connection became free in time; raise pool_size, or call less at once")
    if not names:
        return _of_the_system(error)
    if refusal := refusal_of(error):
        return error_of(refusal)
    kind = next(DRIVER_KINDS[name] for name in names if name in DRIVER_KINDS)
    failure = kind(_brief(error))
    if untrusted(error):
        failure = ConnectionFailedError("the server's certificate is not trusted", retryable=False)
    return failure


def _of_the_system(error: Exception) -> IntegrationError | None:
    """Time-outs and broken sockets, which the driver lets through here and there."""
    if isinstance(error, TimeoutError):
        return RequestTimeoutError("no answer in time")
    if isinstance(error, OSError | EOFError):
        return ConnectionFailedError(_brief(error), retryable=not untrusted(error))
    return None


def _names(error: Exception) -> list[str]:
    """The driver's classes that *error* is of, the most special first."""
    return [kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("redis.")]


def _brief(error: Any) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
