"""Messages that came together and that nobody tried before, of which no more is made than somebody looks at.

A driver whose client is faster than a `Delivery` a message returns a `Run` from ``receive``. It is a sequence
of deliveries to whoever takes it as one; handled one after another, its messages cost their bytes alone.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, overload

from .messages import Delivery


class Run(Sequence[Delivery]):
    """First attempts, in the order in which they came.

    Attributes:
        raw: the messages as the client has them; none of them is None.
        bodies: their bytes, one for each.
    """

    __slots__ = ("bodies", "raw")

    def __init__(self, raw: Sequence[Any], bodies: Sequence[bytes]) -> None:
        self.raw, self.bodies = raw, bodies

    @abstractmethod
    def delivery(self, raw: Any) -> Delivery:
        """Return one of the messages as the core knows it: its attempt is 1."""

    @abstractmethod
    def part(self, start: int, stop: int) -> Run:
        """Return the messages from index *start* to before *stop*."""

    def __len__(self) -> int:
        return len(self.raw)

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Delivery]: ...
    def __getitem__(self, index: int | slice) -> Delivery | Sequence[Delivery]:
        if isinstance(index, slice):
            return [self.delivery(raw) for raw in self.raw[index]]
        return self.delivery(self.raw[index])
