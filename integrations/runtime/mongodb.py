"""The base of MongoDB adapters, blocking and async.

A generated adapter declares collections, finds and updates as constants, and its methods pass them to one
call of the base. Limits, retries, time-outs, errors, metrics, sessions and credentials are here, the same for
both forms. The driver, pymongo, is imported when an adapter connects.

    with MongodbAdapter.from_config() as mongodb:
        mongodb.ensure_indexes()
        with mongodb.transaction() as tx:
            tx.insert_order(order)
"""

from __future__ import annotations

from ._forms import awaited
from ._mongodb.adapter import MongoAdapter
from ._mongodb.async_adapter import AsyncMongoAdapter
from ._mongodb.errors import Failure, PartlyWrittenError, Written
from ._mongodb.operation import Collection, Find, Index, Operation, Update, Value, object_id
from ._mongodb.settings import MongoSettings
from ._mongodb.streams import AsyncStream, Change, Stream, streamed

__all__ = [
    "AsyncMongoAdapter",
    "AsyncStream",
    "Change",
    "Collection",
    "Failure",
    "Find",
    "Index",
    "MongoAdapter",
    "MongoSettings",
    "Operation",
    "PartlyWrittenError",
    "Stream",
    "Update",
    "Value",
    "Written",
    "awaited",
    "object_id",
    "streamed",
]
