# Generated from integrations.yaml, entry "mongodb"; see mongodb_adapter.py for how to change it.
"""MongoDB, as a typed adapter.

    from integrations.mongodb import MongoDBAdapter

    with MongoDBAdapter.from_config() as mongodb:
        print(mongodb.latest_event_of_order(kind="kind-1", order_id="order-1"))

Set-up, errors and limits are in MONGODB_INTEGRATION.md.
"""

from __future__ import annotations

from .mongodb_custom import AsyncMongoDBAdapter, MongoDBAdapter
from .mongodb_models import Event, OpenOrder, Order, OrderLine, OrderStatus

__all__ = ["AsyncMongoDBAdapter", "Event", "MongoDBAdapter", "OpenOrder", "Order", "OrderLine", "OrderStatus"]
