"""An AsyncAPI document as the channels of an entry: what the application sends and receives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.shapes import Complaint

from .schemas import digest


@dataclass(frozen=True, slots=True)
class Documented:
    """What a document says: channels and types in canonical form, and what a lock keeps of them."""

    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    types: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def documented(
    document: Any, variant: str, requirements: Mapping[str, Any], complaints: list[Complaint]
) -> Documented:
    """Read an opened document, if the entry has one."""
    if document is None:
        return Documented()
    contents = document.channels(variant)
    channels = {name: dict(channel) for name, channel in contents.channels.items()}
    facts = {
        "channels": {name: digest(channel) for name, channel in channels.items()},
        "types": {name: digest(schema) for name, schema in contents.types.items()},
        "findings": [{"at": at, "message": message} for at, message in contents.findings],
    }
    return Documented(channels, dict(contents.types), facts)
