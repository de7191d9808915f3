"""Map everything that can go wrong with one attempt to the error tree."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx2

from .._clock import Clock
from .._errors import (
    ConfigurationError,
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    RateLimitedError,
    RequestTimeoutError,
    ServiceError,
    UnavailableError,
    UnexpectedResponseError,
    error_for_status,
)
from .._handler import untrusted
from .messages import Call, Reply

NOTHING_SENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
DRIVER_ERRORS: Final = (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, IntegrationError)

_PHASES: Final = (
    (httpx2.ConnectTimeout, "no connection to"),
    (httpx2.PoolTimeout, "no free connection to"),
    (httpx2.WriteTimeout, "the request was not taken by"),
)


def translate(error: Exception, call: Call) -> IntegrationError:
    """Return the error of the tree for a driver's *error*."""
    if isinstance(error, IntegrationError):
        return error
    host = call.url.host
    if isinstance(error, httpx2.TimeoutException | TimeoutError):
        phase = next((words for kind, words in _PHASES if isinstance(error, kind)), "no answer from")
        return RequestTimeoutError(f"{phase} {host} within {call.timeout['read']:g} s")
    if isinstance(error, httpx2.DecodingError):
        return UnexpectedResponseError(f"the body cannot be decompressed: {error}")
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return ConfigurationError(f"the URL cannot be used: {error}")
    if isinstance(error, httpx2.LocalProtocolError):
        return InvalidArgumentError(f"the request cannot be sent: {error}")
    if isinstance(error, httpx2.StreamError):
        return InvalidArgumentError("the body was read or closed already")
    return ConnectionFailedError(f"{_what_broke(error)} {host}: {error}", retryable=not untrusted(error))


def _what_broke(error: Exception) -> str:
    if isinstance(error, httpx2.ConnectError):
        return "cannot connect to"
    return "cannot pass the proxy to" if isinstance(error, httpx2.ProxyError) else "lost the connection to"


def refusal(reply: Reply, call: Call, clock: Clock) -> IntegrationError:
    """Return the error of an answer that is no success."""
    answer: dict[str, Any] = {"status": reply.status, "headers": reply.plain_headers(), "body": reply.body}
    if reply.status < 400:
        location = reply.headers.get("location", "")
        reason = f"redirected to {location!r}, which is not followed" if location else "not a success"
        return UnexpectedResponseError(reason, **answer)
    kind = error_for_status(reply.status)
    meaning = call.meanings.get(reply.status, "")
    wait = retry_after(reply.headers.get("retry-after", ""), clock) if kind in _WAITING else None
    return kind(meaning, retry_after=wait, **answer)


_WAITING: Final[tuple[type[ServiceError], ...]] = (RateLimitedError, UnavailableError)


def retry_after(header: str, clock: Clock) -> float | None:
    """Read Retry-After, seconds or HTTP date (RFC 9110 §10.2.3), as seconds; None when it says nothing."""
    if not header:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - clock.time())
    except (ValueError, TypeError, OverflowError):
        return None
