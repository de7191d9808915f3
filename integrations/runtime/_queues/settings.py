"""What config.yaml of a message queue says."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from .._settings import Settings


class TlsConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """How the connection is encrypted. Files are paths in PEM form; a key's file is never read by us."""

    mode: Annotated[
        Literal["verify", "require", "off"],
        msgspec.Meta(description="verify: the certificate must fit; require: encrypted, unverified; off."),
    ] = "verify"
    ca: Annotated[str | None, msgspec.Meta(description="File of trusted authorities.")] = None
    cert: Annotated[str | None, msgspec.Meta(description="File of our certificate.")] = None
    key: Annotated[str | None, msgspec.Meta(description="File of our private key.")] = None


class QueueSettings(Settings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Run-time configuration of a message queue's adapter."""

    connection_string: Annotated[
        str | None,
        msgspec.Meta(description="Where the broker is; ${NAME} is filled in. null: set it yourself."),
    ] = None
    publish_timeout: Annotated[
        float, msgspec.Meta(gt=0, description="Seconds that the broker has to confirm what is published.")
    ] = 10.0
    connect_timeout: Annotated[float, msgspec.Meta(gt=0, description="Seconds to connect in.")] = 10.0
    drain_timeout: Annotated[
        float, msgspec.Meta(ge=0, description="Seconds to finish what is in hand in, when asked to stop.")
    ] = 25.0
    prefetch: Annotated[
        int, msgspec.Meta(ge=0, description="Unsettled messages a consumer may hold; 0: as the channel says.")
    ] = 0
    tls: Annotated[
        TlsConfig | None, msgspec.Meta(description="null: as the scheme of the connection string says.")
    ] = None
    client_id: Annotated[str, msgspec.Meta(description="How the broker shows this client.")] = ""
    group: Annotated[str, msgspec.Meta(description="Consumer group, in place of the channels' own.")] = ""
    address_prefix: Annotated[
        str, msgspec.Meta(description="Put before every address: one broker for several environments.")
    ] = ""
    options: Annotated[dict[str, Any], msgspec.Meta(description="What only this driver knows.")] = (
        msgspec.field(default_factory=dict)
    )
