"""What consumers count and return."""

from __future__ import annotations

from dataclasses import dataclass

from .._metrics import MetricsCollector


@dataclass(frozen=True, slots=True)
class Consumed:
    """What one run of a consumer came to.

    Attributes:
        processed: messages whose handler returned.
        retried: how often one was left for a later attempt.
        dead_lettered: messages that went to the dead letters.
        stopped_by: "limit", "idle", "stop" or "signal".
    """

    processed: int = 0
    retried: int = 0
    dead_lettered: int = 0
    stopped_by: str = ""


class Tally:
    """Counts of one run; those of the adapter's metrics grow with them, under the channel's name."""

    def __init__(self, channel: str, metrics: MetricsCollector, limit: int | None) -> None:
        self.processed = self.retried = self.dead_lettered = 0
        self._channel, self._metrics = channel, metrics
        self._limit = limit

    def add(self, what: str, number: int = 1) -> None:
        """Count messages that were "processed", "retried" or "dead_lettered"."""
        setattr(self, what, getattr(self, what) + number)
        self._metrics.count(f"{self._channel}.{what}", number)

    def room(self, most: int) -> int:
        """How many of *most* messages may still come before the limit."""
        left = most if self._limit is None else self._limit - self.processed - self.dead_lettered
        return max(0, min(most, left))

    def result(self, reason: str) -> Consumed:
        """Return what the run came to."""
        return Consumed(self.processed, self.retried, self.dead_lettered, reason)
