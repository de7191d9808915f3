"""MySQL, for which MariaDB stands: the machine's own, unprivileged, on a folder and a port of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module

from ._address import credentials, host_port, with_path
from ._keeper import run
from ._system import HOST, Box, Command, Found, System, exchange, on_path

USER = "jackfield"


class MySQL(System):
    name = "mysql"
    title = "MySQL"
    missing = "mariadbd not found: scripts/install-servers"
    unprivileged = True

    def installed(self) -> Found | None:
        program, installer = on_path("mariadbd"), on_path("mariadb-install-db")
        if program is None or installer is None:
            return None
        version = re.search(r"([0-9.]+)-MariaDB", run([program, "--version"]))
        return Found(program, f"MariaDB {version[1]}" if version else "MariaDB", "real", "installed")

    def prepare(self, box: Box) -> None:
        installer = on_path("mariadb-install-db")
        options = ("--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
        run([installer or "", "--no-defaults", f"--datadir={box.data}", *options], unprivileged=True)
        # Read at every start; the server has no other user with a password.
        grants = f"CREATE USER IF NOT EXISTS {USER}@'%' IDENTIFIED BY '{box.password}';\n"
        grants += (
            f"GRANT ALL ON *.* TO {USER}@'%' WITH GRANT OPTION;\nCREATE DATABASE IF NOT EXISTS {USER};\n"
        )
        (box.folder / "init.sql").write_text(grants)

    def commands(self, box: Box) -> Sequence[Command]:
        options = {
            "datadir": box.data,
            "init-file": box.folder / "init.sql",
            "socket": box.folder / "socket",
            "pid-file": box.folder / "pid",
            "bind-address": HOST,
            "port": box.port,
            "innodb-flush-log-at-trx-commit": 2,  # handed to the kernel: a killed server loses nothing by it
            "innodb-buffer-pool-size": "32M",
            "character-set-server": "utf8mb4",
        }
        words = [f"--{name}={value}" for name, value in options.items()]
        return (
            Command([box.found.program, "--no-defaults", *words, "--skip-log-bin", "--skip-name-resolve"]),
        )

    def ready(self, box: Box) -> bool:
        return b"MariaDB" in exchange(HOST, box.port)

    def url(self, box: Box) -> str:
        return f"mysql://{USER}:{box.password}@{HOST}:{box.port}/{USER}"

    def fresh(self, url: str, name: str, box: Box | None) -> str:
        self._do(url, f"CREATE DATABASE `{name}`")
        return with_path(url, name)

    def drop(self, url: str) -> None:
        name = url.rpartition("/")[2]
        self._do(with_path(url, ""), f"DROP DATABASE IF EXISTS `{name}`")

    def asked(self, url: str) -> str:
        greeting = exchange(*host_port(url, 3306))[5:].partition(b"\0")[0].decode("ascii", "replace")
        found = re.search(r"([0-9.]+)-MariaDB", greeting)
        return f"MariaDB {found[1]}" if found else greeting

    def _do(self, url: str, statement: str) -> None:
        pymysql = import_module("pymysql")
        host, port = host_port(url, 3306)
        user, password = credentials(url)
        connection = pymysql.connect(host=host, port=port, user=user, password=password, autocommit=True)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)


SYSTEM = MySQL()
