"""The one policy around every request: limit → attempt → map the error → measure → retry.

It is a generator that does no I/O: it yields a number of seconds to sleep, or a `Call` to send, and is sent
the `Reply` or thrown the driver's error. `wire.py` drives it, once with blocking I/O and once with async.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx2

from .._clock import Clock
from .._errors import ConnectionFailedError, IntegrationError
from .._limiter import RateLimiter
from .._metrics import MetricsCollector
from .._retry import Retry
from .encode import RawHeaders
from .failures import DRIVER_ERRORS, NOTHING_SENT, refusal, translate
from .messages import Call, Reply

MAX_REDIRECTS: Final = 5
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HARMLESS: Final = frozenset({b"accept", b"accept-encoding", b"user-agent", b"range"})
Step = float | Call
Steps = Generator[Step, Any, Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """The guards around every request of one adapter."""

    service: str
    retry: Retry
    limiter: RateLimiter | None
    metrics: MetricsCollector
    clock: Clock

    def steps(self, call: Call) -> Steps:
        """Yield what to do until *call* succeeds or must be given up; return its result."""
        attempt = 0
        while True:
            attempt += 1
            yield from self._turn()
            started = self.clock.monotonic()
            try:
                reply = yield from self._exchange(call)
                result = call.finish(reply)
            except DRIVER_ERRORS as error:
                failure = self._failed(error, call, attempt, started)
                yield self._wait(failure, error, call, attempt)
            else:
                self.metrics.record(call.operation, self.clock.monotonic() - started)
                return result

    def _turn(self) -> Generator[Step, Any, None]:
        limiter = self.limiter
        wait = limiter.reserve() if limiter is not None else 0.0
        if limiter is None or not wait:
            return
        try:
            yield wait
        except BaseException:
            limiter.refund()
            raise

    def _exchange(self, call: Call) -> Generator[Step, Reply, Reply]:
        """Send *call*, following redirects; raise unless the answer is a success."""
        for _ in range(MAX_REDIRECTS + 1):
            reply = yield call
            if 200 <= reply.status < 300:
                return reply
            following = redirected(call, reply)
            if following is None:
                break
            call = following
        raise refusal(reply, call, self.clock)

    def _failed(self, error: Exception, call: Call, attempt: int, started: float) -> IntegrationError:
        failure = translate(error, call)
        failure.service, failure.operation, failure.attempts = self.service, call.operation, attempt
        self.metrics.record(call.operation, self.clock.monotonic() - started, type(failure).__name__)
        return failure

    def _wait(self, failure: IntegrationError, error: Exception, call: Call, attempt: int) -> float:
        """Return the seconds until the next attempt, or raise *failure*.

        Repeating is safe when the operation says so, or when no byte was sent because no connection was made.
        """
        safe = call.repeatable or (
            isinstance(failure, ConnectionFailedError) and isinstance(error, NOTHING_SENT)
        )
        wait = self.retry.wait(failure, attempt, self.clock.random()) if safe else None
        if wait is None:
            raise failure from (None if failure is error else error)
        return wait


def redirected(call: Call, reply: Reply) -> Call | None:
    """Return the request that follows a redirect, or None when it must not be followed.

    Only GET and HEAD that may be repeated are followed, and only within the origin. A download may leave it
    (stores hand out files that way), never from https to http, and takes no credential, cookie or header of
    the adapter along.
    """
    location = reply.headers.get("location")
    allowed = call.method in ("GET", "HEAD") and call.repeatable
    if reply.status not in REDIRECTS or not location or not allowed:
        return None
    try:
        target = call.url.join(location)
    except httpx2.InvalidURL:
        return None
    if target.userinfo:
        return None
    if same_origin(call.url, target):
        return replace(call, url=target)
    if call.stream and target.host and target.scheme in ("https", call.url.scheme):
        return replace(call, url=target, headers=_bare(call.headers, target))
    return None


def _bare(headers: httpx2.Headers | RawHeaders, target: httpx2.URL) -> RawHeaders:
    """Keep what another host needs to know."""
    raw = headers.raw if isinstance(headers, httpx2.Headers) else headers
    return [(b"Host", target.netloc), *((name, value) for name, value in raw if name.lower() in _HARMLESS)]


def same_origin(one: httpx2.URL, other: httpx2.URL) -> bool:
    """Whether both URLs have the same scheme, host and port."""
    return _origin(one) == _origin(other)


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)
