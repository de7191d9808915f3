"""The real servers that tests talk to, found or started, each on a private port of this machine.

running = server("postgresql")        # skips the test, saying why, where there is none
url = running.fresh("orders")         # a fresh, empty database
running.restart()                     # same port, same data

Nothing is left behind: servers and their folders go when the test process does, even when it is killed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...lazy import lazily

if TYPE_CHECKING:
    from ._finding import environment as environment
    from ._finding import find as find
    from ._finding import names as names
    from ._finding import system as system
    from ._keeper import ServerFailedError as ServerFailedError
    from ._running import Server as Server
    from ._running import ServerMissingError as ServerMissingError
    from ._running import prefetch as prefetch
    from ._running import running as running
    from ._running import server as server

_HOMES = {
    "_finding": "environment find names system",
    "_keeper": "ServerFailedError",
    "_running": "Server ServerMissingError prefetch running server",
}

__all__ = [
    "Server",
    "ServerFailedError",
    "ServerMissingError",
    "environment",
    "find",
    "names",
    "prefetch",
    "running",
    "server",
    "system",
]


def __getattr__(name: str) -> Any:
    return lazily(__name__, name, _HOMES)
