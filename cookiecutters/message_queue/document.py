"""An AsyncAPI document as the channels of an entry: what the application sends and receives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.errors import SpecError
from generator.shapes import Complaint

from .brokers import BROKERS
from .schemas import digest


@dataclass(frozen=True, slots=True)
class Documented:
    """What a document says: channels and types in canonical form, and what a lock keeps of them."""

    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    types: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    address: str = ""  # a connection string


def documented(
    document: Any, variant: str, requirements: Mapping[str, Any], complaints: list[Complaint]
) -> Documented:
    """Read an opened document, if the entry has one."""
    if document is None:
        return Documented()
    try:
        contents = document.channels(variant)
    except SpecError as error:
        complaints.append(Complaint(("spec",), str(error)))
        return Documented()
    channels = {one.name: _canonical(one) for one in contents.channels}
    facts = {
        "channels": {name: digest(channel) for name, channel in channels.items()},
        "types": {name: digest(schema) for name, schema in contents.types.items()},
        "findings": [{"at": one.pointer, "message": one.message} for one in contents.findings],
    }
    return Documented(channels, dict(contents.types), facts, _address(contents.servers, variant))


def _canonical(channel: Any) -> dict[str, Any]:
    """A channel of a document in the form that ``entry`` has."""
    told = dict(channel.options)
    consume = {key: told.pop(key) for key in ("group", "dead_letter") if key in told}
    found: dict[str, Any] = {
        "message": dict(channel.message),
        "address": told.pop("address", channel.address),
    }
    found |= {"summary": channel.summary, **told}
    if "publish" not in channel.roles:
        found["publish"] = False
    found["consume"] = consume if "consume" in channel.roles else False
    return {key: value for key, value in found.items() if value not in ("", {}) or key == "message"}


def _address(servers: Sequence[tuple[str, str]], variant: str) -> str:
    """Where a broker of that kind is, without a credential; "" where the document does not say."""
    for protocol, host in servers:
        scheme = {"kafka-secure": "kafkas", "secure-mqtt": "mqtts"}.get(protocol, protocol)
        if scheme in BROKERS[variant].schemes and "@" not in host:
            return f"{scheme}://{host}"
    return ""
