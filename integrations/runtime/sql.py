"""The base of SQL adapters, blocking and async.

A generated adapter declares `Query` constants and calls `_one`, `_row` (one that always comes), `_many`,
`_stream`, `_execute` and `_batch`; everything else (pool, replicas, limits, retries, time-outs, transactions,
errors, metrics, credentials) happens here, the same way for both forms. Importing this loads nothing, and no
driver is imported before an adapter is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .lazy import lazily

if TYPE_CHECKING:
    from ._forms import awaited as awaited
    from ._retry import Retry as Retry
    from ._sql.adapter import SqlAdapter as SqlAdapter
    from ._sql.adapter_async import AsyncSqlAdapter as AsyncSqlAdapter
    from ._sql.forms import streamed as streamed
    from ._sql.pool import PoolStats as PoolStats
    from ._sql.query import Isolation as Isolation
    from ._sql.query import Query as Query
    from ._sql.settings import SqlSettings as SqlSettings
    from ._sql.settings import TlsConfig as TlsConfig

_HOMES = {
    "_forms": "awaited",
    "_retry": "Retry",
    "_sql.adapter": "SqlAdapter",
    "_sql.adapter_async": "AsyncSqlAdapter",
    "_sql.forms": "streamed",
    "_sql.pool": "PoolStats",
    "_sql.query": "Isolation Query",
    "_sql.settings": "SqlSettings TlsConfig",
}

__all__ = [
    "AsyncSqlAdapter",
    "Isolation",
    "PoolStats",
    "Query",
    "Retry",
    "SqlAdapter",
    "SqlSettings",
    "TlsConfig",
    "awaited",
    "streamed",
]


def __getattr__(name: str) -> Any:
    return lazily(__package__, name, _HOMES)
