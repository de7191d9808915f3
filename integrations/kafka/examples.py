# Generated from integrations.yaml, entry "kafka"; see kafka_adapter.py for how to change it.
"""How Kafka is used. `python -m integrations.kafka.examples` asks whether the broker is there."""

from __future__ import annotations

import datetime as dt

from integrations.kafka import KafkaAdapter, OrderEvent, PageViews


def ask_the_broker(kafka: KafkaAdapter) -> None:
    """See whether the broker answers."""
    kafka.healthcheck()
    print("the broker answers")


def publish_orders_events(kafka: KafkaAdapter) -> None:
    """Something happened to an order."""
    print(
        kafka.publish_orders_events(
            OrderEvent(
                kind="placed",
                at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
                order_id="order-1",
                total=1250,
            )
        )
    )


def consume_orders_events(kafka: KafkaAdapter) -> None:
    """Print what comes, and stop when nothing came for five seconds."""
    print(kafka.consume_orders_events(print, idle=5))


def publish_page_views(kafka: KafkaAdapter) -> None:
    """A page was looked at."""
    print(
        kafka.publish_page_views(
            PageViews(
                at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), path="docs/readme.md", visitor="visitor-1"
            )
        )
    )


def consume_page_views(kafka: KafkaAdapter) -> None:
    """Print what comes, and stop when nothing came for five seconds."""
    print(kafka.consume_page_views(print, idle=5))


def main() -> None:
    """Run the example that only asks."""
    with KafkaAdapter.from_config() as kafka:
        ask_the_broker(kafka)


if __name__ == "__main__":
    main()
