"""SQLite: Python's own, in this process; each fresh database is a file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ._system import Box, Found, System


class SQLite(System):
    name = "sqlite"
    title = "SQLite"
    in_process = True

    def installed(self) -> Found | None:
        return Found(Path(), sqlite3.sqlite_version, "real", "in process")

    def ready(self, box: Box) -> bool:
        return True

    def url(self, box: Box) -> str:
        return f"sqlite:///{box.folder / 'sqlite.db'}"

    def fresh(self, url: str, name: str, box: Box | None) -> str:
        folder = Path(url.removeprefix("sqlite:///")).parent
        return f"sqlite:///{folder / name}.db"


SYSTEM = SQLite()
