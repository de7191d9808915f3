"""Real connections to a real server on loopback: time-outs, breaks, redirects, reuse."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from integrations.runtime import (
    SYSTEM_CLOCK,
    ConfigurationError,
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    RequestTimeoutError,
    Secret,
    UnexpectedResponseError,
)
from integrations.runtime.http import (
    ApiKeyAuth,
    AsyncHttpAdapter,
    Auth,
    BasicAuth,
    BearerAuth,
    HttpAdapter,
    Operation,
    Retry,
)
from tests.runtime.forms import CREATE_THING, GET_THING, Form, Thing, acme, both_forms
from tests.runtime.loopback import CLOSE, RESET, Loopback, Part, reply

AT = {"thing_id": "a/b ü"}
ONCE = Retry(max_attempts=1)
OK = reply(200, b'{"id": 1}', Content_Type="application/json")


@both_forms
def test_a_call_reaches_a_real_server(form: Form) -> None:
    with (
        Loopback(OK) as server,
        acme(form, server.url + "/v1", auth=BearerAuth(Secret("t0ken-wire"))) as client,
    ):
        assert client.call(GET_THING, path=AT, query={"q": "x y"}) == Thing(1)
        assert client.call(CREATE_THING, body={"name": "n"}) == Thing(1)
    first, second = server.asked
    assert (first.method, first.target) == ("GET", "/v1/things/a%2Fb%20%C3%BC?q=x%20y")
    assert first.headers["authorization"] == "Bearer t0ken-wire"
    assert (second.method, second.body, second.headers["content-length"]) == ("POST", b'{"name":"n"}', "12")


@both_forms
def test_connections_are_kept_and_used_again(form: Form) -> None:
    with Loopback(OK) as server, acme(form, server.url) as client:
        for _ in range(5):
            client.call(GET_THING, path=AT)
    assert server.connections == 1


@both_forms
def test_an_error_gives_its_connection_back(form: Form) -> None:
    with Loopback(reply(404, b"x" * 10), reply(200, b"<p>"), reply(302, b""), OK) as server:
        with acme(form, server.url) as client:
            for _ in range(3):
                with pytest.raises(IntegrationError):
                    client.call(GET_THING, path=AT)
            client.call(GET_THING, path=AT)
        assert server.connections == 1


@both_forms
def test_a_server_that_does_not_answer_is_a_timeout(form: Form) -> None:
    with Loopback([2.0, *OK]) as server, acme(form, server.url, timeout=0.1, retry=ONCE) as client:
        began = time.monotonic()
        with pytest.raises(RequestTimeoutError, match=r"no answer from 127\.0\.0\.1 within 0\.1 s"):
            client.call(GET_THING, path=AT)
        assert time.monotonic() - began < 1


@both_forms
def test_a_body_that_trickles_for_ever_is_a_timeout(form: Form) -> None:
    trickle: list[Part] = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"]
    trickle += [part for _ in range(100) for part in (b"x", 0.05)]
    with (
        Loopback(trickle) as server,
        acme(form, server.url, timeout=0.3, retry=ONCE, clock=SYSTEM_CLOCK) as client,
    ):
        began = time.monotonic()
        with pytest.raises(RequestTimeoutError):
            client.call(GET_THING, path=AT)
        assert time.monotonic() - began < 2


@both_forms
@pytest.mark.parametrize(
    "broken",
    [
        [RESET],
        [CLOSE],
        [b"HTTP/1.1 200 OK\r\nContent-Le", CLOSE],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", CLOSE],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", RESET],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n", CLOSE],
        [b"not http at all\r\n\r\n", CLOSE],
    ],
)
def test_a_broken_answer_is_tried_again_for_a_get_and_never_for_a_post(
    form: Form, broken: list[Part]
) -> None:
    with Loopback(broken, OK) as server, acme(form, server.url) as client:
        assert client.call(GET_THING, path=AT) == Thing(1)
        assert len(server.asked) == 2
    with Loopback(broken, OK) as server, acme(form, server.url) as client:
        with pytest.raises(ConnectionFailedError) as caught:
            client.call(CREATE_THING, body={})
        assert len(server.asked) == 1
    assert not isinstance(caught.value, RequestTimeoutError)


@pytest.fixture
def dead_url() -> Iterator[str]:
    """A port that is taken, and that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@both_forms
def test_a_refused_connection_is_retried_even_for_a_post(form: Form, dead_url: str) -> None:
    with acme(form, dead_url) as client:
        with pytest.raises(ConnectionFailedError, match=r"cannot connect to 127\.0\.0\.1.* after 3 attempts"):
            client.call(CREATE_THING, body={})
        assert client.clock.slept == [0.5, 1.0]


@both_forms
def test_an_idle_connection_that_the_server_closed_is_replaced(form: Form) -> None:
    with Loopback([*OK, CLOSE], OK) as server, acme(form, server.url) as client:
        client.call(CREATE_THING, body={})
        time.sleep(0.05)
        client.call(CREATE_THING, body={})
    assert len(server.asked) == 2


@both_forms
def test_a_redirect_to_another_server_carries_nothing_there(form: Form) -> None:
    with Loopback(OK) as other, Loopback(reply(302, b"", Location=other.url + "/steal")) as server:
        auth = BearerAuth(Secret("t0ken-wire"))
        with acme(form, server.url, auth=auth) as client, pytest.raises(UnexpectedResponseError):
            client.call(GET_THING, path=AT)
        assert other.connections == 0


@both_forms
def test_a_redirect_on_the_same_server_is_followed(form: Form) -> None:
    with Loopback(reply(301, b"moved", Location="/new"), OK) as server, acme(form, server.url) as client:
        assert client.call(GET_THING, path=AT) == Thing(1)
    assert [asked.target for asked in server.asked][1] == "/new"
    assert server.connections == 1


@both_forms
@pytest.mark.parametrize("method", ["GE T", "GET\r\nX: y", ""])
def test_a_method_that_is_none_is_refused(form: Form, method: str) -> None:
    with Loopback(OK) as server, acme(form, server.url) as client, pytest.raises(InvalidArgumentError):
        client.request(method, "/x")
    assert server.asked == []


@both_forms
def test_a_compressed_answer_is_read_over_the_wire(form: Form) -> None:
    packed = gzip.compress(b'{"id": 9}')
    with Loopback(reply(200, packed, Content_Encoding="gzip")) as server, acme(form, server.url) as client:
        assert client.call(GET_THING, path=AT) == Thing(9)
        assert server.asked[0].headers["accept-encoding"] == "gzip, deflate"


def test_an_adapter_is_shared_by_threads() -> None:
    with Loopback(OK) as server, acme("sync", server.url) as client:
        results: list[object] = []
        threads = [
            threading.Thread(
                target=lambda: results.extend(client.call(GET_THING, path=AT) for _ in range(20))
            )
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert results == [Thing(1)] * 160
        assert client.adapter.metrics.get_total_metrics()["total_calls"] == 160


def test_an_adapter_is_shared_by_tasks() -> None:
    class Acme(AsyncHttpAdapter):
        SERVICE = "Acme"

    async def main(url: str) -> list[Thing]:
        async with Acme(url) as adapter:
            return await asyncio.gather(*(adapter._call(GET_THING, path=AT) for _ in range(50)))

    with Loopback(OK) as server:
        assert asyncio.run(main(server.url)) == [Thing(1)] * 50


def test_a_cancelled_call_leaves_the_adapter_usable() -> None:
    async def main(url: str) -> Thing:
        async with AsyncHttpAdapter(url) as adapter:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await adapter._call(GET_THING, path=AT)
            return await adapter._call(GET_THING, path=AT)

    with Loopback([1.0, *OK], OK) as server:
        assert asyncio.run(main(server.url)) == Thing(1)


def test_a_proxy_of_the_environment_is_used_and_an_exempt_host_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Loopback(OK) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removeprefix("http://"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with HttpAdapter("http://service.invalid/v1") as adapter:
            assert adapter._call(GET_THING, path={"thing_id": 1}) == Thing(1)
        assert proxy.asked[0].target == "http://service.invalid/v1/things/1"
        with Loopback(OK) as server, HttpAdapter(server.url) as adapter:
            adapter._call(GET_THING, path={"thing_id": 1})
        assert len(proxy.asked) == 1


@both_forms
@pytest.mark.parametrize(
    "auth",
    [
        BearerAuth(Secret("t0ken-wire")),
        BasicAuth("ada", Secret("t0ken-wire")),
        ApiKeyAuth(Secret("t0ken-wire"), "key", "query"),
        ApiKeyAuth(Secret("t0ken-wire"), "key", "cookie"),
    ],
)
def test_no_log_of_any_library_shows_the_credential(
    form: Form, auth: Auth, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    with Loopback(OK, reply(404, b"no"), [RESET]) as server, acme(form, server.url, auth=auth) as client:
        client.call(GET_THING, path=AT)
        for _ in range(2):
            with pytest.raises(IntegrationError):
                client.call(GET_THING, path=AT)
    assert "httpcore" in caplog.text
    assert "t0ken-wire" not in caplog.text
    assert "YWRhOnQwa2VuLXdpcmU" not in caplog.text


def test_adapters_share_one_tls_context() -> None:
    HttpAdapter("https://x.example").close()
    began = time.process_time()
    for _ in range(50):
        HttpAdapter("https://x.example").close()
    assert time.process_time() - began < 0.2


@pytest.mark.parametrize("proxy", ["gopher://user:hunter22@proxy", "http://proxy:port"])
@pytest.mark.parametrize("adapter", [HttpAdapter, AsyncHttpAdapter])
def test_a_proxy_that_cannot_be_used_is_a_configuration_error_without_its_password(
    adapter: type[HttpAdapter], proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY or ALL_PROXY") as caught:
        adapter("https://service.invalid")
    assert "hunter22" not in str(caught.value)


def test_an_adapter_that_leaves_its_block_is_closed() -> None:
    nothing: Operation[None] = Operation("ping", "GET", "/")
    with Loopback(OK) as server:
        with HttpAdapter(server.url) as adapter:
            adapter._call(nothing)
        with pytest.raises(IntegrationError, match="closed"):
            adapter._call(nothing)
