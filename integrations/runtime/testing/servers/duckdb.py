"""DuckDB: the library that this environment has, in this process; each fresh database is a file."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ._system import Box, Found, System


class DuckDB(System):
    name = "duckdb"
    title = "DuckDB"
    in_process = True
    missing = "duckdb not found: pip install duckdb"

    def installed(self) -> Found | None:
        try:
            return Found(Path(), version("duckdb"), "real", "in process")
        except PackageNotFoundError:
            return None

    def ready(self, box: Box) -> bool:
        return True

    def url(self, box: Box) -> str:
        return f"duckdb:///{box.folder / 'duckdb.duckdb'}"

    def fresh(self, url: str, name: str, box: Box | None) -> str:
        folder = Path(url.removeprefix("duckdb:///")).parent
        return f"duckdb:///{folder / name}.duckdb"


SYSTEM = DuckDB()
