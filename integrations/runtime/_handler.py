"""Map any error of any driver to the tree, and say whether to try again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ._errors import (
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    InvalidRequestError,
    RequestTimeoutError,
    UnavailableError,
    UnexpectedResponseError,
    error_for_status,
)
from ._redact import redact_value

_EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})

# Class names, so that no driver is imported; the most special class of an error that is listed here decides.
KINDS: Final[Mapping[str, type[IntegrationError]]] = MappingProxyType(
    {
        "builtins.TimeoutError": RequestTimeoutError,
        "builtins.ConnectionError": ConnectionFailedError,
        "builtins.FileNotFoundError": ConfigurationError,
        "builtins.PermissionError": ConfigurationError,
        "builtins.OSError": ConnectionFailedError,
        "builtins.UnicodeDecodeError": UnexpectedResponseError,
        "builtins.ValueError": InvalidArgumentError,
        "builtins.TypeError": InvalidArgumentError,
        "json.decoder.JSONDecodeError": UnexpectedResponseError,
        "msgspec.DecodeError": UnexpectedResponseError,
        "ssl.SSLError": ConnectionFailedError,
        "concurrent.futures._base.TimeoutError": RequestTimeoutError,
        "asyncio.exceptions.IncompleteReadError": ConnectionFailedError,
        "http.client.HTTPException": ConnectionFailedError,
        "httpx2.TimeoutException": RequestTimeoutError,
        "httpx2.TransportError": ConnectionFailedError,
        "httpx2.DecodingError": UnexpectedResponseError,
        "httpx2.InvalidURL": ConfigurationError,
        "httpx2.UnsupportedProtocol": ConfigurationError,
        "httpx2.LocalProtocolError": InvalidArgumentError,
        "httpx2.TooManyRedirects": UnexpectedResponseError,
        "httpx2.CookieConflict": InvalidArgumentError,
        "httpx2.StreamError": InvalidArgumentError,
        "httpx.TimeoutException": RequestTimeoutError,
        "httpx.TransportError": ConnectionFailedError,
        "httpx.DecodingError": UnexpectedResponseError,
        "httpx.InvalidURL": ConfigurationError,
        "httpx.UnsupportedProtocol": ConfigurationError,
        "httpx.LocalProtocolError": InvalidArgumentError,
        "httpx.TooManyRedirects": UnexpectedResponseError,
        "requests.exceptions.Timeout": RequestTimeoutError,
        "requests.exceptions.ConnectTimeout": RequestTimeoutError,
        "requests.exceptions.ConnectionError": ConnectionFailedError,
        "requests.exceptions.ChunkedEncodingError": ConnectionFailedError,
        "requests.exceptions.InvalidURL": ConfigurationError,
        "requests.exceptions.InvalidSchema": ConfigurationError,
        "requests.exceptions.MissingSchema": ConfigurationError,
        "requests.exceptions.InvalidHeader": InvalidArgumentError,
        "requests.exceptions.TooManyRedirects": UnexpectedResponseError,
        "requests.exceptions.ContentDecodingError": UnexpectedResponseError,
        "requests.exceptions.JSONDecodeError": UnexpectedResponseError,
        "urllib3.exceptions.TimeoutError": RequestTimeoutError,
        "urllib3.exceptions.HTTPError": ConnectionFailedError,
        "sqlite3.IntegrityError": ConflictError,
        "sqlite3.OperationalError": UnavailableError,
        "sqlite3.ProgrammingError": InvalidRequestError,
    }
)


class ErrorHandler:
    """Turns whatever a driver raised into one error of the tree.

        handler = ErrorHandler(service="GitHub")
        try: ...
        except Exception as error:
            failure = handler.handle(error, context={"operation": "import", "user": user})
            if not handler.should_retry(failure, attempt, max_attempts=3):
                raise failure from error

    Args:
        service: named in errors that do not name their own.
        logger: told once about every handled error, as a warning, secrets masked.
    """

    def __init__(self, service: str = "", *, logger: logging.Logger | None = None) -> None:
        self._service = service
        self._logger = logger or logging.getLogger("integrations")

    def handle(self, error: BaseException, context: Mapping[str, Any] = _EMPTY) -> IntegrationError:
        """Return *error* as an error of the tree, enriched and logged; it is not raised.

        An error of the tree comes back itself. Any other becomes the nearest kind, with *error* as its cause.

        Args:
            error: what was raised. KeyboardInterrupt, cancellation and the like are raised again, never
                handled.
            context: what the caller knows. `service` and `operation` name the place; secrets are masked by
                key and by value. It ends up in `.context` and in the log.
        """
        if not isinstance(error, Exception):
            raise error
        failure = mapped(error)
        shown = redact_value(context)
        failure.context = {**failure.context, **shown}
        failure.service = failure.service or str(shown.get("service", self._service))
        failure.operation = failure.operation or str(shown.get("operation", ""))
        self._logger.warning("%s: %s %s", type(failure).__name__, failure, failure.context or "")
        return failure

    def should_retry(self, error: BaseException, attempt: int, max_attempts: int) -> bool:
        """Whether to try again after attempt number *attempt* (from 1) of *max_attempts* failed with *error*.

        It answers whether it may help. Whether repeating is safe is the caller's to know.
        """
        if attempt >= max_attempts or not isinstance(error, Exception):
            return False
        return mapped(error).retryable


def mapped(error: Exception) -> IntegrationError:
    """Return an error of the tree itself, or the nearest kind for any other, with *error* as its cause."""
    if isinstance(error, IntegrationError):
        return error
    answered = _answered(error)
    if answered is None:
        kinds = (KINDS[name] for name in map(_name, type(error).__mro__) if name in KINDS)
        kind = next(kinds, IntegrationError)
        answered = kind(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        answered.retryable = answered.retryable and not untrusted(error)
    answered.__cause__ = error
    return answered


def untrusted(error: BaseException | None) -> bool:
    """Whether a certificate was refused: trying again will not make it trusted."""
    while error is not None:
        if type(error).__name__ == "SSLCertVerificationError":
            return True
        error = error.__cause__ or error.__context__
    return False


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _answered(error: Exception) -> IntegrationError | None:
    """Return the error of an HTTP answer that a foreign client's *error* carries, if it carries one."""
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):  # botocore
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    else:
        status = getattr(response, "status_code", None) or getattr(error, "code", None)
    if not isinstance(status, int) or not 400 <= status < 600:
        return None
    return error_for_status(status)(f"{type(error).__name__}: {error}", status=status)
