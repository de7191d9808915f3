"""How batches are published: in chunks, each confirmed before the next, and what failed is told by index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from .._errors import IntegrationError
from .messages import Outgoing, PartlyPublishedError

CHUNK: Final = 1000  # messages that are sent before the broker has confirmed the first
CHUNK_BYTES: Final = 8 << 20  # the same in bytes


class Pending:
    """The messages of one chunk that the broker has not confirmed; an attempt sends those that are left.

    Args:
        messages: the chunk.
        start: the index of its first message in the whole batch.
    """

    def __init__(self, messages: Sequence[Outgoing], start: int = 0) -> None:
        self._messages = messages
        self._left: Sequence[int] = range(len(messages))
        self.start = start

    @property
    def messages(self) -> Sequence[Outgoing]:
        """Return the messages to send now."""
        if len(self._left) == len(self._messages):
            return self._messages
        return [self._messages[index] for index in self._left]

    def refused(self, error: PartlyPublishedError) -> None:
        """Keep those that *error* names; another attempt sends them alone."""
        failed = set(error.failed)
        left = [index for place, index in enumerate(self._left) if place in failed]
        self._left = left or self._left  # an error that names none of them means all
        error.failed = tuple(self._left)

    def failure(self, error: IntegrationError, total: int) -> IntegrationError:
        """Return the error of the whole batch: which of its messages are not confirmed."""
        here = [self.start + index for index in self._left]
        after = range(self.start + len(self._messages), total)
        if len(here) + len(after) == total:
            return error
        failed = (*here, *after)
        return PartlyPublishedError(
            f"{len(failed)} of {total} messages are not confirmed, from index {failed[0]}: {error.reason}",
            failed=failed,
            code=getattr(error, "code", ""),
            service=error.service,
            operation=error.operation,
            attempts=error.attempts,
            retryable=error.retryable,
        )


def chunks(messages: Sequence[Outgoing], most: int = CHUNK) -> Iterator[Pending]:
    """Cut a batch so that no chunk is too long or too large; a message alone may be of any size.

    Args:
        most: messages of one chunk; a broker that takes more at once says so by its ``chunk``.
    """
    start = size = 0
    for index, message in enumerate(messages):
        if index > start and (index - start >= most or size + len(message.body) > CHUNK_BYTES):
            yield Pending(messages[start:index], start)
            start, size = index, 0
        size += len(message.body)
    if start < len(messages):
        yield Pending(messages[start:], start)
