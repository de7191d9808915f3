"""W3C Trace Context: a published message carries its trace, and its consumer goes on in it.

https://www.w3.org/TR/trace-context/ : ``traceparent: 00-<trace id>-<parent id>-<flags>``.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from .messages import Delivery
from .run import Run

PARENT: Final = "traceparent"
STATE: Final = "tracestate"
_FORM: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?"
)

# The message that is being handled, set for each of them: a Delivery, or one of ``Run.raw`` of the run.
CURRENT: Final[ContextVar[Any]] = ContextVar("delivery", default=None)
_RUN: Final[ContextVar[Run | None]] = ContextVar("run", default=None)
_TRACE: Final[ContextVar[Mapping[str, str] | None]] = ContextVar("trace", default=None)


def current_delivery() -> Delivery | None:
    """Return the message that this handler was called for: its id, key, headers and attempt."""
    found, run = CURRENT.get(), _RUN.get()
    if found is None or run is None or isinstance(found, Delivery):
        return found  # type: ignore[no-any-return]
    return run.delivery(found)


@contextmanager
def handling(run: Run) -> Iterator[None]:
    """Let CURRENT be set to messages of *run* inside, without being reset after each.

    What a handler began, with the context it had, keeps its own message: nothing here is changed in place.
    """
    token, earlier = CURRENT.set(None), _RUN.set(run)
    try:
        yield
    finally:
        _RUN.reset(earlier)
        CURRENT.reset(token)


@contextmanager
def tracing(traceparent: str, tracestate: str = "") -> Iterator[None]:
    """Let what is published inside belong to a trace, e.g. to that of an HTTP request."""
    found = {PARENT: traceparent, **({STATE: tracestate} if tracestate else {})}
    token = _TRACE.set(found)
    try:
        yield
    finally:
        _TRACE.reset(token)


def trace_headers() -> dict[str, str]:
    """Return the headers of what is published now: the trace that we are in, or a new one."""
    given = _TRACE.get()
    if given is None:
        delivery = current_delivery()
        given = delivery.headers if delivery is not None else {}
    found = _FORM.fullmatch(given.get(PARENT, ""))
    span = secrets.token_hex(8)
    if found is None:
        return {PARENT: f"00-{secrets.token_hex(16)}-{span}-01"}
    headers = {PARENT: f"00-{found[1]}-{span}-{found[2]}"}
    if state := given.get(STATE):
        headers[STATE] = state
    return headers
