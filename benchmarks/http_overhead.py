"""What an adapter's GET with a typed result costs beside the bare HTTP client's GET + .json().

Both talk to one keep-alive server on loopback (its own process), in alternating batches; medians of their CPU
and wall time; the ratio is what counts. Run: `python benchmarks/http_overhead.py [BATCHES] [REQUESTS]`.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from integrations.runtime import RateLimiter
from integrations.runtime.http import AsyncHttpAdapter, HttpAdapter, Operation

TARGET = 1.15
BODY = b'{"id":"1","name":"widget","tags":["a","b"],"pad":"' + b"x" * 400 + b'"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)


class Widget(msgspec.Struct):
    id: str
    name: str
    tags: list[str]
    pad: str


GET_WIDGET: Operation[Widget] = Operation("get_widget", "GET", "/items/{item_id}", returns=Widget)


class Blocking(HttpAdapter):
    SERVICE, PACKAGE = "Widgets", "widgets"

    def get_widget(self, item_id: str) -> Widget:
        return self._call(GET_WIDGET, path={"item_id": item_id})


class Async(AsyncHttpAdapter):
    SERVICE, PACKAGE = "Widgets", "widgets"

    async def get_widget(self, item_id: str) -> Widget:
        return await self._call(GET_WIDGET, path={"item_id": item_id})


class Answering(asyncio.Protocol):
    """Answers every request alike, at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._read = b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            self._read = self._read[end + 4 :]
            self._transport.write(HEAD + BODY)


async def serve() -> None:
    """Serve on a free port, which is printed, until standard input closes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


Batch = Callable[[int], None]


def measure(bare: Batch, ours: Batch, batches: int, size: int) -> tuple[float, float, float]:
    """Return median microseconds of bare and ours, and the median of the batches' CPU ratios."""
    for warm in (bare, ours):
        warm(size)
    pairs = []
    for number in range(batches):
        order = (bare, ours) if number % 2 else (ours, bare)
        spent = {batch: cpu(batch, size) for batch in order}
        pairs.append((spent[bare], spent[ours]))
    ratio = median(mine / theirs for theirs, mine in pairs)
    return (
        median(pair[0] for pair in pairs) / size * 1e6,
        median(pair[1] for pair in pairs) / size * 1e6,
        ratio,
    )


def cpu(batch: Batch, size: int) -> float:
    """Return the CPU seconds of this process for one batch."""
    started = time.process_time()
    batch(size)
    return time.process_time() - started


def blocking(url: str, batches: int, size: int) -> tuple[float, float, float]:
    with httpx2.Client() as client, Blocking(url, limiter=RateLimiter(1e9)) as adapter:

        def bare(count: int) -> None:
            for _ in range(count):
                client.get(f"{url}/items/1").json()

        def ours(count: int) -> None:
            for _ in range(count):
                adapter.get_widget("1")

        return measure(bare, ours, batches, size)


def asynchronous(url: str, batches: int, size: int) -> tuple[float, float, float]:
    with asyncio.Runner() as runner:
        client, adapter = httpx2.AsyncClient(), Async(url, limiter=RateLimiter(1e9))

        async def bare(count: int) -> None:
            for _ in range(count):
                (await client.get(f"{url}/items/1")).json()

        async def ours(count: int) -> None:
            for _ in range(count):
                await adapter.get_widget("1")

        try:
            return measure(lambda n: runner.run(bare(n)), lambda n: runner.run(ours(n)), batches, size)
        finally:
            runner.run(client.aclose())
            runner.run(adapter.aclose())


def main(batches: int = 21, size: int = 300) -> int:
    """Print one table row a form; 1 when a ratio misses the target."""
    server = subprocess.Popen(
        [sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        rows = {"blocking": blocking(url, batches, size), "async": asynchronous(url, batches, size)}
    finally:
        server.stdin.close()
        server.wait(10)
    print("| GET, typed result | bare client, µs CPU | adapter, µs CPU | ratio | target |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for form, (bare, ours, ratio) in rows.items():
        print(f"| {form} | {bare:.0f} | {ours:.0f} | {ratio:.2f} | ≤ {TARGET} |")
    return int(any(ratio > TARGET for *_, ratio in rows.values()))


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        sys.exit(main(*map(int, sys.argv[1:])))
