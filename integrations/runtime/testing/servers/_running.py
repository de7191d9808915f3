"""Servers that run: found, started once a process, restarted and killed for the tests that want that."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import secrets
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from . import _record
from ._finding import ADDRESS, address, find, system
from ._keeper import Keeper, Process, ServerFailedError, wait_for
from ._system import Box, Fidelity, Found, Keeps, System, listens
from ._watcher import family

REQUIRED = "JACKFIELD_REQUIRE_SERVERS"


class ServerMissingError(RuntimeError):
    """There is no server of a system on this machine; the text says how to get one."""


class Server:
    """A server of one system, for the tests of this process."""

    def __init__(self, system: System, found: Found, url: str, box: Box | None) -> None:
        self._kind = system
        self._found = found
        self._box = box
        self._processes: list[Process] = []
        self._given: list[str] = []
        self.url = url

    @property
    def system(self) -> str:
        return self._kind.name

    @property
    def version(self) -> str:
        """Return the version of what runs, with the product's name where that is not the system's."""
        return self._found.version

    @property
    def fidelity(self) -> Fidelity:
        return self._found.fidelity

    @property
    def keeps(self) -> Keeps:
        """Return what it keeps on its disk.

        "killed": all that it confirmed, even when it is killed; "stopped": all of it when it is stopped or
        restarted in order, but a kill loses the last second or more; "nothing".
        """
        return self._kind.kept(self._found)

    @property
    def ours(self) -> bool:
        """Say whether it may be restarted: a server that an address names belongs to somebody else."""
        return self._box is not None

    @property
    def port(self) -> int:
        """Return its port on 127.0.0.1: the same after every restart.

        Raises:
            ServerFailedError: the server is somebody else's.
        """
        return self._mine().port

    @property
    def folder(self) -> Path:
        """Return its temporary folder, with its data, its settings and what it printed."""
        return self._mine().folder

    @property
    def pids(self) -> list[int]:
        """Return the processes that were started for it, those that they started in turn included."""
        return [pid for process in self._processes for pid in family(process.popen.pid)]

    def fresh(self, name: str) -> str:
        """Return the address of a fresh, empty space: a database, a virtual host, an account, a number.

        Kafka, SQS, DynamoDB and MQTT have no such spaces: it is `url`, so use names of your own.

        Args:
            name: what the space is for, a test module's name; a few letters make it unique.
        """
        text = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "space"
        url = self._kind.fresh(self.url, f"{text[:40]}_{secrets.token_hex(3)}", self._box)
        if self._box is None and url != self.url:
            if not self._given:
                atexit.register(self.clear)
            self._given.append(url)
        return url

    def running(self) -> bool:
        if self._box is None or not self._kind.commands(self._box):
            return True
        return bool(self._processes) and all(process.running() for process in self._processes)

    def start(self) -> None:
        """Start it, with the data and on the port that it had, and wait until it serves.

        Raises:
            ServerFailedError: it stopped, or was not ready in time.
        """
        box = self._mine()
        for number, command in enumerate(self._kind.commands(box)):
            self._processes.append(
                box.keeper.start(
                    command.words,
                    log=box.folder / f"log-{number}",
                    env=command.env,
                    unprivileged=self._kind.unprivileged,
                    stop=self._kind.stop,
                )
            )
        if not wait_for(lambda: not self.running() or self._kind.ready(box), self._kind.patience):
            raise self._failed("was not ready in time")
        if not self.running():
            raise self._failed("stopped as soon as it was started")

    def stop(self) -> None:
        """Stop it in order; nothing where it does not run."""
        box = self._box
        while box is not None and self._processes:
            box.keeper.end(self._processes.pop())

    def clear(self) -> None:
        """Remove the fresh spaces of a server that somebody else runs; one of ours goes as a whole."""
        while self._given:
            self._kind.drop(self._given.pop())

    def kill(self) -> None:
        """Kill it as a crash would; it stays down until `restart`."""
        box = self._mine()
        while self._processes:
            box.keeper.kill(self._processes.pop())
        self._kind.killed(box)

    def restart(self) -> None:
        """Stop it, unless it is down, and start it again: same port, same data where the system keeps any."""
        self._mine()
        self.stop()
        self.start()

    def _mine(self) -> Box:
        if self._box is None:
            raise ServerFailedError(
                f"{self.system}: the server of {ADDRESS}{self.system.upper()} is not ours"
            )
        return self._box

    def _failed(self, what: str) -> ServerFailedError:
        said = "\n".join(process.said() for process in self._processes)
        self.stop()
        return ServerFailedError(f"{self.system} ({self._found.program.name}) {what}: {said}")


_keeper: Keeper | None = None
_servers: dict[str, Server] = {}
_failed: dict[str, ServerFailedError] = {}
_locks: dict[str, threading.Lock] = {}
_lock = threading.Lock()


def running(name: str) -> Server:
    """Return the server of a system, started if it does not run.

    Raises:
        ServerMissingError: there is none; the text says how to get one.
        ServerFailedError: there is one, and it does not start.
    """
    kind = system(name)
    with _lock:
        lock = _locks.setdefault(name, threading.Lock())
    with lock:
        if name in _failed:
            raise _failed[name]
        try:
            if name not in _servers:
                _servers[name] = _started(kind)
            if not _servers[name].running():
                _servers[name].start()
        except ServerFailedError as error:
            _failed[name] = error  # the next test need not wait for it again
            raise
        return _servers[name]


def server(name: str) -> Server:
    """Return the server of a system, for a test, or skip the test (or the module) because there is none.

    The order: the address in $JACKFIELD_SERVER_<SYSTEM>, an installed server, one that pip installed into
    the environment that $JACKFIELD_SERVERS names. The first variable may say ``pip`` instead, to leave an
    installed one alone. With $JACKFIELD_REQUIRE_SERVERS a missing server fails the test.
    """
    try:
        found = running(name)
    except ServerMissingError as error:
        _record.note(name, system(name).title, missing=str(error))
        if "pytest" not in sys.modules:
            raise
        import pytest

        if os.environ.get(REQUIRED, "0") not in ("", "0"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error), allow_module_level=True)
    _record.note(name, system(name).title, found.version, found.fidelity)
    return found


def prefetch(wanted: Iterable[str]) -> None:
    """Start several servers at once; a missing one is no error here, `server` says so."""

    def start(name: str) -> None:
        with contextlib.suppress(ServerMissingError):
            running(name)

    from concurrent.futures import ThreadPoolExecutor  # here alone: it takes long to import

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(start, wanted))


def _started(kind: System) -> Server:
    if url := address(kind.name):
        return Server(kind, Found(Path(), kind.asked(url), "real", "address"), url, None)
    found = find(kind)
    if found is None:
        raise ServerMissingError(kind.missing)
    for _ in range(2):
        box = _box(kind, found)
        made = Server(kind, found, kind.url(box), box)
        try:
            made.start()
            return made
        except ServerFailedError:
            if not _taken(box.port):
                raise
    raise ServerFailedError(f"{kind.name}: every port that was chosen was taken by somebody else meanwhile")


def _box(kind: System, found: Found) -> Box:
    keeper = _the_keeper()
    folder = keeper.folder(kind.name, unprivileged=kind.unprivileged)
    box = Box(found, folder, keeper.port(), secrets.token_hex(8), keeper)
    kind.prepare(box)
    return box


def _taken(port: int) -> bool:
    try:
        return listens(port)
    except OSError:
        return False


def _the_keeper() -> Keeper:
    global _keeper
    with _lock:
        if _keeper is None:
            _keeper = Keeper()
        return _keeper
