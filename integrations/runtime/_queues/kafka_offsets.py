"""Which offsets of a partition are settled, and up to where they may be committed."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


class Lane:
    """One partition, as long as it is assigned to this consumer.

    Kafka knows one number a partition: everything below it is done. So a message that is settled before an
    earlier one is remembered here, and the number moves on only when the earlier one is settled too.

    Attributes:
        take: called with the offset of a message that was received; offsets rise.
        take_all: the same with many.
        alive: whether the partition is still ours; what was taken from it is stale otherwise.
    """

    __slots__ = (
        "_ahead",
        "_committed",
        "_open",
        "_position",
        "alive",
        "partition",
        "take",
        "take_all",
        "topic",
    )

    def __init__(self, topic: str, partition: int) -> None:
        self.topic, self.partition = topic, partition
        self.alive = True
        self._open: deque[int] = deque()
        self.take, self.take_all = self._open.append, self._open.extend
        self._ahead: set[int] = set()
        self._position = self._committed = -1

    def settle(self, offset: int) -> None:
        """A message is done with."""
        unsettled = self._open
        if unsettled and unsettled[0] == offset:
            unsettled.popleft()
            self._position = offset + 1
            if self._ahead:
                self._catch_up()
        else:
            self._ahead.add(offset)

    def settle_all(self, offsets: Sequence[int]) -> None:
        """Messages are done with, each once; at once where they are all that is in hand."""
        if not self._ahead and offsets and len(offsets) == len(self._open) and offsets[0] == self._open[0]:
            self._open.clear()
            self._position = offsets[-1] + 1
            return
        for offset in offsets:
            self.settle(offset)

    def _catch_up(self) -> None:
        while self._open and self._open[0] in self._ahead:
            offset = self._open.popleft()
            self._ahead.discard(offset)
            self._position = offset + 1

    @property
    def unsettled(self) -> int:
        """How many messages are in hand."""
        return len(self._open) - len(self._ahead)

    def due(self) -> int | None:
        """Return the offset to commit, or None when the broker knows it."""
        return self._position if self.alive and self._position > self._committed else None

    def committed(self, offset: int) -> None:
        """The commit of *offset* is under way."""
        self._committed = max(self._committed, offset)

    def forgotten(self) -> None:
        """A commit failed: it has to be made again."""
        self._committed = -1
