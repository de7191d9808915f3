"""Documents are fetched from where they were said to be, within bounds, and from nowhere else."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from generator.errors import SpecError
from generator.specs.address import check, parse, places
from generator.specs.download import Downloads, Limits

from ..runtime.loopback import Asked, Loopback, Part, reply


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(SpecError) as caught:
        work()
    return str(caught.value)


def test_a_document_comes_back_byte_for_byte() -> None:
    body = b"\xef\xbb\xbfopenapi: 3.1.0\r\n"
    with Loopback(reply(body=body)) as server:
        assert Downloads().fetch(f"{server.url}/api/openapi.yaml?ref=main") == body
        asked = server.asked[0]
    assert asked.target == "/api/openapi.yaml?ref=main"
    assert asked.headers["host"] == server.url.removeprefix("http://")
    assert "authorization" not in asked.headers
    assert "cookie" not in asked.headers


def test_nothing_of_the_environment_is_sent_or_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://user:hunter2@127.0.0.1:1")
    with Loopback(reply(body=b"{}")) as server:
        assert Downloads().fetch(server.url) == b"{}"
        assert "proxy-authorization" not in server.asked[0].headers


def test_a_redirection_on_the_same_host_is_followed() -> None:
    with Loopback(reply(302, Location="/moved.json"), reply(body=b"{}")) as server:
        assert Downloads().fetch(f"{server.url}/old.json") == b"{}"
        assert [asked.target for asked in server.asked] == ["/old.json", "/moved.json"]


def test_a_redirection_to_another_host_is_refused_unless_the_manifest_allows_it() -> None:
    with Loopback(reply(body=b"there")) as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        with Loopback(reply(302, Location=f"{elsewhere}/x.json")) as server:
            said = refusal(lambda: Downloads().fetch(server.url))
            assert "spec_hosts: [localhost]" in said
            assert not other.asked
            assert Downloads(hosts=["localhost"]).fetch(server.url) == b"there"


def test_a_redirection_to_another_port_of_this_machine_is_refused() -> None:
    with Loopback(reply(body=b"secrets")) as other, Loopback(reply(301, Location=other.url)) as server:
        assert "leads to" in refusal(lambda: Downloads().fetch(server.url))
        assert not other.asked


def test_a_circle_of_redirections_ends() -> None:
    with Loopback(reply(302, Location="/again")) as server:
        assert "led on over 5 times" in refusal(lambda: Downloads().fetch(server.url))
        assert len(server.asked) == 6


def test_too_many_bytes_are_not_read_to_their_end() -> None:
    def endless(_: Asked) -> list[Part]:
        return [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 1_000] * 10_000]

    with Loopback(endless) as server:
        said = refusal(lambda: Downloads(limits=Limits(bytes=100_000)).fetch(server.url))
    assert "over 0.1 MiB" in said


def test_bytes_are_counted_over_all_files_of_a_document() -> None:
    with Loopback(reply(body=b"x" * 600)) as server:
        downloads = Downloads(limits=Limits(bytes=1_000))
        downloads.fetch(server.url)
        assert "over" in refusal(lambda: downloads.fetch(server.url))


@pytest.mark.parametrize("drip", [b"H", b"HTTP/1.1 200 OK\r\n\r\nx"])
def test_a_server_that_drips_is_left_in_time(drip: bytes) -> None:
    def slow(_: Asked) -> list[Part]:
        return [part for byte in range(40) for part in (drip if not byte else b"x", 0.1)]

    start = time.monotonic()
    with Loopback(slow) as server:
        said = refusal(lambda: Downloads(limits=Limits(seconds=0.5)).fetch(server.url))
    assert "not here after 0.5 seconds" in said
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(("status", "word"), [(404, "404"), (401, "sign-in"), (500, "500")])
def test_an_answer_without_a_document_says_what_came(status: int, word: str) -> None:
    with Loopback(reply(status)) as server:
        assert word in refusal(lambda: Downloads().fetch(server.url))


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/x.json"
        assert f"{url} cannot be downloaded" in refusal(lambda: Downloads().fetch(url))


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@host.example/x",
        "https://hunter2@host.example/x",
        "https://host.example/x?token=hunter2",
        "https://host.example/x?access_token=hunter2",
        "https://host.example/x?X-Amz-Signature=hunter2",
        "https://host.example/x?api_key=hunter2",
        "https://host.example/x?a=1&KEY=hunter2",
        "https://host.example/ghp_hunter2aaaaaaaaaaaaaaaaaaaaaaaaa",
    ],
)
def test_a_url_with_a_credential_is_refused_and_never_shown(url: str) -> None:
    said = refusal(lambda: Downloads().fetch(url))
    assert "credential" in said or "password" in said
    assert "?" not in said
    assert "@" not in said


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host.example/x",
        "file:///etc/passwd",
        "https://",
        "https://h:99999/x",
        "https://a b/",
        "x" * 3000,
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert "https://host/path" in refusal(lambda: parse(url))


def test_plain_http_is_for_this_machine_and_allowed_hosts() -> None:
    assert "plain http" in refusal(lambda: check("http://host.example/x", ()))
    assert check("http://host.example/x", ["host.example"]).port == 80
    assert check("http://localhost:8000/x", ()).port == 8000
    assert check("http://[::1]:8000/x", ()).origin == "http://[::1]:8000"


PRIVATE = ["10.0.0.1", "192.168.1.1", "172.16.0.1", "fd00::1", "100.64.0.1"]
NEVER = ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"]
HERE = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.8.8.8"]


@pytest.mark.parametrize("ip", [*PRIVATE, *NEVER, *HERE])
def test_a_public_name_that_stands_for_an_inner_address_is_refused(ip: str) -> None:
    address = parse("https://docs.example/openapi.json")
    refusal(lambda: places(address, (), lambda *_: ["93.184.216.34", ip]))


@pytest.mark.parametrize("ip", PRIVATE)
def test_a_private_address_is_reached_where_the_manifest_allows_its_host(ip: str) -> None:
    address = parse("https://git.corp.example/openapi.json")
    assert "spec_hosts: [git.corp.example]" in refusal(lambda: places(address, (), lambda *_: [ip]))
    assert places(address, ["git.corp.example"], lambda *_: [ip]) == [ip]


@pytest.mark.parametrize("ip", [*NEVER, *HERE])
def test_allowing_a_host_never_opens_this_machine_or_its_cloud(ip: str) -> None:
    address = parse("https://docs.example/openapi.json")
    refusal(lambda: places(address, ["docs.example"], lambda *_: [ip]))


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1"])
def test_other_spellings_of_this_machine_do_not_name_it(host: str) -> None:
    refusal(lambda: places(parse(f"http://{host}/x"), (), lambda *_: ["127.0.0.1"]))


def test_the_address_that_was_checked_is_the_one_that_is_asked() -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    with Loopback(reply(body=b"{}")) as server:
        port = server.url.rpartition(":")[2]
        downloads = Downloads(lookup=lambda *_: answers.pop(0))
        assert downloads.fetch(f"http://localhost:{port}/x") == b"{}"
        assert server.asked[0].headers["host"] == f"localhost:{port}"
    assert answers == [["10.0.0.1"]]


class Greeting(BaseHTTPRequestHandler):
    """Answers with the host that was asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["host"].encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, list[str | None]]]:
    """The port of a server with a certificate for localhost, which is trusted; the names it is asked for."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context, names = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), list[str | None]()
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda _, name, __: names.append(name)
    server = HTTPServer(("127.0.0.1", 0), Greeting)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    yield server.server_address[1], names
    server.shutdown()
    server.server_close()


def test_over_tls_the_certificate_must_be_that_of_the_name(over_tls: tuple[int, list[str | None]]) -> None:
    port, names = over_tls
    assert Downloads().fetch(f"https://localhost:{port}/x") == f"localhost:{port}".encode()
    assert names == ["localhost"]
    said = refusal(lambda: Downloads().fetch(f"https://127.0.0.1:{port}/x"))
    assert "certificate" in said


def test_a_certificate_that_nobody_vouches_for_is_refused(
    over_tls: tuple[int, list[str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "certificate" in refusal(lambda: Downloads().fetch(f"https://localhost:{over_tls[0]}/x"))
