"""Yours: made once, then never touched again by the generator, and checked after every change.

These two classes are what `from integrations.mongodb import …` gives. Add methods to them, or override generated ones:

    def is_reachable(self) -> bool:
        self.healthcheck(timeout=1.0)
        return True

`self` has every generated method, typed, and `transaction()` makes several of them one step.
"""

from __future__ import annotations

from . import mongodb_adapter as generated


class MongoDBAdapter(generated.MongoDBAdapter):
    """MongoDB with your own methods, blocking."""


class AsyncMongoDBAdapter(generated.AsyncMongoDBAdapter):
    """MongoDB with your own methods, async."""
