"""What the config.yaml of a Redis adapter says."""

from __future__ import annotations

from typing import Annotated

import msgspec

from .._settings import Positive, Settings


class TlsSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How the server is trusted, where the address begins with rediss."""

    ca: Annotated[str, msgspec.Meta(description="File of the authority; the system's by default.")] | None = (
        None
    )
    verify: Annotated[bool, msgspec.Meta(description="Check certificate and host name.")] = True
    certificate: (
        Annotated[str, msgspec.Meta(description="Our own, where the server asks for one.")] | None
    ) = None
    key: str | None = None


class RedisSettings(Settings, frozen=True, kw_only=True):
    """The keys that Redis adapters have beside those of every adapter."""

    connection_string: Annotated[
        str, msgspec.Meta(description="redis:// or rediss://, and ${NAME} for what is secret.")
    ]
    replicas: Annotated[
        tuple[str, ...], msgspec.Meta(description="Read where a key says replica: true.")
    ] = ()
    pool_size: Annotated[int, msgspec.Meta(ge=1, description="Connections at most, to each server.")] = 10
    pool_timeout: Annotated[Positive, msgspec.Meta(description="Seconds to wait for a free one.")] = 5.0
    connect_timeout: Annotated[Positive, msgspec.Meta(description="Seconds that connecting may take.")] = 5.0
    tls: TlsSettings = TlsSettings()
