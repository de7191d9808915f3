"""The HTTP client that every provider is asked through: bounded in bytes and in time, and never redirected.

Imported with litellm, at the first call. Addresses on this machine are never asked through a proxy.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx

CONNECTIONS = 32
LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")


class TooLong(Exception):
    """A provider's answer goes on for longer than an answer can be."""


class _Bounded(httpx.SyncByteStream):
    """A response as it arrives: ends after so many bytes or seconds, whatever the provider sends."""

    def __init__(self, stream: httpx.SyncByteStream, most: int, seconds: float) -> None:
        self._stream = stream
        self._most = most
        self._end = time.monotonic() + seconds

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > self._most:
                raise TooLong(f"more than {self._most} bytes")
            if time.monotonic() > self._end:
                raise httpx.ReadTimeout("the answer goes on for too long")
            yield chunk

    def close(self) -> None:
        self._stream.close()


def client(most: int) -> httpx.Client:
    """Return a client whose responses are *most* bytes long at most, each within its request's time-out."""

    def bound(response: httpx.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise TooLong("it is compressed, which nobody asked for")
        if isinstance(response.stream, httpx.SyncByteStream):
            seconds = response.request.extensions.get("timeout", {}).get("read") or 60.0
            response.stream = _Bounded(response.stream, most, seconds)

    def plainly(request: httpx.Request) -> None:
        request.headers["Accept-Encoding"] = "identity"

    return httpx.Client(
        event_hooks={"request": [plainly], "response": [bound]},
        follow_redirects=False,
        limits=httpx.Limits(max_connections=CONNECTIONS),
        mounts=dict.fromkeys(LOOPBACK),
    )
