"""What config.yaml of an SQL database says."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from .._settings import Settings
from .._settings import schema as settings_schema
from .query import Isolation


class TlsConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How the connection is encrypted. Files are paths in PEM form; only the driver reads them."""

    mode: Annotated[
        Literal["disable", "prefer", "require", "verify-full"],
        msgspec.Meta(
            description="verify-full: the certificate must fit the host; require: encrypted, unverified; "
            "prefer: encrypted where the server can; disable."
        ),
    ] = "verify-full"
    ca: Annotated[str | None, msgspec.Meta(description="File of trusted authorities.")] = None
    cert: Annotated[str | None, msgspec.Meta(description="File of our certificate.")] = None
    key: Annotated[str | None, msgspec.Meta(description="File of our private key.")] = None


class SqlSettings(Settings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Run-time configuration of an SQL adapter. `timeout` is what one statement may take."""

    connection_string: Annotated[
        str | None,
        msgspec.Meta(description="Where the database is; ${NAME} is filled in. null: set it yourself."),
    ] = None
    pool_size: Annotated[int, msgspec.Meta(ge=1, description="Most connections at once, a server.")] = 10
    pool_timeout: Annotated[
        float, msgspec.Meta(gt=0, description="Seconds to wait for a free connection.")
    ] = 10.0
    connect_timeout: Annotated[float, msgspec.Meta(gt=0, description="Seconds to connect in.")] = 10.0
    tls: Annotated[
        TlsConfig | None, msgspec.Meta(description="null: as the connection string or the driver says.")
    ] = None
    replicas: Annotated[
        tuple[str, ...], msgspec.Meta(description="Connection strings of servers that answer reads.")
    ] = ()
    isolation: Annotated[
        Isolation | None, msgspec.Meta(description="Of transactions that name none; null: the server's own.")
    ] = None


def schema() -> dict[str, Any]:
    """Return the JSON Schema of config.yaml, as checked in beside the runtime."""
    return settings_schema(SqlSettings, "config.yaml of an SQL adapter")
