"""Groups call through their adapter: the same connections, guards, errors and metrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import cached_property

import httpx2
import pytest

from integrations.runtime import NotFoundError
from integrations.runtime.http import (
    AsyncDownload,
    AsyncHttpAdapter,
    AsyncHttpGroup,
    Download,
    HttpAdapter,
    HttpGroup,
    LinkPages,
    Operation,
)
from tests.runtime.forms import GET_THING, Script, Thing

LIST: Operation[list[Thing]] = Operation(
    "list_things", "GET", "/things", returns=list[Thing], pages=LinkPages()
)
FETCH: Operation[bytes] = Operation("fetch", "GET", "/file", returns=bytes)


class Things(HttpGroup):
    def get(self, thing_id: int) -> Thing:
        return self._call(GET_THING, path={"thing_id": thing_id})

    def list(self) -> Iterator[Thing]:
        return self._pages(LIST)

    def fetch(self) -> Download:
        return self._download(FETCH)


class AsyncThings(AsyncHttpGroup):
    async def get(self, thing_id: int) -> Thing:
        return await self._call(GET_THING, path={"thing_id": thing_id})

    def list(self) -> AsyncIterator[Thing]:
        return self._pages(LIST)

    def fetch(self) -> AsyncDownload:
        return self._download(FETCH)


class Grouped(HttpAdapter):
    SERVICE = "Acme"

    @cached_property
    def things(self) -> Things:
        return Things(self)


class AsyncGrouped(AsyncHttpAdapter):
    SERVICE = "Acme"

    @cached_property
    def things(self) -> AsyncThings:
        return AsyncThings(self)


def replies() -> httpx2.MockTransport:
    return httpx2.MockTransport(
        Script(
            httpx2.Response(200, json={"id": 1}),
            httpx2.Response(200, json=[{"id": 2}]),
            httpx2.Response(200, content=b"data"),
            httpx2.Response(404),
        )
    )


def test_a_group_does_what_its_adapter_does() -> None:
    with Grouped("https://x.example", transport=replies()) as adapter:
        assert adapter.things is adapter.things
        assert adapter.things.get(1) == Thing(1)
        assert list(adapter.things.list()) == [Thing(2)]
        assert adapter.things.fetch().read() == b"data"
        with pytest.raises(NotFoundError, match="Acme get_thing: 404"):
            adapter.things.get(2)
        assert set(adapter.metrics.get_total_metrics()["by_operation"]) == {
            "get_thing",
            "list_things",
            "fetch",
        }
        assert repr(adapter.things) == "Things(Grouped('https://x.example'))"


def test_an_async_group_does_what_its_adapter_does() -> None:
    async def main() -> None:
        async with AsyncGrouped("https://x.example", transport=replies()) as adapter:
            assert await adapter.things.get(1) == Thing(1)
            assert [thing async for thing in adapter.things.list()] == [Thing(2)]
            assert await adapter.things.fetch().read() == b"data"
            with pytest.raises(NotFoundError, match="Acme get_thing: 404"):
                await adapter.things.get(2)
            assert repr(adapter.things) == "AsyncThings(AsyncGrouped('https://x.example'))"

    asyncio.run(main())
