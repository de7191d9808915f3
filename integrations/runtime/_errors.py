"""Every error an adapter may raise:

IntegrationError                    .service .operation .attempts .retryable .undone .context
├── ConfigurationError              the adapter is set up wrongly
│   └── MissingSecretError          names the variable that is not set, never a value
├── InvalidArgumentError            refused before anything was sent (also a ValueError)
├── ConnectionFailedError           the service could not be reached (retryable)
│   ├── RequestTimeoutError         it did not answer in time (retryable)
│   └── PoolExhaustedError          no connection of the pool became free in time (retryable, undone)
├── ServiceError                    the service answered with an error: .status .code .headers .body
│   ├── InvalidRequestError         400, 422 and any other 4xx
│   ├── AuthenticationError         401
│   ├── PermissionDeniedError       403
│   ├── NotFoundError               404, 410
│   ├── ConflictError               409, 412, a constraint
│   │   └── TransactionConflictError  deadlock, serialization failure (retryable, undone)
│   ├── RateLimitedError            429 (retryable, .retry_after)
│   └── UnavailableError            408 and any 5xx (retryable, .retry_after)
├── UnexpectedResponseError         the answer contradicts its declared type: .status .headers .body
└── PaginationError                 the page cap was reached, or the cursor does not move

Text reads `GitHub list_issues: 429 after 3 attempts; retry in 42 s`. It never holds a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ._redact import redact, redact_value

EXCERPT: Final = 300  # characters of a body that an error's text quotes
SEARCHED: Final = 1 << 16  # bytes of a body that are searched for secrets before the excerpt is cut
_EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


class IntegrationError(Exception):
    """Base of the tree: something went wrong between us and a service.

    Attributes:
        service: whom we talked to, e.g. "GitHub"; "" when unknown.
        operation: what was asked, e.g. "list_issues"; "" when unknown.
        attempts: how often it was tried.
        retryable: whether the same call may succeed later. Whether it is *safe* to repeat is another
            question, which the operation answers.
        undone: whether nothing of the call took effect, so that repeating it is safe whatever it was.
        context: what `ErrorHandler.handle` was told, secrets masked.
    """

    retryable: bool = False
    undone: bool = False

    def __init__(
        self,
        reason: str = "",
        *,
        service: str = "",
        operation: str = "",
        attempts: int = 1,
        retryable: bool | None = None,
        undone: bool | None = None,
        context: Mapping[str, Any] = _EMPTY,
    ) -> None:
        super().__init__(redact(reason))
        self.service = service
        self.operation = operation
        self.attempts = attempts
        self.context: dict[str, Any] = redact_value(context)
        if retryable is not None:
            self.retryable = retryable
        if undone is not None:
            self.undone = undone

    @property
    def reason(self) -> str:
        """What went wrong, without who and where."""
        return str(self.args[0]) if self.args else ""

    def __str__(self) -> str:
        who = " ".join(part for part in (self.service, self.operation) if part)
        tried = f" after {self.attempts} attempts" if self.attempts > 1 else ""
        head, *rest = [part for part in self._parts() if part] or [type(self).__name__]
        said = "; ".join((head + tried, *rest))
        return f"{who}: {said}" if who else said

    def _parts(self) -> tuple[str, ...]:
        return (self.reason,)


class ConfigurationError(IntegrationError):
    """The adapter is set up wrongly; the text says what to change, and where."""


class MissingSecretError(ConfigurationError):
    """A secret is not set; the text names the places that were looked at."""


class InvalidArgumentError(IntegrationError, ValueError):
    """The call was refused before anything was sent, because it could not mean what the caller wants."""


class ConnectionFailedError(IntegrationError):
    """The service could not be reached, or the connection broke."""

    retryable = True


class RequestTimeoutError(ConnectionFailedError):
    """The service did not answer in time."""


class PoolExhaustedError(ConnectionFailedError):
    """No connection of the pool became free in time; nothing was sent."""

    undone = True


class _Answered(IntegrationError):
    """Shared by errors that carry the service's answer."""

    def __init__(
        self,
        reason: str = "",
        *,
        status: int = 0,
        headers: Mapping[str, str] = _EMPTY,
        body: bytes = b"",
        **where: Any,
    ) -> None:
        super().__init__(reason, **where)
        self.status = status
        self.headers = dict(headers)
        self.body = body

    def _excerpt(self) -> str:
        """The first words of the body, on one line, secrets masked."""
        text = redact(self.body[:SEARCHED].decode("utf-8", "replace"))
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"


class ServiceError(_Answered):
    """The service answered with an error.

    Attributes:
        status: the HTTP status, or 0.
        code: what else the service calls the error, e.g. a SQLSTATE; "" where it has no such word.
        headers: the answer's headers, names in lower case.
        body: the answer's body as it came.
        retry_after: seconds that the service asks to wait, or None.
    """

    def __init__(
        self, reason: str = "", *, retry_after: float | None = None, code: str = "", **answer: Any
    ) -> None:
        super().__init__(reason, **answer)
        self.retry_after = retry_after
        self.code = code

    def _parts(self) -> tuple[str, ...]:
        wait = "" if self.retry_after is None else f"retry in {self.retry_after:.0f} s"
        excerpt = self._excerpt()
        status = str(self.status) if self.status else ""
        status = " ".join(part for part in (status, self.code) if part)
        return (status, wait, self.reason, f"the service said: {excerpt}" if excerpt else "")


class InvalidRequestError(ServiceError):
    """The service refused the request; sending it again will not help."""


class AuthenticationError(ServiceError):
    """The service does not accept the credential."""


class PermissionDeniedError(ServiceError):
    """The credential is known, and may not do this."""


class NotFoundError(ServiceError):
    """There is no such thing, or not any more."""


class ConflictError(ServiceError):
    """The thing exists already, or has changed meanwhile."""


class TransactionConflictError(ConflictError):
    """The service rolled the transaction back for another's sake; run all of it again."""

    retryable = True
    undone = True


class RateLimitedError(ServiceError):
    """The service asks for fewer calls."""

    retryable = True


class UnavailableError(ServiceError):
    """The service failed on its side, or is overloaded."""

    retryable = True


class UnexpectedResponseError(_Answered):
    """The answer contradicts its declared type; status, headers and body are attached."""

    def _parts(self) -> tuple[str, ...]:
        if not self.status:  # a value that was read earlier, and is looked at now
            return (self.reason,)
        excerpt = self._excerpt()
        return (
            self.reason,
            f"{self.status} with body: {excerpt}" if excerpt else f"{self.status} with no body",
        )


class PaginationError(IntegrationError):
    """The page cap was reached, or the cursor does not move; pages so far were delivered."""


BY_STATUS: Final[Mapping[int, type[ServiceError]]] = MappingProxyType(
    {
        401: AuthenticationError,
        403: PermissionDeniedError,
        404: NotFoundError,
        408: UnavailableError,
        409: ConflictError,
        410: NotFoundError,
        412: ConflictError,
        429: RateLimitedError,
    }
)


def error_for_status(status: int) -> type[ServiceError]:
    """Return the class of an HTTP error status."""
    return BY_STATUS.get(status) or (UnavailableError if status >= 500 else InvalidRequestError)
