"""Random tests try the same cases on every machine, so that a failure is one that everybody sees."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("steady", derandomize=True, database=None, deadline=None, print_blob=True)
settings.load_profile("steady")
