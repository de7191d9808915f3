# Generated from integrations.yaml, entry "postgresql"; see postgresql_adapter.py for how to change it.
"""PostgreSQL, as typed queries.

    from integrations.postgresql import PostgreSQLAdapter

    with PostgreSQLAdapter.from_config() as postgresql:
        print(postgresql.orders_in(['open']))

Set-up, errors and limits are in POSTGRESQL_INTEGRATION.md.
"""

from __future__ import annotations

from .postgresql_custom import AsyncPostgreSQLAdapter, PostgreSQLAdapter
from .postgresql_models import AddLinesValues, Order, OrderLine, OrdersOfRow, SpendingRow

__all__ = [
    "AddLinesValues",
    "AsyncPostgreSQLAdapter",
    "Order",
    "OrderLine",
    "OrdersOfRow",
    "PostgreSQLAdapter",
    "SpendingRow",
]
