# Generated from integrations.yaml, entry "sqs"; see sqs_adapter.py for how to change it.
"""How Amazon SQS is used. `python -m integrations.sqs.examples` asks whether the broker is there."""

from __future__ import annotations

from integrations.sqs import AmazonSQSAdapter, Payments, ResizeImage


def ask_the_broker(sqs: AmazonSQSAdapter) -> None:
    """See whether the broker answers."""
    sqs.healthcheck()
    print("the broker answers")


def publish_payments(sqs: AmazonSQSAdapter) -> None:
    """A payment is to be booked, one after another for each account."""
    print(sqs.publish_payments(Payments(account="ada", amount=1250, currency="eur", payment_id="payment-1")))


def consume_payments(sqs: AmazonSQSAdapter) -> None:
    """Print what comes, and stop when nothing came for five seconds."""
    print(sqs.consume_payments(print, idle=5))


def publish_resize_image(sqs: AmazonSQSAdapter) -> None:
    """A picture is to be made smaller."""
    print(
        sqs.publish_resize_image(
            ResizeImage(bucket="hello-world", path="docs/readme.md", width=42, height=42)
        )
    )


def consume_resize_image(sqs: AmazonSQSAdapter) -> None:
    """Print what comes, and stop when nothing came for five seconds."""
    print(sqs.consume_resize_image(print, idle=5))


def main() -> None:
    """Run the example that only asks."""
    with AmazonSQSAdapter.from_config() as sqs:
        ask_the_broker(sqs)


if __name__ == "__main__":
    main()
