"""Addresses of servers: taken apart and put together again."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit, urlunsplit


def host_port(url: str, port: int) -> tuple[str, int]:
    """Return where an address leads; *port* is the system's usual one."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or port


def credentials(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return unquote(parts.username or ""), unquote(parts.password or "")


def with_path(url: str, path: str) -> str:
    """Return the address with another path: a database, a virtual host, a number."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


def with_user(url: str, user: str) -> str:
    """Return the address with another user, whose password is the same."""
    parts = urlsplit(url)
    password, host = credentials(url)[1], (parts.netloc.rpartition("@")[2])
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{host}"))
