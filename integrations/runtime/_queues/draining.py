"""When a consumer stops: the caller's event, or SIGTERM, once it is watched for.

The process's signal handler is ours only while a consumer runs in the main thread; then the earlier one is
put back. A second SIGTERM goes to the earlier one, so that nobody who insists has to wait.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, Protocol


class StopEvent(Protocol):
    """A ``threading.Event`` or an ``asyncio.Event``."""

    def is_set(self) -> bool: ...


class Halt:
    """Whether one consumer is to stop, and why: "" as long as it is not."""

    __slots__ = ("_stop", "signalled")

    def __init__(self, stop: StopEvent | None) -> None:
        self._stop = stop
        self.signalled = False

    def __bool__(self) -> bool:
        return self.signalled or (self._stop is not None and self._stop.is_set())

    @property
    def reason(self) -> str:
        """Return "signal", "stop" or ""."""
        return "signal" if self.signalled else "stop" if self else ""


class _Watch:
    """The consumers of this process that SIGTERM stops."""

    def __init__(self) -> None:
        self._halts: dict[Halt, None] = {}
        self._main: dict[Halt, None] = {}  # those of the main thread: only it may set handlers
        self._earlier: Any = None
        self._lock = threading.RLock()  # a signal may come while it is held

    def add(self, halt: Halt) -> None:
        with self._lock:
            self._halts[halt] = None
            if threading.current_thread() is threading.main_thread():
                if not self._main:
                    self._earlier = signal.signal(signal.SIGTERM, self._told)
                self._main[halt] = None

    def remove(self, halt: Halt) -> None:
        with self._lock:
            self._halts.pop(halt, None)
            if halt not in self._main:
                return
            del self._main[halt]
            if not self._main:
                signal.signal(signal.SIGTERM, signal.SIG_DFL if self._earlier is None else self._earlier)

    def _told(self, number: int, frame: FrameType | None) -> None:
        with self._lock:
            waiting = [halt for halt in self._halts if not halt.signalled]
        for halt in waiting:
            halt.signalled = True
        if waiting:
            return
        if callable(self._earlier):
            self._earlier(number, frame)
        else:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)


_WATCH: Final = _Watch()


@contextmanager
def watching(halt: Halt) -> Iterator[None]:
    """Let SIGTERM stop a consumer while the block runs."""
    _WATCH.add(halt)
    try:
        yield
    finally:
        _WATCH.remove(halt)
