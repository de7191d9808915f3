"""Both drivers through TLS: a proxy with a certificate of our own stands before the real brokers."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from integrations.runtime import SYSTEM_CLOCK, ConfigurationError, IntegrationError, Secret
from integrations.runtime._queues import mqtt, rabbitmq
from integrations.runtime._queues.settings import QueueSettings, TlsConfig
from integrations.runtime.testing import server

CONNECT: dict[str, Callable[..., Any]] = {"rabbitmq": rabbitmq.connect, "mqtt": mqtt.connect}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a key and a certificate for localhost that signs itself."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl not found: apt-get install openssl")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*words, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return key, cert


@pytest.fixture(params=["rabbitmq", "mqtt"])
def encrypted(request: pytest.FixtureRequest, certificate: tuple[Path, Path]) -> Iterator[tuple[str, str]]:
    """Yield the driver's name, and the URL of its broker behind TLS."""
    url = server(request.param).url
    parts = urlsplit(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        target = (parts.hostname or "", parts.port or 0)
        threading.Thread(target=serve, args=(listener, context, target), daemon=True).start()
        user = f"{parts.username}:{parts.password}@" if parts.username else ""
        place = f"{user}localhost:{listener.getsockname()[1]}"
        yield request.param, urlunsplit(parts._replace(scheme=f"{parts.scheme}s", netloc=place))


def serve(listener: socket.socket, context: ssl.SSLContext, target: tuple[str, int]) -> None:
    with suppress(OSError):  # the listener is closed at the end
        while True:
            plain, _ = listener.accept()
            with suppress(OSError):  # a client that does not trust us
                inner = context.wrap_socket(plain, server_side=True)
                outer = socket.create_connection(target)
                for ends in ((inner, outer), (outer, inner)):
                    threading.Thread(target=pump, args=ends, daemon=True).start()


def pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.close()


def check(name: str, url: str, tls: TlsConfig | None) -> None:
    """Ask the broker whether it is well, and raise what the core would."""
    told = QueueSettings(service="TLS", tls=tls, connect_timeout=5.0)
    with ExitStack() as stack:
        broker = CONNECT[name](told, Secret(url), SYSTEM_CLOCK)
        stack.callback(broker.close)
        try:
            broker.healthcheck(5)
        except Exception as error:
            raise broker.translate(error) or error from error


def test_a_broker_is_reached_through_tls_that_fits(
    encrypted: tuple[str, str], certificate: tuple[Path, Path]
) -> None:
    check(*encrypted, TlsConfig(ca=str(certificate[1])))


def test_a_certificate_that_nobody_vouches_for_is_refused_and_said_so(encrypted: tuple[str, str]) -> None:
    with pytest.raises(IntegrationError) as caught:
        check(*encrypted, None)
    assert isinstance(caught.value, ConfigurationError)
    assert "certificate" in str(caught.value)


def test_encryption_without_verification_is_possible_where_asked_for(
    encrypted: tuple[str, str],
) -> None:
    check(*encrypted, TlsConfig(mode="require"))
