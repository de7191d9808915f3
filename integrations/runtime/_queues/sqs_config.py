"""Where SQS is, and what its queues are called.

sqs://eu-central-1                          AWS, with the credentials of the environment, profile or role
sqs://KEY:SECRET@eu-central-1               with these
https://sqs.eu-central-1.amazonaws.com/123456789012/orders     a queue's URL: its region and account
http://127.0.0.1:9324                       an endpoint: an emulator, or a private one

`options` of config.yaml: ``region``, ``profile``, ``account`` (of queues that are another's).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from .._errors import ConfigurationError
from .._secrets import Secret
from .messages import Route
from .settings import QueueSettings

OPTIONS: Final = ("account", "profile", "region")
ROUTE_OPTIONS: Final = frozenset(("attributes", "fifo", "retention", "visibility_timeout"))
LONGEST_NAME: Final = 80
LOCAL: Final = frozenset(("127.0.0.1", "localhost", "::1"))
FIFO: Final = ".fifo"
LONGEST_POLL: Final = 20.0  # seconds
_REGION: Final = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-\d+")


@dataclass(frozen=True, slots=True)
class Place:
    """What a client needs."""

    region: str
    endpoint: str | None
    key: Secret | None
    secret: Secret | None
    profile: str | None
    account: str | None
    verify: bool | str
    certificate: tuple[str, str] | None
    connect_timeout: float
    timeout: float

    def session(self) -> dict[str, Any]:
        """Return the arguments of a session."""
        return {"profile_name": self.profile} if self.profile else {}

    def client(self) -> dict[str, Any]:
        """Return the arguments of a client, but for its Config."""
        given = {"region_name": self.region, "endpoint_url": self.endpoint, "verify": self.verify}
        if self.key is not None and self.secret is not None:
            given |= {
                "aws_access_key_id": self.key.reveal(),
                "aws_secret_access_key": self.secret.reveal(),
            }
        return given


def place(settings: QueueSettings, url: Secret) -> Place:
    """Read the connection string.

    Raises:
        ConfigurationError: a part of it is wrong.
    """
    options = settings.options
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise ConfigurationError(f"options.{unknown[0]} is unknown to SQS; it knows {', '.join(OPTIONS)}")
    try:
        parts = urlsplit(url.reveal())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigurationError("connection_string is no URL") from None
    if parts.scheme not in ("sqs", "http", "https") or not host:
        raise ConfigurationError(
            "connection_string is like sqs://eu-central-1, or an endpoint's https:// URL"
        )
    region = options.get("region") or (host if parts.scheme == "sqs" else _region(host))
    if not _REGION.fullmatch(region):
        raise ConfigurationError(f"{region!r} is no region of AWS, like eu-central-1")
    at = f"{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}"
    tls = settings.tls
    key, secret = _credentials(parts.username, parts.password, host)
    return Place(
        region,
        None if parts.scheme == "sqs" else f"{parts.scheme}://{at}",
        key,
        secret,
        options.get("profile"),
        options.get("account") or _account(parts.path),
        True if tls is None else (tls.ca or True) if tls.mode == "verify" else False,
        (tls.cert, tls.key) if tls is not None and tls.cert and tls.key else None,
        settings.connect_timeout,
        settings.timeout,
    )


def queue_name(address: str, *, fifo: bool) -> str:
    """Return the name of a queue: SQS allows letters, digits, - and _, and .fifo at the end."""
    plain = address.replace(FIFO, "")
    name = re.sub(r"[^A-Za-z0-9_-]", "-", plain) + (FIFO if fifo else "")
    if len(name) > LONGEST_NAME:
        raise ConfigurationError(
            f"{name!r} is too long for a queue of SQS: {LONGEST_NAME} characters at most"
        )
    return name


def is_fifo(route: Route) -> bool:
    """Whether a route's queues keep the order: it asks for that, or the address says so."""
    return bool(options_of(route).get("fifo", route.ordered or route.address.endswith(FIFO)))


def options_of(route: Route) -> Mapping[str, Any]:
    """Return a route's options.

    Raises:
        ConfigurationError: one is unknown.
    """
    if unknown := sorted(set(route.options) - ROUTE_OPTIONS):
        known = ", ".join(sorted(ROUTE_OPTIONS))
        raise ConfigurationError(f"{route.channel}: options.{unknown[0]} is unknown to SQS; it knows {known}")
    return route.options


def _region(host: str) -> str:
    found = _REGION.search(host)
    return found[0] if found else "us-east-1"


def _account(path: str) -> str | None:
    found = re.match(r"/(\d{12})/", path)
    return found[1] if found else None


def _credentials(user: str | None, password: str | None, host: str) -> tuple[Secret | None, Secret | None]:
    if user and password:
        return Secret(unquote(user)), Secret(unquote(password))
    if host in LOCAL:  # an emulator, for which any will do
        return Secret("local"), Secret("local")
    return None, None
