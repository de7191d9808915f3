"""A script for a driver's double: what it answers, in order, and what it was asked."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

RECORD_VARIABLE: Final = "JACKFIELD_REQUESTS"


class Script:
    """Answers from a queue, and keeps what was asked.

    A family's scripted engine calls `answer` for each thing that it would send to its service. Calls are
    plain data: mappings of JSON values, and whatever else the driver would be given.

    Args:
        package: the module name of the package under test, for the record that oracles judge.
    """

    def __init__(self, package: str) -> None:
        self.calls: list[dict[str, Any]] = []
        self._package = package
        self._replies: deque[Any] = deque()
        self._checked = 0
        self._forgotten = False

    def replies(self, *values: Any) -> None:
        """Queue answers, one for each call to come."""
        self._replies.extend(values)

    def fails(self, error: Exception, *, times: int = 1) -> None:
        """Queue a failure."""
        self._replies.extend([error] * times)

    def forget(self) -> None:
        """Drop what is queued, and do not insist that every call is checked."""
        self._forgotten = True
        self._replies.clear()

    def answer(self, call: Mapping[str, Any]) -> Any:
        """Note *call*, and return or raise what is next in the queue."""
        self.calls.append(dict(call))
        record(self._package, call)
        assert self._replies, f"call {len(self.calls)} ({_short(call)}) has no reply; none was expected"
        reply = self._replies.popleft()
        if isinstance(reply, Exception):
            raise reply
        return reply

    def sent(self, **expected: Any) -> None:
        """Fail unless the next unchecked call is exactly this one."""
        assert self._checked < len(self.calls), f"nothing was sent; expected {_short(expected)}"
        seen = self.calls[self._checked]
        self._checked += 1
        for key in sorted({*seen, *expected}):
            assert seen.get(key) == expected.get(key), (
                f"{key} is {seen.get(key)!r}, and should be {expected.get(key)!r}"
            )

    def verify(self) -> None:
        """Fail if a queued answer was not asked for or a call was not checked."""
        if self._forgotten:
            return
        assert not self._replies, f"{len(self._replies)} queued replies were not asked for"
        unchecked = [_short(call) for call in self.calls[self._checked :]]
        assert not unchecked, f"calls were made that the test did not check: {', '.join(unchecked)}"


def record(package: str, call: Mapping[str, Any]) -> None:
    """Append *call* as one JSON line to the file that JACKFIELD_REQUESTS names, where it names one."""
    path = os.environ.get(RECORD_VARIABLE)
    if not path:
        return
    line = json.dumps({"package": package, **call}, sort_keys=True, default=repr)
    with open(path, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def _short(call: Mapping[str, Any]) -> str:
    text = ", ".join(f"{key}={value!r}" for key, value in call.items())
    return text if len(text) <= 120 else text[:119] + "…"
