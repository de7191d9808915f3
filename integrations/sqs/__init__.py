# Generated from integrations.yaml, entry "sqs"; see sqs_adapter.py for how to change it.
"""Amazon SQS, as a typed adapter.

    from integrations.sqs import AmazonSQSAdapter

    with AmazonSQSAdapter.from_config() as sqs:
        sqs.publish_payments(message)
        sqs.consume_payments(handle)

Set-up, channels and errors are in SQS_INTEGRATION.md.
"""

from __future__ import annotations

from .sqs_custom import AmazonSQSAdapter
from .sqs_models import Payments, ResizeImage

__all__ = ["AmazonSQSAdapter", "Payments", "ResizeImage"]
