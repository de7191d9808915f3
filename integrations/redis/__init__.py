# Generated from integrations.yaml, entry "redis"; see redis_adapter.py for how to change it.
"""Redis, as a typed adapter.

    from integrations.redis import RedisAdapter

    with RedisAdapter.from_config() as cache:
        cache.healthcheck()

Set-up, keys, errors and limits are in REDIS_INTEGRATION.md.
"""

from __future__ import annotations

from .redis_custom import AsyncRedisAdapter, RedisAdapter
from .redis_models import Customer, Job, JobKind, Session

__all__ = ["AsyncRedisAdapter", "Customer", "Job", "JobKind", "RedisAdapter", "Session"]
