"""The service as the adapter sees it: scripted, or another one that calls are forwarded to."""

from __future__ import annotations

import base64
import time
import typing
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2

Json = dict[str, Any]
LINK = b"jackfield-next-link"  # in a reply: a link to what the call asked for, and its query
FOLLOWED = "?followed=link"
PATIENCE = 200  # tenths of a second
UNKEPT = ("transfer-encoding", "content-length", "connection")


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self._passed = 0.0

    def monotonic(self) -> float:
        return self._passed

    def time(self) -> float:
        return 1_700_000_000.0 + self._passed

    def random(self) -> float:
        return 1.0

    def sleep(self, seconds: float) -> None:
        self._passed += seconds

    async def async_sleep(self, seconds: float) -> None:
        self._passed += seconds


class Service(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Plays the service; remembers every request and which reply was chosen."""

    def __init__(self) -> None:
        self.seen: list[Json] = []
        self._call: Json = {}
        self._paged = False

    def expect(self, call: Json, paged: bool) -> None:
        """Start a call; *paged*: what comes after the first request is answered with the call's end."""
        self.seen, self._call, self._paged = [], call, paged

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._take(request, b"".join(typing.cast("Iterator[bytes]", request.stream)))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        stream = typing.cast("AsyncIterator[bytes]", request.stream)
        return self._take(request, b"".join([chunk async for chunk in stream]))

    def _take(self, request: httpx2.Request, content: bytes) -> httpx2.Response:
        seen: Json = {
            "method": request.method,
            "url": str(request.url),
            "target": request.url.raw_path.decode("ascii", "replace"),
            "headers": [[k.decode("latin-1"), v.decode("utf-8", "replace")] for k, v in request.headers.raw],
            "content": base64.b64encode(content).decode(),
        }
        self.seen.append(seen)
        return self._answer(request, content, seen)

    def _answer(self, request: httpx2.Request, content: bytes, seen: Json) -> httpx2.Response:
        ended = self._paged and self._call.get("end") and len(self.seen) > 1
        replies = [self._call["end"]] if ended else self._call["replies"]
        chosen = _picked(replies, request.headers.get("accept", "*/*"))
        seen["picked"] = chosen
        headers = {"Content-Type": replies[chosen]["type"]} if replies[chosen]["type"] else {}
        link = self.seen[0]["url"].partition("?")[0] + FOLLOWED
        body = base64.b64decode(replies[chosen]["content"]).replace(LINK, link.encode())
        return httpx2.Response(replies[chosen]["status"], headers=headers, content=body)


class Forwarder(Service):
    """Asks another service on this machine, and remembers its answers."""

    def __init__(self) -> None:
        super().__init__()
        self._real = httpx2.HTTPTransport()

    def _answer(self, request: httpx2.Request, content: bytes, seen: Json) -> httpx2.Response:
        headers = [(k, v) for k, v in request.headers.raw if k.lower() != b"accept-encoding"]
        plain = httpx2.Request(request.method, request.url, headers=headers, content=content)
        answer = self._asked(plain)
        try:
            body = answer.read()
        finally:
            answer.close()
        told = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in answer.headers.raw]
        seen["answer"] = {
            "status": answer.status_code,
            "headers": told,
            "content": base64.b64encode(body).decode(),
        }
        kept = [(k, v) for k, v in told if k.lower() not in UNKEPT]
        return httpx2.Response(answer.status_code, headers=kept, content=body)

    def _asked(self, request: httpx2.Request) -> httpx2.Response:
        """Ask the service; wait for one that is just being started again."""
        for _ in range(PATIENCE):
            try:
                return self._real.handle_request(request)
            except httpx2.ConnectError:
                time.sleep(0.1)
        return self._real.handle_request(request)


def _picked(replies: list[Json], accept: str) -> int:
    wanted = [part.partition(";")[0].strip() for part in accept.split(",")]
    for index, reply in enumerate(replies):
        kind = reply["type"].partition(";")[0]
        if any(kind == w or w == "*/*" or (w.endswith("/*") and kind.startswith(w[:-1])) for w in wanted):
            return index
    return 0
