# Generated from integrations.yaml, entry "rabbitmq"; see rabbitmq_adapter.py for how to change it.
"""How RabbitMQ is used. `python -m integrations.rabbitmq.examples` asks whether the broker is there."""

from __future__ import annotations

import datetime as dt

from integrations.rabbitmq import Order, OrderChanged, OrderLine, RabbitMQAdapter, RenderInvoice


def ask_the_broker(rabbitmq: RabbitMQAdapter) -> None:
    """See whether the broker answers."""
    rabbitmq.healthcheck()
    print("the broker answers")


def publish_audit_trail(rabbitmq: RabbitMQAdapter) -> None:
    """Every change of an order, for the auditors."""
    print(
        rabbitmq.publish_audit_trail(
            OrderChanged(
                actor="actor-1",
                order_id="order-1",
                changed_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
            )
        )
    )


def publish_order_created(rabbitmq: RabbitMQAdapter) -> None:
    """An order was placed and is to be paid."""
    print(
        rabbitmq.publish_order_created(
            Order(
                id="id-1",
                currency="EUR",
                customer_id="customer-1",
                lines=[OrderLine(price=12.5, quantity=42, sku="sku-1")],
                total=1250,
                note="A short text.",
                created_at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
            )
        )
    )


def consume_order_created(rabbitmq: RabbitMQAdapter) -> None:
    """Print what comes, and stop when nothing came for five seconds."""
    print(rabbitmq.consume_order_created(print, idle=5))


def publish_render_invoice(rabbitmq: RabbitMQAdapter) -> None:
    """An invoice is to be rendered."""
    print(rabbitmq.publish_render_invoice(RenderInvoice(order_id="order-1", language="de")))


def consume_render_invoice(rabbitmq: RabbitMQAdapter) -> None:
    """Print what comes, and stop when nothing came for five seconds."""
    print(rabbitmq.consume_render_invoice(print, idle=5))


def main() -> None:
    """Run the example that only asks."""
    with RabbitMQAdapter.from_config() as rabbitmq:
        ask_the_broker(rabbitmq)


if __name__ == "__main__":
    main()
