"""What DynamoDB and its driver say, as errors of the tree; `.code` is DynamoDB's own word.

IntegrationError
├── ConfigurationError            no region, no credentials, a profile that is not there
├── InvalidArgumentError          the driver refuses the arguments
├── ConnectionFailedError         no answer; undone where no connection was made
│   └── RequestTimeoutError       the answer did not come in time
├── ServiceError
│   ├── InvalidRequestError       ValidationException (an item over 400 KB too), and any other 4xx
│   ├── AuthenticationError       UnrecognizedClientException, ExpiredTokenException …
│   ├── PermissionDeniedError     AccessDeniedException
│   ├── NotFoundError             ResourceNotFoundException: there is no such table or index
│   ├── ConflictError             ConditionalCheckFailedException, ResourceInUseException
│   │   ├── TransactionCanceledError  a condition in a transaction failed: .reasons
│   │   └── TransactionConflictError  another transaction holds the item (undone)
│   ├── RateLimitedError          throttled (undone)
│   │   └── UnprocessedError      a batch was throttled to the end: .left is what was not done
│   └── UnavailableError          InternalServerError and any other 5xx
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
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
    RateLimitedError,
    RequestTimeoutError,
    ServiceError,
    TransactionConflictError,
    UnavailableError,
    error_for_status,
)

LONGEST: Final = 300  # characters of what the service says
_WORDS: Final = {
    ConflictError: "ConditionalCheckFailedException ResourceInUseException TableAlreadyExistsException",
    TransactionConflictError: (
        "TransactionConflictException TransactionInProgressException ReplicatedWriteConflictException"
    ),
    RateLimitedError: (
        "ProvisionedThroughputExceededException ThrottlingException Throttling RequestLimitExceeded"
        " ThrottledException TooManyRequestsException"
    ),
    InvalidRequestError: (
        "ValidationException SerializationException ItemCollectionSizeLimitExceededException"
        " IdempotentParameterMismatchException LimitExceededException"
    ),
    NotFoundError: "ResourceNotFoundException TableNotFoundException IndexNotFoundException",
    PermissionDeniedError: "AccessDeniedException AccessDenied",
    AuthenticationError: (
        "UnrecognizedClientException ExpiredTokenException ExpiredToken InvalidSignatureException"
        " IncompleteSignatureException MissingAuthenticationTokenException InvalidClientTokenId"
    ),
    UnavailableError: "InternalServerError InternalServerErrorException ServiceUnavailable",
}
BY_WORD: Final[Mapping[str, type[ServiceError]]] = MappingProxyType(
    {word: kind for kind, words in _WORDS.items() for word in words.split()}
)
_UNSENT: Final = ("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError", "SSLError")
_ARGUMENTS: Final = [
    "ParamValidationError",
    "ValidationError",
    "MissingParametersError",
    "UnknownKeyError",
    "RangeError",
    "UnknownParameterError",
    "AliasConflictParameterError",
]
_SET_UP: Final = [
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "NoRegionError",
    "InvalidRegionError",
    "ProfileNotFound",
    "ConfigNotFound",
    "ConfigParseError",
    "UnknownCredentialError",
    "NoAuthTokenError",
    "TokenRetrievalError",
    "UnknownTokenProviderError",
    "InvalidConfigError",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a transaction was cancelled: *index* is the place of the write in it, *code* DynamoDB's word."""

    index: int
    code: str
    message: str


class TransactionCanceledError(ConflictError):
    """Nothing of a transaction was done, because a condition failed; `.reasons` says which, and why."""

    def __init__(self, reasons: Sequence[Reason], **where: Any) -> None:
        self.reasons = tuple(reasons)
        told = "; ".join(f"write {r.index}: {r.code} {r.message}".strip() for r in reasons)
        super().__init__(told, code="TransactionCanceledException", **where)


class UnprocessedError(RateLimitedError):
    """A batch was throttled again and again; `.left` are the writes or keys that were not done."""

    def __init__(self, left: Sequence[Any], **where: Any) -> None:
        self.left = tuple(left)
        super().__init__(f"{len(self.left)} of the batch were not processed; the others were", **where)


def refused(
    code: str, message: str = "", status: int = 0, reasons: Sequence[Mapping[str, Any]] = ()
) -> IntegrationError:
    """Return the error of what the service says."""
    text = one_line(message)
    if code == "TransactionCanceledException":
        return _canceled(reasons, text)
    kind = BY_WORD.get(code) or (error_for_status(status) if status >= 400 else InvalidRequestError)
    undone = True if kind is RateLimitedError else None
    return kind(text, code=code, undone=undone)


def _canceled(reasons: Sequence[Mapping[str, Any]], text: str) -> IntegrationError:
    told = [
        Reason(index, str(reason.get("Code")), one_line(str(reason.get("Message") or "")))
        for index, reason in enumerate(reasons)
        if reason.get("Code") not in (None, "None")
    ]
    words = {reason.code for reason in told}
    if words and words <= {"TransactionConflict"}:
        return TransactionConflictError(text, code="TransactionConflict")
    if words and words <= {"ThrottlingError", "ProvisionedThroughputExceeded", "TransactionConflict"}:
        return RateLimitedError(text, code=min(words), undone=True)
    if words & {"ValidationError", "ItemCollectionSizeLimitExceeded"}:
        return InvalidRequestError(text, code="TransactionCanceledException")
    return TransactionCanceledError(told or [Reason(0, "Unknown", text)])


def one_line(text: str) -> str:
    """Return the first words of what the service said."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def translate(error: Exception) -> IntegrationError | None:
    """Return the error of the tree that an error of botocore is; None when it is none of botocore's."""
    if type(error).__module__.partition(".")[0] not in ("botocore", "boto3"):
        return None
    exceptions: Any = import_module("botocore.exceptions")
    if isinstance(error, exceptions.ClientError):
        told: Any = error.response
        said = told.get("Error", {})
        status = told.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        reasons = told.get("CancellationReasons", ())
        return refused(str(said.get("Code", "")), str(said.get("Message", "")), status, reasons)
    return _unanswered(error)


def _unanswered(error: Exception) -> IntegrationError:
    exceptions: Any = import_module("botocore.exceptions")
    names = {kind.__name__ for kind in type(error).__mro__}
    text = one_line(str(error))
    if names & {"ReadTimeoutError", "ConnectTimeoutError"}:
        return RequestTimeoutError(text, undone="ConnectTimeoutError" in names)
    if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError):
        return ConnectionFailedError(text, undone=bool(names & {*_UNSENT}))
    if names & {*_SET_UP}:
        return ConfigurationError(text)
    return InvalidArgumentError(text) if names & {*_ARGUMENTS} else ServiceError(text)
