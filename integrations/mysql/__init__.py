# Generated from integrations.yaml, entry "mysql"; see mysql_adapter.py for how to change it.
"""MySQL, as typed queries.

    from integrations.mysql import MySQLAdapter

    with MySQLAdapter.from_config() as mysql:
        print(mysql.get_job(1))

Set-up, errors and limits are in MYSQL_INTEGRATION.md.
"""

from __future__ import annotations

from .mysql_custom import AsyncMySQLAdapter, MySQLAdapter
from .mysql_models import AddResultsValues, AllJobsRow, Job, NextJobsRow, QueueSize

__all__ = [
    "AddResultsValues",
    "AllJobsRow",
    "AsyncMySQLAdapter",
    "Job",
    "MySQLAdapter",
    "NextJobsRow",
    "QueueSize",
]
