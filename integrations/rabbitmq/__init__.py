# Generated from integrations.yaml, entry "rabbitmq"; see rabbitmq_adapter.py for how to change it.
"""RabbitMQ, as a typed adapter.

    from integrations.rabbitmq import RabbitMQAdapter

    with RabbitMQAdapter.from_config() as rabbitmq:
        rabbitmq.publish_order_created(message)
        rabbitmq.consume_order_created(handle)

Set-up, channels and errors are in RABBITMQ_INTEGRATION.md.
"""

from __future__ import annotations

from .rabbitmq_custom import AsyncRabbitMQAdapter, RabbitMQAdapter
from .rabbitmq_models import (
    Order,
    OrderChanged,
    OrderCurrency,
    OrderLine,
    RenderInvoice,
    RenderInvoiceLanguage,
)

__all__ = [
    "AsyncRabbitMQAdapter",
    "Order",
    "OrderChanged",
    "OrderCurrency",
    "OrderLine",
    "RabbitMQAdapter",
    "RenderInvoice",
    "RenderInvoiceLanguage",
]
