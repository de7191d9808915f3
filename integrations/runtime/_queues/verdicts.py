"""What becomes of a message: None when it was processed, ``Again`` after a while, or ``Dead`` for good.

A handler that returns has processed its message. It may also raise

    RejectMessage(reason)    it can never be processed: to the dead letters, at once
    RetryLater(delay)        not now: again after so many seconds, as the next attempt
    any other Exception      again after the channel's delay, doubled each time; the last attempt's error goes
                             to the dead letters with the message
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from .._redact import redact
from .messages import Delivery, Route

LONGEST_REASON: Final = 300  # characters; it travels in a header
# A message that is handed out so much more often than max_attempts takes its process down each time.
UNSETTLED: Final = 20
UNREADABLE: Final = (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError)


class RejectMessage(Exception):
    """Raised by a handler: the message can never be processed, for this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RetryLater(Exception):
    """Raised by a handler: hand the message out again after *delay* seconds; None: the channel's delay."""

    def __init__(self, delay: float | None = None) -> None:
        super().__init__(f"retry in {delay} s" if delay is not None else "retry later")
        self.delay = delay


@dataclass(frozen=True, slots=True)
class Again:
    """It comes again after *delay* seconds."""

    delay: float


@dataclass(frozen=True, slots=True)
class Dead:
    """It goes to the dead letters, with the reason."""

    reason: str


Verdict = Again | Dead | None


def verdict(error: Exception, attempt: int, route: Route) -> Verdict:
    """Return what becomes of a message whose handler raised *error* in its *attempt*, from 1."""
    if isinstance(error, RejectMessage):
        return Dead(told(f"rejected: {error.reason}"))
    if attempt >= route.max_attempts:
        kind = type(error).__name__
        return Dead(told(f"{attempt} attempts used up, the last with {kind}: {error}"))
    asked = error.delay if isinstance(error, RetryLater) else None
    return Again(route.delay(attempt) if asked is None else max(0.0, asked))


def unreadable(error: Exception) -> Dead:
    """Return what becomes of bytes that are no message of the channel's type."""
    return Dead(told(f"unreadable: {error}"))


def unsettled(delivery: Delivery) -> Dead:
    """Return what becomes of a message that is handed out again and again and never settled."""
    return Dead(f"handed out {delivery.attempt - 1} times and never settled: it may stop its consumer")


def told(reason: str) -> str:
    """Return a reason as one line that a header can hold: short, printable, secrets masked."""
    line = " ".join("".join(c if c.isprintable() else " " for c in redact(reason)).split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"
