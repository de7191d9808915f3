"""What a client sees of the faults that the proxy makes."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from integrations.runtime.testing import FaultProxy

SECONDS = 5.0  # for what must happen; what must not is given 0.2


class Echo:
    """A server that says back what it is told, in any number of connections, and counts what it was told."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.told = bytearray()
        self.ended = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._echo, args=(connection,), daemon=True).start()

    def _echo(self, connection: socket.socket) -> None:
        with connection:
            try:
                while said := connection.recv(65_536):
                    self.told += said
                    connection.sendall(said)
            except OSError:
                pass
            self.ended.set()

    def close(self) -> None:
        with contextlib.suppress(OSError):  # closed already
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    running = Echo()
    yield running
    running.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[FaultProxy]:
    with FaultProxy("127.0.0.1", echo.port) as made:
        yield made


def dial(proxy: FaultProxy, seconds: float = SECONDS) -> socket.socket:
    return socket.create_connection((proxy.host, proxy.port), seconds)


def exactly(client: socket.socket, length: int) -> bytes:
    got = b""
    while len(got) < length and (more := client.recv(65_536)):
        got += more
    return got


def test_without_a_fault_every_byte_comes_through_and_is_counted(proxy: FaultProxy) -> None:
    sent = bytes(range(256)) * 8192  # 2 MiB: more than all buffers hold
    with dial(proxy) as client:
        threading.Thread(target=client.sendall, args=(sent,), daemon=True).start()
        assert exactly(client, len(sent)) == sent
    assert (proxy.connections, proxy.sent, proxy.received) == (1, len(sent), len(sent))


def test_an_end_of_file_reaches_the_server_and_the_last_answer_the_client(proxy: FaultProxy) -> None:
    with dial(proxy) as client:
        client.sendall(b"last")
        client.shutdown(socket.SHUT_WR)
        assert exactly(client, 4) == b"last"
        assert client.recv(1) == b""
    assert wait(lambda: proxy.open == 0)


def test_latency_is_added_in_each_direction(proxy: FaultProxy) -> None:
    with dial(proxy) as client:
        proxy.latency(0.3)
        assert round_trip(client) >= 0.6
        proxy.heal()
        assert round_trip(client) < 0.6


def test_a_latency_does_not_slow_a_stream_down(proxy: FaultProxy) -> None:
    with dial(proxy) as client:
        proxy.latency(0.3)
        started = time.monotonic()
        client.sendall(b"x" * 200_000)  # four reads: they travel together, not one after the other
        exactly(client, 200_000)
        assert 0.6 <= time.monotonic() - started < 1.2


def test_a_throttled_connection_takes_its_time(proxy: FaultProxy) -> None:
    with dial(proxy) as client:
        proxy.throttle(100_000)
        started = time.monotonic()
        client.sendall(b"x" * 40_000)
        assert len(exactly(client, 40_000)) == 40_000
        assert 0.3 <= time.monotonic() - started < 2.0


def test_a_reset_ends_every_connection_with_an_error_and_the_next_one_works(
    proxy: FaultProxy, echo: Echo
) -> None:
    with dial(proxy) as first, dial(proxy) as second:
        for client in (first, second):
            round_trip(client)
        proxy.reset()
        for client in (first, second):
            with pytest.raises(ConnectionResetError):
                client.recv(1)
    assert echo.ended.wait(SECONDS)  # the server saw it too
    with dial(proxy) as third:
        assert round_trip(third) < SECONDS


def test_a_half_closed_connection_reads_an_end_and_its_words_still_arrive(
    proxy: FaultProxy, echo: Echo
) -> None:
    with dial(proxy) as client:
        round_trip(client)
        proxy.half_close()
        assert client.recv(1) == b""
        client.sendall(b"still heard")
        assert wait(lambda: echo.told.endswith(b"still heard"))


def test_in_a_partition_nothing_is_closed_and_nothing_comes_and_then_all_of_it_does(
    proxy: FaultProxy, echo: Echo
) -> None:
    with dial(proxy) as old:
        round_trip(old)
        proxy.partition()
        old.sendall(b"held")
        with dial(proxy) as new:  # the kernel takes the connection; nobody answers
            new.sendall(b"new")
            assert all(silent(client) for client in (old, new))
            assert (proxy.connections, bytes(echo.told)) == (1, b"!")
            proxy.heal()
            assert (exactly(old, 4), exactly(new, 3)) == (b"held", b"new")


def test_a_server_that_refuses_is_refused_and_open_connections_go_on(proxy: FaultProxy) -> None:
    with dial(proxy) as client:
        round_trip(client)
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            dial(proxy)
        assert round_trip(client) < SECONDS
        proxy.heal()
        with dial(proxy) as again:
            assert round_trip(again) < SECONDS


def test_orders_that_come_while_connections_wait_leave_the_proxy_working(proxy: FaultProxy) -> None:
    for _ in range(50):
        proxy.partition()
        with dial(proxy):
            proxy.heal()
            proxy.refuse()
            proxy.heal()
    with dial(proxy) as client:
        assert round_trip(client) < SECONDS


def test_a_dead_server_resets_the_client(echo: Echo) -> None:
    with FaultProxy("127.0.0.1", echo.port) as proxy:
        echo.close()
        with pytest.raises(ConnectionResetError), dial(proxy) as client:
            client.recv(1)
        other = Echo()
        proxy.lead_to("127.0.0.1", other.port)
        with dial(proxy) as client:
            assert round_trip(client) < SECONDS
        other.close()


def test_a_reader_that_does_not_read_stops_the_server_instead_of_filling_memory(echo: Echo) -> None:
    with FaultProxy("127.0.0.1", echo.port) as proxy, dial(proxy, 0.3) as client:
        with pytest.raises(TimeoutError):
            client.sendall(b"x" * 64_000_000)
        assert proxy.received < 32_000_000


def test_closing_leaves_no_thread_no_connection_and_no_port(echo: Echo) -> None:
    before = threading.active_count()
    with FaultProxy("127.0.0.1", echo.port) as proxy:
        client = dial(proxy)
        round_trip(client)
    with client, pytest.raises(ConnectionResetError):
        client.recv(1)
    with pytest.raises(ConnectionRefusedError):
        dial(proxy)
    assert echo.ended.wait(SECONDS)
    assert wait(lambda: threading.active_count() <= before)


def round_trip(client: socket.socket) -> float:
    started = time.monotonic()
    client.sendall(b"!")
    assert exactly(client, 1) == b"!"
    return time.monotonic() - started


def silent(client: socket.socket) -> bool:
    client.settimeout(0.2)
    try:
        client.recv(1)
    except TimeoutError:
        return True
    finally:
        client.settimeout(SECONDS)
    return False


def wait(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()
