"""The driver of a connection string; each is imported when its first adapter is made."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final, cast

from .._errors import ConfigurationError
from .engine import AsyncEngine, Engine
from .target import Target

# engine: form: module, class, what to install
_BLOCKING: Final = {
    "postgresql": ("postgresql", "PostgresEngine", "psycopg[binary]"),
    "mysql": ("mysql", "MysqlEngine", "PyMySQL"),
    "sqlite": ("sqlite", "SqliteEngine", ""),
    "duckdb": ("duck", "DuckEngine", "duckdb"),
}
_ASYNC: Final = {
    "postgresql": ("postgresql_async", "AsyncPostgresEngine", "psycopg[binary]"),
    "mysql": ("mysql_async", "AsyncMysqlEngine", "asyncmy"),
    "sqlite": ("threaded", "AsyncSqliteEngine", ""),
}


def blocking_engine(target: Target) -> Engine:
    """Return the blocking engine of *target*.

    Raises:
        ConfigurationError: its driver is not installed.
    """
    return cast("Engine", _made(_BLOCKING[target.engine], target))


def async_engine(target: Target) -> AsyncEngine:
    """Return the async engine of *target*.

    Raises:
        ConfigurationError: its driver is not installed, or has no async form.
    """
    if target.engine not in _ASYNC:
        raise ConfigurationError(f"the driver of {target.engine} has no async form; use the blocking adapter")
    return cast("AsyncEngine", _made(_ASYNC[target.engine], target))


def _made(home: tuple[str, str, str], target: Target) -> Any:
    module, name, package = home
    try:
        return getattr(import_module(f".{module}", __package__), name)(target)
    except ModuleNotFoundError as error:
        if not package or (error.name or "").startswith("integrations"):
            raise
        raise ConfigurationError(f"the driver is not installed: pip install '{package}'") from None
