"""One face for both forms of a driver."""

from __future__ import annotations

import asyncio
from typing import Any


class Awaited:
    """An async object whose coroutines are run to their end, so that both forms have the same tests."""

    def __init__(self, inner: Any, runner: asyncio.Runner) -> None:
        self._inner, self._runner = inner, runner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not asyncio.iscoroutinefunction(found):
            return found

        def run(*given: Any) -> Any:
            got = self._runner.run(found(*given))
            return Awaited(got, self._runner) if hasattr(got, "receive") else got

        return run
