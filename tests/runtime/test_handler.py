"""The handler maps what drivers raise, and says what it knows without saying secrets."""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import logging
import socket
import sqlite3
import ssl
import urllib.error
from email.message import Message
from typing import Any

import httpx2
import msgspec
import pytest
import requests
import urllib3

from integrations.runtime import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    ErrorHandler,
    IntegrationError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    RateLimitedError,
    RequestTimeoutError,
    Secret,
    UnavailableError,
    UnexpectedResponseError,
)

ASKED = httpx2.Request("GET", "https://x.example")


def status_error(status: int) -> httpx2.HTTPStatusError:
    return httpx2.HTTPStatusError("bad", request=ASKED, response=httpx2.Response(status))


def requests_status_error(status: int) -> Exception:
    response = requests.Response()
    response.status_code = status
    error: Exception = requests.HTTPError("bad", response=response)
    return error


def made(name: str, module: str, base: type[Exception] = Exception, **attributes: Any) -> Exception:
    """An error of a driver that need not be installed."""
    error: Exception = type(name, (base,), {"__module__": module})("bad")
    for attribute, value in attributes.items():
        setattr(error, attribute, value)
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), RequestTimeoutError),
        (concurrent.futures.TimeoutError(), RequestTimeoutError),
        (ConnectionResetError("reset"), ConnectionFailedError),
        (BrokenPipeError(), ConnectionFailedError),
        (socket.gaierror(-2, "unknown host"), ConnectionFailedError),
        (asyncio.IncompleteReadError(b"", 4), ConnectionFailedError),
        (ssl.SSLError("handshake"), ConnectionFailedError),
        (FileNotFoundError("gone"), ConfigurationError),
        (PermissionError("no"), ConfigurationError),
        (OSError("other"), ConnectionFailedError),
        (json.JSONDecodeError("bad", "x", 0), UnexpectedResponseError),
        (msgspec.ValidationError("bad"), UnexpectedResponseError),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), UnexpectedResponseError),
        (ValueError("bad"), InvalidArgumentError),
        (TypeError("bad"), InvalidArgumentError),
        (KeyError("bad"), IntegrationError),
        (sqlite3.IntegrityError("unique"), ConflictError),
        (sqlite3.OperationalError("locked"), UnavailableError),
        (sqlite3.ProgrammingError("syntax"), InvalidRequestError),
        (urllib.error.URLError("refused"), ConnectionFailedError),
        (urllib.error.HTTPError("u", 404, "gone", Message(), None), NotFoundError),
        (urllib3.exceptions.ReadTimeoutError(None, "u", "slow"), RequestTimeoutError),  # type: ignore[arg-type]
        (urllib3.exceptions.ProtocolError("broken"), ConnectionFailedError),
        (requests.ConnectTimeout(), RequestTimeoutError),
        (requests.ReadTimeout(), RequestTimeoutError),
        (requests.ConnectionError(), ConnectionFailedError),
        (requests.exceptions.InvalidURL(), ConfigurationError),
        (requests.exceptions.JSONDecodeError("bad", "x", 0), UnexpectedResponseError),
        (requests_status_error(429), RateLimitedError),
        (status_error(401), AuthenticationError),
        (status_error(503), UnavailableError),
        (made("ReadTimeout", "httpx", made("TimeoutException", "httpx").__class__), RequestTimeoutError),
        (
            made(
                "ClientError", "botocore.exceptions", response={"ResponseMetadata": {"HTTPStatusCode": 404}}
            ),
            NotFoundError,
        ),
    ],
)
def test_a_drivers_error_becomes_one_kind(error: Exception, kind: type[Exception]) -> None:
    failure = ErrorHandler().handle(error)
    assert type(failure) is kind
    assert failure.__cause__ is error


HTTPX2_ERRORS = [
    kind
    for kind in vars(httpx2).values()
    if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__ == "httpx2"
]


@pytest.mark.parametrize("kind", HTTPX2_ERRORS)
def test_every_error_of_the_http_driver_has_a_kind_of_its_own(kind: type[Exception]) -> None:
    if kind in (httpx2.HTTPError, httpx2.RequestError, httpx2.HTTPStatusError, httpx2.SSEError):
        return  # bases, and one that has an answer; see above
    bare = kind.__new__(kind)
    Exception.__init__(bare, "bad")
    assert type(ErrorHandler().handle(bare)) is not IntegrationError


def test_an_error_of_the_tree_stays_itself() -> None:
    error = NotFoundError(status=404, service="GitHub")
    handled = ErrorHandler("Other").handle(error, context={"operation": "get_repo"})
    assert handled is error
    assert str(handled) == "GitHub get_repo: 404"


def test_context_is_kept_with_its_secrets_masked() -> None:
    secret = Secret("tok-4711-xyz")
    failure = ErrorHandler("Acme").handle(
        ValueError("tok-4711-xyz is wrong"),
        context={
            "operation": "import",
            "user": "ada",
            "attempt": 2,
            "ok": None,
            "token": secret,
            "api_key": "plain",
            "url": "https://me:hunter22@db/x",
            "nested": {"Authorization": "Bearer abc", "items": ["tok-4711-xyz", 4]},
            "cookie": {"session": "abc"},
        },
    )
    assert failure.context == {
        "operation": "import",
        "user": "ada",
        "attempt": 2,
        "ok": None,
        "token": "***",
        "api_key": "***",
        "url": "https://***@db/x",
        "nested": {"Authorization": "***", "items": ["***", 4]},
        "cookie": "***",
    }
    assert str(failure) == "Acme import: ValueError: *** is wrong"


def test_a_handled_error_is_logged_once_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    ErrorHandler("Acme").handle(TimeoutError("slow"), context={"password": "hunter22", "row": 4})
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == (
        "RequestTimeoutError: Acme: TimeoutError: slow {'password': '***', 'row': 4}"
    )


@pytest.mark.parametrize("error", [KeyboardInterrupt(), asyncio.CancelledError(), SystemExit(1)])
def test_what_is_no_error_is_raised_again(error: BaseException) -> None:
    handler = ErrorHandler()
    with pytest.raises(type(error)):
        handler.handle(error)
    assert not handler.should_retry(error, 1, 3)


@pytest.mark.parametrize(
    ("error", "attempt", "again"),
    [
        (TimeoutError(), 1, True),
        (TimeoutError(), 2, True),
        (TimeoutError(), 3, False),
        (RateLimitedError(status=429), 1, True),
        (NotFoundError(status=404), 1, False),
        (status_error(500), 1, True),
        (ValueError(), 1, False),
        (KeyError(), 1, False),
    ],
)
def test_it_says_whether_another_attempt_may_help(error: Exception, attempt: int, again: bool) -> None:
    assert ErrorHandler().should_retry(error, attempt, 3) is again


def test_a_certificate_that_is_not_trusted_will_not_be_trusted_later() -> None:
    wrapped = httpx2.ConnectError("bad certificate")
    wrapped.__cause__ = ssl.SSLCertVerificationError("self-signed")
    assert not ErrorHandler().should_retry(wrapped, 1, 3)
