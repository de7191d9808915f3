"""Yours: made once, then never touched again by the generator, and checked after every change.

This class is what `from integrations.dynamodb import …` gives. Add methods to it, or override generated ones:

    def is_reachable(self) -> bool:
        self.healthcheck(timeout=1.0)
        return True

`self` has every generated method, typed, and `self.transact_write([…])` makes several writes one.
"""

from __future__ import annotations

from . import dynamodb_adapter as generated


class DynamoDBAdapter(generated.DynamoDBAdapter):
    """DynamoDB with your own methods."""
