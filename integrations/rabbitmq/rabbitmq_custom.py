"""Yours: made once, then never touched again by the generator, and checked after every change.

These two classes are what `from integrations.rabbitmq import …` gives. Add methods to them, or override generated ones.
`self` has every generated method, typed.
"""

from __future__ import annotations

from . import rabbitmq_adapter as generated


class RabbitMQAdapter(generated.RabbitMQAdapter):
    """RabbitMQ with your own methods, blocking."""


class AsyncRabbitMQAdapter(generated.AsyncRabbitMQAdapter):
    """RabbitMQ with your own methods, async."""
