"""Yours: made once, then never touched again by the generator, and checked after every change.

These two classes are what `from integrations.kafka import …` gives. Add methods to them, or override generated ones.
`self` has every generated method, typed.
"""

from __future__ import annotations

from . import kafka_adapter as generated


class KafkaAdapter(generated.KafkaAdapter):
    """Kafka with your own methods, blocking."""


class AsyncKafkaAdapter(generated.AsyncKafkaAdapter):
    """Kafka with your own methods, async."""
