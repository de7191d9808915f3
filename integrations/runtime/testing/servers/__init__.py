"""The real servers that tests talk to, found or started, each on a private port of this machine.

running = server("postgresql")        # skips the test, saying why, where there is none
url = running.fresh("orders")         # a fresh, empty database
running.restart()                     # same port, same data

Nothing is left behind: servers and their folders go when the test process does, even when it is killed.
"""

from __future__ import annotations

from ._keeper import ServerFailedError
from ._running import Server, ServerMissingError, environment, find, names, prefetch, running, server, system

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
