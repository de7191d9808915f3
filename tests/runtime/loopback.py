"""A real HTTP/1.1 server on loopback that does exactly what a test says, byte for byte."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Hangup:
    """Instead of bytes: end the connection now."""

    def __init__(self, reset: bool) -> None:
        self.reset = reset


RESET: Final = Hangup(reset=True)
CLOSE: Final = Hangup(reset=False)
Part = bytes | float | Hangup  # send, wait, end
Answer = Callable[[Asked], Iterable[Part]]


def reply(status: int = 200, body: bytes = b"{}", **headers: str) -> list[Part]:
    """A whole answer; header names are written with _ for -."""
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return [("\r\n".join(lines) + "\r\n\r\n").encode() + body]


class Loopback:
    """Answers each request by the next of *answers*; the last one answers for ever."""

    def __init__(self, *answers: Answer | list[Part]) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.settimeout(10)
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection.makefile("rb") as stream:
                while (asked := read_request(stream.readline, stream.read)) is not None:
                    with self._lock:
                        self.asked.append(asked)
                        answer = self._answers[min(len(self.asked), len(self._answers)) - 1]
                    for part in answer(asked) if callable(answer) else answer:
                        act(connection, part)
        except OSError:
            pass
        finally:
            connection.close()


def act(connection: socket.socket, part: Part) -> None:
    """Do one part of an answer."""
    if isinstance(part, bytes):
        connection.sendall(part)
    elif isinstance(part, float):
        time.sleep(part)
    else:
        if part.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()
        raise ConnectionAbortedError


def read_request(readline: Callable[[], bytes], read: Callable[[int], bytes]) -> Asked | None:
    """Read one whole request, with a body of known length or in chunks; None when the client gave up."""
    first = readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers: dict[str, str] = {}
    while line := readline().decode("latin-1").strip("\r\n"):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip(" \t")
    if headers.get("transfer-encoding") != "chunked":
        size = int(headers.get("content-length", 0))
        body = read(size)
        return Asked(first[0], first[1], headers, body) if len(body) == size else None
    body = b""
    while size := int(readline(), 16):
        body += read(size)
        readline()
    readline()
    return Asked(first[0], first[1], headers, body)
