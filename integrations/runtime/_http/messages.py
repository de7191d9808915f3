"""The values that pass between the policy and the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import msgspec

from .._errors import UnexpectedResponseError
from .encode import RawHeaders
from .payload import Payload
from .text import as_utf8

UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(slots=True)
class Reply:
    """One answer. A streamed success has *response* still open and an empty *body*."""

    status: int
    headers: httpx2.Headers
    body: bytes
    response: httpx2.Response | None = None
    oversized: bool = False

    def plain_headers(self) -> dict[str, str]:
        """Return the headers with names in lower case."""
        return dict(self.headers.items())


@dataclass(slots=True)
class Call:
    """One request, prepared and replayable, and what its answer should be."""

    operation: str
    method: str
    url: httpx2.URL
    headers: httpx2.Headers | RawHeaders
    timeout: Mapping[str, float]
    repeatable: bool
    finish: Callable[[Reply], Any]
    payload: Payload | None
    meanings: Mapping[int, str]
    largest: int
    stream: bool = False
    anonymous: bool = False

    def request(self) -> httpx2.Request:
        """Build the request of one attempt, its body from the beginning."""
        stream = httpx2.ByteStream(b"") if self.payload is None else self.payload.stream()
        extensions = {"timeout": self.timeout, "operation": self.operation, "anonymous": self.anonymous}
        return httpx2.Request(
            self.method, self.url, headers=self.headers, stream=stream, extensions=extensions
        )


@dataclass(frozen=True, slots=True)
class RawResponse:
    """An answer as it came: status, headers (names in lower case), body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Decode the body.

        Raises:
            UnexpectedResponseError: it is not JSON.
        """
        try:
            return msgspec.json.decode(as_utf8(self.body, self.headers.get("content-type", "")))
        except UNREADABLE as error:
            reason = f"the answer is not JSON: {error}"
            raise UnexpectedResponseError(
                reason, status=self.status, headers=self.headers, body=self.body
            ) from None
