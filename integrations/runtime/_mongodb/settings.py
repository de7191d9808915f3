"""What the config.yaml of a MongoDB adapter says."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec

from .._settings import Positive, Settings

ReadPreference = Literal["primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"]


class Tls(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How the connection is encrypted."""

    ca: Annotated[str | None, msgspec.Meta(description="File of authorities; the system's by default.")] = (
        None
    )
    certificate: Annotated[
        str | None, msgspec.Meta(description="File of the client's certificate and key, PEM.")
    ] = None


class MongoSettings(Settings, frozen=True, kw_only=True):
    """Settings of one MongoDB deployment."""

    connection_string: Annotated[
        str | None, msgspec.Meta(description="mongodb:// or mongodb+srv://; ${NAME} is a secret.")
    ]
    database: Annotated[
        str | None,
        msgspec.Meta(description="The database, where connection_string names none."),
    ] = None
    pool_size: Annotated[int, msgspec.Meta(ge=1, description="Connections to each server at most.")] = 10
    pool_timeout: Positive = 10.0
    connect_timeout: Positive = 10.0
    tls: Tls | None = None
    read_preference: ReadPreference = "primary"


def options(settings: MongoSettings) -> dict[str, Any]:
    """Return the driver's options; times in milliseconds, as it wants them."""
    tls = settings.tls
    files = {} if tls is None else {"tlsCAFile": tls.ca, "tlsCertificateKeyFile": tls.certificate}
    return {
        "appname": settings.service.encode()[:128].decode("utf-8", "ignore"),
        "maxPoolSize": settings.pool_size,
        "waitQueueTimeoutMS": round(settings.pool_timeout * 1000),
        "connectTimeoutMS": round(settings.connect_timeout * 1000),
        "serverSelectionTimeoutMS": round(settings.connect_timeout * 1000),
        "retryWrites": True,
        "retryReads": True,
        "tz_aware": True,
        "tzinfo": dt.UTC,
        "uuidRepresentation": "standard",
        "readPreference": settings.read_preference,
        **({} if tls is None else {"tls": True}),
        **{name: path for name, path in files.items() if path},
    }
