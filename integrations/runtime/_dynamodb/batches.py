"""Batches of any length, in requests of DynamoDB's size; what is left undone comes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .._guard import Guard
from .errors import UnprocessedError

READS: Final = 100  # keys of one request
WRITES: Final = 25
Call = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Batches:
    """Sends batches; *call* carries out one request under the guard."""

    guard: Guard
    call: Call

    def get(self, name: str, table: str, keys: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return the items of all keys, in DynamoDB's order.

        Raises:
            UnprocessedError: some keys were never processed.
        """
        found: list[Mapping[str, Any]] = []

        def ask(part: Sequence[Any]) -> Sequence[Any]:
            answer = self.call("batch_get_item", {"RequestItems": {table: {"Keys": list(part)}}})
            found.extend(answer["Responses"].get(table, ()))
            left: Sequence[Any] = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", ())
            return left

        self._all(name, keys, READS, ask)
        return found

    def write(self, name: str, table: str, writes: Sequence[Mapping[str, Any]]) -> None:
        """Do all writes.

        Raises:
            UnprocessedError: some writes were never processed.
        """

        def ask(part: Sequence[Any]) -> Sequence[Any]:
            answer = self.call("batch_write_item", {"RequestItems": {table: list(part)}})
            left: Sequence[Any] = answer.get("UnprocessedItems", {}).get(table, ())
            return left

        self._all(name, writes, WRITES, ask)

    def _all(
        self, name: str, items: Sequence[Any], size: int, ask: Callable[[Sequence[Any]], Sequence[Any]]
    ) -> None:
        """Ask for every item; what is left of a request joins the next one, after a wait."""
        left, failures = list(items), 0
        while left:
            part, rest = left[:size], left[size:]
            again = list(ask(part))
            left = again + rest
            if not again:
                failures = 0
                continue
            failures = 0 if len(again) < len(part) else failures + 1
            error = UnprocessedError(
                left, service=self.guard.service, operation=name, attempts=max(failures, 1)
            )
            wait = self.guard.retry.wait(error, max(failures, 1), self.guard.clock.random())
            if wait is None:
                raise error
            self.guard.clock.sleep(wait)
