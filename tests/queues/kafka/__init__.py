"""Kafka's driver: what is decided without a broker, and how it behaves with one."""
