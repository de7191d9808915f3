"""The RabbitMQ driver, against the real broker."""
