"""One proxied connection: two sockets, and what is on its way between them."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
from collections import deque
from dataclasses import dataclass, field

CHUNK = 65_536
HELD = 4 * CHUNK  # bytes a direction, before the sender has to wait
SLICE = 0.02  # seconds of a throttled connection's bytes that are sent at once
RST = struct.pack("ii", 1, 0)  # SO_LINGER: closing discards and resets


@dataclass(slots=True, eq=False)
class Pipe:
    """One direction of a connection: what was read, and when it may be written."""

    source: socket.socket
    target: socket.socket
    chunks: deque[tuple[float, memoryview]] = field(default_factory=deque)
    held: int = 0
    not_before: float = 0.0
    ended: bool = False  # the source sends no more
    closed: bool = False  # the target was told so
    bytes: int = 0

    def due(self) -> float:
        """Return when the next bytes may be written; infinity where there are none."""
        return max(self.chunks[0][0], self.not_before) if self.chunks else float("inf")

    def read(self, at: float) -> None:
        """Take what the source has, to be written at a time."""
        taken = self.source.recv(CHUNK)
        self.ended = not taken
        if taken and not self.closed:
            self.chunks.append((at, memoryview(taken)))
            self.held += len(taken)

    def write(self, now: float, rate: float) -> int:
        """Write what is due, at *rate* bytes a second (0: unlimited); return how much."""
        at, chunk = self.chunks.popleft()
        most = max(1, int(rate * SLICE)) if rate else len(chunk)
        written = self.target.send(chunk[:most])
        if written < len(chunk):
            self.chunks.appendleft((at, chunk[written:]))
        self.held -= written
        self.bytes += written
        self.not_before = now + written / rate if rate else 0.0
        return written

    def close(self) -> None:
        """Tell the target that no more comes; what is held or comes later is dropped."""
        self.closed = True
        self.chunks.clear()
        self.held = 0
        with contextlib.suppress(OSError):
            self.target.shutdown(socket.SHUT_WR)


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One connection: a client's socket, the server's, and the two directions."""

    client: socket.socket
    server: socket.socket
    up: Pipe
    down: Pipe

    def pipes(self) -> tuple[Pipe, Pipe]:
        return self.up, self.down

    def interest(self, sock: socket.socket, now: float) -> int:
        """Return which events of a socket matter now."""
        events = 0
        for pipe in self.pipes():
            if pipe.source is sock and not pipe.ended and pipe.held < HELD:
                events |= selectors.EVENT_READ
            if pipe.target is sock and pipe.due() <= now:
                events |= selectors.EVENT_WRITE
        return events


def close(sock: socket.socket, *, reset: bool) -> None:
    if reset:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
    sock.close()
