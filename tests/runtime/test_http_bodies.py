"""Uploads that can be sent again or are not, and downloads that give their connection back."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest

from integrations.runtime import (
    ConnectionFailedError,
    InvalidArgumentError,
    NotFoundError,
    RequestTimeoutError,
    Secret,
    UnavailableError,
    UnexpectedResponseError,
)
from integrations.runtime.http import AsyncHttpAdapter, BearerAuth, HttpAdapter, Operation, Retry
from integrations.runtime.testing import SeenRequest
from tests.runtime.forms import Form, Script, acme, both_forms
from tests.runtime.loopback import CLOSE, RESET, Asked, Loopback, Part, reply

UPLOAD: Operation[None] = Operation("upload", "PUT", "/files", body="multipart")
POST_FILE: Operation[None] = Operation("post_file", "POST", "/files", body="multipart")
STORE: Operation[None] = Operation("store", "PUT", "/blob", body="binary")
FETCH: Operation[bytes] = Operation("fetch", "GET", "/blob", returns=bytes, accept="*/*")
BIG = os.urandom(3_000_000)


def parts(asked: Asked) -> tuple[list[tuple[str, str]], list[tuple[str, bytes]]]:
    """Read a multipart body with the standard library."""
    return SeenRequest("", "", "", (), asked.headers, asked.body).parts()


class Pipe(io.RawIOBase):
    """A file that can be read once only, like a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)


@both_forms
def test_fields_and_files_travel_together(form: Form, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    body = {
        "title": "Ünïcode",
        "public": True,
        "none": None,
        "meta": {"a": [1, 2]},
        "path": tmp_path / "report.pdf",
        "open": io.BytesIO(b"from memory"),
        "raw": b"raw bytes",
        "named": ('n\u00e4me "q".txt', b"named"),
        "many": [b"one", ("two.bin", b"two")],
    }
    with Loopback(reply()) as server, acme(form, server.url) as client:
        client.call(UPLOAD, body=body)
    fields, files = parts(server.asked[0])
    assert fields == [("title", "Ünïcode"), ("public", "true"), ("meta[a][0]", "1"), ("meta[a][1]", "2")]
    assert files == [
        ("path", b"%PDF"),
        ("open", b"from memory"),
        ("raw", b"raw bytes"),
        ("named", b"named"),
        ("many", b"one"),
        ("many", b"two"),
    ]
    text = server.asked[0].body.decode()
    assert 'name="path"; filename="report.pdf"\r\nContent-Type: application/pdf\r\n' in text
    assert 'filename="näme %22q%22.txt"\r\nContent-Type: text/plain\r\n' in text


@both_forms
def test_a_name_cannot_break_out_of_its_part(form: Form) -> None:
    evil = 'x"\r\nContent-Type: text/html\r\n\r\n<script>'
    with Loopback(reply()) as server, acme(form, server.url) as client:
        client.call(UPLOAD, body={evil: "v", "f": (evil, b"c")})
    fields, files = parts(server.asked[0])
    assert (len(fields), len(files)) == (1, 1)
    assert b"\r\n\r\n<script>" not in server.asked[0].body


@both_forms
def test_a_large_file_is_streamed_with_its_length(form: Form, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(BIG)
    with Loopback(reply()) as server, acme(form, server.url) as client:
        client.call(STORE, body=tmp_path / "big")
        client.call(UPLOAD, body={"f": tmp_path / "big"})
    assert server.asked[0].body == BIG
    assert server.asked[0].headers["content-length"] == str(len(BIG))
    assert parts(server.asked[1])[1] == [("f", BIG)]


@both_forms
def test_an_open_file_is_sent_from_where_it_stands_and_again_from_there(form: Form) -> None:
    file = io.BytesIO(b"skipped|kept")
    file.seek(8)
    with Loopback(reply(503), [RESET], reply()) as server, acme(form, server.url) as client:
        client.call(STORE, body=file)
    assert [asked.body for asked in server.asked] == [b"kept"] * 3


@both_forms
def test_a_multipart_file_is_rewound_before_a_retry(form: Form, tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_bytes(b"from disk")
    with Loopback(reply(503), reply()) as server, acme(form, server.url) as client:
        client.call(UPLOAD, body={"a": io.BytesIO(b"memory"), "b": tmp_path / "f.txt"})
    assert [parts(asked)[1] for asked in server.asked] == [[("a", b"memory"), ("b", b"from disk")]] * 2


@both_forms
@pytest.mark.parametrize(("operation", "wrap"), [(STORE, lambda f: f), (UPLOAD, lambda f: {"f": f})])
def test_a_file_that_cannot_be_rewound_is_sent_in_chunks_and_never_twice(
    form: Form, operation: Operation[None], wrap: Any
) -> None:
    with (
        Loopback(reply(503), reply()) as server,
        acme(form, server.url) as client,
        pytest.raises(UnavailableError),
    ):
        client.call(operation, body=wrap(Pipe(b"once only")))
    (asked,) = server.asked
    assert asked.headers["transfer-encoding"] == "chunked"
    assert b"once only" in asked.body


@both_forms
def test_a_file_that_grows_meanwhile_is_cut_at_its_first_length(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"first")
    with Loopback(reply()) as server, acme(form, server.url) as client:
        call = client.adapter._prepare(
            STORE, path={}, query={}, headers={}, cookies={}, body=path, timeout=None, idempotency_key=None
        )
        path.write_bytes(b"first and more")
        assert b"".join(call.payload.stream()) == b"first"
        client.call(STORE, body=path)
    assert server.asked[0].body == b"first and more"


@both_forms
@pytest.mark.parametrize("body", [io.StringIO("text"), 4, object(), Path("/nowhere/at/all")])
def test_what_cannot_be_uploaded_is_refused(form: Form, body: Any) -> None:
    with Loopback(reply()) as server, acme(form, server.url) as client, pytest.raises(InvalidArgumentError):
        client.call(STORE, body=body)
    assert server.asked == []


@both_forms
def test_a_file_that_goes_away_or_shrinks_before_it_is_sent_is_refused(form: Form, tmp_path: Path) -> None:
    for change in (lambda path: path.unlink(), lambda path: path.write_bytes(b"x")):
        path = tmp_path / "upload"
        path.write_bytes(b"content")

        def answer(asked: Asked, path: Path = path, change: Any = change) -> list[Part]:
            change(path)
            return reply(503)

        with (
            Loopback(answer) as server,
            acme(form, server.url) as client,
            pytest.raises(InvalidArgumentError),
        ):
            client.call(STORE, body=path)
        assert len(server.asked) == 1


@both_forms
def test_a_value_that_no_form_can_carry_is_refused(form: Form) -> None:
    with Loopback(reply()) as server, acme(form, server.url) as client:
        for body in ({"a": 1j}, {"a": Secret("in-a-form")}):
            with pytest.raises(InvalidArgumentError) as caught:
                client.call(UPLOAD, body=body)
            assert "in-a-form" not in str(caught.value)
    assert server.asked == []


@both_forms
def test_an_upload_is_not_repeated_by_a_post(form: Form) -> None:
    with (
        Loopback(reply(503), reply()) as server,
        acme(form, server.url) as client,
        pytest.raises(UnavailableError),
    ):
        client.call(POST_FILE, body={"f": b"x"})
    assert len(server.asked) == 1


@both_forms
def test_a_download_is_read_whole(form: Form) -> None:
    with Loopback(reply(200, BIG)) as server, acme(form, server.url) as client:
        assert client.read(FETCH) == BIG
        assert client.read(FETCH, query={"v": 2}) == BIG
    assert server.connections == 1
    assert server.asked[1].target == "/blob?v=2"


def test_a_download_streams_without_holding_the_body() -> None:
    def endless(asked: Asked) -> Any:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nConnection: close\r\n\r\n"
        while True:
            yield b"x" * 65536

    with Loopback(endless) as server, HttpAdapter(server.url) as adapter:
        with adapter._download(FETCH) as download:
            assert (download.status, download.headers["content-type"]) == (200, "a/b")
            read = 0
            for chunk in download:
                read += len(chunk)
                if read > 1_000_000:
                    break
        assert adapter._transport._pool.connections == []  # type: ignore[attr-defined]


def test_an_async_download_streams_and_is_closed_when_left_early() -> None:
    async def main(url: str) -> list[Any]:
        async with AsyncHttpAdapter(url) as adapter:
            async with adapter._download(FETCH) as download:
                assert (download.status, download.headers["content-length"]) == (200, str(len(BIG)))
                async for _ in download:
                    break
            return list(adapter._transport._pool.connections)  # type: ignore[attr-defined]

    with Loopback(reply(200, BIG)) as server:
        assert asyncio.run(main(server.url)) == []


@both_forms
def test_a_refused_download_is_an_error_with_its_answer(form: Form) -> None:
    with Loopback(reply(404, b'{"why": "gone"}'), reply()) as server, acme(form, server.url) as client:
        with pytest.raises(NotFoundError) as caught:
            client.read(FETCH)
        assert caught.value.body == b'{"why": "gone"}'
        client.read(FETCH)
        assert server.connections == 1


@both_forms
def test_a_download_that_could_not_start_is_retried(form: Form) -> None:
    with Loopback(reply(503), [RESET], reply(200, b"data")) as server, acme(form, server.url) as client:
        assert client.read(FETCH) == b"data"
    assert len(server.asked) == 3


SHORT: list[Part] = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"]


@both_forms
@pytest.mark.parametrize("ending", [CLOSE, RESET])
def test_a_download_that_breaks_off_is_an_error_and_not_a_short_file(
    form: Form, ending: Part, tmp_path: Path
) -> None:
    with Loopback([*SHORT, 0.05, ending]) as server, acme(form, server.url) as client:
        with pytest.raises(ConnectionFailedError, match="Acme fetch: lost the connection"):
            client.read(FETCH)
        with pytest.raises(ConnectionFailedError):
            save(client.adapter, form, tmp_path / "out", client)
    assert list(tmp_path.iterdir()) == []


def save(adapter: Any, form: Form, path: Path, client: Any) -> int:
    """Save the download in either form."""
    size: int = client._result(lambda: adapter._download(FETCH).save(path))
    return size


@both_forms
def test_a_download_that_stalls_is_a_timeout(form: Form) -> None:
    stalled = [*SHORT, 3.0]
    with (
        Loopback(stalled) as server,
        acme(form, server.url, timeout=0.1) as client,
        pytest.raises(RequestTimeoutError),
    ):
        client.read(FETCH)


@both_forms
def test_a_saved_download_replaces_the_file_at_once(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "out.bin"
    path.write_bytes(b"old")
    with Loopback(reply(200, BIG)) as server, acme(form, server.url) as client:
        assert save(client.adapter, form, path, client) == len(BIG)
    assert path.read_bytes() == BIG
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.bin"]
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@both_forms
def test_a_compressed_download_is_unpacked(form: Form) -> None:
    packed = reply(200, gzip.compress(b"text" * 100), Content_Encoding="gzip")
    with Loopback(packed) as server, acme(form, server.url) as client:
        assert client.read(FETCH) == b"text" * 100


@both_forms
def test_a_download_may_be_handed_on_to_another_host_without_credentials(form: Form) -> None:
    with (
        Loopback(reply(200, b"data")) as store,
        Loopback(reply(302, b"", Location=store.url + "/f?s=1")) as server,
    ):
        settings: dict[str, Any] = {"auth": BearerAuth(Secret("t0ken-body")), "headers": {"X-Account": "7"}}
        with acme(form, server.url, **settings) as client:
            assert client.read(FETCH, headers={"Range": "bytes=0-3"}, cookies={"sid": "1"}) == b"data"
    (asked,) = store.asked
    assert asked.target == "/f?s=1"
    assert asked.headers == {
        "host": store.url.removeprefix("http://"),
        "user-agent": "jackfield-runtime/1",
        "accept": "*/*",
        "accept-encoding": "gzip, deflate",
        "range": "bytes=0-3",
    }


@pytest.mark.parametrize(
    "location", ["http://store.example/f", "https://me:pw@store.example/f", "file:///etc/passwd"]
)
def test_a_download_is_not_handed_on_to_a_lesser_place(location: str) -> None:
    script = Script(httpx2.Response(302, headers={"Location": location}), httpx2.Response(200))
    with acme("sync", script) as client, pytest.raises(UnexpectedResponseError, match="not followed"):
        client.read(FETCH)


def test_a_download_that_is_never_entered_sends_nothing() -> None:
    with Loopback(reply()) as server, HttpAdapter(server.url) as adapter:
        adapter._download(FETCH)
    assert server.asked == []


def test_a_body_can_be_read_once() -> None:
    with (
        Loopback(reply(200, b"data")) as server,
        HttpAdapter(server.url) as adapter,
        adapter._download(FETCH) as download,
    ):
        assert download.read() == b"data"
        with pytest.raises(InvalidArgumentError, match="already"):
            download.read()
    assert len(server.asked) == 1


def test_a_download_is_counted_by_its_operation() -> None:
    with Loopback(reply(200, b"data")) as server, HttpAdapter(server.url) as adapter:
        adapter._download(FETCH).read()
        assert adapter.metrics.get_total_metrics()["by_operation"]["fetch"]["calls"] == 1


def test_an_error_in_the_callers_block_closes_the_download() -> None:
    closed = threading.Event()

    class Stream(httpx2.SyncByteStream):
        def __iter__(self) -> Any:
            yield b"x"

        def close(self) -> None:
            closed.set()

    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, stream=Stream()))
    with (
        HttpAdapter("https://x.example", transport=transport, retry=Retry(1)) as adapter,
        pytest.raises(ZeroDivisionError),
        adapter._download(FETCH),
    ):
        raise ZeroDivisionError
    assert closed.is_set()
