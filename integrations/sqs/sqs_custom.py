"""Yours: made once, then never touched again by the generator, and checked after every change.

This class is what `from integrations.sqs import …` gives. Add methods to it, or override generated ones.
`self` has every generated method, typed.
"""

from __future__ import annotations

from . import sqs_adapter as generated


class AmazonSQSAdapter(generated.AmazonSQSAdapter):
    """Amazon SQS with your own methods, blocking."""
