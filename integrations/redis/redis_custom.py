"""Yours: made once, then never touched again by the generator, and checked after every change.

These two classes are what `from integrations.redis import …` gives. Add methods to them, or override generated ones.
`self` has every generated method, typed; `self.command("OBJECT", "FREQ", "key")` reaches what none covers, with
the same limits, retries and errors.
"""

from __future__ import annotations

from . import redis_adapter as generated


class RedisAdapter(generated.RedisAdapter):
    """Redis with your own methods, blocking."""


class AsyncRedisAdapter(generated.AsyncRedisAdapter):
    """Redis with your own methods, async."""
