"""MongoDB: SecantusDB, an emulator on WiredTiger that says it is a replica set of one."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ._address import with_path
from ._system import HOST, Box, Command, Found, System, script


class MongoDB(System):
    name = "mongodb"
    title = "MongoDB"
    missing = "secantusd-py not found: python -m integrations.runtime.testing.servers install mongodb"
    stop = signal.SIGKILL  # what it confirmed is on its disk; an orderly end takes it two seconds and more

    def packaged(self, environment: Path) -> Found | None:
        return script(environment, "secantusd-py", "secantusdb", product="SecantusDB")

    def commands(self, box: Box) -> Sequence[Command]:
        where = (
            "--host",
            HOST,
            "--port",
            str(box.port),
            "--storage-path",
            box.data,
            "--cache-size",
            "128M",
            "--sync-on-commit",
        )
        return (Command([box.found.program, *where]),)

    def url(self, box: Box) -> str:
        return f"mongodb://{HOST}:{box.port}/jackfield"

    def fresh(self, url: str, name: str, box: Box | None) -> str:
        return with_path(url, name)

    def drop(self, url: str) -> None:
        with _client(url) as client:
            client.drop_database(client.get_default_database())

    def asked(self, url: str) -> str:
        with _client(url) as client:
            return str(client.server_info()["version"])


def _client(url: str) -> Any:
    return import_module("pymongo").MongoClient(url, serverSelectionTimeoutMS=5000)


SYSTEM = MongoDB()
