"""One adapter in its blocking and its async form, called alike, so that each test proves both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import httpx2
import msgspec
import pytest

from integrations.runtime.http import AsyncHttpAdapter, HttpAdapter, Operation
from integrations.runtime.testing import FakeClock

Form = Literal["sync", "async"]
both_forms = pytest.mark.parametrize("form", ["sync", "async"])


class Thing(msgspec.Struct):
    id: int
    name: str = ""


GET_THING: Operation[Thing] = Operation("get_thing", "GET", "/things/{thing_id}", returns=Thing)
CREATE_THING: Operation[Thing] = Operation("create_thing", "POST", "/things", returns=Thing)


class Acme(HttpAdapter):
    SERVICE, PACKAGE = "Acme", "acme"


class AsyncAcme(AsyncHttpAdapter):
    SERVICE, PACKAGE = "Acme", "acme"


class Script:
    """Answers each request by the next of *replies*, and remembers the requests."""

    def __init__(self, *replies: httpx2.Response | Exception) -> None:
        self.replies = list(replies)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


class Client:
    """Calls either form and returns plain results."""

    def __init__(self, adapter: Any, clock: FakeClock, runner: asyncio.Runner | None) -> None:
        self.adapter, self.clock, self._runner = adapter, clock, runner

    def call(self, operation: Operation[Any], **given: Any) -> Any:
        return self._result(lambda: self.adapter._call(operation, **given))

    def request(self, method: str, path: str, **given: Any) -> Any:
        return self._result(lambda: self.adapter.request(method, path, **given))

    def pages(self, operation: Operation[Any], **given: Any) -> list[Any]:
        return list(self.items(operation, **given))

    def items(self, operation: Operation[Any], **given: Any) -> Iterator[Any]:
        """Yield items one by one, so that a test sees what came before an error."""
        found = self.adapter._pages(operation, **given)
        if self._runner is None:
            yield from found
            return
        while True:
            try:
                yield self._runner.run(anext(found))
            except StopAsyncIteration:
                return

    def read(self, operation: Operation[bytes], **given: Any) -> bytes:
        found: bytes = self._result(lambda: self.adapter._download(operation, **given).read())
        return found

    def _result(self, function: Callable[[], Any]) -> Any:
        if self._runner is None:
            return function()

        async def awaited() -> Any:
            return await function()

        return self._runner.run(awaited())


@contextmanager
def acme(
    form: Form, to: Callable[[httpx2.Request], httpx2.Response] | str, **settings: Any
) -> Iterator[Client]:
    """Set up an adapter that talks to a handler, or to the server at a URL."""
    clock = settings.pop("clock", None) or FakeClock()
    url = to if isinstance(to, str) else settings.pop("base_url", "https://api.acme.example/v1")
    transport = None if isinstance(to, str) else httpx2.MockTransport(to)
    if form == "sync":
        with Acme(url, transport=transport, clock=clock, **settings) as adapter:
            yield Client(adapter, clock, None)
        return
    with asyncio.Runner() as runner:
        other = AsyncAcme(url, transport=transport, clock=clock, **settings)
        try:
            yield Client(other, clock, runner)
        finally:
            runner.run(other.aclose())
