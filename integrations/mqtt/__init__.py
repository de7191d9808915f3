# Generated from integrations.yaml, entry "mqtt"; see mqtt_adapter.py for how to change it.
"""MQTT, as a typed adapter.

    from integrations.mqtt import MQTTAdapter

    with MQTTAdapter.from_config() as mqtt:
        mqtt.publish_command(message)
        mqtt.consume_command(handle)

Set-up, channels and errors are in MQTT_INTEGRATION.md.
"""

from __future__ import annotations

from .mqtt_custom import AsyncMQTTAdapter, MQTTAdapter
from .mqtt_models import Command, CommandAction, Reading

__all__ = ["AsyncMQTTAdapter", "Command", "CommandAction", "MQTTAdapter", "Reading"]
