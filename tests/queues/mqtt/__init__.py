"""The MQTT driver, against the real broker."""
