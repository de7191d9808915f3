# Generated from integrations.yaml, entry "mqtt"; see mqtt_adapter.py for how to change it.
"""How MQTT is used. `python -m integrations.mqtt.examples` asks whether the broker is there."""

from __future__ import annotations

import datetime as dt

from integrations.mqtt import Command, MQTTAdapter, Reading


def ask_the_broker(mqtt: MQTTAdapter) -> None:
    """See whether the broker answers."""
    mqtt.healthcheck()
    print("the broker answers")


def publish_command(mqtt: MQTTAdapter) -> None:
    """A device is to do something."""
    print(mqtt.publish_command(Command(action="open", device="device-1")))


def consume_command(mqtt: MQTTAdapter) -> None:
    """Print what comes, and stop when nothing came for five seconds."""
    print(mqtt.consume_command(print, idle=5))


def publish_reading(mqtt: MQTTAdapter) -> None:
    """A sensor has measured."""
    print(
        mqtt.publish_reading(
            Reading(
                at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
                celsius=12.5,
                sensor="sensor-1",
                humidity=12.5,
            )
        )
    )


def consume_reading(mqtt: MQTTAdapter) -> None:
    """Print what comes, and stop when nothing came for five seconds."""
    print(mqtt.consume_reading(print, idle=5))


def main() -> None:
    """Run the example that only asks."""
    with MQTTAdapter.from_config() as mqtt:
        ask_the_broker(mqtt)


if __name__ == "__main__":
    main()
