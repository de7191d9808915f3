"""Take a connection string apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from .._errors import ConfigurationError
from .._secrets import Secret
from .settings import SqlSettings

ENGINE_OF: Final = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "duckdb": "duckdb",
}
MEMORY: Final = ":memory:"


@dataclass(frozen=True, slots=True)
class Target:
    """One server, or one database file.

    Attributes:
        engine: postgresql, mysql, sqlite or duckdb.
        url: the whole connection string, without a `+driver`.
        host: a name or address; "" for files.
        port: 0 where none is named.
        user: "" where none is named.
        password: kept as a Secret so that it is masked wherever it turns up.
        database: a name; of SQLite and DuckDB a path, or ":memory:".
        options: the query part.
    """

    engine: str
    url: Secret
    host: str
    port: int
    user: str
    password: Secret
    database: str
    options: dict[str, str]
    settings: SqlSettings

    @property
    def place(self) -> str:
        """Where that is, for a reader; no credential."""
        where = f"{self.host}:{self.port}" if self.port else self.host
        return f"{where}/{self.database}" if where else self.database


def target(url: Secret, settings: SqlSettings) -> Target:
    """Read a connection string.

    Raises:
        ConfigurationError: it is none of an engine that is known; the text does not show it.
    """
    try:
        parts = urlsplit(url.reveal())
        port = parts.port or 0
    except ValueError:
        raise ConfigurationError("the connection string is not a URL") from None
    scheme, _, driver = parts.scheme.partition("+")
    engine = ENGINE_OF.get(scheme)
    if engine is None:
        known = ", ".join(ENGINE_OF)
        raise ConfigurationError(f"the connection string starts with none of {known} and ://")
    plain = url.reveal().removeprefix(parts.scheme)
    files = engine in ("sqlite", "duckdb")
    if files and parts.netloc:
        raise ConfigurationError(f"write {engine}:///relative.db or {engine}:////absolute.db")
    path = unquote(parts.path.removeprefix("/"))
    return Target(
        engine,
        Secret(f"{scheme}{plain}") if driver else url,
        parts.hostname or "",
        port,
        unquote(parts.username or ""),
        Secret(unquote(parts.password or "")),
        (path or MEMORY) if files else path,
        dict(parse_qsl(parts.query)),
        settings,
    )
