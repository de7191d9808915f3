"""Where a change stream stands, and whether it may be opened again."""

from __future__ import annotations

from typing import Any

from .._guard import Guard


class Watch:
    """One change stream through all of its connections.

    Args:
        guard: says what an error is, and how long to wait.
        name: the operation.
        resume: the token to start after, or None.
        wait: seconds without a change that end the stream; None never ends it.
    """

    def __init__(self, guard: Guard, name: str, resume: str | None, wait: float | None) -> None:
        self._guard, self._name, self._wait = guard, name, wait
        self.resume = None if resume is None else {"_data": resume}
        self._failures = 0
        self._seen = guard.clock.monotonic()

    def passed(self, token: Any, event: Any) -> None:
        """Note that the stream answered: *event*, or that there is none."""
        self._failures = 0
        self.resume = token or self.resume
        if event is not None:
            self._seen = self._guard.clock.monotonic()

    @property
    def over(self) -> bool:
        """Was there no change for as long as the caller waits?"""
        return self._wait is not None and self._guard.clock.monotonic() - self._seen >= self._wait

    def failed(self, error: Exception) -> float:
        """Return the seconds to wait before the stream is opened again after its last event.

        Raises:
            IntegrationError: the error does not pass, or came too often in a row.
        """
        self._failures += 1
        failure = self._guard.translated(error, self._name, self._failures)
        if failure is None:
            raise error
        failure.attempts = self._failures
        wait = self._guard.retry.wait(failure, self._failures, self._guard.clock.random())
        if wait is None:
            raise failure from (None if failure is error else error)
        return wait


def poll(wait: float | None) -> float:
    """Return the seconds that the server may hold one question for the next change."""
    return 1.0 if wait is None else min(1.0, max(wait, 0.001))
