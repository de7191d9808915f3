"""The socket under a driver's connection: whether it still stands, and how to cut it."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable
from time import monotonic
from typing import Final

BRIEF: Final = 0.001  # seconds in which a connection that was good does not break


def rests(descriptor: int) -> Callable[[float], bool]:
    """Return what tells whether a connection that nobody uses, since that moment, still stands.

    A server that went away has closed it or left a last word, and both can be read; nothing else can.
    """
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)

    def standing(since: float) -> bool:
        return monotonic() - since < BRIEF or not poller.poll(0)

    return standing


def cut(descriptor: int) -> None:
    """End the connection under the feet of whoever waits for it."""
    try:  # a closed socket's number is -1
        with socket.socket(fileno=os.dup(descriptor)) as line:
            line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is closed already
