"""Yours: made once, then never touched again by the generator, and checked after every change.

These two classes are what `from integrations.mqtt import …` gives. Add methods to them, or override generated ones.
`self` has every generated method, typed.
"""

from __future__ import annotations

from . import mqtt_adapter as generated


class MQTTAdapter(generated.MQTTAdapter):
    """MQTT with your own methods, blocking."""


class AsyncMQTTAdapter(generated.AsyncMQTTAdapter):
    """MQTT with your own methods, async."""
