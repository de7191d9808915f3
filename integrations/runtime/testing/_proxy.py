"""A TCP proxy that makes the faults of a network, for tests against real servers.

with FaultProxy("127.0.0.1", 5432) as proxy:
    connect(proxy.host, proxy.port)
    proxy.latency(0.05)      # from now on, one way
    proxy.reset()            # every connection, at once
    proxy.partition()        # connections hang, as if the cable were cut, until proxy.heal()

One thread moves all bytes; each connection holds 256 KiB a direction at most.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType

from ._pipes import Link, Pipe, close

MOST = 512  # connections at once; more of them wait to be accepted


class FaultProxy:
    """A port of this machine that leads to a server, and misbehaves when told to.

    Args:
        host, port: of the server; `lead_to` changes it for the connections to come (a failover).

    Attributes:
        host, port: what a client connects to; they stay the same.
        connections: how many were accepted.
        sent, received: bytes that reached the server, and the clients.
    """

    host = "127.0.0.1"

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener: socket.socket | None = _listen(0)
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self.sent = 0
        self.received = 0
        self._latency = self._rate = 0.0
        self._cut = self._stopping = False
        self._links: list[Link] = []
        self._orders: deque[tuple[Callable[[], object], threading.Event]] = deque()
        self._selector = selectors.DefaultSelector()
        self._waking, self._wake = socket.socketpair()
        self._selector.register(self._waking, selectors.EVENT_READ)
        self._watched: dict[socket.socket, int] = {}
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)
        self._thread.start()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def open(self) -> int:
        """Return how many connections are open."""
        return len(self._links)

    def latency(self, seconds: float) -> None:
        """Hold what comes from now on for so long, in each direction; 0 ends it."""
        self._order(lambda: setattr(self, "_latency", seconds))

    def throttle(self, rate: float) -> None:
        """Let through so many bytes a second, a connection and direction; 0 ends it."""
        self._order(lambda: setattr(self, "_rate", rate))

    def reset(self) -> None:
        """Reset every open connection, both ways; new ones are accepted as before."""
        self._order(self._drop_all)

    def half_close(self) -> None:
        """End what the clients read (they see an end of file); what they write still reaches the server."""
        self._order(self._end_answers)

    def partition(self) -> None:
        """Let nothing through, and let new connections hang, until `heal`. No connection is closed."""
        self._order(lambda: setattr(self, "_cut", True))

    def refuse(self) -> None:
        """Refuse new connections until `heal`; open ones go on."""
        self._order(self._stop_listening)

    def heal(self) -> None:
        """End every fault: what was held flows on, and new connections are accepted."""
        self._order(self._mend)

    def lead_to(self, host: str, port: int) -> None:
        """Lead the connections to come to another server."""
        self._order(lambda: setattr(self, "_target", (host, port)))

    def close(self) -> None:
        """Reset every connection and end the thread; the port is free again."""
        if not self._stopping:
            self._order(lambda: setattr(self, "_stopping", True))
            self._thread.join(5.0)

    def _order(self, order: Callable[[], object]) -> None:
        """Have the thread do something, and wait until it has."""
        done = threading.Event()
        self._orders.append((order, done))
        self._wake.send(b"!")
        if not done.wait(5.0):
            raise RuntimeError("the proxy's thread does not answer")

    def _run(self) -> None:
        while not self._stopping:
            now = time.monotonic()
            self._watch(now)
            for key, events in self._selector.select(self._patience(now)):
                self._serve(key.fileobj, key.data, events)
        self._drop_all()
        self._stop_listening()
        for left in (self._selector, self._waking, self._wake):
            left.close()

    def _serve(self, sock: object, link: Link | None, events: int) -> None:
        if sock is self._waking:
            self._waking.recv(4096)
            while self._orders:
                order, done = self._orders.popleft()
                order()
                done.set()
        elif self._listener is not None and sock is self._listener:  # an order may just have closed it
            self._accept(self._listener)
        elif link is not None and link in self._links:
            try:
                self._move(link, sock, events)
            except OSError:
                self._drop(link)  # one side was reset: so is the other

    def _move(self, link: Link, sock: object, events: int) -> None:
        now = time.monotonic()
        for pipe in link.pipes():
            if events & selectors.EVENT_READ and pipe.source is sock:
                pipe.read(now + self._latency)
            if events & selectors.EVENT_WRITE and pipe.target is sock and pipe.due() <= now:
                written = pipe.write(now, self._rate)
                self.sent += written if pipe is link.up else 0
                self.received += written if pipe is link.down else 0
            if pipe.ended and not pipe.chunks and not pipe.closed:
                pipe.close()
        if all(pipe.closed and pipe.ended for pipe in link.pipes()):
            self._drop(link, reset=False)

    def _accept(self, listener: socket.socket) -> None:
        try:
            client, _ = listener.accept()
        except OSError:
            return  # who wanted to connect has given up
        self.connections += 1
        try:
            server = socket.create_connection(self._target, 5.0)
        except OSError:
            close(client, reset=True)
            return
        for sock in (client, server):
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._links.append(Link(client, server, Pipe(client, server), Pipe(server, client)))

    def _watch(self, now: float) -> None:
        """Tell the selector what matters now."""
        wanted: dict[socket.socket, tuple[int, Link | None]] = {}
        if self._listener is not None and not self._cut and len(self._links) < MOST:
            wanted[self._listener] = (selectors.EVENT_READ, None)
        for link in () if self._cut else self._links:
            for sock in (link.client, link.server):
                if events := link.interest(sock, now):
                    wanted[sock] = (events, link)
        for sock in [sock for sock in self._watched if sock not in wanted]:
            self._forget(sock)
        for sock, (events, owner) in wanted.items():
            if self._watched.get(sock) != events:
                change = self._selector.modify if sock in self._watched else self._selector.register
                change(sock, events, owner)
                self._watched[sock] = events

    def _patience(self, now: float) -> float | None:
        """Return how long nothing can happen by itself; None: for ever."""
        if self._cut:
            return None
        later = [due for due in self._dues() if now < due < float("inf")]
        return min(later) - now if later else None

    def _dues(self) -> Iterator[float]:
        return (pipe.due() for link in self._links for pipe in link.pipes())

    def _forget(self, sock: socket.socket) -> None:
        if self._watched.pop(sock, None) is not None:
            self._selector.unregister(sock)

    def _drop(self, link: Link, *, reset: bool = True) -> None:
        self._links.remove(link)
        for sock in (link.client, link.server):
            self._forget(sock)
            close(sock, reset=reset)

    def _drop_all(self) -> None:
        for link in list(self._links):
            self._drop(link)

    def _end_answers(self) -> None:
        for link in self._links:
            link.down.close()

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._forget(self._listener)
            self._listener.close()
            self._listener = None

    def _mend(self) -> None:
        self._latency = self._rate = 0.0
        self._cut = False
        if self._listener is None:
            self._listener = _listen(self.port)


def _listen(port: int) -> socket.socket:
    listener = socket.create_server((FaultProxy.host, port), backlog=128)
    listener.setblocking(False)
    return listener
