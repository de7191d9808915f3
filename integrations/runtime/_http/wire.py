"""Send requests: the blocking and the async driver of the policy, and the connections beneath them."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, TypeVar
from urllib.request import getproxies, proxy_bypass

import httpx2

from .._clock import Clock
from .._errors import ConfigurationError
from .engine import Steps
from .messages import Call, Reply

EXCERPT: Final = 64 << 10  # bytes kept of an error's body


@lru_cache(maxsize=1)
def shared_ssl_context() -> ssl.SSLContext:
    """Return the process's one TLS context; making one costs more than a hundred requests."""
    return httpx2.create_ssl_context()


def proxy_for(url: httpx2.URL) -> str | None:
    """Return the proxy that the environment names for *url* (HTTPS_PROXY, NO_PROXY …)."""
    proxies = getproxies()
    found = proxies.get(url.scheme) or proxies.get("all")
    if not found or proxy_bypass(url.host):
        return None
    return found if "://" in found else f"http://{found}"


T = TypeVar("T", httpx2.HTTPTransport, httpx2.AsyncHTTPTransport)


def connect(kind: type[T], url: httpx2.URL) -> T:
    """Return a pool of connections of *kind* to *url*.

    Raises:
        ConfigurationError: the proxy that the environment names cannot be used; its text is not shown.
    """
    try:
        return kind(verify=shared_ssl_context(), proxy=proxy_for(url))
    except (ValueError, httpx2.InvalidURL, ImportError) as error:
        variable = f"{url.scheme.upper()}_PROXY or ALL_PROXY"
        raise ConfigurationError(
            f"{variable} names a proxy that cannot be used ({type(error).__name__})"
        ) from None


class Reading:
    """Collects a body within bounds: at most so many bytes, complete before *deadline*."""

    __slots__ = ("_chunks", "_clock", "_deadline", "_left", "oversized")

    def __init__(self, response: httpx2.Response, call: Call, clock: Clock, started: float) -> None:
        self._chunks: list[bytes] = []
        self._left = call.largest if response.status_code < 400 else EXCERPT
        self._clock = clock
        self._deadline = started + call.timeout["read"]
        told = response.headers.get("content-length", "")
        self.oversized = told.isdigit() and int(told) > self._left
        if self.oversized and response.status_code < 400:
            self._left = 0

    def add(self, chunk: bytes) -> bool:
        """Keep *chunk*; False means that there is more than may be kept."""
        if self._chunks and self._clock.monotonic() > self._deadline:
            raise httpx2.ReadTimeout("the body did not arrive in time")
        self._chunks.append(chunk[: self._left])
        self._left -= len(chunk)
        self.oversized = self.oversized or self._left < 0
        return self._left >= 0

    def body(self) -> bytes:
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)


def _kept_open(response: httpx2.Response, call: Call) -> bool:
    return call.stream and 200 <= response.status_code < 300


def send(transport: httpx2.BaseTransport, call: Call, clock: Clock) -> Reply:
    """Send one attempt and read its answer, unless it is to be streamed."""
    started = clock.monotonic()
    response = transport.handle_request(call.request())
    if _kept_open(response, call):
        return Reply(response.status_code, response.headers, b"", response)
    try:
        reading = Reading(response, call, clock, started)
        for chunk in _chunks(response):
            if not reading.add(chunk):
                break
        return Reply(response.status_code, response.headers, reading.body(), None, reading.oversized)
    finally:
        response.close()


def _chunks(response: httpx2.Response) -> Iterable[bytes]:
    """The body, decompressed where it is compressed; the raw stream is quicker where it is not."""
    stream = response.stream
    if isinstance(stream, httpx2.SyncByteStream) and "content-encoding" not in response.headers:
        return stream
    return response.iter_bytes()


async def asend(transport: httpx2.AsyncBaseTransport, call: Call, clock: Clock) -> Reply:
    """The async form of `send`."""
    started = clock.monotonic()
    response = await transport.handle_async_request(call.request())
    if _kept_open(response, call):
        return Reply(response.status_code, response.headers, b"", response)
    try:
        reading = Reading(response, call, clock, started)
        async for chunk in response.aiter_bytes():
            if not reading.add(chunk):
                break
        return Reply(response.status_code, response.headers, reading.body(), None, reading.oversized)
    finally:
        await response.aclose()


def drive(steps: Steps, transport: httpx2.BaseTransport, clock: Clock) -> Any:
    """Run a policy with blocking I/O."""
    try:
        step = next(steps)
        while True:
            if isinstance(step, float):
                clock.sleep(step)
                step = next(steps)
                continue
            try:
                reply = send(transport, step, clock)
            except Exception as error:
                step = steps.throw(error)
            else:
                step = steps.send(reply)
    except StopIteration as done:
        return done.value
    finally:
        steps.close()


async def adrive(steps: Steps, transport: httpx2.AsyncBaseTransport, clock: Clock) -> Any:
    """Run a policy with async I/O."""
    try:
        step = next(steps)
        while True:
            if isinstance(step, float):
                await clock.async_sleep(step)
                step = next(steps)
                continue
            try:
                reply = await asend(transport, step, clock)
            except Exception as error:
                step = steps.throw(error)
            else:
                step = steps.send(reply)
    except StopIteration as done:
        return done.value
    finally:
        steps.close()
