"""The base of DynamoDB adapters.

A generated adapter declares tables as constants, and its methods pass them to one call of the base. Limits,
retries, time-outs, errors, metrics, pages and batches are here. The driver, boto3, is imported when an
adapter connects; it only blocks, so there is no async form.

    with DynamoDBAdapter.from_config() as dynamodb:
        dynamodb.put_session(session, if_absent=True)
        for job in dynamodb.query_jobs_by_status("queued", created_at=Below(now)): ...
"""

from __future__ import annotations

from ._dynamodb.adapter import DynamoAdapter
from ._dynamodb.driver import DynamoEngine
from ._dynamodb.errors import Reason, TransactionCanceledError, UnprocessedError
from ._dynamodb.settings import DynamoSettings
from ._dynamodb.table import (
    Above,
    AtLeast,
    AtMost,
    BeginsWith,
    Below,
    Between,
    Check,
    Condition,
    Delete,
    Get,
    Index,
    Is,
    Operation,
    Put,
    Query,
    Table,
    Update,
)

__all__ = [
    "Above",
    "AtLeast",
    "AtMost",
    "BeginsWith",
    "Below",
    "Between",
    "Check",
    "Condition",
    "Delete",
    "DynamoAdapter",
    "DynamoEngine",
    "DynamoSettings",
    "Get",
    "Index",
    "Is",
    "Operation",
    "Put",
    "Query",
    "Reason",
    "Table",
    "TransactionCanceledError",
    "UnprocessedError",
    "Update",
]
