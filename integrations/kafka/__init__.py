# Generated from integrations.yaml, entry "kafka"; see kafka_adapter.py for how to change it.
"""Kafka, as a typed adapter.

    from integrations.kafka import KafkaAdapter

    with KafkaAdapter.from_config() as kafka:
        kafka.publish_orders_events(message)
        kafka.consume_orders_events(handle)

Set-up, channels and errors are in KAFKA_INTEGRATION.md.
"""

from __future__ import annotations

from .kafka_custom import AsyncKafkaAdapter, KafkaAdapter
from .kafka_models import OrderEvent, OrderEventKind, PageViews

__all__ = ["AsyncKafkaAdapter", "KafkaAdapter", "OrderEvent", "OrderEventKind", "PageViews"]
